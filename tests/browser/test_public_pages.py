"""Public pages in a real browser: accessible, narrow, dark, without JavaScript, without a cookie or a third party."""

import re
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import translation
from playwright.sync_api import Browser, Page, expect

from tests.browser.watch import Watch
from tests.pages import LANGUAGES
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

AXE = Axe()


def paths(site: EmbeddedSite, language: str) -> list[str]:
    urls = re.findall(r"<loc>([^<]+)</loc>", site.get("/sitemap.xml").body)
    return [path for path in (urlsplit(url).path for url in urls) if path.startswith(f"/{language}/")]


def violations(page: Page) -> list[str]:
    found = AXE.run(page).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_accessible_narrow_and_silent(
    embedded: EmbeddedSite, page: Page, watch: Watch, language: str
) -> None:
    for path in paths(embedded, language):
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 320, "height": 640})
        page.goto(embedded.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert violations(page) == [], path
        page.emulate_media(color_scheme="dark")
        page.set_viewport_size({"width": 1280, "height": 900})
        assert violations(page) == [], f"{path} in the dark"
    assert watch.hosts() == {urlsplit(embedded.url).netloc}
    assert watch.cookies() == []
    assert watch.complaints == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_form_with_errors_is_accessible_and_takes_the_focus(embedded: EmbeddedSite, page: Page, language: str) -> None:
    with translation.override(language):
        path = reverse("inquiries:form")
    page.goto(embedded.url + path)
    page.locator("#inquiry-form button[type=submit]").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert violations(page) == []
    first = summary.get_by_role("link").first
    first.click()
    target = (first.get_attribute("href") or "").removeprefix("#")
    expect(page.locator(f"#{target}")).to_be_focused()


def test_whole_form_works_by_keyboard(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(f"{embedded.url}/en/inquiry/")
    page.locator("input[name=treatment]").first.focus()
    page.keyboard.press("Space")
    for keys in (["Tab", "Kim Keyboard"], ["Tab", "kim@example.com"], ["Tab", "Space"]):
        _press(page, keys)
    _press(page, ["Tab", "Tab", "Tab", "Tab", "Tab", "Croatia"])
    _press(page, ["Tab", "Space"])
    _press(page, ["Tab", "Space"])
    _press(page, ["Tab", "By keyboard only"])
    _press(page, ["Tab", "Space"])
    page.wait_for_timeout(3100)  # a person needs longer than three seconds, and so does this one
    _press(page, ["Tab", "Enter"])
    page.wait_for_url("**/inquiry/received/**")


def _press(page: Page, keys: list[str]) -> None:
    for key in keys:
        if key in {"Tab", "Space", "Enter"}:
            page.keyboard.press(key)
        else:
            page.keyboard.type(key)


def test_quick_correction_after_a_mistake_is_no_robots_doing(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(f"{embedded.url}/en/inquiry/")
    page.check("input[name=treatment][value=unsure]")
    page.fill("input[name=name]", "Carla Correct")
    page.fill("input[name=email]", "carla@example.com")
    page.check("input[name=contact_by][value=email]")
    page.fill("input[name=country]", "Croatia")
    page.check("input[name=preferred_language][value=en]")
    page.check("input[name=for_whom][value=self]")
    page.wait_for_timeout(3100)
    page.click("#inquiry-form button[type=submit]")
    page.check("input[name=consent]")
    page.click("#inquiry-form button[type=submit]")
    page.wait_for_url("**/inquiry/received/**")
    assert embedded.rows.select("SELECT quarantine_reason FROM inquiries_inquiry") == [("",)]


def test_form_works_without_javascript_on_a_phone(embedded: EmbeddedSite, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(f"{embedded.url}/en/inquiry/")
    page.check("input[name=treatment][value=unsure]")
    page.fill("input[name=name]", "Nora Noscript")
    page.click("#inquiry-form button[type=submit]")
    assert page.input_value("input[name=name]") == "Nora Noscript"
    page.fill("input[name=email]", "nora@example.com")
    page.check("input[name=contact_by][value=email]")
    page.fill("input[name=country]", "Netherlands")
    page.check("input[name=preferred_language][value=en]")
    page.check("input[name=for_whom][value=self]")
    page.check("input[name=consent]")
    page.click("#inquiry-form button[type=submit]")
    page.wait_for_url("**/inquiry/received/**")
    assert re.search(r"ZG-[2-9A-Y]{4}-[2-9A-Y]{4}", page.content())
    assert context.cookies() == []
    context.close()


def test_language_switch_stays_on_the_page(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(f"{embedded.url}/en/treatments/facet-joint-injection/")
    page.locator("a[hreflang=de]").first.click()
    page.wait_for_url("**/de/behandlungen/**")
    assert page.locator("html").get_attribute("lang") == "de"
    page.locator("a[hreflang=en]").first.click()
    page.wait_for_url("**/en/treatments/facet-joint-injection/")


def test_page_prints_without_the_form(embedded: EmbeddedSite, page: Page) -> None:
    page.goto(f"{embedded.url}/en/treatments/facet-joint-injection/")
    page.emulate_media(media="print")
    expect(page.locator("h1")).to_be_visible()
    expect(page.locator("#inquiry-form")).to_be_hidden()
    expect(page.locator("nav").first).to_be_hidden()
