"""Attacks on what comes after "Send": leaked links, known addresses, double presses, races (RELIABILITY.md §2)."""

import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMultiAlternatives
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import Coordinator
from inquiries.codes import code_digits
from inquiries.enums import ContactResult, EmailKind, EmailStatus, ErasedBy, EventKind, MailDetail, Outcome, Status
from inquiries.links import find_by_private_link, private_token, private_url
from inquiries.models import (
    AccessCode,
    Heartbeat,
    Inquiry,
    LinkRequest,
    MailDetailChoice,
    Message,
    OutgoingEmail,
    PatientFile,
    PrivateLink,
)
from inquiries.receipts import receipt_token
from inquiries.services import clock, contact, erasure, links, messages
from inquiries.services.codes import send_code, use_code
from inquiries.services.delivery import sweep
from inquiries.services.events import lock
from inquiries.services.files import add_file
from inquiries.services.staff import deactivate
from inquiries.services.subject_access import hand_out
from inquiries.services.triage import close, log_contact, record_read
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.files import pdf

pytestmark = pytest.mark.django_db

HERE = {"Sec-Fetch-Site": "same-origin"}
MONDAY = datetime(2026, 11, 16, 9, 0, tzinfo=UTC)
VICTIM = "jan.patient@example.com"
ATTACKER = "mallory@attacker.example"
SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator("Ana Horvat")


@pytest.fixture
def inquiry(ana: Coordinator) -> Inquiry:  # noqa: ARG001  # who answers
    return make_inquiry(email=VICTIM)


@pytest.fixture
def manager() -> Any:
    return make_user(Role.MANAGER, "Mia Manager")


def path_of(inquiry: Inquiry, page: str = "") -> str:
    return re.sub(r"^https?://[^/]+", "", private_url(inquiry)) + page


def token(inquiry: Inquiry) -> str:
    link = PrivateLink.objects.get(inquiry=inquiry)
    return private_token(link.pk, link.version)


def mails_to(address: str) -> list[Any]:
    return [message for message in mail.outbox if message.to == [address]]


# A stranger who knows the name and the address


def test_stranger_who_repeats_the_form_gets_no_way_into_the_patients_inquiry(client: Client, ana: Coordinator) -> None:  # noqa: ARG001  # who answers
    """Same name, address and treatment, no message: another network must not be shown the patient's own receipt."""
    first = make_inquiry(email=VICTIM, message="", network_digest="1" * 64)
    probe = make_inquiry(email=VICTIM, message="", network_digest="2" * 64)
    assert probe.pk != first.pk
    html = client.get(f"/en/inquiry/received/{receipt_token(probe.pk)}/").content.decode()
    assert first.reference not in html
    assert token(first) not in html


def test_double_click_on_the_same_network_is_still_one(inquiry: Inquiry) -> None:
    again = make_inquiry(email=VICTIM, message=inquiry.message)
    assert again.pk == inquiry.pk


# A leaked link


def test_withdrawn_link_is_not_sent_to_an_address_that_nobody_has_confirmed(inquiry: Inquiry, manager: Any) -> None:
    contact.change_contact(inquiry, email=ATTACKER)
    links.revoke_link(inquiry, by=manager)
    sweep()
    mail.outbox.clear()
    links.request_link(ATTACKER, language="en", network_digest="9" * 64)
    sweep()
    assert not mails_to(ATTACKER)
    assert find_by_private_link(token(inquiry), now=timezone.now()) is None


def test_confirmed_person_gets_a_new_link_by_mail(inquiry: Inquiry, manager: Any) -> None:
    contact.change_contact(inquiry, email="new@example.com")
    links.revoke_link(inquiry, by=manager)
    contact.confirm_person(inquiry, by=manager)
    sweep()
    mail.outbox.clear()
    links.request_link("new@example.com", language="en", network_digest="9" * 64)
    sweep()
    assert mails_to("new@example.com")


def test_desk_sends_no_new_link_to_an_address_that_nobody_has_confirmed(
    client: Client, inquiry: Inquiry, manager: Any
) -> None:
    contact.change_contact(inquiry, email=ATTACKER)
    sweep()
    mail.outbox.clear()
    client.force_login(manager)
    before = token(inquiry)
    response = client.post(f"/admin/inquiries/inquiry/{inquiry.pk}/renew-link/", headers=HERE)
    assert response.status_code == 200
    sweep()
    assert token(inquiry) == before
    assert not mails_to(ATTACKER)


