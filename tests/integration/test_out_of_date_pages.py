"""Two people and one inquiry: whoever works from a page that is out of date loses nothing and passes over nothing."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordinators.models import Coordinator
from inquiries.enums import ContactResult, EmailKind, Outcome, PromiseEnding, Status
from inquiries.models import Inquiry, InquiryEvent, OutgoingEmail
from inquiries.services import triage
from inquiries.services.contact import change_contact
from inquiries.services.errors import TriageError
from inquiries.services.messages import receive_message, write_answer
from tests.factories import make_coordinator, make_inquiry
from tests.integration.test_desk import address, text_of

pytestmark = pytest.mark.django_db

NEWS = "Something new came in while you worked"


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator()


def hidden(response: Any) -> dict[str, str]:
    """Return the hidden inputs of a page, as a browser would send them."""
    tags = re.findall(r'<input type="hidden"[^>]*>', response.content.decode())
    named = [(re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: unescape(value[1]) if value else "" for name, value in named if name}


def press(desk: Client, inquiry: Inquiry, step: str, page: Any, **values: Any) -> HttpResponse:
    """Press a step's button on a page that was opened before."""
    typed = {f"{step}-{name}": value for name, value in values.items()}
    step_url = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, step])
    return desk.post(step_url, hidden(page) | typed, follow=True)  # type: ignore[return-value]  # the last answer


STEPS = {
    "answer": {"text": "We will call you tomorrow."},
    "contact": {"result": ContactResult.SPOKE.value, "note": "a long note"},
    "close": {"outcome": Outcome.INFORMED.value, "note": "a long note"},
}


@pytest.mark.parametrize("step", STEPS)
def test_what_the_patient_wrote_meanwhile_is_read_before_anything_counts_as_answered(desk: Client, step: str) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    receive_message(inquiry, "My leg is numb since this morning", language="en")
    refused = press(desk, inquiry, step, page, **STEPS[step])
    shown = text_of(refused)
    assert NEWS in shown
    assert "My leg is numb since this morning" in shown
    assert list(STEPS[step].values())[-1] in unescape(refused.content.decode()), "what was typed is still there"
    inquiry.refresh_from_db()
    assert inquiry.status == Status.WAITING
    assert not inquiry.messages.filter(author__isnull=False).exists()
    press(desk, inquiry, step, refused, **STEPS[step])
    inquiry.refresh_from_db()
    assert inquiry.status != Status.WAITING


def test_form_that_does_not_say_what_stood_on_its_page_has_seen_nothing(desk: Client) -> None:
    inquiry = make_inquiry()
    receive_message(inquiry, "My leg is numb since this morning", language="en")
    step_url = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "answer"])
    assert NEWS in text_of(desk.post(step_url, {"answer-text": "We will call you."}))
    assert not inquiry.messages.filter(author__isnull=False).exists()


