"""What a reader's connection carries, as the browser counts it: bytes with headers, packed as they come."""

import pytest
from playwright.sync_api import Browser

FIRST, CHANGED, AGAIN = 300_000, 40_000, 1_000


@pytest.mark.parametrize(
    ("path", "other"),
    [("/jeux/patients", "/jeux/patients?pathologie=dia&sexe=2"),
     ("/pages/data-pathologies/?pathologie=dia", "/pages/data-pathologies/?pathologie=dia&territoire=33&sexe=2")],
)  # fmt: skip
def test_pages_are_light(browser: Browser, site: str, path: str, other: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    carried: list[int] = []
    wire.on("Network.loadingFinished", lambda event: carried.append(event["encodedDataLength"]))

    def bytes_of(path: str) -> int:
        carried.clear()
        page.goto(site + path)
        page.wait_for_load_state("networkidle")
        return sum(carried)

    assert 10_000 < bytes_of(path) < FIRST
    assert 10_000 < bytes_of(other) < CHANGED
    assert 0 < bytes_of(other) < AGAIN
    context.close()
