"""The inbox by keyboard alone, and on a phone."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.watch import Watch
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

FOCUSED = "#result_list tbody th a:focus"


@pytest.fixture
def desk(running_embedded: EmbeddedSite, page: Page) -> EmbeddedSite:
    """Give a site with three inquiries, and somebody signed in who manages them."""
    site = running_embedded
    site.recover()
    site.rows.forget_inquiries()
    site.post_inquiries(3)
    [manager] = [sign_in for sign_in in site.sign_ins() if sign_in.role == "manager"]
    page.goto(f"{site.url}/admin/inquiries/inquiry/")
    page.fill("input[name=username]", manager.email)
    page.fill("input[name=password]", manager.password)
    page.click("input[type=submit], button[type=submit]")
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    # Shown by the script that makes the keys work
    expect(page.locator("#keys-open")).to_be_visible()
    return site


def test_keys_move_select_search_help_and_open(desk: EmbeddedSite, page: Page, watch: Watch) -> None:
    links = page.locator("#result_list tbody th a")
    keys = page.keyboard
    keys.press("j")
    expect(links.nth(0)).to_be_focused()
    keys.press("j")
    keys.press("j")
    keys.press("j")
    expect(links.nth(2)).to_be_focused()
    keys.press("k")
    expect(links.nth(1)).to_be_focused()
    keys.press("x")
    boxes = page.locator(".action-select")
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.nth(0)).not_to_be_checked()
    expect(links.nth(1)).to_be_focused()

    keys.press("?")
    help_ = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(help_).to_be_visible()
    keys.press("j")
    keys.press("Escape")
    expect(help_).to_be_hidden()

    keys.press("/")
    search = page.locator("#searchbar")
    expect(search).to_be_focused()
    keys.type("jkx?/")
    expect(search).to_have_value("jkx?/")
    expect(boxes.nth(1)).to_be_checked()

    links.nth(0).focus()
    keys.press("Control+j")
    expect(links.nth(0)).to_be_focused()
    name = links.nth(0).inner_text()
    keys.press("Enter")
    expect(page.locator("h1")).to_contain_text(name)
    assert watch.complaints == []
    assert watch.hosts() == {urlsplit(desk.url).netloc}


@pytest.mark.usefixtures("desk")
def test_keys_can_be_switched_off_and_stay_off(page: Page) -> None:
    page.click("#keys-open")
    page.uncheck("#keys-on")
    page.click("#keys-close")
    page.reload()
    expect(page.locator("#keys-open")).to_be_visible()
    page.keyboard.press("j")
    assert page.locator(FOCUSED).count() == 0
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.check("#keys-on")
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("j")
    expect(page.locator(FOCUSED)).to_have_count(1)


@pytest.mark.usefixtures("desk")
def test_inbox_fits_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.reload()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    row = page.locator("#result_list tbody tr").first
    expect(row).to_contain_text(re.compile(r"due in|late"))
    expect(row).to_contain_text("unopened")
    box = row.locator("th a").bounding_box()
    assert box
    assert box["height"] >= 24, "a thumb hits it"