def test_second_of_two_answers_is_sent_only_by_somebody_who_has_seen_the_first(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    write_answer(inquiry, "Answer of a colleague", by=ana.user)
    refused = press(desk, inquiry, "answer", page, text="My own answer")
    assert NEWS in text_of(refused)
    assert inquiry.messages.count() == 1
    press(desk, inquiry, "answer", refused, text="My own answer")
    assert inquiry.messages.count() == 2


def test_preview_and_mistakes_do_not_count_as_having_read_what_came_in(desk: Client) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    receive_message(inquiry, "My leg is numb since this morning", language="en")
    looked = press(desk, inquiry, "answer", page, text="We will call you.", preview="1")
    mistaken = press(desk, inquiry, "answer", looked, text="")
    assert NEWS not in text_of(mistaken)
    refused = press(desk, inquiry, "answer", mistaken, text="We will call you.")
    assert NEWS in text_of(refused)
    assert not inquiry.messages.filter(author__isnull=False).exists()


def test_answer_waits_for_whoever_writes_to_see_that_the_address_is_another_now(desk: Client) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    change_contact(inquiry, email="new@example.com")
    refused = press(desk, inquiry, "answer", page, text="We will call you.")
    assert NEWS in text_of(refused)
    press(desk, inquiry, "answer", refused, text="We will call you.")
    assert inquiry.messages.get().text == "We will call you."


def test_answer_pressed_twice_is_sent_once_and_no_refusal(desk: Client) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    for _press in range(2):
        assert NEWS not in text_of(press(desk, inquiry, "answer", page, text="One answer"))
    assert inquiry.messages.count() == 1


def test_address_that_the_patient_corrected_meanwhile_is_not_put_back(desk: Client) -> None:
    inquiry = make_inquiry(phone="+385911234567")
    page = desk.get(address(inquiry))
    change_contact(inquiry, email="new@example.com")
    typed = {"email": "jan.patient@example.com", "phone": "+385 91 765 4321", "confirmed": "on"}
    refused = press(desk, inquiry, "correct-contact", page, **typed)
    assert NEWS in text_of(refused)
    inquiry.refresh_from_db()
    assert (inquiry.email, inquiry.phone) == ("new@example.com", "+385911234567")
    press(desk, inquiry, "correct-contact", refused, **{**typed, "email": "new@example.com"})
    inquiry.refresh_from_db()
    assert (inquiry.email, inquiry.phone) == ("new@example.com", "+385 91 765 4321")


# The red flag


def is_flagged(inquiry: Inquiry) -> bool:
    """Return what the database says now."""
    return bool(Inquiry.objects.values_list("is_flagged", flat=True).get(pk=inquiry.pk))


def test_flag_goes_down_with_the_first_attempt_and_colleagues_read_no_further(ana: Coordinator, client: Client) -> None:
    stranger = make_coordinator("Jan de Vries", languages=("nl",), treatments=())
    inquiry = make_inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(is_flagged=True)
    client.force_login(stranger.user)
    assert client.get(address(inquiry)).status_code == 200
    triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
    assert not is_flagged(inquiry)
    assert client.get(address(inquiry)).status_code == 404


def test_nobodys_inquiry_keeps_its_flag_until_it_is_closed(ana: Coordinator) -> None:
    inquiry = make_inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(is_flagged=True, coordinator=None)
    triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
    assert is_flagged(inquiry)
    triage.record_read(inquiry, by=ana.user)
    triage.close(inquiry, Outcome.INFORMED, by=ana.user)
    assert not is_flagged(inquiry)
    triage.reopen(inquiry, by=ana.user)
    assert is_flagged(inquiry)


# Quarantine


def test_held_patient_gets_no_letter_whatever_page_is_still_open(ana: Coordinator) -> None:
    held = make_inquiry(honeypot="x")
    with pytest.raises(TriageError, match="quarantine"):
        write_answer(held, "Hello", by=ana.user)
    for send in (triage.ask_for_details, triage.tell_not_reached):
        with pytest.raises(TriageError, match="quarantine"):
            send(held, by=ana.user)
    assert not OutgoingEmail.objects.exists()


def test_inquiry_that_was_phoned_while_held_is_released_without_a_promise(ana: Coordinator) -> None:
    held = make_inquiry(honeypot="x")
    triage.log_contact(held, ContactResult.SPOKE, by=ana.user)
    triage.release(held, by=ana.user)
    assert not held.promises.exclude(ending__in=[PromiseEnding.KEPT, PromiseEnding.DROPPED]).exists()
    assert set(held.emails.values_list("kind", flat=True)) == {EmailKind.HANDOVER, EmailKind.LINK}


def test_whoever_gets_an_inquiry_back_is_told_again(ana: Coordinator) -> None:
    jan = make_coordinator("Jan de Vries", languages=("nl",), treatments=())
    inquiry = make_inquiry()
    first = inquiry.emails.get(kind=EmailKind.HANDOVER, coordinator=ana)
    OutgoingEmail.objects.filter(pk=first.pk).update(status="SENT", sent_at=inquiry.received_at)
    triage.assign_to(inquiry, jan, by=ana.user)
    triage.assign_to(inquiry, ana, by=jan.user)
    again = inquiry.emails.get(kind=EmailKind.HANDOVER, coordinator=ana)
    assert again.status == "PENDING"
    assert again.message_id != first.message_id, "news, and no copy"


# An inquiry that moves while somebody works on it


def test_answer_that_is_being_written_while_the_inquiry_moves_is_not_lost(desk: Client, ana: Coordinator) -> None:
    jan = make_coordinator("Jan de Vries", languages=("nl",), treatments=())
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    triage.assign_to(inquiry, jan, by=jan.user, reason="She is on the phone")
    sent = press(desk, inquiry, "answer", page, text="We will call you tomorrow.")
    assert sent.status_code == 200
    assert inquiry.messages.get().author == ana.user
    assert desk.get(address(inquiry)).status_code == 200


def test_what_moved_unread_or_long_ago_is_a_colleagues(desk: Client, ana: Coordinator) -> None:
    jan = make_coordinator("Jan de Vries", languages=("nl",), treatments=())
    unread, read = make_inquiry(), make_inquiry()
    desk.get(address(read))
    for inquiry in (unread, read):
        triage.assign_to(inquiry, jan, by=jan.user, reason="She is ill")
    assert desk.get(address(unread)).status_code == 404
    assert desk.get(address(read)).status_code == 200
    InquiryEvent.objects.filter(actor=ana.user).update(at=timezone.now() - timedelta(hours=9))
    assert desk.get(address(read)).status_code == 404