def test_old_address_is_told_when_change_and_erasure_come_in_one_go(inquiry: Inquiry) -> None:
    """Both before any mail has left: the change takes the patient's address away, the erasure the mail about it."""
    OutgoingEmail.objects.all().delete()
    contact.change_contact(inquiry, email=ATTACKER)
    erasure.erase(inquiry, ErasedBy.PATIENT)
    sweep()
    assert [message.subject for message in mails_to(VICTIM)]


def test_contact_changes_cannot_bomb_a_mailbox(client: Client, inquiry: Inquiry) -> None:
    statuses = set()
    for number in range(30):
        phone = {"phone": f"+385 1 23456{number:02}"}
        statuses.add(client.post(path_of(inquiry, "contact/"), phone, headers=HERE).status_code)
    sweep()
    assert len(mails_to(VICTIM)) <= 7
    assert not {status for status in statuses if status >= 500}


def test_requests_from_many_networks_cannot_bomb_a_mailbox(inquiry: Inquiry) -> None:  # noqa: ARG001  # there is one
    sweep()
    mail.outbox.clear()
    with time_machine.travel(timezone.now(), tick=False) as traveller:
        for minute in range(30):
            traveller.shift(timedelta(minutes=1))
            links.request_link(VICTIM, language="en", network_digest=f"{minute:064}")
            sweep()
    assert 1 <= len(mails_to(VICTIM)) <= 4
    assert not LinkRequest.objects.unanswered().exists()


# Codes and keys


@pytest.mark.parametrize("typed", ["٣٤٥٦٧٨٩٠", "\uff11\uff12", "१२३४५६७८", "²³⁴", "12345678\u202e", "x" * 40])
def test_digits_of_another_script_are_a_wrong_code_and_no_fault(client: Client, inquiry: Inquiry, typed: str) -> None:
    send_code(inquiry)
    response = client.post(path_of(inquiry, "entered/"), {"code": typed}, headers=HERE)
    assert response.status_code == 422
    assert AccessCode.objects.get().attempts == 1


def test_digits_of_another_script_open_when_they_are_right(inquiry: Inquiry) -> None:
    send_code(inquiry)
    digits = code_digits(AccessCode.objects.get().pk)
    assert use_code(inquiry, "".join(chr(0x0660 + int(digit)) for digit in digits))


def test_key_opens_no_other_inquiry_and_dies_with_the_link(client: Client, inquiry: Inquiry, manager: Any) -> None:
    other = make_inquiry(message="Somebody else's words")
    send_code(inquiry)
    code = code_digits(AccessCode.objects.get().pk)
    page = client.post(path_of(inquiry, "entered/"), {"code": code}, headers=HERE).content.decode()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    assert inquiry.message in page
    replay = {"key": key[1]}
    for target in (path_of(other, "entered/"), path_of(other, "data/")):
        assert client.post(target, replay, headers=HERE).status_code == 403
    links.renew_link(inquiry, by=manager)
    inquiry.refresh_from_db()
    inquiry.private_link.refresh_from_db()
    assert client.post(path_of(inquiry, "data/"), replay, headers=HERE).status_code == 403
    assert not use_code(inquiry, code)


def test_code_is_worth_nothing_after_five_tries(inquiry: Inquiry) -> None:
    send_code(inquiry)
    right = code_digits(AccessCode.objects.get().pk)
    wrong = "0" * 8 if right != "0" * 8 else "1" * 8
    assert not any(use_code(inquiry, wrong) for _try in range(5))
    assert not use_code(inquiry, right)


# Double presses and what is gone meanwhile


@pytest.mark.parametrize(
    ("page", "data"),
    [
        ("erase/", {"confirm": "on"}),
        ("message/", {"text": "Hello"}),
        ("contact/", {"email": "new@example.com"}),
        ("code/", {}),
        ("entered/", {"code": "12345678"}),
        ("details/pain/", {"details-words": "x"}),
    ],
)
def test_action_on_an_inquiry_that_is_erased_at_that_moment_is_answered_like_a_dead_link(
    client: Client, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, page: str, data: dict[str, str]
) -> None:
    """The second of two presses on "erase", or an upload from another tab, finds the link and then nothing."""
    path = path_of(inquiry, page)
    found = find_by_private_link(token(inquiry), now=timezone.now())
    assert found
    _ = found.private_link
    erasure.erase(inquiry, ErasedBy.PATIENT)
    monkeypatch.setattr("inquiries.private.access.find_by_private_link", lambda *_args, **_options: found)
    response = client.post(path, data, headers=HERE)
    assert response.status_code in {302, 303, 404}


