"""A marker in every field and file after sending: found nowhere outside, and nowhere at all once it is erased.

RELIABILITY.md S24 and S27, FEATURES.md N11 and N12.
"""

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from clinic_site.logs import JsonFormatter
from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy
from inquiries.details.questions import GROUPS, Kind, Question
from inquiries.enums import EmailKind, ErasedBy, Sender
from inquiries.links import private_token
from inquiries.models import Inquiry, Message, OutgoingEmail, Tombstone
from inquiries.services import files
from inquiries.services.codes import send_code
from inquiries.services.contact import change_contact, confirm_person
from inquiries.services.delivery import sweep
from inquiries.services.details import save_answers
from inquiries.services.erasure import erase, inquiry_digest
from inquiries.services.messages import receive_message, write_answer
from inquiries.services.triage import ask_for_details, assign_to, record_read, tell_not_reached
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.files import pdf

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogel"
DIGITS = "7654321"
ADDRESS = f"{CANARY}@example.com"
HERE = {"Sec-Fetch-Site": "same-origin", "User-Agent": CANARY}


@pytest.fixture(autouse=True)
def disk(settings: Settings, tmp_path: Path) -> Path:
    """Keep the files of the test in a folder of their own."""
    own = settings.STORAGES["patient_files"]
    options = {**own["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "patient_files": {**own, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return, as text, everything that is handed to the broker."""
    sent: list[str] = []
    monkeypatch.setattr(
        "inquiries.services.outbox.current_app.send_task",
        lambda *args, **options: sent.append(json.dumps([args, options], default=str)),
    )
    return sent


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return what the site's log holds so far, every level included."""
    caplog.set_level(logging.DEBUG)
    return lambda: "\n".join(JsonFormatter().format(record) for record in caplog.records)


@pytest.fixture
def owner() -> Coordinator:
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")
    return make_coordinator("Ana Horvat", languages=("en", "de"))


@pytest.fixture
def inquiry(owner: Coordinator, hints: list[str], django_capture_on_commit_callbacks: Any) -> Inquiry:
    """Return an inquiry with the marker wherever a patient can write; every kind of e-mail to the patient is queued."""
    assert hints == []
    with django_capture_on_commit_callbacks(execute=True):
        values = {"name": f"Jan {CANARY}", "email": ADDRESS, "phone": f"+49 170 {DIGITS}", "contact_by": ("email",)}
        inquiry = make_inquiry(**values, message=f"My {CANARY}")
        addition = make_inquiry(**values, message=f"Another {CANARY}")
        for row in (inquiry, addition):
            for group in GROUPS:
                save_answers(
                    row, group, {code: value for question in group.questions for code, value in fill(question)}
                )
            files.add_file(row, SimpleUploadedFile(f"{CANARY}.pdf", pdf(CANARY.encode())))
            receive_message(row, f"Once more: {CANARY}", language="en")
        assign_to(inquiry, owner, by=make_user(Role.MANAGER, "Mia Manager"), reason=CANARY)
        ask_for_details(inquiry, by=owner.user)
        tell_not_reached(inquiry, by=owner.user)
        write_answer(inquiry, f"Dear {CANARY}", by=owner.user)
        change_contact(inquiry, phone=f"+49 171 {DIGITS}")
        send_code(inquiry)
    inquiry.refresh_from_db()
    return inquiry


def fill(question: Question) -> list[tuple[str, Any]]:
    """Return an answer to a question: the marker where there is room for words, else the first choice."""
    if question.kind is Kind.TEXT:
        return [(question.code, CANARY)]
    first = question.options[0].code if question.options else ""
    answer = {Kind.CHOICE: first, Kind.SEVERAL: [first], Kind.REGIONS: ["neck"]}.get(question.kind)
    chosen = [(question.code, answer)] if answer else []
    return [*chosen, (question.more_code, CANARY)] if question.more else chosen


def holds_canary(text: str) -> bool:
    return CANARY.casefold() in text.casefold() or DIGITS in text


def dump() -> str:
    """Return every row of the database as it lies there."""
    with connection.cursor() as cursor:
        rows = []
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += [f"{table} {row}" for row in cursor.fetchall()]
    return "\n".join(rows)


def stored_bytes(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_marker_is_really_there(inquiry: Inquiry) -> None:
    assert holds_canary(inquiry.message)
    assert len(inquiry.medical_answers.all()) == len(GROUPS)
    assert all(holds_canary(row.answers) for row in inquiry.medical_answers.all() if "more" in row.answers)
    assert CANARY.encode() in files.stored_bytes(inquiry.files.get())
    assert Message.objects.filter(sender=Sender.STAFF).count() == 1


@pytest.mark.usefixtures("inquiry")
def test_every_mail_is_clean_in_all_its_parts(logged: Callable[[], str]) -> None:
    OutgoingEmail.objects.update(next_attempt_at="2000-01-01T00:00:00Z")
    sweep()
    kinds = set(OutgoingEmail.objects.values_list("kind", flat=True))
    assert kinds >= {
        EmailKind.CONFIRMATION, EmailKind.ADDITION, EmailKind.ANSWER_WAITING, EmailKind.DETAILS_WANTED,
        EmailKind.NOT_REACHED, EmailKind.ACCESS_CODE, EmailKind.ADDRESS_CHANGED, EmailKind.PATIENT_ADDED,
    }  # fmt: skip
    assert len(mail.outbox) >= len(kinds)
    for message in mail.outbox:
        whole = message.message()
        headers = [item for item in whole.items() if item != ("To", ADDRESS)]
        assert not holds_canary(str(headers))
        texts = [part.get_payload(decode=True) for part in whole.walk() if not part.is_multipart()]
        assert all(isinstance(text, bytes) and not holds_canary(text.decode()) for text in texts)
    assert not holds_canary(logged())


def test_broker_disk_and_database_hold_no_clear_word(inquiry: Inquiry, hints: list[str], disk: Path) -> None:
    assert hints
    assert not holds_canary("".join(hints))
    assert not holds_canary(dump())
    names = [str(path) for path in disk.rglob("*")]
    assert len(stored_bytes(disk)) > 0
    assert CANARY.encode() not in stored_bytes(disk)
    assert not holds_canary("".join(names))
    assert inquiry.files.get().stored_name not in inquiry.reference


@pytest.mark.parametrize("page", ["", "contact/", "message/", "erase/", "details/", "files/"])
def test_private_pages_show_nothing_entered_without_a_code(
    client: Client, inquiry: Inquiry, logged: Callable[[], str], page: str
) -> None:
    link = inquiry.private_link
    response = client.get(f"/en/inquiry/private/{private_token(link.pk, link.version)}/{page}", headers=HERE)
    assert response.status_code == 200
    assert not holds_canary(response.content.decode() + str(response.headers))
    assert not holds_canary(logged())


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.code)
def test_questions_come_back_empty_without_a_code(client: Client, inquiry: Inquiry, group: Any) -> None:
    link = inquiry.private_link
    url = f"/en/inquiry/private/{private_token(link.pk, link.version)}/details/{group.code}/"
    html = client.get(url, headers=HERE).content.decode()
    assert not holds_canary(html)
    assert " checked" not in html


def test_desk_lists_hold_nothing(client: Client, inquiry: Inquiry, logged: Callable[[], str]) -> None:
    client.force_login(make_user(Role.MANAGER, "Iva Manager"))
    inbox = reverse("admin:inquiries_inquiry_changelist")
    for path in (f"{inbox}?view=all", reverse("admin:index"), reverse("admin:inquiries_outgoingemail_changelist")):
        html = client.get(path).content.decode()
        assert not holds_canary(html), path
    shown = client.get(reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])).content.decode()
    assert holds_canary(shown), "the desk's own page is where it is read"
    assert not holds_canary(logged())


