"""Attacks on the desk: forged addresses, old tabs, double presses, guesses, and e-mails made to stop the reader."""

import logging
import re
import time
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from coordinators.enums import Role
from coordinators.models import Coordinator
from inquiries.admin import inbox
from inquiries.emails import build_email
from inquiries.enums import ContactResult, EmailKind, EventKind, InboundVerdict, MailDetail, Outcome, Status
from inquiries.mailbox.reading import read_mail
from inquiries.models import Inquiry, MailDetailChoice, OutgoingEmail
from inquiries.replies.placeholders import unfilled
from inquiries.services import triage
from inquiries.services.contact import change_contact
from inquiries.services.delivery import sweep
from inquiries.services.errors import TriageError
from inquiries.services.inbound import file_mail
from inquiries.services.measure import SAID_BY_PAGES
from inquiries.services.messages import receive_message
from inquiries.services.staff import change_person, deactivate
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.integration.test_desk import INBOX, address, take, text_of
from tests.integration.test_out_of_date_pages import NEWS, hidden, press

pytestmark = pytest.mark.django_db

HEADERS = b"From: mallory@attacker.example\r\nSubject: x\r\nMessage-ID: <1@attacker.example>\r\n"
LONG_NUMBERS = ("9" * 20, "9" * 5000)


@pytest.fixture
def _no_misses() -> Iterator[None]:
    """Forget who guessed how often: tests share a cache, and people in them their keys."""
    cache.clear()
    yield
    cache.clear()


def attempts(inquiry: Inquiry) -> int:
    return inquiry.events.filter(kind=EventKind.CONTACT_ATTEMPT).count()


# E-mails that keep their reader busy


def nested(depth: int) -> bytes:
    """Return an e-mail of parts within parts, and many empty lines in the innermost."""
    parts = [b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n) for n in range(depth)]
    return (HEADERS + b"".join(parts) + b"\r\n" + b"\n" * 900_000)[:1_000_000]


