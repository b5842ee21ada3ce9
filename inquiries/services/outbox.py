"""Putting e-mails into the outbox, and telling a worker that they are there."""

import logging
import uuid
from threading import Thread
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from coordinators.models import Coordinator, User
from inquiries.enums import EmailKind, EmailStatus
from inquiries.models import Inquiry, OutgoingEmail

logger = logging.getLogger(__name__)

DELIVER_TASK = "inquiries.tasks.deliver_email"
HINT_EXPIRES_SECONDS = 300


def put_inquiry_email(kind: EmailKind, inquiry: Inquiry, coordinator: Coordinator | None = None) -> OutgoingEmail:
    """Add an e-mail about an inquiry to the outbox; one that is there already is returned as it is."""
    email, created = OutgoingEmail.objects.get_or_create(
        inquiry=inquiry, kind=kind, coordinator=coordinator, defaults=_identity()
    )
    if created:
        send_hint(email.pk)
    return email


def send_again(email: OutgoingEmail) -> None:
    """Queue an e-mail once more, with its own Message-ID, as if it had just been made."""
    email.status = EmailStatus.PENDING
    email.created_at = email.next_attempt_at = timezone.now()
    email.sent_at = None
    email.attempts = 0
    email.last_error = ""
    email.save()
    send_hint(email.pk)


def put_staff_email(kind: EmailKind, user: User) -> OutgoingEmail:
    """Add an e-mail to a person of the staff to the outbox."""
    email = OutgoingEmail.objects.create(kind=kind, user=user, **_identity())
    send_hint(email.pk)
    return email


def send_hint(email_id: uuid.UUID) -> None:
    """Tell a worker, once the transaction is committed, that an e-mail is due; a lost hint is found by the sweep.

    The broker is asked in a thread of its own: a patient never waits for it, however silent it is.
    """
    hint = Thread(target=_publish, args=(email_id,), name="hint", daemon=True)
    transaction.on_commit(hint.start, robust=True)


def _publish(email_id: uuid.UUID) -> None:
    """Publish one message that holds the e-mail's key."""
    try:
        current_app.send_task(DELIVER_TASK, args=[str(email_id)], expires=HINT_EXPIRES_SECONDS)
    except (OperationalError, OSError) as error:
        logger.warning("hint lost, the sweep will send", extra={"email_id": email_id, "error": type(error).__name__})


def _identity() -> dict[str, object]:
    """Return a new key and the Message-ID that stays with the e-mail through every attempt."""
    email_id = uuid.uuid4()
    host = urlsplit(settings.SITE_URL).hostname
    return {"id": email_id, "message_id": f"<{email_id}@{host}>"}