def test_desk_step_on_an_inquiry_that_is_erased_at_that_moment(
    client: Client, inquiry: Inquiry, manager: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    client.force_login(manager)
    stale = Inquiry.objects.get(pk=inquiry.pk)
    erasure.erase(inquiry, ErasedBy.PATIENT)
    monkeypatch.setattr("inquiries.admin.inbox.InquiryAdmin._find", lambda *_args: stale)
    data = {"contact-result": "SPOKE"}
    assert client.post(f"/admin/inquiries/inquiry/{stale.pk}/contact/", data, headers=HERE).status_code == 404


def test_patient_who_was_not_reached_is_told_once(inquiry: Inquiry, ana: Coordinator) -> None:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        for _day in range(3):
            log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user)
            sweep()
            traveller.shift(timedelta(days=1))
        traveller.shift(timedelta(hours=-20))
        log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user)
        sweep()
    assert len([message for message in mails_to(VICTIM) if "could not reach" in message.subject]) == 1


# Races, played one step at a time


def test_answer_at_the_last_moment_keeps_the_promise(ana: Coordinator, monkeypatch: pytest.MonkeyPatch) -> None:
    """The coordinator logs a contact while the clock waits for the inquiry's lock."""
    make_coordinator("Jonas Weber")
    with time_machine.travel(MONDAY, tick=False) as traveller:
        inquiry = make_inquiry(email=VICTIM)
        sweep()
        mail.outbox.clear()
        owner = inquiry.coordinator
        traveller.move_to(inquiry.promises.get().due_at + timedelta(seconds=1))

        def lock_after_an_answer(row: Inquiry) -> Inquiry:
            monkeypatch.setattr(clock, "lock", lock)
            log_contact(row, ContactResult.SPOKE, by=ana.user)
            return lock(row)

        monkeypatch.setattr(clock, "lock", lock_after_an_answer)
        clock.keep_promises()
        sweep()
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.coordinator) == (Status.CONTACTED, owner)
    assert not inquiry.events.filter(kind=EventKind.PROMISE_MOVED).exists()
    assert not inquiry.promises.running().exists()
    assert not mails_to(VICTIM)


