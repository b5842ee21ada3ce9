"""After "Send", on a phone: details, files, messages, reading back, the answer, erasing; lost connections, robots."""

import io
import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from inquiries.enums import EmailKind
from tests.browser import private_way as way
from tests.files import pdf
from tests.real.rig import EmbeddedSite, GrownSite, Letter, Site

pytestmark = pytest.mark.browser

CANARY = way.CANARY
ANSWER = f"{CANARY} Antwort\nzweite Zeile"
NEW_PHONE = "+49 170 7654321"


@pytest.fixture(scope="module")
def uploads(tmp_path_factory: pytest.TempPathFactory) -> way.Uploads:
    """Make the files once."""
    return way.Uploads.make(tmp_path_factory.mktemp("uploads"))


@pytest.fixture
def small(running_embedded: EmbeddedSite) -> EmbeddedSite:
    """Give the small size, without inquiries."""
    way.start_afresh(running_embedded)
    return running_embedded


@pytest.fixture
def large(running_grown: GrownSite) -> GrownSite:
    """Give the grown size, without inquiries."""
    way.start_afresh(running_grown)
    return running_grown


# The whole way: four languages, each size with and without JavaScript


@pytest.mark.parametrize(("language", "has_script"), [("en", True), ("hr", False)])
def test_whole_way_embedded(
    small: EmbeddedSite, browser: Browser, uploads: way.Uploads, language: str, has_script: bool
) -> None:
    walk(small, browser, uploads, language, has_script=has_script)


@pytest.mark.grown
@pytest.mark.parametrize(("language", "has_script"), [("de", False), ("nl", True)])
def test_whole_way_grown(
    large: GrownSite, browser: Browser, uploads: way.Uploads, language: str, has_script: bool
) -> None:
    walk(large, browser, uploads, language, has_script=has_script)


def walk(site: Site, browser: Browser, uploads: way.Uploads, language: str, *, has_script: bool) -> None:
    """Go from the form to the erased inquiry, as patient on a phone and as coordinator at a desk."""
    faults: list[str] = []
    with way.phone(browser, has_script=has_script) as context:
        watch = way.watch_pages(context)
        way.watch_private(context, faults)
        page = context.new_page()
        reference = way.send_inquiry(site, page, language, has_script=has_script)
        confirmation = way.letter(site, EmailKind.CONFIRMATION)
        link = way.link_in(confirmation)
        see_status(page, link, language, reference)
        enter_everything(page, uploads)
        number_was_told(site, language)
        read_back(site, page, uploads, reference)
        with way.desk(browser) as staff:
            answer_at_the_desk(site, staff, uploads)
        if has_script:
            robots_open_every_link(site, browser)
        read_answer(site, page, language)
        erase(site, page, link, reference)
        assert watch.cookies() == []
        assert watch.hosts() == {urlsplit(site.url).netloc}
        # Chromium complains of every answer that says what is wrong, and of the link that opens nothing.
        assert [text for text in watch.complaints if "Failed to load resource" not in text] == []
    assert faults == []
    nothing_in_mail(site.sink.letters)


def see_status(page: Page, link: str, language: str, reference: str) -> None:
    """Open the link from the mail."""
    page.goto(link)
    assert page.locator("html").get_attribute("lang") == language
    expect(page.locator(".private-number")).to_have_text(reference)
    expect(page.locator(".promise .person strong")).not_to_be_empty()
    expect(page.locator(".promise time")).to_be_visible()
    expect(page.locator(".private-actions a")).to_have_count(6)
    assert CANARY not in page.content()


def enter_everything(page: Page, uploads: way.Uploads) -> None:
    """Add two groups of details, files, a message, a phone number."""
    way.open_private(page, "details")
    way.answer_pain(page)
    page.goto(re.sub(r"/details/.*", "/details/safety/", page.url))
    way.answer_safety(page)
    way.open_private(page, "details")
    expect(page.locator(".details-answered")).to_have_count(2)
    assert CANARY not in page.content()
    way.add_files(page, uploads)
    way.write_message(page)
    way.correct_phone(page, NEW_PHONE)
    see_that_links_work(page)


def see_that_links_work(page: Page) -> None:
    """See that the page after a change leads on."""
    assert way.html_faults(page.content()) == []


def number_was_told(site: Site, language: str) -> None:
    """Find the mail that says that contact data were changed, without the new number."""
    told = way.letter(site, EmailKind.ADDRESS_CHANGED)
    assert told.recipient == f"patient.{language}@example.com"
    assert "7654321" not in told.text


