"""A real browser and a real server, on this machine only.

Chromium: Debian's (`apt-get install chromium`), or where SEUIL_CHROMIUM says. Without one these tests are skipped, but
not where the variable CI is set: there they fail.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, sync_playwright
from tests.helpers.portal_fakes import portal

NO_BROWSER = (
    "There is no Chromium for the browser tests. On Debian or Ubuntu: `apt-get install chromium`; elsewhere: "
    "`.venv/bin/playwright install chromium` and set SEUIL_CHROMIUM to the path of its program."
)


def chromium() -> str:
    """The browser's program; the tests end here where there is none."""
    found = os.environ.get("SEUIL_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found:
        return found
    if os.environ.get("CI"):
        pytest.fail(NO_BROWSER)
    pytest.skip(NO_BROWSER)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, without the sandbox that containers don't allow."""
    program = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the portal over the fake release, on a free port."""
    server = uvicorn.Server(uvicorn.Config(portal(), host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        if time.monotonic() > end or not thread.is_alive():
            pytest.fail("the portal did not start within 20 seconds")
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=5)