def test_promise_of_an_inquiry_that_is_erased_at_that_moment_stops_no_other(
    ana: Coordinator,  # noqa: ARG001  # who answers
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(MONDAY, tick=False) as traveller:
        inquiries = [make_inquiry(), make_inquiry()]
        traveller.move_to(max(item.promises.get().due_at for item in inquiries) + timedelta(seconds=1))
        first: list[Inquiry] = []

        def lock_nothing_once(row: Inquiry) -> Inquiry:
            if not first:
                first.append(row)
                raise Inquiry.DoesNotExist
            return lock(row)

        monkeypatch.setattr(clock, "lock", lock_nothing_once)
        assert clock.keep_promises() == 1
        assert Heartbeat.objects.filter(name=Heartbeat.CLOCK).exists()


def test_request_that_cannot_be_answered_stops_no_mail(inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise OperationalError

    links.request_link(VICTIM, language="en", network_digest="0" * 64)
    monkeypatch.setattr(links, "_answer", fail)
    assert sweep() == 2
    assert mails_to(VICTIM)
    assert inquiry.emails.filter(status=EmailStatus.SENT).count() == 2


def test_news_that_comes_while_the_mail_is_being_sent_is_sent_again(inquiry: Inquiry, manager: Any) -> None:
    """A link is renewed while the mail with the old one is on its way: the patient must not be left with a dead one."""
    sweep()
    links.renew_link(inquiry, by=manager)
    email = OutgoingEmail.objects.get(kind=EmailKind.LINK)
    assert OutgoingEmail.objects.claim(email.pk, now=timezone.now(), lease=timedelta(minutes=2))
    links.renew_link(inquiry, by=manager)
    mail.outbox.clear()
    sweep()
    assert [token(inquiry) in message.body for message in mails_to(VICTIM)] == [True]


def test_joined_inquiries_are_locked_in_one_order(inquiry: Inquiry) -> None:
    """Erasing locks the leading inquiry, then its additions; who begins with an addition must not do it backwards."""
    addition = make_inquiry(email=VICTIM)
    assert addition.joined_to_id == inquiry.pk
    with CaptureQueriesContext(connection) as queries:
        lock(addition)
    first, second = (query["sql"] for query in queries)
    assert inquiry.pk.hex in first.replace("-", "")
    assert addition.pk.hex in second.replace("-", "")


# Who has left, who was added


def test_patient_who_writes_to_somebody_who_has_left_gets_somebody_who_is_there(
    inquiry: Inquiry, ana: Coordinator, manager: Any
) -> None:
    jonas = make_coordinator("Jonas Weber")
    record_read(inquiry, by=ana.user)
    close(inquiry, Outcome.INFORMED, by=ana.user)
    deactivate(ana.user, by=manager)
    messages.receive_message(inquiry, "One more question", language="en")
    inquiry.refresh_from_db()
    assert (inquiry.status, inquiry.coordinator) == (Status.WAITING, jonas)
    assert inquiry.promises.running().get().coordinator == jonas


def test_addition_with_changed_contact_data_is_not_handed_out(inquiry: Inquiry) -> None:
    addition = make_inquiry(email=VICTIM)
    contact.change_contact(addition, email=ATTACKER)
    handed = hand_out(ATTACKER, io.BytesIO())
    assert handed.references == []
    assert handed.doubtful == [addition.reference]
    assert not inquiry.person_is_doubtful


def test_nothing_is_mailed_about_an_erased_inquiry_but_the_farewell(inquiry: Inquiry) -> None:
    messages.receive_message(inquiry, "Hello", language="en")
    send_code(inquiry)
    erasure.erase(inquiry, ErasedBy.PATIENT)
    sweep()
    assert {row.kind for row in OutgoingEmail.objects.all()} == {EmailKind.ERASED, EmailKind.WITHDRAWN}
    assert len(mail.outbox) == 2
    assert not any(row.address for row in OutgoingEmail.objects.all())


# Roles


def test_coordinator_cannot_erase_by_posting(client: Client, inquiry: Inquiry, ana: Coordinator) -> None:
    client.force_login(ana.user)
    data = {"erase-reference": inquiry.reference}
    client.post(f"/admin/inquiries/inquiry/{inquiry.pk}/erase/", data, headers=HERE)
    assert Inquiry.objects.filter(pk=inquiry.pk).exists()


@pytest.mark.parametrize("step", ["answer", "renew-link", "revoke-link", "confirm-person", "contact", "erase", "close"])
def test_other_coordinators_steps_are_refused(client: Client, inquiry: Inquiry, step: str) -> None:
    other = make_coordinator("Jonas Weber")
    addition = make_inquiry(email=VICTIM)
    client.force_login(other.user)
    for target in (inquiry, addition):
        url = f"/admin/inquiries/inquiry/{target.pk}/{step}/"
        assert client.post(url, {"answer-text": "x"}, headers=HERE).status_code == 404


# What is typed


@pytest.mark.parametrize("text", [SCRIPT, "{{ 7|add:7 }}{% load i18n %}", "\u202egnp.exe", "a\x0bb\x1cc", "x" * 1500])
def test_messages_are_shown_as_text_wherever_they_are_read(client: Client, inquiry: Inquiry, text: str) -> None:
    response = client.post(path_of(inquiry, "message/"), {"text": text}, headers=HERE)
    assert response.status_code == 303
    assert inquiry.coordinator
    client.force_login(inquiry.coordinator.user)
    desk = client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/change/").content.decode()
    assert "<script>alert" not in desk
    assert "<img src=x" not in desk
    assert "\u202e" not in desk
    assert ">14" not in desk


@pytest.mark.parametrize("text", ["\x00", "x" * 10_000, "", " \n ", "\u202e"])
def test_what_is_no_message_comes_back_with_an_error(client: Client, inquiry: Inquiry, text: str) -> None:
    response = client.post(path_of(inquiry, "message/"), {"text": text}, headers=HERE)
    assert response.status_code == 422
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "email", ["a@b.example\r\nBcc: x@y.example", "a@b.example, c@d.example", f"{'x' * 300}@b.example"]
)
def test_no_second_recipient_through_a_corrected_address(client: Client, inquiry: Inquiry, email: str) -> None:
    response = client.post(path_of(inquiry, "contact/"), {"email": email}, headers=HERE)
    assert response.status_code == 422
    inquiry.refresh_from_db()
    assert inquiry.email == VICTIM


def test_more_fields_than_asked_for_change_nothing(client: Client, inquiry: Inquiry) -> None:
    extra = {"phone": "+385 1 2345678", "status": "CLOSED", "coordinator": "", "person_confirmed_at": "2026-01-01"}
    client.post(path_of(inquiry, "contact/"), {**extra, "contact_changed_at": "", "reference": "X"}, headers=HERE)
    again = Inquiry.objects.get(pk=inquiry.pk)
    assert (again.status, again.coordinator, again.reference) == (
        Status.WAITING,
        inquiry.coordinator,
        inquiry.reference,
    )
    assert again.person_confirmed_at is None


# How it is sent


@pytest.mark.parametrize(
    "page", ["", "contact/", "message/", "code/", "entered/", "data/", "erase/", "details/", "files/"]
)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace", "head", "get"])
def test_no_method_but_post_changes_anything(client: Client, inquiry: Inquiry, page: str, method: str) -> None:
    headers = {**HERE, "X-HTTP-Method-Override": "POST"}
    before = (Inquiry.objects.count(), OutgoingEmail.objects.count(), inquiry.events.count())
    response = getattr(client, method)(
        path_of(inquiry, page) + "?confirm=on&_method=POST&text=x&done=%0d%0ax", headers=headers
    )
    assert response.status_code in {200, 302, 405}
    assert (Inquiry.objects.count(), OutgoingEmail.objects.count(), inquiry.events.count()) == before


@pytest.mark.parametrize(
    "headers", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"}]
)
@pytest.mark.parametrize(("page", "data"), [("erase/", {"confirm": "on"}), ("message/", {"text": "x"}), ("code/", {})])
def test_post_that_does_not_come_from_here_changes_nothing(
    client: Client, inquiry: Inquiry, headers: dict[str, str], page: str, data: dict[str, str]
) -> None:
    response = client.post(path_of(inquiry, page), data, headers=headers)
    assert response.status_code in {303, 403}
    assert Inquiry.objects.filter(pk=inquiry.pk).exists()
    assert not Message.objects.exists()
    assert not AccessCode.objects.exists()


@pytest.mark.parametrize(
    "charset",
    ["unicode_escape", "raw_unicode_escape", "utf-7", "zlib", "rot13", "idna", "utf-16", '"utf-8"', "klingon"],
)
@pytest.mark.parametrize("page", ["message/", "contact/", "entered/"])
def test_strange_charset_of_a_multipart_body_is_no_fault(
    client: Client, inquiry: Inquiry, charset: str, page: str
) -> None:
    fields = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("text", "\\ud800 \\x00 x"), ("phone", "\\ud800 1234567"), ("code", "\\ud800"))
    )
    body, kind = (fields + "--b--\r\n").encode(), f"multipart/form-data; boundary=b; charset={charset}"
    client.raise_request_exception = False
    response = client.generic("POST", path_of(inquiry, page), body, kind, headers=HERE)
    assert response.status_code < 500