BOMBS = {
    "parts in parts": nested(300),
    "parameters": HEADERS + b"Content-Type: text/plain; " + b";" * 900_000 + b"\r\n\r\nx",
    "parameters in quotes": HEADERS + b'Content-Type: text/plain; "' + b";" * 900_000 + b"\r\n\r\nx",
    "folded parameters": HEADERS + b'Content-Type: text/plain; "' + b";;;;;;;;\r\n " * 80_000 + b"\r\n\r\nx",
    "a part's parameters": HEADERS
    + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Disposition: inline; "
    + b";" * 900_000
    + b"\r\n\r\nx\r\n--b--\r\n",
    "punycode": HEADERS
    + b"Content-Type: text/plain; charset=PunyCode\r\n\r\n"
    + b"a" * 400_000
    + b"-"
    + b"a" * 500_000,
    "idna": HEADERS + b"Content-Type: text/plain; charset=IDNA\r\n\r\nxn--" + b"a" * 900_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_email_of_a_megabyte_keeps_the_reader_busy(name: str) -> None:
    started = time.monotonic()
    read_mail(BOMBS[name])
    assert time.monotonic() - started < 5


def test_letters_with_many_parts_are_still_read() -> None:
    parts = b"".join(b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nWord %d\r\n" % n for n in range(50))
    mail = read_mail(HEADERS + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + parts + b"--b--\r\n")
    assert "Word 49" in mail.text
    assert not mail.is_broken


def test_mail_server_that_writes_freely_is_left_for_a_person(ana: Coordinator) -> None:  # noqa: ARG001  # who answers
    """Some servers send no report by the rules, and name neither the reference nor the Message-ID in a header."""
    inquiry = make_inquiry()
    data = b"Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nSubject: failure notice\r\n\r\nNo such user:\r\n"
    verdict = file_mail(read_mail(data + inquiry.email.encode()))
    assert verdict == InboundVerdict.UNKNOWN


@pytest.mark.parametrize("field", ["Message-ID", "In-Reply-To", "References"])
def test_zero_byte_in_an_id_does_not_stop_the_patients_letter(ana: Coordinator, field: str) -> None:  # noqa: ARG001  # who answers
    inquiry = make_inquiry()
    head = f"From: {inquiry.email}\r\nSubject: Re: {inquiry.reference}\r\n{field}: <a\0b@mail.example.com>\r\n\r\n"
    assert file_mail(read_mail(head.encode() + b"My leg is numb")) == InboundVerdict.FILED


# What is confirmed, closed and logged is what stood on the page


def test_address_that_was_changed_after_the_page_was_opened_is_not_confirmed(desk: Client) -> None:
    """Mallory holds the link and changes the address once more while Ana is on the phone with the patient."""
    inquiry = make_inquiry(phone="+385911234567")
    change_contact(inquiry, email="jan.new@example.com")
    page = desk.get(address(inquiry))
    change_contact(inquiry, email="mallory@attacker.example")
    refused = press(desk, inquiry, "confirm-person", page, confirmed="on")
    assert NEWS in text_of(refused)
    inquiry.refresh_from_db()
    assert inquiry.person_is_doubtful
    press(desk, inquiry, "confirm-person", refused, confirmed="on")
    inquiry.refresh_from_db()
    assert not inquiry.person_is_doubtful


def test_what_the_patient_wrote_meanwhile_is_not_closed_with_many_others(desk: Client) -> None:
    inquiry, other = make_inquiry(), make_inquiry()
    chosen: dict[str, Any] = {"action": "close_selected", "_selected_action": [str(inquiry.pk), str(other.pk)]}
    for each in (inquiry, other):
        desk.get(address(each))
    page = desk.post(INBOX, chosen)
    receive_message(inquiry, "My leg is numb since this morning", language="en")
    desk.post(INBOX, hidden(page) | chosen | {"confirmed": "1", "close-outcome": Outcome.INFORMED.value})
    inquiry.refresh_from_db()
    other.refresh_from_db()
    assert inquiry.status == Status.WAITING
    assert other.status == Status.CLOSED


def test_attempt_pressed_twice_is_logged_once(desk: Client) -> None:
    inquiry = make_inquiry()
    page = desk.get(address(inquiry))
    for _press in range(2):
        answer = press(desk, inquiry, "contact", page, result=ContactResult.UNREACHABLE.value, note="no answer")
        assert NEWS not in text_of(answer)
        sweep()
    assert attempts(inquiry) == 1
    press(desk, inquiry, "contact", page, result=ContactResult.UNREACHABLE.value, note="again, at the second number")
    assert attempts(inquiry) == 2


def test_taking_over_twice_is_one_assignment_and_one_turn(desk: Client) -> None:
    bea = make_coordinator("Bea Babić", languages=("en",))
    inquiry = make_inquiry()
    Inquiry.objects.filter(pk=inquiry.pk).update(coordinator=bea, is_flagged=True)
    for _press in range(2):
        take(desk, inquiry, "take-over")
    assert inquiry.assignments.filter(made_by__isnull=False).count() == 1


def test_nothing_is_given_to_an_account_that_was_closed_meanwhile(ana: Coordinator) -> None:
    bea = make_coordinator("Bea Babić", languages=("en",))
    inquiry = make_inquiry()
    chosen = Coordinator.objects.select_related("user").get(pk=bea.pk)
    deactivate(bea.user, by=ana.user)
    with pytest.raises(TriageError, match="closed"):
        triage.assign_to(inquiry, chosen, by=ana.user, reason="x")


def test_inquiry_erased_while_it_is_opened_is_not_found(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    inquiry = make_inquiry()

    def erased(which: Inquiry, **values: Any) -> None:
        Inquiry.objects.filter(pk=which.pk).delete()
        triage.record_read(which, **values)

    monkeypatch.setattr(inbox, "record_read", erased)
    assert desk.get(address(inquiry)).status_code == 404


# E-mails that waited while people left


@pytest.mark.parametrize("leaves", [True, False], ids=["is an editor now", "gave it away"])
def test_whose_inquiry_it_is_no_more_gets_no_patients_data_by_mail(ana: Coordinator, leaves: bool) -> None:
    """The clinic lets hand-overs carry everything; the mail server was away while the inquiry went to somebody else."""
    MailDetailChoice.objects.create(level=MailDetail.FULL, chosen_by=ana.user, reason="x")
    inquiry = make_inquiry(name="Canary Name", message="CANARY TEXT")
    bea = make_coordinator("Bea Babić", languages=("en",))
    email = inquiry.emails.get(kind=EmailKind.HANDOVER)
    assert "Canary Name" in build_email(email).body
    if leaves:
        ana.user.role = Role.EDITOR
        change_person(ana.user, by=bea.user)
    else:
        triage.assign_to(inquiry, bea, by=ana.user)
    waiting = OutgoingEmail.objects.get(pk=email.pk)
    assert "anary" not in build_email(waiting).body.casefold()
    new = OutgoingEmail.objects.get(kind=EmailKind.HANDOVER, coordinator=bea)
    assert "Canary Name" in build_email(new).body


# Addresses that somebody types


def test_no_list_spells_out_a_password(manager: Client) -> None:
    """A manager could read the digest of a superuser's password letter by letter."""
    boss = make_user(Role.MANAGER, "Root Boss", is_superuser=True)
    for start in (boss.password[:12], "no such digest"):
        answer = manager.get(reverse("admin:coordinators_user_changelist"), {"password__startswith": start})
        assert answer.status_code == 400
    assert manager.get(reverse("admin:coordinators_user_changelist"), {"role__exact": "MANAGER"}).status_code == 200


@pytest.mark.parametrize("number", LONG_NUMBERS, ids=["20 digits", "5000 digits"])
def test_numbers_that_no_column_holds_are_no_fault_of_ours(desk: Client, number: str) -> None:
    make_inquiry()
    assert desk.get(INBOX, {"treatment": number}).status_code == 200


@pytest.mark.parametrize("field", ["coordinator", "made_by", "treatment", "role__exact"])
def test_rows_that_lists_do_not_offer_are_refused(manager: Client, field: str) -> None:
    for room in ("coordinators_absence", "inquiries_export", "inquiries_replytemplate", "coordinators_user"):
        for value in (LONG_NUMBERS[0], "\0"):
            assert manager.get(reverse(f"admin:{room}_changelist"), {field: value}).status_code < 500


@pytest.mark.parametrize("key", ["abc", "\0", "1"])
def test_ticked_keys_that_are_none_are_not_found(desk: Client, key: str) -> None:
    make_inquiry()
    assert desk.post(INBOX, {"action": "close_selected", "_selected_action": [key]}).status_code == 404


@pytest.mark.parametrize("code", ["\0", "facet-infiltration\0", "x" * 100_000, "'; --"])
def test_beacon_answers_the_same_whatever_it_is_told(client: Client, code: str) -> None:
    for step in SAID_BY_PAGES:
        answer = client.post(
            "/en/count/",
            {"step": step, "treatment": code},
            headers={"User-Agent": "Mozilla/5.0", "Sec-Fetch-Site": "same-origin"},
        )
        assert (answer.status_code, answer.content) == (204, b"")


@pytest.mark.usefixtures("_no_misses")
def test_references_are_not_found_by_guessing(desk: Client, caplog: pytest.LogCaptureFixture) -> None:
    inquiry = make_inquiry()
    with caplog.at_level(logging.WARNING):
        for _guess in range(20):
            desk.post(INBOX + "open/", {"reference": "ZG-2AA2-AA2A", "reason": "x"})
    assert [record for record in caplog.records if record.message == "reference not found"]
    refused = desk.post(INBOX + "open/", {"reference": inquiry.reference, "reason": "x"})
    assert refused.status_code == 200
    assert "Too many attempts" in text_of(refused)
    assert not inquiry.events.filter(kind=EventKind.OPENED_BY_REFERENCE).exists()


# What people write


def test_page_of_braces_is_searched_quickly() -> None:
    started = time.monotonic()
    assert unfilled("{{" * 40_000) == ["{{"]
    assert unfilled("{{ a }} {{" + " b" * 200 + "}}") == ["{{ a }}", "{{", "}}"]
    assert time.monotonic() - started < 5


def test_nothing_that_a_patient_writes_becomes_a_tag(desk: Client) -> None:
    attack = "<img src=x onerror=alert(1)>"
    inquiry = make_inquiry(name=attack, message=attack, email='"<script>x</script>"@attacker.example')
    added = make_inquiry(name=attack, message=f"more {attack}", email=inquiry.email)
    assert added.joined_to == inquiry
    change_contact(added, phone=attack, email='"<script>y</script>"@attacker.example')
    receive_message(inquiry, attack, language="en")
    pages = [desk.get(address(inquiry)), take(desk, inquiry, "answer", text=attack, preview="1")]
    for page in pages:
        html = page.content.decode()
        assert not re.search(r"<img src=x|<script>[xy]", html)
        assert attack in unescape(html)
