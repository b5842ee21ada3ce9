"""The desk's own sheet of an inquiry. Who saves a sheet that somebody else has changed meanwhile is shown both."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import User
from inquiries.checklist import in_order
from inquiries.enums import EventKind
from inquiries.models import DeskSheet, Inquiry
from inquiries.services.errors import TriageError
from inquiries.services.events import lock, write_event


class SheetChangedError(TriageError):
    """Somebody was faster; `current` is what they saved."""

    def __init__(self, current: DeskSheet) -> None:
        super().__init__(_("Somebody changed this while you were writing."))
        self.current = current


def sheet_of(inquiry: Inquiry) -> DeskSheet:
    """Return the inquiry's sheet; an empty one of version 0, not stored, while nobody has written anything."""
    stored = DeskSheet.objects.select_related("updated_by").filter(inquiry=inquiry).first()
    return stored or DeskSheet(inquiry=inquiry, version=0)


@transaction.atomic
def save_sheet(
    inquiry: Inquiry,
    *,
    by: User,
    version: int,
    notes: str,
    checklist: Iterable[str],
    follow_up_on: date | None,
) -> DeskSheet:
    """Store the sheet that was written from `version`. Raises SheetChangedError when there is a newer one.

    The same words again change nothing, whichever version they were written from.
    """
    locked = lock(inquiry)
    sheet, ticked = sheet_of(locked), in_order(checklist)
    if (sheet.notes, sheet.checklist, sheet.follow_up_on) == (notes, ticked, follow_up_on):
        return sheet
    if sheet.version != version:
        raise SheetChangedError(sheet)
    sheet.notes, sheet.checklist, sheet.follow_up_on = notes, ticked, follow_up_on
    sheet.version += 1
    sheet.updated_by = by
    sheet.updated_at = timezone.now()
    sheet.save()
    write_event(locked, EventKind.NOTED, by)
    return sheet
