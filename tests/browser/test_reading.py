"""Reading a treatment page without a mouse, with a screen reader, and with tired eyes."""

import re
from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

PAGE = "/en/treatments/facet-joint-denervation/"
BODY_TEXT = ".prose p, .prose li, .prose td, .lead, .facts dd, .safety li, .field label"

# Where the middle of the focused element is, and whether something else lies over it there
COVERED = """() => {
  const focused = document.activeElement;
  if (!focused || focused === document.body) return null;
  const box = focused.getClientRects()[0];  // the first line of a link that runs over two
  if (!box?.width || !box.height) return null;
  const x = Math.min(Math.max(box.left + box.width / 2, 1), innerWidth - 1);
  const y = box.top + Math.min(box.height / 2, 20);
  if (y < 0 || y > innerHeight) return `outside the window: ${focused.outerHTML.slice(0, 80)}`;
  const top = document.elementFromPoint(x, y);
  const own = focused.contains(top) || top?.contains(focused) || top?.closest('label')?.contains(focused);
  return own ? null : `${focused.outerHTML.slice(0, 80)} lies under ${top?.outerHTML.slice(0, 80)}`;
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_focus_is_always_in_sight(embedded: EmbeddedSite, page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 780})
    page.goto(embedded.url + PAGE)
    faults, steps = [], 0
    while steps < 400:
        steps += 1
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement === document.body"):
            break
        if fault := page.evaluate(COVERED):
            faults.append(fault)
    assert steps > 60, "the whole page was walked through"
    assert faults == []


def test_questions_open_by_keyboard(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(embedded.url + PAGE)
    question = page.locator("#faq-1")
    question.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(question.locator(".prose")).to_be_visible()
    page.keyboard.press("Space")
    expect(question.locator(".prose")).to_be_hidden()


def test_screen_reader_hears_names(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(embedded.url + PAGE)
    for role, name in (
        ("navigation", "Main menu"),
        ("navigation", "This page in other languages"),
        ("navigation", "You are here"),
        ("navigation", "On this page"),
        ("region", "At a glance"),
        ("region", "Safety card: when you must not wait"),
        ("region", "Ask us about this treatment"),
        ("img", "Heat at the small nerves of a facet joint"),
    ):
        expect(page.get_by_role(role, name=name).first).to_be_visible()  # type: ignore[arg-type]  # one of many roles
    snapshot = page.locator("body").aria_snapshot()
    assert not re.search(r"- (link|button|textbox|radio|checkbox|img|navigation|region)( *$|:)", snapshot, re.MULTILINE)
    levels = [int(level) for level in re.findall(r"heading .*\[level=(\d)\]", snapshot)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", [PAGE, "/de/", "/en/compare/", "/en/inquiry/"])
def test_body_text_has_a_contrast_of_seven_to_one(embedded: EmbeddedSite, page: Page, path: str, scheme: str) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    page.goto(embedded.url + path)
    options = {"runOnly": {"type": "rule", "values": ["color-contrast-enhanced"]}}
    found = Axe().run(page, context=BODY_TEXT, options=options).response
    assert [node["html"][:120] for rule in found["violations"] for node in rule["nodes"]] == []
    assert found["passes"], "something was measured"
