"""What a patient writes leaves the database only for the patient and the desk (RELIABILITY.md S24, FEATURES.md N11)."""

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from clinic_site.logs import JsonFormatter
from coordinators.enums import Role
from coordinators.models import ReplyPolicy
from inquiries.models import Inquiry
from inquiries.services.delivery import sweep
from tests.factories import make_coordinator, make_user

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogel"
DIGITS = "7654321"
FORM = "/en/inquiry/"
HERE = {"Sec-Fetch-Site": "same-origin", "User-Agent": CANARY, "Referer": f"http://127.0.0.1:8000/en/?q={CANARY}"}
ELSEWHERE = {**HERE, "Sec-Fetch-Site": "cross-site", "Origin": f"https://{CANARY}.example"}
TYPED = {
    "treatment": "facet-infiltration",
    "name": f"Jan {CANARY}",
    "email": f"{CANARY}@example.com",
    "contact_by": ["email", "phone"],
    "phone": f"+49 170 {DIGITS} {CANARY}",
    "country": "Germany",
    "preferred_language": "de",
    "for_whom": "self",
    "message": f"My {CANARY}\nhurts: {DIGITS}",
    "consent": "on",
    "time_zone": CANARY,
    "submission_id": CANARY,
    "elapsed_ms": CANARY,
    "another_field": CANARY,
}

Hints = list[str]


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat", languages=("en", "de"))
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> Hints:
    """Return, as text, everything that is handed to the broker."""
    sent: Hints = []
    monkeypatch.setattr(
        "inquiries.services.outbox.current_app.send_task",
        lambda *args, **options: sent.append(json.dumps([args, options], default=str)),
    )
    return sent


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Callable[[], str]:
    """Return what the site's log holds so far, every level included."""
    caplog.set_level(logging.DEBUG)
    formatter = JsonFormatter()
    return lambda: "\n".join(formatter.format(record) for record in caplog.records)


def holds_canary(text: str) -> bool:
    return CANARY.casefold() in text.casefold() or DIGITS in text


def submit(client: Client, headers: dict[str, str], **overrides: Any) -> Any:
    return client.post(FORM, {**TYPED, **overrides}, headers=headers)


def assert_mail_is_clean() -> None:
    """Look through every e-mail; the confirmation's own address is the one place where a patient's word may stand."""
    for message in mail.outbox:
        to_patient = message.to == [TYPED["email"]]
        headers = [(name, value) for name, value in message.message().items() if not (to_patient and name == "To")]
        assert not holds_canary(str(headers))
        assert not holds_canary(f"{message.subject}{message.body}")


def test_canary_would_be_found(logged: Callable[[], str]) -> None:
    logging.getLogger("clinic_site").debug("an inquiry of %s", CANARY)
    assert holds_canary(logged())


