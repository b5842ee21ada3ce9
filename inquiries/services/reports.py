"""What editors are told once a week: pages whose review is overdue, translations that are not in step.

The outbox carries these e-mails too, so they are as sure to arrive as a patient's; that is why they live here.
"""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import User
from coordinators.roster import clinic_today
from inquiries.enums import EmailKind
from inquiries.models import Heartbeat
from inquiries.services.outbox import put_staff_email
from treatments.coverage import gaps, overdue_pages

EVERY = timedelta(days=7)


@transaction.atomic
def report_reviews() -> int:
    """Queue the weekly report for editors, if a week has passed and there is something to say; return how many."""
    now = timezone.now()
    last, is_first = Heartbeat.objects.select_for_update().get_or_create(
        name=Heartbeat.REVIEW_REPORT, defaults={"beat_at": now}
    )
    if not is_first and now - last.beat_at < EVERY:
        return 0
    last.beat_at = now
    last.save(update_fields=["beat_at"])
    if not (overdue_pages(clinic_today()) or gaps()):
        return 0
    editors = User.objects.filter(is_active=True, role=Role.EDITOR)
    readers = editors if editors.exists() else User.objects.filter(is_active=True, role=Role.MANAGER)
    return len([put_staff_email(EmailKind.REVIEW_REPORT, reader) for reader in readers])
