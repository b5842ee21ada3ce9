"""Writing down that inquiries are taken out of the site, before a single line of them leaves."""

import logging
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import User
from inquiries.enums import EventKind
from inquiries.models import Export, Inquiry, InquiryEvent

logger = logging.getLogger(__name__)

# One file is for looking at, not for keeping a second copy of the site; patients' data are held in memory.
MOST_LINES = 50_000
MOST_WITH_HEALTH_DATA = 2_000
BATCH = 500


class ExportError(Exception):
    """These inquiries cannot be exported; the message tells the manager why."""


@transaction.atomic
def record_export(
    keys: Sequence[UUID],
    *,
    by: User,
    file_format: str,
    filters: Mapping[str, str],
    with_health_data: bool,
    reason: str,
) -> Export:
    """Write down an export: who, which inquiries, why. With health data each of them counts as read by that person.

    `filters` are codes: what somebody searched for may be a patient's name. Raises ExportError.
    """
    _check(len(keys), by, with_health_data=with_health_data, reason=reason)
    export = Export.objects.create(
        made_by=by,
        file_format=file_format,
        filters=dict(filters),
        with_health_data=with_health_data,
        reason=reason.strip(),
        row_count=len(keys),
    )
    if with_health_data:
        _record_reading(keys, export, by)
    logger.info("inquiries exported", extra={"kind": file_format, "count": len(keys)})
    return export


def _check(count: int, by: User, *, with_health_data: bool, reason: str) -> None:
    """Raise ExportError for whoever does not manage, without a reason for health data, and for too much."""
    if not by.is_manager:
        raise ExportError(_("Only managers export inquiries."))
    if with_health_data and not reason.strip():
        raise ExportError(_("Enter why you need the patients' data."))
    most = MOST_WITH_HEALTH_DATA if with_health_data else MOST_LINES
    if count > most:
        words = _("These are too many inquiries: %(most)d at most go into one file. Narrow the list down first.")
        raise ExportError(words % {"most": most})


def _record_reading(keys: Sequence[UUID], export: Export, by: User) -> None:
    """Write into the history of each inquiry that the person read it in an export."""
    now, details = timezone.now(), {"export": str(export.pk)}
    for start in range(0, len(keys), BATCH):
        # Locked: one that is being erased has gone before, or waits until this is written.
        rows = Inquiry.objects.select_for_update(of=("self",)).filter(pk__in=keys[start : start + BATCH])
        InquiryEvent.objects.bulk_create(
            InquiryEvent(inquiry_id=key, kind=EventKind.READ, at=now, actor=by, details=details)
            for key in rows.order_by("pk").values_list("pk", flat=True)
        )
