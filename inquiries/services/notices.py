"""Telling whoever answers: that an inquiry is theirs, and that its patient has added something."""

from datetime import timedelta

from django.utils import timezone

from inquiries.enums import EmailKind
from inquiries.models import Inquiry
from inquiries.services.outbox import put_or_repeat

GATHERED_FOR = timedelta(minutes=5)


def tell_owner(inquiry: Inquiry) -> None:
    """Queue the notice that the inquiry is theirs, once more for somebody who had it before; else for the clinic."""
    if inquiry.is_quarantined:
        # Nothing leaves before a person has looked.
        return
    if inquiry.coordinator:
        put_or_repeat(EmailKind.HANDOVER, inquiry, inquiry.coordinator)
    else:
        put_or_repeat(EmailKind.HANDOVER_FALLBACK, inquiry)


def tell_coordinator(inquiry: Inquiry) -> None:
    """Queue a notice that the patient has added something; the next minutes add to the same one."""
    leading = inquiry.joined_to or inquiry
    if leading.coordinator is None or leading.is_quarantined:
        return
    later = timezone.now() + GATHERED_FOR
    put_or_repeat(EmailKind.PATIENT_ADDED, leading, user=leading.coordinator.user, not_before=later)
