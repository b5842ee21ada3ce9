"""A sign-in that ran out while somebody was writing costs them nothing."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coordinators.enums import Role
from coordinators.models import Coordinator, User
from inquiries.models import Inquiry
from tests.factories import PASSWORD, make_inquiry, make_user

pytestmark = pytest.mark.django_db

TEXT = 'Good day,\r\nwe will call you "tomorrow" <at nine>.'
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def browser(ana: Coordinator) -> Client:
    """Sign Ana in, in a browser whose tokens are checked."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana.user)
    return browser


def fields_of(response: Any, form: str = "") -> dict[str, str]:
    """Return the hidden fields of the only form of a page, or of the one with this button or key."""
    html = response.content.decode()
    outside = re.findall(rf'<input type="hidden" form="{form}"[^>]*>', html) if form else []
    forms = re.findall(
        r"<form.*?</form>", re.sub(r'<form class="desk-language".*?</form>', "", html, flags=re.DOTALL), re.DOTALL
    )
    [own] = [found for found in forms if form in found and "logout" not in found]
    tags = [*outside, *re.findall(r'<input type="hidden"[^>]*>', own)]
    named = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: unescape(value[1]) if value else "" for name, value in named if name}


def opened(browser: Client, inquiry: Inquiry) -> dict[str, str]:
    """Return the fields of the answer's form on the inquiry's page."""
    page = browser.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]))
    return fields_of(page, "answer-text")


def press_send(browser: Client, inquiry: Inquiry, fields: dict[str, str]) -> Any:
    """Send an answer."""
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "answer"])
    return browser.post(address, fields | {"answer-text": TEXT}, headers=SAME_ORIGIN)


def sign_in(browser: Client, page: Any, user: User, password: str = PASSWORD) -> Any:
    """Sign in on the page that came back."""
    typed = {"username": user.email, "password": password}
    return browser.post(reverse("admin:login"), fields_of(page, "login-form") | typed, headers=SAME_ORIGIN)


def carry_on(browser: Client, page: Any) -> Any:
    """Press the page's one button."""
    found = re.search(r'<form class="sheet" method="post" action="([^"]+)"', page.content.decode())
    assert found
    return browser.post(unescape(found[1]), fields_of(page, "sheet"), headers=SAME_ORIGIN)


def sign_out(browser: Client) -> None:
    """Let the session run out; the browser keeps its other cookies."""
    del browser.cookies["clinic-session"]


def test_answer_survives_a_sign_in_that_ran_out(browser: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    fields = opened(browser, inquiry)
    sign_out(browser)
    page = press_send(browser, inquiry, fields)
    assert page.status_code == 200
    assert "what you typed is kept on this page" in page.content.decode()
    mistaken = sign_in(browser, page, ana.user, "wrong")
    back = sign_in(browser, mistaken, ana.user)
    assert "Nothing is stored yet. You are signed in as Ana Horvat." in back.content.decode()
    assert "we will call you" in back.content.decode()
    assert {page.headers["Cache-Control"], back.headers["Cache-Control"]} == {
        "max-age=0, no-cache, no-store, must-revalidate, private"
    }
    assert not inquiry.messages.exists()
    assert carry_on(browser, back).status_code == 302
    assert inquiry.messages.get().text.replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")


def test_page_from_before_the_last_sign_in_can_still_be_sent(browser: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    fields = opened(browser, inquiry)
    sign_out(browser)
    assert sign_in(browser, browser.get(reverse("admin:login")), ana.user).status_code == 302
    stale = press_send(browser, inquiry, fields)
    assert "What you typed is still here" in stale.content.decode()
    assert not inquiry.messages.exists()
    assert carry_on(browser, stale).status_code == 302
    assert inquiry.messages.count() == 1


def test_stale_page_of_nobody_leads_to_the_sign_in_with_its_words(browser: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    fields = opened(browser, inquiry)
    sign_out(browser)
    sign_in(browser, browser.get(reverse("admin:login")), ana.user)
    sign_out(browser)
    page = press_send(browser, inquiry, fields)
    assert carry_on(browser, sign_in(browser, page, ana.user)).status_code == 302
    assert inquiry.messages.count() == 1


def test_two_tabs_with_half_an_answer_each_lose_neither(browser: Client, ana: Coordinator) -> None:
    inquiries = [make_inquiry(), make_inquiry()]
    typed = [opened(browser, inquiry) for inquiry in inquiries]
    sign_out(browser)
    tabs = [press_send(browser, inquiry, fields) for inquiry, fields in zip(inquiries, typed, strict=True)]
    first, second = [sign_in(browser, tab, ana.user) for tab in tabs]
    assert "What you typed is still here" in second.content.decode()
    for page in (first, second):
        assert carry_on(browser, page).status_code == 302
    assert [inquiry.messages.count() for inquiry in inquiries] == [1, 1]


@pytest.mark.parametrize("role", [Role.EDITOR, Role.MANAGER])
def test_nobody_else_gets_the_words_or_presses_the_button(browser: Client, role: Role) -> None:
    inquiry, other = make_inquiry(), make_user(role, "Somebody Else")
    fields = opened(browser, inquiry)
    sign_out(browser)
    page = press_send(browser, inquiry, fields)
    answered = sign_in(browser, page, other)
    assert answered.status_code == 302
    stale = press_send(browser, inquiry, fields)
    assert stale.status_code == 403
    assert "we will call you" not in answered.content.decode() + stale.content.decode()
    assert sign_in(browser, page, other).status_code == 403
    assert not inquiry.messages.exists()


def test_buttons_and_erasing_are_not_kept(browser: Client, manager: Client) -> None:
    inquiry = make_inquiry()
    mia = User.objects.get(role=Role.MANAGER)
    browser.force_login(mia)
    page = browser.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).content.decode()
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    assert [form for form in forms if "/erase/" in form]
    assert not [form for form in forms if "/erase/" in form and "typist" in form]
    manager.logout()
    for address in ("inquiries_inquiry_step", "inquiries_inquiry_change"):
        path = reverse(f"admin:{address}", args=[inquiry.pk, "revoke-link"][: 2 if address.endswith("step") else 1])
        assert manager.post(path, {"seen": ""}, headers=SAME_ORIGIN).headers["Location"].startswith("/admin/login/")


def test_whoever_reads_only_is_led_to_the_sign_in_as_ever(client: Client, ana: Coordinator) -> None:
    page = reverse("admin:inquiries_inquiry_changelist")
    assert client.get(page).headers["Location"] == f"{reverse('admin:login')}?next={page}"
    typed = {"username": ana.user.email, "password": PASSWORD, "next": page}
    assert client.post(reverse("admin:login"), typed, headers=SAME_ORIGIN).headers["Location"] == page


@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_another_site_typed_is_not_kept(browser: Client, headers: dict[str, str]) -> None:
    inquiry = make_inquiry()
    fields = opened(browser, inquiry)
    sign_out(browser)
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "answer"])
    response = browser.post(address, fields | {"answer-text": TEXT}, headers=headers)
    assert response.status_code in {302, 403}
    assert "call you" not in response.content.decode()
