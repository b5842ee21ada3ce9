"""The two buttons that a script adds to the links for passing a page on."""

import re

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.watch import Watch
from tests.real.rig import EmbeddedSite

pytestmark = pytest.mark.browser

PAGE = "/en/treatments/facet-joint-injection/"


def test_link_is_copied_and_that_is_said(
    embedded: EmbeddedSite, context: BrowserContext, page: Page, watch: Watch
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(embedded.url + PAGE)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator(".share [role=status]")).to_have_text("The link is copied.")
    assert page.evaluate("navigator.clipboard.readText()").endswith(PAGE)
    assert watch.complaints == []


def test_refused_copy_is_said_as_well(embedded: EmbeddedSite, page: Page) -> None:
    page.add_init_script("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.goto(embedded.url + PAGE)
    page.get_by_role("button", name="Copy the link").click()
    expect(page.locator(".share [role=status]")).to_contain_text("could not be copied")


def test_device_is_asked_to_share_where_it_can(embedded: EmbeddedSite, page: Page) -> None:
    page.add_init_script("navigator.share = async (what) => { window.shared = what; }")
    page.goto(embedded.url + PAGE)
    page.get_by_role("button", name="Share …").click()
    shared = page.evaluate("window.shared")
    assert shared["title"] == page.locator("h1").inner_text()
    assert re.search(rf"{PAGE}$", shared["url"])


def test_without_a_script_there_are_links_only(embedded: EmbeddedSite, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(embedded.url + PAGE)
    expect(page.locator(".share button:visible")).to_have_count(0)
    expect(page.locator(".share a:visible")).to_have_count(5)
    context.close()
