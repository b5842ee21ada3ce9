"""A sign-in that ran out while somebody was writing costs them nothing."""

import re
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from coordinators.models import Coordinator
from inquiries.models import Inquiry
from tests.factories import PASSWORD, make_inquiry

pytestmark = pytest.mark.django_db

TEXT = 'Good day,\r\nwe will call you "tomorrow" <at nine>.'
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


def fields_of(response: Any, form: str = "") -> dict[str, str]:
    """Return the hidden fields of a page, as a browser would send them; those of one form where it is named."""
    tags = re.findall(r'<input type="hidden"[^>]*>', response.content.decode())
    chosen = [tag for tag in tags if not form or f'form="{form}"' in tag or 'name="next"' in tag]
    named = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in chosen]
    return {name[1]: unescape(value[1]) if value else "" for name, value in named if name}


def action_of(response: Any) -> str:
    """Return where the page's own form goes."""
    found = re.search(r'<form class="sheet" method="post" action="([^"]+)"', response.content.decode())
    return unescape(found[1]) if found else ""


def press_send(client: Client, inquiry: Inquiry, **extra: Any) -> Any:
    """Send an answer."""
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "answer"])
    return client.post(address, {"answer-text": TEXT, "seen": ""} | extra, headers=SAME_ORIGIN)


def sign_in(client: Client, page: Any, coordinator: Coordinator, password: str = PASSWORD) -> Any:
    """Sign in on the page that came back."""
    typed = {"username": coordinator.user.email, "password": password}
    return client.post(reverse("admin:login"), fields_of(page, "login-form") | typed, headers=SAME_ORIGIN)


def test_answer_survives_a_sign_in_that_ran_out(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    desk.logout()
    page = press_send(desk, inquiry)
    assert page.status_code == 200
    assert "what you typed is kept on this page" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    assert not inquiry.messages.exists()
    mistaken = sign_in(desk, page, ana, "wrong")
    back = sign_in(desk, mistaken, ana)
    assert "Nothing is stored yet. You are signed in as Ana Horvat." in back.content.decode()
    assert "we will call you" in back.content.decode()
    assert not inquiry.messages.exists()
    sent = desk.post(action_of(back), fields_of(back), headers=SAME_ORIGIN)
    assert sent.status_code == 302
    assert inquiry.messages.get().text.replace("\r\n", "\n") == TEXT.replace("\r\n", "\n")


def test_whoever_reads_only_is_led_to_the_sign_in_as_ever(client: Client, ana: Coordinator) -> None:
    page = reverse("admin:inquiries_inquiry_changelist")
    assert client.get(page).headers["Location"] == f"{reverse('admin:login')}?next={page}"
    typed = {"username": ana.user.email, "password": PASSWORD, "next": page}
    assert client.post(reverse("admin:login"), typed, headers=SAME_ORIGIN).headers["Location"] == page


@pytest.mark.usefixtures("ana")
@pytest.mark.parametrize("headers", [{}, {"Sec-Fetch-Site": "cross-site"}])
def test_what_another_site_typed_is_not_kept(client: Client, headers: dict[str, str]) -> None:
    inquiry = make_inquiry()
    address = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "answer"])
    response = client.post(address, {"answer-text": TEXT}, headers=headers)
    assert response.status_code in {302, 403}
    assert "call you" not in response.content.decode()


def test_no_password_travels_in_a_page(client: Client) -> None:
    typed = {"old_password": PASSWORD, "new_password1": "new", "new_password2": "new"}
    response = client.post(reverse("admin:password_change"), typed, headers=SAME_ORIGIN)
    assert response.status_code == 302


def test_page_from_before_the_last_sign_in_can_still_be_sent(ana: Coordinator) -> None:
    inquiry = make_inquiry()
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(ana.user)
    browser.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]))
    refused = press_send(browser, inquiry, csrfmiddlewaretoken="x" * 64)
    assert refused.status_code == 403
    assert "What you typed is still here" in refused.content.decode()
    assert not inquiry.messages.exists()
    sent = browser.post(action_of(refused), fields_of(refused), headers=SAME_ORIGIN)
    assert sent.status_code == 302
    assert inquiry.messages.count() == 1
