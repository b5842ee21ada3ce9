"""Lines of an inquiry's history."""

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from coordinators.models import User
from inquiries.enums import EventKind
from inquiries.models import Inquiry, InquiryEvent


def write_event(
    inquiry: Inquiry,
    kind: EventKind,
    by: User | None = None,
    *,
    note: str = "",
    contact_result: str = "",
    details: Mapping[str, object] | None = None,
    at: datetime | None = None,
) -> None:
    """Write one line of the history; without a person it was the patient or the clock."""
    InquiryEvent.objects.create(
        inquiry=inquiry,
        kind=kind,
        at=at or timezone.now(),
        actor=by,
        note=note,
        contact_result=contact_result,
        details=dict(details or {}),
    )


def lock(inquiry: Inquiry) -> Inquiry:
    """Return the inquiry as it is now, locked until the transaction ends.

    One that was added to another is locked after that other, as erasing does it: else two could wait for each other.
    """
    rows = Inquiry.objects.select_for_update(of=("self",))
    if inquiry.joined_to_id:
        rows.filter(pk=inquiry.joined_to_id).first()
    return rows.get(pk=inquiry.pk)
