"""The pages after "Send" as they are read: by everybody, on the narrowest phone, in the dark, without a mouse."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, Page, Response, expect

from inquiries.enums import EmailKind
from tests.browser import private_way as way
from tests.files import pdf
from tests.pages import LANGUAGES
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

AXE = Axe()
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1280, "height": 900}
LANGUAGE = "de"  # the longest words
# The size of targets is of WCAG 2.2 and must be asked for; the dark changes nothing but colours.
EVERYTHING: dict[str, object] = {"rules": {"target-size": {"enabled": True}}}
CONTRAST: dict[str, object] = {"runOnly": ["color-contrast", "link-in-text-block"]}
TABBABLE = "a[href], button, input:not([type=hidden]), textarea, select, summary, [tabindex='0']"
# What Tab must reach in the main part: all that is in sight, of radio buttons one for each question.
EXPECTED = """selector => {
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length;
  const groups = new Set();
  return [...document.querySelectorAll("main " + selector.split(", ").join(", main "))].filter(element => {
    if (!seen(element) || element.disabled) return false;
    if (element.type !== "radio") return true;
    return groups.has(element.name) ? false : groups.add(element.name);
  }).map(element => element.id || element.outerHTML.slice(0, 100));
}"""
# Where the focus is now, and whether it shows: an outline on the element, on its label, or on the label after it.
FOCUSED = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const places = [element, element.closest("label"), ...(element.labels ?? [])].filter(Boolean);
  const shows = place => {
    const style = getComputedStyle(place);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  };
  const box = (element.labels?.[0] ?? element).getBoundingClientRect();
  return {
    name: element.id || element.outerHTML.slice(0, 100),
    isMain: element.closest("main") !== null && element.id !== "main",
    shows: places.some(shows),
    isInSight: box.bottom > 0 && box.top < innerHeight,
  };
}"""


@dataclass(frozen=True)
class Way:
    """An inquiry that somebody has sent, and how to get to its pages."""

    site: EmbeddedSite
    receipt: str
    link: str

    def url(self, ending: str = "") -> str:
        """Return the address of one of the private pages."""
        return self.link + ending


@pytest.fixture
def sent(running_embedded: EmbeddedSite) -> Way:
    """Send an inquiry and take the link from the mail."""
    way.start_afresh(running_embedded)
    answer = running_embedded.post_inquiry(LANGUAGE, phone="+49 170 1234567")
    link = way.link_in(way.letter(running_embedded, EmailKind.CONFIRMATION))
    token = way.TOKEN.search(link)
    assert token
    return Way(running_embedded, running_embedded.url + answer.location, link[: token.end()])


@pytest.fixture
def a_pdf(tmp_path: Path) -> Path:
    """Return a small file that is taken."""
    file = tmp_path / "report.pdf"
    file.write_bytes(pdf())
    return file


def test_every_page_is_accessible_narrow_valid_and_silent(sent: Way, browser: Browser, a_pdf: Path) -> None:
    faults: list[str] = []
    with way.phone(browser) as context:
        watch = way.watch_pages(context)
        way.watch_private(context, faults)
        page = context.new_page()
        answers: list[Response] = []
        page.on("response", lambda one: answers.append(one) if is_page(one) else None)
        visited = [name for name in pages(sent, page, a_pdf) if note_faults(page, name, faults, answers[-1].text())]
        assert len(visited) == len(set(visited)) == 21
        assert watch.cookies() == []
        assert watch.hosts() == {urlsplit(sent.site.url).netloc}
        assert [text for text in watch.complaints if "Failed to load resource" not in text] == []
    assert faults == []


def pages(sent: Way, page: Page, file: Path) -> Iterator[str]:
    """Open one page after the other, in every state that looks different, and yield what it is."""
    page.goto(sent.receipt)
    yield "confirmation"
    with translation.override(LANGUAGE):
        page.goto(sent.site.url + reverse("inquiries:private-link-request"))
    yield "link request"
    submit(page, "form:has(input[name=email])")
    yield "link request with an error"
    page.goto(sent.link.replace(sent.link[-9:-1], "AAAAAAAA"))
    yield "link that opens nothing"
    page.goto(sent.url())
    yield "status"
    page.goto(sent.url("details/"))
    yield "list of details"
    page.goto(sent.url("details/pain/"))
    page.check("input[name=q-where][value=neck]")
    yield "group with the body map"
    submit(page, ".details-form")
    page.goto(sent.url("details/tried/"))
    page.fill("input[name=q-surgery_when_year]", "12")
    submit(page, ".details-form")
    expect(page.locator(".error-summary")).to_be_focused()
    yield "group with an error"
    page.goto(sent.url("details/safety/"))
    page.check("input[name=q-allergy][value=yes]")
    page.fill("textarea[name=q-allergy_more]", "Latex")
    yield "group of yes and no"
    submit(page, ".details-form")
    yield from pages_of_words_and_files(sent, page, file)
    yield from pages_behind_a_code(sent, page)


