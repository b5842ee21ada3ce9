"""Sending what lies in the outbox: claim, make, send, record. Repeats are possible, losses are not.

An e-mail is claimed for a while (a lease). A sender that dies in between leaves the claim to run out, and the sweep
sends again with the same Message-ID (RELIABILITY.md §1, docs/adr/0001).
"""

import logging
import smtplib
import uuid
from datetime import datetime, timedelta
from enum import Enum

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.utils import timezone

from inquiries.emails import NoRecipientError, build_email
from inquiries.enums import PATIENT_KINDS, EmailKind, EmailStatus, EventKind
from inquiries.models import AccessCode, Heartbeat, Inquiry, InquiryEvent, OutgoingEmail
from inquiries.services.links import answer_link_requests
from inquiries.services.outbox import put_inquiry_email

logger = logging.getLogger(__name__)

BACK_OFF_MINUTES = (1, 2, 5, 10, 30)
LATER_MINUTES = 60
SERVER_AWAY_MINUTES = 1
GIVE_UP_AFTER = timedelta(hours=72)
# The server says that this recipient or this message will never be accepted.
PERMANENT_REFUSALS = frozenset({550, 551, 553, 554})
SWEEP_BATCH = 500


class Outcome(Enum):
    """What became of one attempt."""

    SENT = "sent"
    NOT_DUE = "not due"
    REFUSED_FOR_NOW = "refused for now"
    REFUSED = "refused"
    SERVER_AWAY = "server away"


class _ServerAwayError(Exception):
    """No mail server answers, or it takes nothing from anybody now."""


class _RefusedError(Exception):
    """The server refused this e-mail."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


def deliver(email_id: uuid.UUID, connection: BaseEmailBackend | None = None) -> Outcome:
    """Send one e-mail if it is due and nobody else is sending it, and record what came of it."""
    now = timezone.now()
    lease = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
    claim = OutgoingEmail.objects.claim(email_id, now=now, lease=lease)
    if claim is None:
        return Outcome.NOT_DUE
    rows = OutgoingEmail.objects.select_related(
        "inquiry__coordinator__user", "inquiry__treatment", "inquiry__private_link", "coordinator__user", "user",
        "tombstone",
    )  # fmt: skip
    email = rows.filter(pk=email_id).first()
    if email is None:
        # Erased in the meantime, and its e-mails with it.
        return Outcome.NOT_DUE
    if email.about and AccessCode.objects.filter(pk=email.about, expires_at__lte=now).exists():
        # A code that opens nothing any more would only puzzle whoever reads it.
        _give_up(email, claim, "code has expired")
        return Outcome.REFUSED
    return _attempt(email, claim, connection or get_connection())


def _attempt(email: OutgoingEmail, claim: uuid.UUID, connection: BaseEmailBackend) -> Outcome:
    """Send a claimed e-mail and record what came of it."""
    try:
        _send(email, connection)
    except _ServerAwayError as error:
        _try_later(email, claim, SERVER_AWAY_MINUTES, str(error))
        return Outcome.SERVER_AWAY
    except NoRecipientError:
        _give_up(email, claim, "no recipient")
        return Outcome.REFUSED
    except _RefusedError as error:
        if error.code in PERMANENT_REFUSALS:
            _give_up(email, claim, str(error.code), is_refused=True)
            return Outcome.REFUSED
        _try_later(email, claim, _back_off(email.attempts), str(error.code))
        return Outcome.REFUSED_FOR_NOW
    except Exception as error:  # one that cannot be made must not stop the others; it is given up in the end
        logger.exception("e-mail could not be made", extra={"email_id": email.pk})
        _try_later(email, claim, _back_off(email.attempts), type(error).__name__)
        return Outcome.REFUSED_FOR_NOW
    _record_sent(email, claim)
    return Outcome.SENT


def sweep() -> int:
    """Send everything that is due and return how many were sent; stops early when the mail server is away."""
    sent = 0
    answer_link_requests()
    connection = get_connection()
    due = OutgoingEmail.objects.due(timezone.now()).order_by("next_attempt_at")
    for email_id in list(due.values_list("pk", flat=True)[:SWEEP_BATCH]):
        outcome = deliver(email_id, connection)
        sent += outcome is Outcome.SENT
        if outcome is Outcome.SERVER_AWAY:
            break
    _close(connection)
    Heartbeat.objects.update_or_create(name=Heartbeat.SWEEP, defaults={"beat_at": timezone.now()})
    return sent


def _send(email: OutgoingEmail, connection: BaseEmailBackend) -> None:
    """Make and send one e-mail; the server's answers become two kinds of error."""
    message = build_email(email)
    try:
        connection.send_messages([message])
    except smtplib.SMTPRecipientsRefused as error:
        code, _text = next(iter(error.recipients.values()))
        _close(connection)
        raise _RefusedError(code) from error
    except (smtplib.SMTPConnectError, smtplib.SMTPHeloError, smtplib.SMTPAuthenticationError) as error:
        _close(connection)
        raise _ServerAwayError(type(error).__name__) from error
    except smtplib.SMTPResponseException as error:
        _close(connection)
        if error.smtp_code == 421:  # noqa: PLR2004  # "service not available, closing", whatever was asked
            raise _ServerAwayError(str(error.smtp_code)) from error
        raise _RefusedError(error.smtp_code) from error
    except OSError as error:
        _close(connection)
        raise _ServerAwayError(type(error).__name__) from error


