"""A real Chromium, and the running sites of the rig."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from tests.browser.watch import Watch
from tests.real.fixtures import embedded, grown, postgres, redis_port, running_embedded, running_grown, template
from tests.real.processes import need_program

__all__ = ["embedded", "grown", "postgres", "redis_port", "running_embedded", "running_grown", "template"]

# Debian's Chromium, without the connections that it opens on its own.
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
)  # fmt: skip
SLOWEST_STEP_MS = 15_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start one Chromium for a file; Django refuses to work beside its event loop, so it ends with the file."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=need_program("chromium"), args=list(QUIET))
        yield chromium
        chromium.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a fresh profile: no cookie, no cache."""
    context = browser.new_context()
    context.set_default_timeout(SLOWEST_STEP_MS)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """Return an empty page."""
    return context.new_page()


@pytest.fixture
def watch(context: BrowserContext, page: Page) -> Watch:
    """Watch what the pages of a test ask for and complain about."""
    watch = Watch(context)

    def note_complaint(message: ConsoleMessage) -> None:
        if message.type == "error":
            watch.complaints.append(message.text)

    page.on("request", lambda request: watch.requests.append(request.url))
    page.on("console", note_complaint)
    page.on("pageerror", lambda error: watch.complaints.append(str(error)))
    return watch