@pytest.mark.parametrize("group", ["nothing", "__class__", "pain-story-x", "0", "-"])
def test_unknown_group_leads_back_to_the_list(client: Client, inquiry: Inquiry, group: str) -> None:
    response = client.post(path_of(inquiry, f"details/{group}/"), {"x": "y"}, headers=HERE)
    assert response.status_code == 302
    assert response["Location"].startswith("/en/inquiry/private/")


@pytest.mark.parametrize("text", ["../../admin", "%2e%2e%2f", "x" * 5000, "%00", "%ff%fe", "a/b", "💣", "null"])
def test_guessed_tokens_look_alike(client: Client, inquiry: Inquiry, text: str) -> None:
    response = client.get(f"/en/inquiry/private/{text}/")
    assert response.status_code == 404
    assert inquiry.reference not in response.content.decode()


@pytest.mark.parametrize(
    "name", ["../../../etc/cron.d/x.pdf", f"{SCRIPT}.pdf", "a\r\nX-Evil: 1.pdf", "\u202efdp.exe.pdf", ".pdf"]
)
def test_name_of_a_file_is_only_ever_text(client: Client, inquiry: Inquiry, name: str) -> None:
    file = add_file(inquiry, SimpleUploadedFile("x.pdf", pdf(), "text/html"))
    PatientFile.objects.filter(pk=file.pk).delete()
    upload = SimpleUploadedFile("x.pdf", pdf(b"other"), "text/html")
    upload._name = name  # type: ignore[attr-defined]  # a client that sends what it likes
    file = add_file(inquiry, upload)
    assert re.fullmatch(r"[0-9a-f]{32}", file.stored_name)
    assert inquiry.coordinator
    client.force_login(inquiry.coordinator.user)
    desk = client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/change/").content.decode()
    assert "<script>alert" not in desk
    assert "\u202e" not in desk
    response = client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/files/{file.pk}/")
    assert response["Content-Disposition"] == f'attachment; filename="{inquiry.reference}-1.pdf"'
    assert "X-Evil" not in response