def pages_of_words_and_files(sent: Way, page: Page, file: Path) -> Iterator[str]:
    """Open the pages for files, contact data and messages."""
    page.goto(sent.url("files/"))
    submit(page, ".files-form")
    expect(page.locator(".error-summary")).to_be_focused()
    yield "files with an error"
    way.choose(page, file)
    yield "files"
    page.goto(sent.url("contact/"))
    yield "contact"
    page.fill("input[name=email]", "jan@")
    submit(page, "form[action*='/contact/']")
    yield "contact with an error"
    page.goto(sent.url("message/"))
    yield "message"
    submit(page, "form[action*='/message/']")
    yield "message with an error"
    page.fill("textarea[name=text]", "Danke")
    submit(page, "form[action*='/message/']")
    yield "status after a message"


def pages_behind_a_code(sent: Way, page: Page) -> Iterator[str]:
    """Open what a code opens, then erase it all."""
    page.goto(sent.url("code/"))
    yield "code"
    code = way.ask_for_code(sent.site, page)
    way.enter_code(page, way.other_code(code))
    expect(page.locator(".error-summary")).to_be_focused()
    yield "wrong code"
    way.enter_code(page, code)
    yield "what was entered"
    page.goto(sent.url("erase/"))
    yield "erase"
    page.check("input[name=confirm]")
    submit(page, "form[action*='/erase/']")
    yield "erased"


def note_faults(page: Page, name: str, faults: list[str], source: str) -> bool:
    """Note what is wrong with a page in the light and in the dark, wide and narrow."""
    faults += [f"{name}: {fault}" for fault in way.html_faults(source)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a ViewportSize
    width = page.evaluate("document.documentElement.scrollWidth")
    if width > NARROW["width"]:
        faults.append(f"{name}: {width} px wide")
    faults += [f"{name}: {fault}" for fault in violations(page, EVERYTHING)]
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]  # a ViewportSize
    faults += [f"{name} in the dark: {fault}" for fault in violations(page, CONTRAST)]
    return True


def is_page(answer: Response) -> bool:
    """Return whether this is what the browser shows as a page."""
    return answer.request.resource_type == "document" and not 300 <= answer.status < 400


def submit(page: Page, form: str) -> None:
    """Send a form by its button."""
    way.submit(page.locator(form))


def violations(page: Page, options: dict[str, object]) -> list[str]:
    """Return what axe finds."""
    found = AXE.run(page, options=options).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def test_no_page_is_too_wide_in_the_other_languages(sent: Way, page: Page) -> None:
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]  # a ViewportSize
    token = urlsplit(sent.link).path.rstrip("/").rpartition("/")[2]
    names = ("", "-details", "-files")
    too_wide = []
    for language in {*LANGUAGES} - {LANGUAGE}:
        with translation.override(language):
            paths = [reverse(f"inquiries:private{name}", kwargs={"token": token}) for name in names]
            paths += [
                reverse("inquiries:private-details-group", kwargs={"token": token, "group": group})
                for group in ("tried", "safety")
            ]
        for path in paths:
            page.goto(sent.site.url + path, wait_until="commit")
            page.locator("footer").wait_for()
            if page.evaluate("document.documentElement.scrollWidth") > NARROW["width"]:
                too_wide.append(path.replace(token, "…"))
    assert too_wide == []


@pytest.mark.parametrize("ending", ["", "details/pain/", "details/safety/", "files/"])
def test_every_control_is_reached_by_tab_in_its_order_with_the_focus_in_sight(
    sent: Way, browser: Browser, a_pdf: Path, ending: str
) -> None:
    with way.phone(browser) as context:
        page = context.new_page()
        if ending == "files/":
            page.goto(sent.url(ending))
            way.choose(page, a_pdf)
        page.goto(sent.url(ending))
        expected = page.evaluate(EXPECTED, TABBABLE)
        assert len(expected) > 8
        reached, faults = walk_by_tab(page)
        assert reached == expected
        assert faults == []


def walk_by_tab(page: Page) -> tuple[list[str], list[str]]:
    """Press Tab until the page is over; return what had the focus in the main part, and where it could not be seen."""
    reached: list[str] = []
    faults: list[str] = []
    for _step in range(300):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused is None:
            return reached, faults
        if focused["isMain"]:
            reached.append(focused["name"])
        if not (focused["shows"] and focused["isInSight"]):
            faults.append(focused["name"])
    raise AssertionError("Tab never leaves the page")


def test_details_and_files_are_added_by_keyboard_only(sent: Way, page: Page, a_pdf: Path) -> None:
    page.goto(sent.url("details/pain/"))
    tab_to(page, "input[name=q-where][value=tailbone]")
    page.keyboard.press("Space")
    tab_to(page, "input[name=q-since]")
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[name=q-since][value=months-3]")).to_be_checked()
    tab_to(page, "textarea[name=q-pain_words]")
    page.keyboard.type("Treppe")
    tab_to(page, ".details-form button[type=submit]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("[role=status]").first).to_be_visible()
    tab_to(page, ".private-nav a[href$='/files/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "input[name=file]")
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Space")
    chooser.value.set_files(a_pdf)
    tab_to(page, ".files-form button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".files > li")).to_have_count(1)
    tab_to(page, ".files button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator(".files > li")).to_have_count(0)
    rows = sent.site.rows
    assert rows.select("SELECT count(*) FROM inquiries_medicalanswers") == [(1,)]
    assert rows.select("SELECT count(*) FROM inquiries_patientfile") == [(0,)]


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until one control has the focus."""
    for _step in range(300):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"Tab does not reach {selector}")
