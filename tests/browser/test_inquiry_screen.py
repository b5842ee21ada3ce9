"""The screen of one inquiry in a browser: templates put in place, nothing typed is lost, and it fits a phone."""

import re

import pytest
from playwright.sync_api import Dialog, Page, expect

from tests.browser.watch import Watch
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

PHONE_WIDTH = 390


@pytest.fixture
def desk(running_embedded: EmbeddedSite, page: Page) -> EmbeddedSite:
    """Open a new inquiry as somebody who manages them."""
    site = running_embedded
    site.recover()
    site.rows.forget_inquiries()
    site.post_inquiries(1)
    [manager] = [sign_in for sign_in in site.sign_ins() if sign_in.role == "manager"]
    page.goto(f"{site.url}/admin/inquiries/inquiry/")
    page.fill("input[name=username]", manager.email)
    page.fill("input[name=password]", manager.password)
    page.click("input[type=submit], button[type=submit]")
    page.locator("#result_list tbody th a").click()
    expect(page.locator("#answer textarea")).to_be_visible()
    return site


def test_template_is_put_in_place_and_nothing_typed_is_lost(desk: EmbeddedSite, page: Page, watch: Watch) -> None:
    notes, text = page.locator("[name=sheet-notes]"), page.locator("[name=answer-text]")
    notes.fill("Half a note")
    page.select_option("[name=answer-template]", label="Appointment proposal")
    page.get_by_role("button", name="Insert").click()
    expect(text).to_be_focused()
    expect(text).to_have_value(re.compile(r"\{\{ appointment \}\}"))
    expect(page.locator(".previews .message").first).to_contain_text("{{ price }}")
    expect(notes).to_have_value("Half a note")
    expect(page.locator("[data-failed]")).to_be_hidden()

    # Leaving asks first.
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.evaluate("location.assign('/admin/')")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"]
    page.remove_listener("dialog", stay)

    # What is open is not sent; filled in, it is.
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator("#answer .errorlist")).to_contain_text("{{ price }}")
    expect(text).to_be_focused()
    text.fill("Come on Monday.")
    page.get_by_role("button", name="Send the answer").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(page.locator(".letters")).to_contain_text("Come on Monday.")
    assert watch.complaints == []
    assert {url.split("/")[2] for url in watch.requests} == {desk.url.split("/")[2]}


def test_screen_fits_a_phone(desk: EmbeddedSite, page: Page, watch: Watch) -> None:
    page.set_viewport_size({"width": PHONE_WIDTH, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE_WIDTH
    page.get_by_role("link", name="Notes").click()
    notes = page.locator("[name=sheet-notes]")
    expect(notes).to_be_in_viewport()
    notes.fill("Called, no answer")
    page.get_by_label("called", exact=True).check()
    page.get_by_role("button", name="Save the notes").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    expect(notes).to_have_value("Called, no answer")
    assert desk.rows.select("SELECT version FROM inquiries_desksheet", []) == [(1,)]
    assert watch.complaints == []