def test_accepted_inquiry_leaks_nothing(
    client: Client, hints: Hints, logged: Callable[[], str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = submit(client, HERE)
    assert response.status_code == 303
    assert not holds_canary(str(response.headers))
    receipt = client.get(response.headers["Location"], headers={"User-Agent": CANARY})
    assert receipt.status_code == 200
    # The patient checks the address on the page after sending; nothing else of what was typed is there.
    assert not holds_canary(receipt.content.decode().replace(str(TYPED["email"]), ""))
    assert sweep() == 2
    assert len(hints) == len(mail.outbox) == 2
    assert not holds_canary("".join(hints))
    assert_mail_is_clean()
    assert "inquiry stored" in logged()
    assert not holds_canary(logged())
    assert response.headers["Location"].rstrip("/").rsplit("/", 1)[1] not in logged()
    assert Inquiry.objects.get().message == TYPED["message"]


def test_quarantined_inquiry_leaks_nothing(
    client: Client, hints: Hints, logged: Callable[[], str], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        response = submit(client, HERE, subject_line=CANARY)
    assert response.status_code == 303
    assert Inquiry.objects.get().is_quarantined
    assert sweep() == len(hints) == 0
    assert not holds_canary(str(response.headers) + logged())


@pytest.mark.parametrize(
    "overrides",
    [
        {"country": CANARY, "email": f"{CANARY}@{CANARY}@", "treatment": CANARY, "contact_by": [CANARY]},
        {"name": f"{CANARY}\x00", "message": CANARY * 200, "preferred_language": CANARY, "consent": ""},
        {"consent_version": CANARY, "for_whom": CANARY},
    ],
)
def test_refused_inquiry_leaks_nothing(
    client: Client, hints: Hints, logged: Callable[[], str], overrides: dict[str, Any]
) -> None:
    response = submit(client, HERE, **overrides)
    assert response.status_code == 422
    assert holds_canary(response.content.decode()), "what was typed comes back to whoever typed it"
    assert not holds_canary(str(response.headers))
    assert "inquiry refused" in logged()
    assert not holds_canary(logged())
    assert not hints
    assert not Inquiry.objects.exists()


def test_inquiry_from_elsewhere_leaks_nothing(client: Client, hints: Hints, logged: Callable[[], str]) -> None:
    response = submit(client, ELSEWHERE)
    assert response.status_code == 403
    assert not holds_canary(str(response.headers))
    assert '"origin": "cross"' in logged()
    assert not holds_canary(logged())
    assert not hints
    assert not Inquiry.objects.exists()


def test_database_error_leaks_nothing(
    client: Client, hints: Hints, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(submission: Any) -> None:
        message = f"could not insert {submission.name}, {submission.message}"
        raise OperationalError(message)

    monkeypatch.setattr("inquiries.views.submit_inquiry", fail)
    response = submit(client, HERE)
    assert response.status_code == 503
    assert not holds_canary(str(response.headers))
    assert "inquiry could not be stored" in logged()
    assert not holds_canary(logged())
    assert not hints


def test_programming_error_leaks_nothing(logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(submission: Any) -> None:
        raise ValueError(submission.message)

    monkeypatch.setattr("inquiries.views.submit_inquiry", fail)
    response = submit(Client(raise_request_exception=False), HERE)
    assert response.status_code == 500
    assert not holds_canary(response.content.decode())
    assert "ValueError" in logged()
    assert not holds_canary(logged())
    assert mail.outbox == []


def test_mail_server_that_quotes_the_patient_leaks_nothing(
    client: Client, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_self: object, messages: list[Any]) -> None:
        message = f"no thanks: {messages[0].to} {CANARY}"
        raise OSError(message)

    submit(client, HERE)
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)
    assert sweep() == 0
    assert "e-mail waits" in logged()
    assert not holds_canary(logged())


def test_email_that_cannot_be_made_leaks_nothing(
    client: Client, logged: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(email: Any) -> None:
        raise ValueError(email.inquiry.message)

    submit(client, HERE)
    monkeypatch.setattr("inquiries.services.delivery.build_email", fail)
    assert sweep() == 0
    assert "e-mail could not be made" in logged()
    assert not holds_canary(logged())


@pytest.mark.parametrize("query", ["", "?view=all", "?view=waiting", "?view=quarantine"])
def test_desk_lists_hold_nothing_a_patient_wrote(client: Client, query: str) -> None:
    submit(client, HERE)
    submit(client, HERE, subject_line=CANARY, message=f"Another {CANARY}")
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    inbox = reverse("admin:inquiries_inquiry_changelist")
    assert Inquiry.objects.count() == 2
    for path in (f"{inbox}{query}", reverse("admin:index"), reverse("admin:inquiries_outgoingemail_changelist")):
        response = client.get(path)
        assert response.status_code == 200
        assert not holds_canary(response.content.decode()), path
    shown = client.get(f"{inbox}{query}").content.decode()
    references = [inquiry.reference in shown for inquiry in Inquiry.objects.all()]
    assert any(references)


def test_detail_page_is_where_the_desk_reads_it(client: Client, logged: Callable[[], str]) -> None:
    submit(client, HERE)
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    response = client.get(reverse("admin:inquiries_inquiry_change", args=[Inquiry.objects.get().pk]))
    assert holds_canary(response.content.decode())
    assert "no-store" in response.headers["Cache-Control"]
    assert not holds_canary(str(response.headers) + logged())
