"""A real browser and a real server, on this machine only.

Chromium: Debian's (`apt-get install chromium`), or where SEUIL_CHROMIUM says. Without one these tests are skipped, but
not where the variable CI is set: there they fail.
"""

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from playwright.sync_api import Browser, sync_playwright
from tests.helpers.portal_fakes import portal
from tests.helpers.small_release import small_release

from seuil.portal.app import create_app
from seuil.portal.settings import Settings

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


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Address of an application on a free port, for as long as it is needed."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 60
    while not server.started:
        if time.monotonic() > end or not thread.is_alive():
            pytest.fail("the portal did not start within 60 seconds")
        time.sleep(0.05)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=5)


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the portal over the fake release."""
    with serving(portal()) as address:
        yield address


@pytest.fixture(scope="session")
def real_site() -> Iterator[str]:
    """Address of the portal over a release from records, with its proofs."""
    with serving(create_app(Settings(archive=small_release().archive))) as address:
        yield address


@pytest.fixture
def elsewhere() -> Iterator[Callable[[str], str]]:
    """Gives the address of another site on this machine, which shows a text."""
    with ExitStack() as stack:

        def show(html: str) -> str:
            app = FastAPI()
            app.add_api_route("/", lambda: HTMLResponse(html))
            return stack.enter_context(serving(app))

        yield show
