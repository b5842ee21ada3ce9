"""Pages say that they were read, as a browser does it; and the first page that is made of it, as it is looked at."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.watch import Watch
from tests.real.rig import EmbeddedSite, eventually, form_answers

pytestmark = pytest.mark.browser

AXE = Axe()
READER = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
TREATMENT = "/en/treatments/facet-joint-injection/"
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Return a profile that does not say that a test drives it."""
    context = browser.new_context(user_agent=READER)
    context.set_default_timeout(15_000)
    yield context
    context.close()


@pytest.fixture
def site(embedded: EmbeddedSite) -> EmbeddedSite:
    """Give the site with nothing counted."""
    embedded.rows.change("DELETE FROM inquiries_dailycount")
    return embedded


def counted(site: EmbeddedSite) -> dict[str, int]:
    return {
        f"{step} {treatment}".strip(): number
        for step, treatment, number in site.rows.select("SELECT step, treatment, number FROM inquiries_dailycount")
    }


def test_a_reader_is_counted_once_a_view_and_the_form_once_it_is_touched(
    site: EmbeddedSite, page: Page, watch: Watch
) -> None:
    read, opened = "PAGE_READ facet-infiltration", "FORM_OPENED facet-infiltration"

    def becomes(**numbers: int) -> None:
        expected = {{"read": read, "opened": opened, "form": "FORM_OPENED"}[name]: n for name, n in numbers.items()}
        eventually(lambda: counted(site) == expected, 10, lambda: str(counted(site)))

    page.goto(site.url + TREATMENT)
    becomes(read=1)
    page.locator("#id_name").focus()
    becomes(read=1, opened=1)
    page.locator("#id_phone").focus()
    page.locator("#id_name").focus()
    page.reload()
    becomes(read=2, opened=1)
    page.goto(site.url + "/en/inquiry/")
    becomes(read=2, opened=1, form=1)
    assert watch.cookies() == []
    assert watch.complaints == []
    assert len(watch.hosts()) == 1


@pytest.mark.parametrize("wish", ["globalPrivacyControl: {get: () => true}", "doNotTrack: {get: () => '1'}"])
def test_who_objects_is_not_even_asked(site: EmbeddedSite, page: Page, watch: Watch, wish: str) -> None:
    page.add_init_script(f"Object.defineProperties(navigator, {{{wish}}})")
    page.goto(site.url + TREATMENT, wait_until="networkidle")
    page.locator("#id_name").focus()
    page.goto(site.url + "/en/inquiry/", wait_until="networkidle")
    assert not [url for url in watch.requests if "/count/" in url]
    assert counted(site) == {}
    assert watch.complaints == []


def test_a_program_without_a_screen_is_not_counted(site: EmbeddedSite, browser: Browser) -> None:
    context = browser.new_context()
    page = context.new_page()
    assert "Headless" in page.evaluate("navigator.userAgent")
    with page.expect_response(lambda response: response.url.endswith("/en/count/")) as answer:
        page.goto(site.url + TREATMENT)
    assert answer.value.status == 204
    assert counted(site) == {}
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_managers_look(site: EmbeddedSite, browser: Browser, scheme: str) -> None:
    site.post_inquiries(6, language="de")
    empty = "&".join(f"{name}=" for name in form_answers("en"))
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    assert site._request("POST", "/en/inquiry/", empty, headers).status == 422
    manager = next(account for account in site.sign_ins() if account.role == "manager")
    context = browser.new_context(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page = context.new_page()
    page.goto(f"{site.url}/admin/")
    page.get_by_label("E-mail").fill(manager.email)
    page.locator("input[type=password]").fill(manager.password)
    page.locator("input[type=submit]").click()
    expect(page.locator(".verdict-words")).to_contain_text("Nobody waits too long.")
    expect(page.locator("svg[role=img]")).to_have_count(5)
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]  # a ViewportSize
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
    page.evaluate("for (const box of document.querySelectorAll('details')) box.open = true")
    found = AXE.run(page).response["violations"]
    assert [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]] == []
    assert page.locator(".figures table").count() >= 5
    context.close()
