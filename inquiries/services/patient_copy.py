"""Handing a patient everything about the inquiry, and writing down that it was done."""

from django.db import transaction
from django.utils import timezone

from inquiries.enums import EventKind
from inquiries.models import Inquiry
from inquiries.personal_data import everything_about
from inquiries.services.events import write_event


@transaction.atomic
def export_data(inquiry: Inquiry) -> dict[str, object]:
    """Return everything about `inquiry` as plain data; the history says that it was handed out."""
    write_event(inquiry, EventKind.EXPORTED)
    return {
        "reference": inquiry.reference,
        "exported_at": timezone.now(),
        "data": everything_about(inquiry),
    }