def _close(connection: BaseEmailBackend) -> None:
    """Close a connection that may be broken already."""
    try:
        connection.close()
    except (smtplib.SMTPException, OSError):
        logger.debug("mail connection was closed already")


def _back_off(attempts: int) -> int:
    """Return the minutes until the next attempt: 1, 2, 5, 10, 30, then hourly."""
    return BACK_OFF_MINUTES[attempts - 1] if attempts <= len(BACK_OFF_MINUTES) else LATER_MINUTES


def _record_sent(email: OutgoingEmail, claim: uuid.UUID) -> None:
    """Record that the mail server took the e-mail."""
    with transaction.atomic():
        _lock_inquiry(email)
        if _finish(email, claim, status=EmailStatus.SENT, sent_at=timezone.now(), last_error="", address=None):
            _note(email, EventKind.EMAIL_SENT)
    logger.info("e-mail sent", extra={"email_id": email.pk, "kind": email.kind, "attempt": email.attempts})


def _try_later(email: OutgoingEmail, claim: uuid.UUID, minutes: int, error: str) -> None:
    """Put the e-mail back for another attempt, or give it up after three days."""
    now: datetime = timezone.now()
    if now - email.created_at > GIVE_UP_AFTER:
        _give_up(email, claim, error)
        return
    next_attempt_at = now + timedelta(minutes=minutes)
    _finish(email, claim, status=EmailStatus.PENDING, next_attempt_at=next_attempt_at, last_error=error)
    logger.warning("e-mail waits", extra={"email_id": email.pk, "attempt": email.attempts, "error": error})


def _give_up(email: OutgoingEmail, claim: uuid.UUID, error: str, *, is_refused: bool = False) -> None:
    """Record that the e-mail cannot be delivered, and tell the fallback mailbox when it was a coordinator's.

    A patient's mailbox that refuses for good means that the coordinator must phone.
    """
    with transaction.atomic():
        _lock_inquiry(email)
        if not _finish(email, claim, status=EmailStatus.FAILED, last_error=error, address=None):
            return
        _note(email, EventKind.EMAIL_FAILED)
        if is_refused and email.inquiry and _is_to_address_on_file(email, email.inquiry):
            Inquiry.objects.filter(pk=email.inquiry.pk).update(email_refused_at=timezone.now())
            InquiryEvent.objects.create(inquiry=email.inquiry, kind=EventKind.EMAIL_REFUSED)
        if email.kind == EmailKind.HANDOVER and email.inquiry:
            put_inquiry_email(EmailKind.HANDOVER_FALLBACK, email.inquiry)
    logger.error("e-mail given up", extra={"email_id": email.pk, "kind": email.kind, "error": error})


def _is_to_address_on_file(email: OutgoingEmail, inquiry: Inquiry) -> bool:
    """Return whether an e-mail went to the patient's present address, and not to one that was corrected since."""
    changed = inquiry.contact_changed_at
    is_old = email.kind == EmailKind.ADDRESS_CHANGED or (changed is not None and changed > email.created_at)
    return email.kind in PATIENT_KINDS and not is_old


def _lock_inquiry(email: OutgoingEmail) -> None:
    """Lock the inquiry before its e-mail, in the order of everybody else: else two could wait for each other."""
    if email.inquiry:
        Inquiry.objects.select_for_update(of=("self",)).filter(pk=email.inquiry.pk).first()


def _finish(email: OutgoingEmail, claim: uuid.UUID, **values: object) -> bool:
    """End an attempt, if the claim is still ours: after the lease somebody else may have it."""
    mine = OutgoingEmail.objects.filter(pk=email.pk, claim=claim)
    return bool(mine.update(claim=None, lease_until=None, **values))


def _note(email: OutgoingEmail, kind: EventKind) -> None:
    """Write what became of the e-mail into the inquiry's history."""
    if email.inquiry:
        details = {"email": str(email.pk), "kind": email.kind}
        InquiryEvent.objects.create(inquiry=email.inquiry, kind=kind, details=details)