def test_error_in_a_private_page_leaks_nothing(
    inquiry: Inquiry, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(inquiry: Inquiry, text: str, **_options: Any) -> None:
        raise ValueError(inquiry.name, text)

    monkeypatch.setattr("inquiries.private.views.contact.receive_message", fail)
    link = inquiry.private_link
    url = f"/en/inquiry/private/{private_token(link.pk, link.version)}/message/"
    response = Client(raise_request_exception=False).post(url, {"text": CANARY, "message": CANARY}, headers=HERE)
    assert response.status_code == 500
    assert not holds_canary(response.content.decode())
    assert "ValueError" in logged()
    assert not holds_canary(logged())
    assert private_token(link.pk, link.version) not in logged()


@pytest.mark.parametrize("reason", ErasedBy)
def test_erased_means_gone_everywhere(inquiry: Inquiry, disk: Path, owner: Coordinator, reason: ErasedBy) -> None:
    keys = [str(inquiry.pk), inquiry.pk.hex, str(inquiry.private_link.pk), inquiry.private_link.pk.hex]
    record_read(inquiry, by=owner.user)
    manager = make_user(Role.MANAGER, "Iva Manager") if reason == ErasedBy.STAFF else None
    sweep()
    mail.outbox.clear()
    tombstone = erase(inquiry, reason, by=manager)
    sweep()
    assert stored_bytes(disk) == b""
    rest = dump()
    assert not any(key in rest for key in keys)
    assert not Inquiry.objects.exists()
    assert Tombstone.objects.count() == 2, "one for the inquiry, one for what was added to it"
    assert tombstone.inquiry_digest == inquiry_digest(inquiry.pk)
    told = {message.to[0] for message in mail.outbox}
    assert told == (set() if reason == ErasedBy.RETENTION else {ADDRESS, owner.user.email})
    assert all(email.address is None for email in OutgoingEmail.objects.all())
    assert not any(holds_canary(str(part)) for message in mail.outbox for part in (message.subject, message.body))


def test_erasing_waits_for_no_mail_server(inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any) -> None:
        raise OSError

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    erase(inquiry, ErasedBy.PATIENT)
    sweep()
    farewell = OutgoingEmail.objects.get(kind=EmailKind.ERASED)
    assert farewell.address == ADDRESS
    assert not holds_canary(dump()), "what is left of the address is sealed until it was told"


def test_export_and_confirmation_of_the_person_do_not_bring_it_out(
    inquiry: Inquiry, owner: Coordinator, logged: Callable[[], str]
) -> None:
    change_contact(inquiry, email=f"new.{CANARY}@example.com")
    confirm_person(inquiry, by=owner.user)
    assert not holds_canary(logged())
    assert not holds_canary(dump())
