"""Telling whoever answers that the patient has added something: once for everything added in one go."""

from datetime import timedelta

from django.utils import timezone

from inquiries.enums import EmailKind
from inquiries.models import Inquiry
from inquiries.services.outbox import put_or_repeat

GATHERED_FOR = timedelta(minutes=5)


def tell_coordinator(inquiry: Inquiry) -> None:
    """Queue a notice for the coordinator; what the patient adds in the next minutes is told by the same one."""
    leading = inquiry.joined_to or inquiry
    if leading.coordinator is None or leading.is_quarantined:
        return
    later = timezone.now() + GATHERED_FOR
    put_or_repeat(EmailKind.PATIENT_ADDED, leading, user=leading.coordinator.user, not_before=later)
