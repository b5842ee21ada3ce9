"""Erasing an inquiry: everything goes at once, and a record without personal data stays."""

import hashlib
import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordinators.models import User
from coordinators.roster import get_policy
from inquiries.enums import EmailKind, ErasedBy
from inquiries.models import Inquiry, OutgoingEmail, Tombstone
from inquiries.services.events import lock
from inquiries.services.files import delete_files_of
from inquiries.services.outbox import put_farewell_email

logger = logging.getLogger(__name__)


def inquiry_digest(inquiry_id: UUID) -> str:
    """Return what the record keeps of an inquiry's id: enough to find the row again in a restored backup."""
    return hashlib.sha256(inquiry_id.bytes).hexdigest()


def erase(inquiry: Inquiry, reason: ErasedBy, *, by: User | None = None) -> Tombstone:
    """Erase an inquiry, what was added to it, and their files; return the record that stays.

    The patient and whoever had the inquiry are told, except at the end of its time. The patient's address is kept,
    sealed, until that last e-mail has left.
    """
    with transaction.atomic():
        # Locked first: a file that is being added waits, and finds that the inquiry is gone.
        locked = lock(inquiry)
        additions = [lock(addition) for addition in locked.additions.all()]
        for row in (*additions, locked):
            delete_files_of(row)
        tombstone = _bury(locked, reason, by)
        for addition in additions:
            _bury(addition, reason, by)
        if reason != ErasedBy.RETENTION:
            for row in (locked, *additions):
                _tell_old_addresses(row, tombstone)
            _say_goodbye(locked, tombstone)
        locked.delete()
    logger.info("inquiry erased", extra={"inquiry_id": inquiry.pk, "kind": reason.value})
    return tombstone


def _bury(inquiry: Inquiry, reason: ErasedBy, by: User | None) -> Tombstone:
    """Write the record of an erasure."""
    now, zone = timezone.now(), get_policy().zone
    return Tombstone.objects.create(
        reference=inquiry.reference,
        inquiry_digest=inquiry_digest(inquiry.pk),
        received_on=inquiry.received_at.astimezone(zone).date(),
        consent_version=inquiry.consent.version,
        erased_at=now,
        erased_by=by,
        reason=reason,
        backups_gone_on=now.astimezone(zone).date() + timedelta(days=settings.BACKUP_DAYS),
    )


def _tell_old_addresses(inquiry: Inquiry, tombstone: Tombstone) -> None:
    """Tell whoever was to hear of changed contact data and has not yet: those e-mails go with the inquiry."""
    waiting = OutgoingEmail.objects.on_the_way().filter(inquiry=inquiry, kind=EmailKind.ADDRESS_CHANGED)
    for address in {email.address for email in waiting if email.address} - {inquiry.email}:
        put_farewell_email(EmailKind.ERASED, tombstone, address=address, language=inquiry.language)


def _say_goodbye(inquiry: Inquiry, tombstone: Tombstone) -> None:
    """Queue the last e-mails: to the patient, and to whoever had the inquiry."""
    if inquiry.email:
        put_farewell_email(EmailKind.ERASED, tombstone, address=inquiry.email, language=inquiry.language)
    leading = inquiry.joined_to or inquiry
    if leading.coordinator and leading.coordinator.user.is_active:
        put_farewell_email(EmailKind.WITHDRAWN, tombstone, user=leading.coordinator.user)
