"""Putting e-mails into the outbox, and telling a worker that they are there."""

import logging
import uuid
from datetime import datetime
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from coordinators.models import Coordinator, User
from inquiries.enums import EmailKind, EmailStatus
from inquiries.models import Inquiry, OutgoingEmail, Tombstone

logger = logging.getLogger(__name__)

DELIVER_TASK = "inquiries.tasks.deliver_email"
HINT_EXPIRES_SECONDS = 300


def put_inquiry_email(
    kind: EmailKind,
    inquiry: Inquiry,
    coordinator: Coordinator | None = None,
    *,
    user: User | None = None,
    about: uuid.UUID | None = None,
    language: str = "",
    address: str | None = None,
    not_before: datetime | None = None,
) -> OutgoingEmail:
    """Add an e-mail about an inquiry to the outbox; one that is there already is returned as it is.

    `about` makes room for several e-mails of one kind: one for each code, message or promise. `address` is given where
    the inquiry does not hold it any more; otherwise whoever receives it is looked up when it is sent.
    """
    recipient = f"u{user.pk}" if user else (coordinator.pk if coordinator else "")
    slot = f"{kind}:{inquiry.pk}:{recipient}" + (f":{about}" if about else "")
    values = {
        "kind": kind, "inquiry": inquiry, "coordinator": coordinator, "user": user, "about": about,
        "language": language, "address": address, **_identity(),
    }  # fmt: skip
    if not_before:
        values["next_attempt_at"] = not_before
    email, created = OutgoingEmail.objects.get_or_create(slot=slot, defaults=values)
    if created:
        send_hint(email.pk)
    return email


@transaction.atomic
def put_or_repeat(
    kind: EmailKind,
    inquiry: Inquiry,
    coordinator: Coordinator | None = None,
    *,
    user: User | None = None,
    about: uuid.UUID | None = None,
    not_before: datetime | None = None,
) -> None:
    """Add an e-mail that may be called for several times; one that still waits tells of all of them.

    One that has left is queued once more under a new Message-ID: it is news, and no mail system may take it for a copy.
    """
    waiting = put_inquiry_email(kind, inquiry, coordinator, user=user, about=about, not_before=not_before)
    # Locked: nobody begins to send it before what it tells of is committed. An attempt that runs now may tell of less.
    email = OutgoingEmail.objects.select_for_update(of=("self",)).get(pk=waiting.pk)
    if email.status != EmailStatus.PENDING:
        email.message_id = _message_id(uuid.uuid4())
        send_again(email, not_before=not_before)


def put_farewell_email(
    kind: EmailKind, tombstone: Tombstone, *, user: User | None = None, address: str | None = None, language: str = ""
) -> OutgoingEmail:
    """Add an e-mail about an inquiry that is erased; a patient's address is kept until it has left."""
    email = OutgoingEmail.objects.create(
        kind=kind, tombstone=tombstone, user=user, address=address, language=language, **_with_own_slot()
    )
    send_hint(email.pk)
    return email


def send_again(email: OutgoingEmail, *, not_before: datetime | None = None) -> None:
    """Queue an e-mail once more, with its own Message-ID, as if it had just been made."""
    email.status = EmailStatus.PENDING
    email.created_at = timezone.now()
    email.next_attempt_at = not_before or email.created_at
    email.sent_at = email.failed_at = None
    email.claim = email.lease_until = None
    email.attempts = 0
    email.last_error = ""
    email.save()
    send_hint(email.pk)


def put_staff_email(kind: EmailKind, user: User, *, slot: str = "", topic: str = "") -> OutgoingEmail:
    """Add an e-mail to a person of the staff to the outbox; one that is in the slot already is returned as it is."""
    values = {"kind": kind, "user": user, "topic": topic, **_with_own_slot()}
    if slot:
        values["slot"] = slot
    email, created = OutgoingEmail.objects.get_or_create(slot=values.pop("slot"), defaults=values)
    if created:
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


def _with_own_slot() -> dict[str, Any]:
    """Return a new identity in a slot of its own: every call makes another e-mail."""
    identity = _identity()
    return {**identity, "slot": str(identity["id"])}


def _identity() -> dict[str, Any]:
    """Return a new key and the Message-ID that stays with the e-mail through every attempt."""
    email_id = uuid.uuid4()
    return {"id": email_id, "message_id": _message_id(email_id)}


def _message_id(unique: uuid.UUID) -> str:
    """Return a Message-ID of this site."""
    return f"<{unique}@{urlsplit(settings.SITE_URL).hostname}>"
