"""Right to left: the site in Arabic, which is no public language of the project, looks as if it had been made for it.

The catalogue lies in `tests/rtl/locale/` and comes in through EXTRA_LOCALE_DIRS, the pages in `tests/rtl/content/`.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

import polib
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import FloatRect, Locator, Page, ViewportSize, expect

from tests.browser.watch import Watch
from tests.real.processes import ROOT
from tests.real.rig import EmbeddedSite, SmtpSink, Template, eventually
from treatments.outline import SAFETY_KEYS, SLOTS
from treatments.safety import DO_NOT_WAIT, EMERGENCY_SIGNS, LATE_SIGNS, NUMB_LEG, SEE_A_DOCTOR_FIRST, URGENT_SIGNS

pytestmark = pytest.mark.browser

LOCALE = ROOT / "tests" / "rtl" / "locale"
HOME, LIST, TREATMENT, FORM, MISSING = "/ar/", "/ar/ilajat/", "/ar/ilajat/haqn-mafasil/", "/ar/istifsar/", "/ar/laysa/"
IN_ENGLISH = "/en/treatments/facet-joint-injection/"
PHONE: ViewportSize = {"width": 390, "height": 844}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
REFERENCE = re.compile(r"ZG-[2-9A-Y]{4}-[2-9A-Y]{4}")

# What the page says, but for what is marked as another language
ARABIC_TEXTS = """() => {
  const found = [...document.querySelectorAll("[aria-label]")].map(element => element.getAttribute("aria-label"));
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    if (text.parentElement.closest("[lang]").lang === "ar") found.push(text.textContent.trim());
  }
  return found;
}"""

AXE = Axe()


@pytest.fixture(scope="module")
def arabic(template: Template, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedSite]:
    """Run a site that speaks Arabic, too."""
    folder = tmp_path_factory.mktemp("arabic") / "data"
    template.copy_to(folder)
    with SmtpSink() as sink:
        site = EmbeddedSite(folder, sink, EXTRA_LOCALE_DIRS=str(LOCALE))
        added = subprocess.run(
            [sys.executable, "-m", "tests.rtl.add_arabic"],
            cwd=ROOT, env=site.environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert added.returncode == 0, added.stdout + added.stderr
        with site:
            yield site


@cache
def catalogue() -> dict[str, str]:
    """Return what is translated."""
    entries = polib.pofile(str(LOCALE / "ar" / "LC_MESSAGES" / "django.po"))
    return {entry.msgid: entry.msgstr for entry in entries if entry.msgstr}


def violations(page: Page) -> list[str]:
    found = AXE.run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def box(place: Locator) -> FloatRect:
    found = place.bounding_box()
    assert found, place
    return found


def starts_right_of(first: Locator, second: Locator) -> bool:
    """Tell whether `first` ends nearer to the right edge, where reading begins, and does not overlap `second`."""
    return box(first)["x"] >= box(second)["x"] + box(second)["width"] - 1


def style(place: Locator, name: str) -> str:
    return str(place.evaluate("(element, name) => getComputedStyle(element)[name]", name))


def left_in_english(page: Page) -> set[str]:
    """Return the texts that the page shows in English although the catalogue translates them."""
    shown = set(page.evaluate(ARABIC_TEXTS))
    assert shown & set(catalogue().values()), "nothing of the catalogue is on the page"
    return shown & set(catalogue())


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_every_page_is_arabic_accessible_and_fits(
    arabic: EmbeddedSite, page: Page, watch: Watch, size: ViewportSize, scheme: str
) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.set_viewport_size(size)
    for path in (HOME, LIST, TREATMENT, FORM, MISSING):
        page.goto(arabic.url + path)
        root = page.locator("html")
        assert (root.get_attribute("lang"), root.get_attribute("dir")) == ("ar", "rtl"), path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path
        assert violations(page) == [], path
        assert left_in_english(page) == set(), path
    assert watch.hosts() == {urlsplit(arabic.url).netloc}
    assert watch.cookies() == []
    assert [text for text in watch.complaints if "404" not in text] == []


def test_treatment_page_is_mirrored_on_a_desktop(arabic: EmbeddedSite, page: Page) -> None:
    page.set_viewport_size(DESKTOP)
    page.goto(arabic.url + TREATMENT)
    assert starts_right_of(page.locator(".wordmark"), page.locator(".languages"))
    menu = page.locator(".menu a")
    assert starts_right_of(menu.first, menu.last)
    crumbs = page.locator(".crumbs li")
    assert starts_right_of(crumbs.first, crumbs.last)
    assert starts_right_of(page.locator(".text"), page.locator(".toc-side"))
    assert starts_right_of(page.locator(".ask-intro"), page.locator(".form-sheet"))
    for fact in page.locator(".facts dl > div").all():
        assert starts_right_of(fact.locator(".icon"), fact.locator("dd"))
    assert style(page.locator("h1"), "letterSpacing") == "normal"
    page.goto(arabic.url + HOME)
    arrow = page.locator(".icon-arrow").first
    assert starts_right_of(page.locator(".contents h3").first, arrow)
    assert style(arrow, "scale") == "-1 1"


def test_treatment_page_is_mirrored_on_a_phone(arabic: EmbeddedSite, page: Page) -> None:
    page.set_viewport_size(PHONE)
    page.goto(arabic.url + TREATMENT)
    bar = box(page.locator(".phone-bar .button"))
    assert bar["y"] + bar["height"] <= PHONE["height"]
    assert bar["x"] == pytest.approx(PHONE["width"] - bar["x"] - bar["width"], abs=1)
    icon, text = page.locator(".safety-line .icon"), page.locator(".safety-line span")
    assert starts_right_of(icon, text)
    for place in ("#what .prose > ul", "#steps .prose > ol > li", ".illustration-pain-map .legend li"):
        item = page.locator(place).first
        assert float(style(item, "paddingRight").removesuffix("px")) > 10, place
        assert style(item, "paddingLeft") == "0px", place
    steps = page.locator("#steps .prose > ol > li").first
    assert steps.evaluate("element => getComputedStyle(element, '::before').right") == "0px"
    page.locator("#faq-1 summary").click()
    assert float(style(page.locator("#faq-1 .prose"), "paddingRight").removesuffix("px")) > 10


def test_drawings_are_not_mirrored(arabic: EmbeddedSite, page: Page) -> None:
    places: list[object] = []
    for path in (IN_ENGLISH, TREATMENT):
        page.goto(arabic.url + path)
        drawing = page.locator(".illustration-pain-map svg")
        assert style(drawing, "direction") == "ltr"
        places.append(
            drawing.evaluate(
                """svg => [...svg.querySelectorAll(".d-mark circle")].map(mark => [
                  Math.round(mark.getBoundingClientRect().x - svg.getBoundingClientRect().x),
                  Math.round(mark.getBoundingClientRect().y - svg.getBoundingClientRect().y)])"""
            )
        )
    in_english, mirrored = places
    assert in_english == mirrored
    assert in_english


def test_safety_without_a_translation_stands_in_english_and_says_so(arabic: EmbeddedSite, page: Page) -> None:
    note = catalogue()[
        "This part is about safety. Its translation is not up to date, so you see it in the original language."
    ]
    page.goto(arabic.url + TREATMENT)
    shown = page.locator(".chapter-safety")
    keys = [section.get_attribute("id") for section in shown.all()]
    assert keys == [slot.key for slot in SLOTS if slot.key in SAFETY_KEYS]
    for section in shown.all():
        assert section.locator(".language-note").inner_text() == note
        assert style(section.locator(".language-note"), "direction") == "rtl"
        for part in (section.locator("h2"), section.locator(".prose")):
            assert (part.get_attribute("lang"), part.get_attribute("dir")) == ("en", "ltr")
    assert page.locator(".language-note").count() == len(keys)
    for key in keys:
        listed = page.locator(f".toc-side a[href='#{key}'] > span")
        assert (listed.get_attribute("lang"), listed.get_attribute("dir")) == ("en", "ltr")


def test_safety_card_is_whole_and_in_arabic(arabic: EmbeddedSite, page: Page) -> None:
    for path in (HOME, TREATMENT):
        page.goto(arabic.url + path)
        card = page.locator("section.safety").inner_text()
        for sentence in (*EMERGENCY_SIGNS, NUMB_LEG, DO_NOT_WAIT, *URGENT_SIGNS, LATE_SIGNS, *SEE_A_DOCTOR_FIRST):
            assert catalogue()[str(sentence)] in card, sentence


def test_numbers_and_addresses_stay_left_to_right(arabic: EmbeddedSite, page: Page) -> None:
    for path in (TREATMENT, FORM):
        page.goto(arabic.url + path)
        numbers = [link for link in page.locator("a[href^='tel:']").all() if re.search(r"[+ ]", link.inner_text())]
        assert len(numbers) > 1
        for link in [*numbers, *page.locator(".contact a[href^='mailto:']").all()]:
            assert style(link, "direction") == "ltr", link.inner_text()
        for name, direction in {"email": "ltr", "phone": "ltr", "name": "rtl", "country": "rtl"}.items():
            assert style(page.locator(f"input[name={name}]"), "direction") == direction, name
        assert style(page.locator("textarea[name=message]"), "direction") == "rtl"
        for place in page.locator(".contact bdi").all():
            assert place.evaluate("element => element.matches(':dir(ltr)')")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_form_with_errors_is_mirrored(arabic: EmbeddedSite, page: Page, size: ViewportSize) -> None:
    page.set_viewport_size(size)
    page.goto(arabic.url + FORM)
    page.locator("#inquiry-form button[type=submit]").click()
    expect(page.get_by_role("alert")).to_be_focused()
    assert left_in_english(page) == set()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert violations(page) == []
    wrong = page.locator(".field-wrong")
    assert wrong.count() == 7
    for field in wrong.all():
        assert (style(field, "borderRightWidth"), style(field, "borderLeftWidth")) == ("4px", "0px")
    choice = page.locator(".field-treatment .choice").first
    assert starts_right_of(choice.locator("input"), choice.locator("span"))


def test_inquiry_is_sent_in_arabic_by_keyboard(arabic: EmbeddedSite, page: Page, watch: Watch) -> None:
    arabic.recover()
    page.set_viewport_size(PHONE)
    page.goto(arabic.url + FORM)
    page.locator("input[name=treatment]").first.focus()
    page.keyboard.press("Space")
    typed = ("ليلى الحسن", "layla@example.com", " ", "", "", "", "", "كرواتيا", " ", " ", "هل يناسبني هذا العلاج؟", " ")
    for text in typed:
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.wait_for_timeout(3100)  # a person needs longer than three seconds, and so does this one
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/istifsar/mustalam/**")

    expect(page.get_by_role("heading", level=1)).to_have_text(catalogue()["We have your inquiry"])
    assert page.locator("html").get_attribute("dir") == "rtl"
    assert left_in_english(page) == set()
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    reference = page.locator(".reference")
    assert style(reference, "direction") == "ltr"
    assert REFERENCE.fullmatch(reference.inner_text())
    stored = arabic.rows.select("SELECT language, country, quarantine_reason FROM inquiries_inquiry")
    assert stored == [("ar", "HR", "")]
    subject = catalogue()["We have your inquiry: %(reference)s"] % {"reference": reference.inner_text()}
    eventually(
        lambda: [letter for letter in arabic.sink.letters if subject in letter.subject],
        20,
        lambda: arabic.explain("the confirmation did not arrive"),
    )
    assert watch.cookies() == []
    assert watch.complaints == []