def read_back(site: Site, page: Page, uploads: way.Uploads, reference: str) -> None:
    """Be refused with a wrong code; with the right one see everything, and take it along."""
    way.open_status(page)
    page.locator(".private-actions a[href$='/code/']").click()
    code = way.ask_for_code(site, page)
    way.enter_code(page, way.other_code(code))
    expect(page.locator(".error-summary a[href='#id_code']")).to_be_visible()
    assert CANARY not in page.content()
    way.enter_code(page, code)
    main = page.locator("main")
    for text in (f"{CANARY} Đoković", f"{CANARY} Treppe", f"{CANARY} Warfarin", f"{CANARY} Nachricht", NEW_PHONE):
        expect(main).to_contain_text(text)
    expect(main.locator(".entered-group")).to_have_count(2)
    # The knee lies on both figures.
    expect(main.locator(".body-map-shown .map-cross")).to_have_count(3)
    expect(main.locator(".files bdi")).to_have_text(uploads.photo.name)
    with page.expect_download() as download:
        page.locator("form[action*='/data/'] button").click()
    data = json.loads(download.value.path().read_text(encoding="utf-8"))
    assert download.value.suggested_filename == f"{reference}.json"
    taken = json.dumps(data, ensure_ascii=False)
    for text in (reference, "lower-back-left", "knee-right", "latex", f"{CANARY} Warfarin", f"{CANARY} Nachricht"):
        assert text in taken, text


def answer_at_the_desk(site: Site, page: Page, uploads: way.Uploads) -> None:
    """See all that the patient added, download the photo, answer."""
    way.sign_in_from(site, page, way.letter(site, EmailKind.HANDOVER))
    story = page.locator("#content-main")
    for text in (f"{CANARY} Treppe", f"{CANARY} Warfarin", f"{CANARY} Nachricht", "170 7654321"):
        expect(story).to_contain_text(text)
    expect(story.locator(".body-map-shown .map-cross")).to_have_count(3)
    expect(story.locator(".files bdi")).to_have_text(uploads.photo.name)
    with page.expect_download() as download:
        story.locator(".files a[download]").click()
    photo = Image.open(io.BytesIO(download.value.path().read_bytes()))
    assert (photo.format, photo.size) == ("JPEG", way.PHOTO_SIZE)
    way.write_answer(page, ANSWER)
    expect(story).to_contain_text("zweite Zeile")


def robots_open_every_link(site: Site, browser: Browser) -> None:
    """Open all links of all e-mails as a mail scanner does that runs scripts; nothing in the database changes."""
    way.letter(site, EmailKind.ANSWER_WAITING)
    links = {link for one in site.sink.letters for link in way.links_in(one) if link.startswith(site.url)}
    assert len([link for link in links if way.TOKEN.search(link)]) >= 1
    assert any("/admin/" in link for link in links)
    before = way.dump(site)
    context = browser.new_context()
    page = context.new_page()
    for link in sorted(links):
        page.goto(link, wait_until="networkidle")
    context.close()
    after = way.dump(site)
    assert [table for table in before if before[table] != after[table]] == []


def read_answer(site: Site, page: Page, language: str) -> None:
    """Come back by the mail that says that an answer waits, and read it behind a new code."""
    waiting = way.letter(site, EmailKind.ANSWER_WAITING)
    assert waiting.recipient == f"patient.{language}@example.com"
    page.goto(way.link_in(waiting))
    page.locator(".answer-waits a[href$='/code/']").click()
    way.enter_code(page, way.ask_for_code(site, page, 2))
    answer = page.locator(".talk-ours .as-written")
    expect(answer).to_contain_text(f"{CANARY} Antwort")
    expect(answer).to_contain_text("zweite Zeile")
    way.open_status(page)
    expect(page.locator(".answer-waits")).to_have_count(0)


