"""Links, codes, corrected addresses: who holds the link sees how things stand, and no more (FEATURES.md N4, N12)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from time_machine import Traveller

from coordinators.enums import Role
from inquiries.codes import CODE_LIFE, code_as_shown, code_digits
from inquiries.enums import EmailKind, EventKind
from inquiries.links import LINK_LIFE, find_by_private_link, private_token
from inquiries.models import AccessCode, Inquiry, LinkRequest, OutgoingEmail
from inquiries.querysets import CODE_ATTEMPTS
from inquiries.services.codes import CODES_PER_HOUR, send_code, use_code
from inquiries.services.contact import change_contact, confirm_person
from inquiries.services.delivery import sweep
from inquiries.services.limits import CONTACT_CHANGES, MESSAGES, TooOftenError
from inquiries.services.links import REQUESTS_PER_HOUR, SENT_AGAIN_AFTER, renew_link, request_link, revoke_link
from inquiries.services.messages import receive_message
from inquiries.services.seen import newest
from tests.factories import make_coordinator, make_inquiry, make_user

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
NETWORK = "0" * 64


@pytest.fixture(autouse=True)
def clock() -> Iterator[Traveller]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def inquiry() -> Inquiry:
    make_coordinator("Ana Horvat")
    inquiry = make_inquiry()
    sweep()
    mail.outbox.clear()
    return inquiry


def token(inquiry: Inquiry) -> str:
    inquiry.private_link.refresh_from_db()
    return private_token(inquiry.private_link.pk, inquiry.private_link.version)


def opens(text: str) -> bool:
    return find_by_private_link(text, now=timezone.now()) is not None


def newest_code(inquiry: Inquiry) -> str:
    return code_digits(AccessCode.objects.filter(inquiry=inquiry).order_by("made_at").last().pk)  # type: ignore[union-attr]  # there is one


def test_token_has_256_bits_and_only_its_digest_is_stored(inquiry: Inquiry) -> None:
    text = token(inquiry)
    assert len(text) == 43
    assert text not in str(list(type(inquiry.private_link).objects.values()))
    assert opens(text)


def test_same_link_in_every_mail_until_it_is_renewed(inquiry: Inquiry) -> None:
    first = token(inquiry)
    assert token(inquiry) == first
    renew_link(inquiry, by=make_user(Role.MANAGER, "Mia Manager"))
    assert token(inquiry) != first
    assert opens(token(inquiry))
    assert not opens(first)
    assert OutgoingEmail.objects.filter(inquiry=inquiry, kind=EmailKind.LINK).count() == 1


def test_link_lives_ninety_days(inquiry: Inquiry, clock: Traveller) -> None:
    clock.move_to(NOW + LINK_LIFE - timedelta(seconds=1))
    assert opens(token(inquiry))
    clock.move_to(NOW + LINK_LIFE)
    assert not opens(token(inquiry))


def test_request_by_mail_sends_the_link_that_still_opens(inquiry: Inquiry) -> None:
    before = token(inquiry)
    request_link("JAN.patient@example.com", language="en", network_digest=NETWORK)
    assert not mail.outbox, "nothing is looked up while the visitor waits"
    sweep()
    assert token(inquiry) == before
    assert [message.to for message in mail.outbox] == [["jan.patient@example.com"]]
    assert before in mail.outbox[0].body


@pytest.mark.parametrize("how", ["expired", "revoked"])
def test_request_by_mail_renews_a_link_that_opens_nothing(inquiry: Inquiry, clock: Traveller, how: str) -> None:
    before = token(inquiry)
    if how == "expired":
        clock.move_to(NOW + LINK_LIFE)
    else:
        revoke_link(inquiry, by=make_user(Role.MANAGER, "Mia Manager"))
    assert not opens(before)
    request_link("jan.patient@example.com", language="en", network_digest=NETWORK)
    sweep()
    assert opens(token(inquiry))
    assert not opens(before)


def test_unknown_address_gets_nothing_and_the_request_looks_the_same(inquiry: Inquiry) -> None:
    request_link("stranger@example.com", language="en", network_digest=NETWORK)
    sweep()
    assert mail.outbox == []
    assert LinkRequest.objects.get().handled_at is not None
    assert token(inquiry)


def test_one_network_cannot_flood_a_mailbox(inquiry: Inquiry) -> None:
    for _number in range(REQUESTS_PER_HOUR + 3):
        request_link(inquiry.email, language="en", network_digest=NETWORK)
    assert LinkRequest.objects.count() == REQUESTS_PER_HOUR
    sweep()
    assert len(mail.outbox) == 1


def test_right_code_opens_once_within_fifteen_minutes(inquiry: Inquiry, clock: Traveller) -> None:
    assert send_code(inquiry)
    sweep()
    code = newest_code(inquiry)
    assert f"{code[:4]} {code[4:]}" in mail.outbox[0].body
    clock.move_to(NOW + CODE_LIFE - timedelta(seconds=1))
    assert use_code(inquiry, f" {code[:4]} {code[4:]} ")
    assert not use_code(inquiry, code)
    assert inquiry.events.filter(kind=EventKind.READ_BACK).count() == 1


def test_late_code_opens_nothing(inquiry: Inquiry, clock: Traveller) -> None:
    send_code(inquiry)
    clock.move_to(NOW + CODE_LIFE)
    assert not use_code(inquiry, newest_code(inquiry))


def test_code_that_cannot_leave_in_time_is_not_sent_late(inquiry: Inquiry, clock: Traveller) -> None:
    send_code(inquiry)
    clock.move_to(NOW + CODE_LIFE)
    sweep()
    assert mail.outbox == []
    assert OutgoingEmail.objects.get(kind=EmailKind.ACCESS_CODE).last_error == "code has expired"


def test_second_link_by_mail_is_no_copy_of_the_first(inquiry: Inquiry, clock: Traveller) -> None:
    for _number in range(2):
        request_link(inquiry.email, language="en", network_digest=NETWORK)
        sweep()
        clock.shift(SENT_AGAIN_AFTER)
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == len(mail.outbox) == 2


def test_few_wrong_tries_make_a_code_worthless(inquiry: Inquiry) -> None:
    send_code(inquiry)
    right = newest_code(inquiry)
    wrong = str((int(right) + 1) % 10**8).zfill(8)
    for _number in range(CODE_ATTEMPTS):
        assert not use_code(inquiry, wrong)
    assert not use_code(inquiry, right)


def test_newer_code_replaces_the_older_one(inquiry: Inquiry, clock: Traveller) -> None:
    send_code(inquiry)
    first = newest_code(inquiry)
    clock.move_to(NOW + timedelta(minutes=1))
    send_code(inquiry)
    assert not use_code(inquiry, first)
    assert use_code(inquiry, newest_code(inquiry))


def test_codes_are_not_sent_without_end(inquiry: Inquiry) -> None:
    assert [send_code(inquiry) for _number in range(CODES_PER_HOUR + 1)] == [True] * CODES_PER_HOUR + [False]


def test_code_is_in_no_table(inquiry: Inquiry) -> None:
    send_code(inquiry)
    code = newest_code(inquiry)
    assert code not in str(list(AccessCode.objects.values()))
    assert len({code_as_shown(uuid4()) for _number in range(200)}) == 200


def test_changed_address_is_told_to_the_old_one_and_opens_nothing_before_it_is_confirmed(inquiry: Inquiry) -> None:
    change_contact(inquiry, email="new@example.com")
    sweep()
    told = {message.to[0]: message.body for message in mail.outbox}
    assert set(told) == {"jan.patient@example.com", "new@example.com"}
    assert "new@example.com" not in told["jan.patient@example.com"]
    assert token(inquiry) not in told["jan.patient@example.com"]
    assert token(inquiry) in told["new@example.com"]
    assert not send_code(inquiry)
    confirm_person(inquiry, by=make_user(Role.MANAGER, "Mia Manager"))
    assert send_code(inquiry)
    old_rows = OutgoingEmail.objects.filter(kind=EmailKind.ADDRESS_CHANGED)
    assert [row.address for row in old_rows] == [None], "the old address is forgotten once it was told"


def test_link_is_no_mail_cannon(inquiry: Inquiry) -> None:
    for number in range(CONTACT_CHANGES):
        change_contact(inquiry, email=f"new{number}@example.com")
    with pytest.raises(TooOftenError):
        change_contact(inquiry, email="one.more@example.com")
    sweep()
    assert not any("one.more@example.com" in message.to for message in mail.outbox)


def test_held_inquiry_mails_nobody_when_the_address_changes() -> None:
    make_coordinator("Ana Horvat")
    held = make_inquiry(honeypot="x")
    change_contact(held, email="victim@example.com")
    sweep()
    assert mail.outbox == []


def test_messages_are_kept_once_and_not_without_end(inquiry: Inquiry) -> None:
    for _press in range(2):
        receive_message(inquiry, "The same", language="en")
    assert inquiry.messages.count() == 1
    for number in range(MESSAGES - 1):
        receive_message(inquiry, f"Message {number}", language="en")
    with pytest.raises(TooOftenError):
        receive_message(inquiry, "One more", language="en")


def test_code_sent_before_the_address_changed_opens_nothing(inquiry: Inquiry) -> None:
    send_code(inquiry)
    code = newest_code(inquiry)
    change_contact(inquiry, email="new@example.com")
    assert not use_code(inquiry, code)


def test_desk_corrects_an_address_that_somebody_took_over(client: Client, inquiry: Inquiry) -> None:
    change_contact(inquiry, email="thief@example.com")
    manager = make_user(Role.MANAGER, "Mia Manager")
    client.force_login(manager)
    step = reverse("admin:inquiries_inquiry_step", args=[inquiry.pk, "correct-contact"])
    values = {"correct-contact-email": "jan.patient@example.com", "correct-contact-phone": "+49 170 1234567"}
    values |= {"seen": newest(inquiry)}
    assert client.post(step, values).status_code == 200, "without a tick nothing is corrected"
    assert client.post(step, values | {"correct-contact-confirmed": "on"}).status_code == 302
    inquiry.refresh_from_db()
    assert (inquiry.email, inquiry.phone) == ("jan.patient@example.com", "+49 170 1234567")
    assert not inquiry.person_is_doubtful
    assert send_code(inquiry)
    assert inquiry.events.filter(kind=EventKind.CONTACT_CHANGED, actor=manager).exists()


def test_changed_number_leaves_the_address_in_charge(inquiry: Inquiry) -> None:
    change_contact(inquiry, phone="+49 170 1234567")
    inquiry.refresh_from_db()
    assert inquiry.phone == "+49 170 1234567"
    assert send_code(inquiry)
    assert Inquiry.objects.matches("0170 1234567") == [inquiry.pk]


def test_nothing_happens_when_nothing_is_changed(inquiry: Inquiry) -> None:
    change_contact(inquiry, email=" Jan.Patient@example.com", phone="")
    assert not inquiry.events.filter(kind=EventKind.CONTACT_CHANGED).exists()


def test_patient_without_an_address_reads_back_through_the_coordinator() -> None:
    make_coordinator("Ana Horvat")
    inquiry = make_inquiry(email="", phone="+49 170 1234567", contact_by=("phone",))
    assert not send_code(inquiry)