def test_files_are_for_those_who_may_see_the_inquiry_and_for_no_others(client: Client, inquiry: Inquiry) -> None:
    file = add_file(inquiry, SimpleUploadedFile("x.pdf", pdf(), "application/pdf"))
    other = make_inquiry()
    jonas = make_coordinator("Jonas Weber")
    Inquiry.objects.filter(pk=other.pk).update(coordinator=jonas)
    client.force_login(jonas.user)
    assert client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/files/{file.pk}/").status_code == 404
    assert client.get(f"/admin/inquiries/inquiry/{other.pk}/files/{file.pk}/").status_code == 404
    assert client.post(path_of(other, f"files/{file.pk}/remove/"), headers=HERE).status_code == 404
    assert PatientFile.objects.filter(pk=file.pk).exists()
    client.force_login(make_user(Role.EDITOR, "Eva Editor"))
    assert client.get(f"/admin/inquiries/inquiry/{inquiry.pk}/files/{file.pk}/").status_code == 403


def test_coordinators_mail_shows_what_was_typed_as_text(ana: Coordinator, manager: Any) -> None:  # noqa: ARG001  # who answers
    MailDetailChoice.objects.create(level=MailDetail.FULL, chosen_by=manager, reason="agreed")
    make_inquiry(email='"<b>x</b>"@example.com', name=SCRIPT, message=SCRIPT, phone=SCRIPT)
    sweep()
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        html = str(message.alternatives[0][0])
        assert "<script>alert" not in html
        assert "<img src=x" not in html
        assert "\n" not in message.subject


def test_confirmation_pages_headers_do_not_tell_a_known_address(client: Client, inquiry: Inquiry) -> None:
    assert inquiry.email == VICTIM
    headers = []
    for email in (VICTIM, "stranger@example.com"):
        response = client.get(f"/en/inquiry/received/{receipt_token(make_inquiry(email=email).pk)}/")
        headers.append(
            {name: value for name, value in response.items() if name not in {"ETag", "Content-Length", "Expires"}}
        )
    assert headers[0] == headers[1]


def test_page_of_an_addition_does_not_tell_by_its_stage_that_the_address_was_known(client: Client) -> None:
    """The clinic answers both; days later the addition must not be the only one whose time has passed."""
    ana = make_coordinator("Ana Horvat")
    with time_machine.travel(MONDAY, tick=False) as traveller:
        leading = make_inquiry(email=VICTIM)
        probes = [make_inquiry(email=VICTIM), make_inquiry(email="stranger@example.com")]
        assert probes[0].joined_to == leading
        for shift in (timedelta(hours=1), timedelta(days=4)):
            headings = {
                re.findall("<h1>(.*?)</h1>", client.get(path_of(probe)).content.decode())[0] for probe in probes
            }
            assert len(headings) == 1
            traveller.shift(shift)
            log_contact(leading, ContactResult.SPOKE, by=ana.user)
            log_contact(probes[1], ContactResult.SPOKE, by=ana.user)
        texts = [client.get(path_of(probe)).content.decode() for probe in probes]
    assert all("You are in contact with us" in text for text in texts)


def test_desk_sees_that_contact_data_of_an_addition_were_changed(inquiry: Inquiry) -> None:
    addition = make_inquiry(email=VICTIM)
    contact.change_contact(addition, email="new@example.com")
    event = inquiry.events.get(kind=EventKind.CONTACT_CHANGED)
    assert event.details == {"reference": addition.reference}
