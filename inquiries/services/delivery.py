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
from inquiries.enums import EmailKind, EmailStatus, EventKind
from inquiries.models import AccessCode, Heartbeat, Inquiry, OutgoingEmail
from inquiries.services.events import lock, write_event
from inquiries.services.links import answer_link_requests
from inquiries.services.outbox import put_or_repeat
from inquiries.services.undelivered import mark_refusing, went_to_present_address, write_undelivered

logger = logging.getLogger(__name__)

BACK_OFF_MINUTES = (1, 2, 5, 10, 30)
LATER_MINUTES = 60
SERVER_AWAY_MINUTES = 1
GIVE_UP_AFTER = timedelta(hours=72)
# The server says that this recipient or this message will never be accepted.
PERMANENT_REFUSALS = frozenset({550, 551, 553, 554})
# "Service not available, closing", whatever was asked
CLOSING = 421
# It objects to us or to our words (RFC 3463), and says nothing of the mailbox.
POLICY = b"5.7."
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
    """The server refused this e-mail; `is_by_mailbox` where it said so of the one to whom it goes."""

    def __init__(self, code: int, *, is_by_mailbox: bool = False) -> None:
        super().__init__(str(code))
        self.code = code
        self.is_by_mailbox = is_by_mailbox


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
    return _attempt(email, claim, connection or get_connection(), now)


def _attempt(email: OutgoingEmail, claim: uuid.UUID, connection: BaseEmailBackend, now: datetime) -> Outcome:
    """Send an e-mail that was claimed `now`, and record what came of it."""
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
            _give_up(email, claim, str(error.code), refused_at=now if error.is_by_mailbox else None)
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
    except OSError as error:  # every error of smtplib is one
        _close(connection)
        raise _meaning(error) from error


def _meaning(error: OSError) -> _RefusedError | _ServerAwayError:
    """Return what the server meant: this e-mail alone, or everything that we send."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        if code != CLOSING:
            return _RefusedError(code, is_by_mailbox=not text.startswith(POLICY))
    if isinstance(error, smtplib.SMTPDataError) and error.smtp_code != CLOSING:
        return _RefusedError(error.smtp_code)
    if isinstance(error, smtplib.SMTPSenderRefused):
        # Every e-mail has the same sender: an account that ran out, a wrong address. No patient's mailbox is meant.
        return _ServerAwayError(f"sender refused {error.smtp_code}")
    return _ServerAwayError(type(error).__name__)


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
        inquiry = _locked_inquiry(email)
        is_ours = _finish(email, claim, status=EmailStatus.SENT, sent_at=timezone.now(), last_error="", address=None)
        if is_ours and inquiry:
            write_event(inquiry, EventKind.EMAIL_SENT, details=_details(email))
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


def _give_up(email: OutgoingEmail, claim: uuid.UUID, error: str, *, refused_at: datetime | None = None) -> None:
    """Record that the e-mail cannot be delivered, and tell the fallback mailbox when it was a coordinator's.

    A patient's mailbox that refused it for good (in the attempt of `refused_at`) means that the coordinator must phone.
    """
    now = timezone.now()
    with transaction.atomic():
        inquiry = _locked_inquiry(email)
        if not _finish(email, claim, status=EmailStatus.FAILED, failed_at=now, last_error=error, address=None):
            return
        if inquiry:
            write_undelivered(inquiry, EventKind.EMAIL_FAILED, _details(email))
            if refused_at and went_to_present_address(email, inquiry, refused_at):
                mark_refusing(inquiry, now)
                write_undelivered(inquiry, EventKind.EMAIL_REFUSED)
            if email.kind == EmailKind.HANDOVER:
                put_or_repeat(EmailKind.HANDOVER_FALLBACK, inquiry)
    logger.error("e-mail given up", extra={"email_id": email.pk, "kind": email.kind, "error": error})


def _locked_inquiry(email: OutgoingEmail) -> Inquiry | None:
    """Lock the inquiry before its e-mail, in the order of everybody else: else two could wait for each other."""
    try:
        return lock(email.inquiry) if email.inquiry else None
    except Inquiry.DoesNotExist:
        # Erased in the meantime, and its e-mails with it.
        return None


def _finish(email: OutgoingEmail, claim: uuid.UUID, **values: object) -> bool:
    """End an attempt, if the claim is still ours: after the lease somebody else may have it."""
    mine = OutgoingEmail.objects.filter(pk=email.pk, claim=claim)
    return bool(mine.update(claim=None, lease_until=None, **values))


def _details(email: OutgoingEmail) -> dict[str, str]:
    """Return which e-mail a line of the history is about."""
    return {"email": str(email.pk), "kind": email.kind}
