"""The same person asks again: nothing is lost, nothing is shown to a stranger (FEATURES.md N13)."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from coordinators.enums import Rule
from coordinators.models import Absence
from coordinators.roster import clinic_today
from inquiries.enums import ContactResult, EventKind, Outcome, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.receipts import receipt_token
from inquiries.services.delivery import sweep
from inquiries.services.triage import close, log_contact, open_by_reference, record_read
from tests.factories import make_coordinator, make_inquiry
from treatments.models import Treatment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat")
    make_coordinator("Jonas Weber")


def write(**overrides: Any) -> Inquiry:
    """Submit an inquiry of one and the same person."""
    return make_inquiry(**{"email": "jan.patient@example.com", **overrides})


def another_treatment() -> Treatment:
    return Treatment.objects.get(code="facet-denervation")


def receipt(client: Client, inquiry: Inquiry) -> str:
    """Return the confirmation page with what may differ between any two inquiries replaced."""
    html = client.get(f"/en/inquiry/received/{receipt_token(inquiry.pk)}/").content.decode()
    assert inquiry.reference in html
    html = html.replace(inquiry.reference, "<reference>")
    return re.sub(r"[A-Za-z0-9_-]{43}", "<token>", html)


@pytest.mark.parametrize(
    "again",
    [
        {"email": "Jan.Patient@Example.com "},
        {"name": "J. Patient"},
        {"phone": "+49 170 1234567", "contact_by": ("phone", "email")},
        {"language": "de", "preferred_language": "de"},
    ],
)
def test_same_treatment_joins_the_open_inquiry(again: dict[str, Any]) -> None:
    first = write()
    second = write(**again)
    assert second.reference != first.reference
    assert (second.status, second.joined_to_id) == (Status.JOINED, first.pk)
    assert second.message == "Message 2"
    assert first.events.filter(kind=EventKind.ADDITION, details={"reference": second.reference}).exists()
    assert list(Inquiry.objects.open()) == [first]


@pytest.mark.parametrize(
    ("first", "second"), [("+49 170 1234567", "0049 (0) 170/1234567"), ("0170 1234567", "+49 170 1234567")]
)
def test_a_number_is_the_same_however_it_is_written(first: str, second: str) -> None:
    values = {"email": "", "contact_by": ("phone",)}
    open_one = write(phone=first, **values)
    assert write(phone=second, **values).joined_to == open_one


def test_another_person_joins_nothing() -> None:
    write(phone="+49 170 1234567")
    assert write(email="eva@example.com", phone="+49 170 1234567").joined_to is None


def test_addition_is_told_by_mail_and_names_the_first_inquiry() -> None:
    first = write()
    second = write()
    sweep()
    kinds = list(OutgoingEmail.objects.filter(inquiry=first).values_list("kind", flat=True))
    assert sorted(kinds) == ["ADDITION", "CONFIRMATION", "HANDOVER", "PATIENT_ADDED"]
    assert not OutgoingEmail.objects.filter(inquiry=second).exists()
    told = [message for message in mail.outbox if first.reference in message.subject and message.to == [first.email]]
    assert len(told) == 2
    assert first.coordinator
    assert first.coordinator.display_name in told[-1].body


def test_addition_after_an_answer_starts_the_clock_again() -> None:
    first = write()
    assert first.coordinator
    log_contact(first, ContactResult.SPOKE, by=first.coordinator.user)
    write()
    first.refresh_from_db()
    assert first.status == Status.WAITING
    assert first.promises.running().count() == 1
    assert first.promises.count() == 2


def test_another_treatment_is_a_new_inquiry_with_the_same_coordinator() -> None:
    first = write()
    for _number in range(3):
        write(email=f"someone{_number}@example.com")
    second = write(treatment=another_treatment())
    assert second.status == Status.WAITING
    assert second.coordinator == first.coordinator
    assert second.assignments.get().rule == Rule.RETURNING


def test_closed_inquiry_is_not_joined_but_its_coordinator_is_kept() -> None:
    first = write()
    assert first.coordinator
    record_read(first, by=first.coordinator.user)
    close(first, Outcome.INFORMED, by=first.coordinator.user)
    second = write()
    assert (second.status, second.coordinator) == (Status.WAITING, first.coordinator)


def test_coordinator_who_is_away_is_not_kept() -> None:
    first = write()
    today = clinic_today()
    assert first.coordinator
    Absence.objects.create(coordinator=first.coordinator, starts_on=today, ends_on=today.replace(year=today.year + 1))
    second = write(treatment=another_treatment())
    assert second.coordinator != first.coordinator


def test_quarantined_inquiry_joins_nothing_and_is_joined_by_nothing() -> None:
    held = write(honeypot="x")
    first = write()
    assert first.joined_to is None
    assert write(honeypot="x").status == Status.WAITING
    assert held.joined_to is None


def test_confirmation_page_is_the_same_whether_the_address_is_known_or_not(client: Client) -> None:
    """Two probes at the same moment, one with a known address: nobody can tell which is which."""
    known, stranger = "known@example.com", "other@example.com"
    write(email=known)
    pages = []
    for email in (known, stranger):
        inquiry = write(email=email)
        pages.append(receipt(client, inquiry).replace(email, "<email>"))
        Inquiry.objects.filter(pk=inquiry.pk).exclude(status=Status.JOINED).delete()
    assert pages[0] == pages[1]


def test_joined_inquiry_is_found_and_opened_as_the_one_it_joined() -> None:
    first = write()
    second = write(name="Jan Zweitname")
    assert list(Inquiry.objects.filter(pk__in=Inquiry.objects.matches(second.reference))) == [first]
    assert list(Inquiry.objects.filter(pk__in=Inquiry.objects.matches("Zweitname"))) == [first]
    assert first.coordinator
    assert open_by_reference(second.reference, reason="asked", by=first.coordinator.user) == first
