"""The whole way, in every language and both sizes: treatment page, form, confirmation, e-mail, desk, closed."""

import re
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Page, expect

from coordinators.demo import MAIL_DOMAIN
from tests.browser.watch import Watch
from tests.pages import LANGUAGES
from tests.real.rig import Letter, Site, eventually

pytestmark = pytest.mark.browser

ANSWERED_BY = {"en": "Emma Example", "hr": "Ana Primjer", "de": "Jonas Beispiel", "nl": "Sanne Voorbeeld",
    "it": "Ana Primjer"}  # fmt: skip
REFERENCE = re.compile(r"ZG-[2-9A-Y]{4}-[2-9A-Y]{4}")
CANARY = "Kanarienvogel"


@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_way_embedded(embedded: Site, page: Page, watch: Watch, language: str) -> None:
    walk(embedded, page, watch, language)


@pytest.mark.grown
@pytest.mark.parametrize("language", LANGUAGES)
def test_whole_way_grown(grown: Site, page: Page, watch: Watch, language: str) -> None:
    walk(grown, page, watch, language)


def walk(site: Site, page: Page, watch: Watch, language: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    open_treatment_page(site, page, language)
    fill_form(page, language)
    page.click("#inquiry-form button[type=submit]")
    reference = check_confirmation(page)
    assert watch.cookies() == []
    assert watch.hosts() == {urlsplit(site.url).netloc}
    assert watch.complaints == []
    notice, confirmation = letters(site, reference)
    assert CANARY not in notice.text + notice.subject + confirmation.text + confirmation.subject
    check_receipt_link(page, confirmation, reference)
    close_at_the_desk(site, page, notice, reference)
    assert watch.complaints == []


def open_treatment_page(site: Site, page: Page, language: str) -> None:
    """Go from the first page to a treatment, as a visitor does."""
    page.goto(f"{site.url}/{language}/")
    with translation.override(language):
        listed = reverse("treatments:list")
    page.locator(f"main a[href^='{listed}']").first.click()
    page.wait_for_load_state()
    if page.locator("#inquiry-form").count() == 0:
        page.locator(f"main a[href^='{listed}']:not([href='{listed}'])").first.click()
    expect(page.locator("h1")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == language


def fill_form(page: Page, language: str) -> None:
    """Answer everything, as a patient who writes for the first time."""
    assert page.locator("input[name=treatment]:checked").count() == 1
    page.fill("input[name=name]", f"{CANARY} Đoković")
    page.fill("input[name=email]", f"patient.{language}@example.com")
    page.check("input[name=contact_by][value=email]")
    page.check("input[name=contact_by][value=phone]")
    page.fill("input[name=phone]", "0049 (0) 170/1234567")
    page.fill("input[name=country]", "DE")
    page.check(f"input[name=preferred_language][value={language}]")
    page.check("input[name=for_whom][value=self]")
    page.fill("textarea[name=message]", f"{CANARY} {language}\nzweite Zeile")
    page.check("input[name=consent]")
    page.wait_for_timeout(3100)  # sent faster than a person can type, it would be held


def check_confirmation(page: Page) -> str:
    """Return the reference that the confirmation page shows, the same after a reload."""
    expect(page).to_have_url(re.compile(r"/[A-Za-z0-9_-]{43}/$"))
    found = REFERENCE.search(page.locator("main").inner_text())
    assert found
    page.reload()
    text = page.locator("main").inner_text()
    assert found.group() in text
    assert "112" in text
    assert CANARY not in text
    return found.group()


def letters(site: Site, reference: str) -> tuple[Letter, Letter]:
    """Return the coordinator's notice and the patient's confirmation."""

    def arrived() -> list[Letter]:
        found = [letter for letter in site.sink.letters if reference in letter.subject]
        return found if len(found) == 2 else []

    found = eventually(arrived, 20, lambda: site.explain("the e-mails did not arrive"))
    [notice] = [letter for letter in found if letter.recipient.endswith(MAIL_DOMAIN)]
    [confirmation] = [letter for letter in found if letter is not notice]
    for letter in found:
        assert letter.message["X-Inquiry-Reference"] == reference
        assert letter.message["Auto-Submitted"] == "auto-generated"
    return notice, confirmation


def check_receipt_link(page: Page, confirmation: Letter, reference: str) -> None:
    """Open the confirmation page from the patient's e-mail."""
    page.goto(next(link for link in confirmation.links if "/admin/" not in link))
    assert reference in page.locator("main").inner_text()


def close_at_the_desk(site: Site, page: Page, notice: Letter, reference: str) -> None:
    """Open the inquiry from the notice, sign in, log a contact, close, and find it closed."""
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(next(link for link in notice.links if "/admin/" in link))
    [sign_in] = [sign_in for sign_in in site.sign_ins() if sign_in.email == notice.recipient]
    page.fill("input[name=username]", sign_in.email)
    page.fill("input[name=password]", sign_in.password)
    page.click("input[type=submit], button[type=submit]")
    story = page.locator("#content-main")
    expect(story).to_contain_text(f"{CANARY} Đoković")
    expect(story).to_contain_text("zweite Zeile")
    take_step(page, "contact", result="WROTE", note="Answered by e-mail")
    take_step(page, "close", outcome="INFORMED")
    page.goto(f"{site.url}/admin/inquiries/inquiry/?q={reference}")
    assert reference in page.content()
    assert CANARY not in page.content()
    statuses = site.rows.select("SELECT status, outcome FROM inquiries_inquiry WHERE reference = %s", [reference])
    assert statuses == [("CLOSED", "INFORMED")]


def take_step(page: Page, step: str, note: str = "", **choices: str) -> None:
    """Fill in one step of triage and send it."""
    form = page.locator(f"form[action*='/{step}/']")
    details = page.locator("details", has=form)
    details.locator("summary").click()
    for name, value in choices.items():
        field = form.locator(f"[name={step}-{name}]")
        if field.first.evaluate("element => element.tagName") == "SELECT":
            field.select_option(value)
        else:
            form.locator(f"[name={step}-{name}][value={value}]").check()
    if note:
        form.locator(f"[name={step}-note]").fill(note)
    form.locator("button[type=submit]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
