"""What a first visit to a page weighs, counted as Chromium receives it (PERFORMANCE.md)."""

from collections import Counter

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

KB = 1000
PAGES = (
    "/en/", "/de/behandlungen/", "/en/treatments/facet-joint-injection/", "/en/treatments/facet-joint-denervation/",
    "/en/treatments/back-injections/", "/en/treatments/periradicular-therapy/",
)  # fmt: skip


def received(context: BrowserContext, page: Page, url: str) -> Counter[str]:
    """Return the bytes of each kind of file that a first visit receives, headers included."""
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    kinds: dict[str, str] = {}
    weights: Counter[str] = Counter()
    session.on("Network.responseReceived", lambda event: kinds.__setitem__(event["requestId"], event["type"]))
    session.on(
        "Network.loadingFinished",
        lambda event: weights.update({kinds[event["requestId"]]: int(event["encodedDataLength"])}),
    )
    page.goto(url, wait_until="networkidle")
    return weights


@pytest.mark.parametrize("path", PAGES)
def test_first_view_is_light(embedded: EmbeddedSite, context: BrowserContext, page: Page, path: str) -> None:
    weights = received(context, page, embedded.url + path)
    assert weights.total() < 60 * KB
    assert 0 < weights["Stylesheet"] < 15 * KB
    assert weights["Script"] < 5 * KB
    # The ping is the count of a page that was read: no content, no cookie.
    assert set(weights) <= {"Document", "Stylesheet", "Script", "Image", "Ping", "Other"}