def erase(site: Site, page: Page, link: str, reference: str) -> None:
    """Erase everything, by the tick and the button only; the link is dead and offers a new one."""
    assert len(way.stored_files(site)) == 1
    page.locator(".private-actions a[href$='/erase/']").click()
    form = page.locator("form[action*='/erase/']")
    way.submit(form)
    expect(page.locator("input[name=confirm]")).to_be_visible()
    page.check("input[name=confirm]")
    way.submit(form)
    expect(page.locator(".reference")).to_have_text(reference)
    farewell = way.letter(site, EmailKind.ERASED)
    assert reference in farewell.subject
    assert way.stored_files(site) == []
    assert site.rows.select("SELECT count(*) FROM inquiries_inquiry") == [(0,)]
    assert site.rows.select("SELECT reference FROM inquiries_tombstone") == [(reference,)]
    dead = page.goto(link)
    assert dead is not None
    assert dead.status == 404
    page.fill("input[name=email]", farewell.recipient)
    way.submit(page.locator("form", has=page.locator("input[name=email]")))
    expect(page.locator("input[name=email]")).to_have_count(0)
    expect(page.locator("h1")).to_be_visible()


def nothing_in_mail(letters: list[Letter]) -> None:
    """See that no e-mail carries what the patient or the clinic wrote."""
    assert len(letters) >= 6
    for one in letters:
        whole = one.subject + "".join(
            str(part.get_content()) for part in one.message.walk() if part.get_content_maintype() == "text"
        )
        for secret in (CANARY, "Warfarin", "7654321", "IMG_0815", "Treppe"):
            assert secret not in whole, one.subject


# Lost connections


@pytest.mark.parametrize(
    ("fault", "remedy"), [("silent", "stop"), ("cut", "reload"), ("answer lost", "reload"), ("cut", "back")]
)
def test_details_survive_a_lost_connection(
    small: EmbeddedSite, browser: Browser, fault: way.Fault, remedy: way.Remedy
) -> None:
    with way.phone(browser) as context, way.BadNetwork(small.port) as network:
        page = context.new_page()
        start = network.url + a_private_path(small)
        page.goto(f"{start}details/pain/")
        page.check("input[name=q-since][value=year-1]")
        way.submit(page.locator(".details-form"))
        page.goto(f"{start}details/pain/")
        way.tap_map(page, "lower-back-left")
        page.check("input[name=q-leg][value=below-knee]")
        page.fill("textarea[name=q-pain_words]", f"{CANARY} Treppe")
        way.lose_connection(page, network, fault, ".details-form")
        way.try_again(page, remedy)
        if remedy != "reload":  # which sends once more what was typed
            expect(page.locator("textarea[name=q-pain_words]")).to_have_value(f"{CANARY} Treppe")
            expect(page.locator("input[name=q-where][value=lower-back-left]")).to_be_checked()
            expect(page.locator("input[name=q-leg][value=below-knee]")).to_be_checked()
            way.submit(page.locator(".details-form"))
        expect(page).to_have_url(re.compile(r"/details/tried/"))
        assert small.rows.select("SELECT count(*) FROM inquiries_medicalanswers") == [(1,)]
        page.goto(f"{start}code/")
        way.enter_code(page, way.ask_for_code(small, page))
        # What was saved before is there beside what was sent twice.
        expect(page.locator(".entered-group dd")).to_have_count(4)
        expect(page.locator(".entered-group")).to_contain_text(f"{CANARY} Treppe")


def a_private_path(site: Site) -> str:
    """Send an inquiry and return the path of its private page."""
    site.post_inquiry("en")
    return way.path_of(way.link_in(way.letter(site, EmailKind.CONFIRMATION)))


@pytest.mark.parametrize(("fault", "remedy"), [("silent", "stop"), ("cut", "back"), ("answer lost", "reload")])
def test_files_survive_a_lost_connection(
    small: EmbeddedSite, browser: Browser, tmp_path: Path, fault: way.Fault, remedy: way.Remedy
) -> None:
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    first.write_bytes(pdf(b"first"))
    second.write_bytes(pdf(b"second", padding=3 * 1024 * 1024))
    with way.phone(browser) as context, way.BadNetwork(small.port) as network:
        page = context.new_page()
        page.goto(f"{network.url}{a_private_path(small)}files/")
        way.choose(page, first)
        page.set_input_files("input[name=file]", second)
        way.lose_connection(page, network, fault, ".files-form")
        way.try_again(page, remedy)
        expect(page.locator("input[name=file]")).to_be_visible()
        if remedy != "reload":
            assert page.evaluate("document.querySelector('input[name=file]').files.length") == 1
            way.submit(page.locator(".files-form"))
        expect(page.locator(".files > li")).to_have_count(2)
        # Chosen once more, to be sure
        way.choose(page, second)
        expect(page.locator(".files > li")).to_have_count(2)
    assert len(way.stored_files(small)) == 2
