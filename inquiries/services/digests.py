"""The morning's overviews: one e-mail on every working day, for whoever wants it and has something waiting."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy, User
from coordinators.roster import Roster, get_policy, office_calendar
from inquiries.enums import EmailKind
from inquiries.models import Heartbeat
from inquiries.overviews import managers_view, own_counts
from inquiries.services.outbox import put_staff_email

# When the overviews were last looked into; once a day, whether or not there was anything to say
BEAT = "morning-overviews"
# A scheduler that comes back later than this sends none: it is no morning any more.
LATEST_AFTER = timedelta(hours=4)


@transaction.atomic
def send_digests() -> int:
    """Queue the overviews if it is a working morning and nobody has done so today; return how many."""
    now = timezone.now()
    if not _is_time(now):
        return 0
    last, is_first = Heartbeat.objects.select_for_update().get_or_create(name=BEAT, defaults={"beat_at": now})
    zone = get_policy().zone
    today = now.astimezone(zone).date()
    if not is_first and last.beat_at.astimezone(zone).date() >= today:
        return 0
    last.beat_at = now
    last.save(update_fields=["beat_at"])
    readers = [(EmailKind.DIGEST, user) for user in _coordinators(now)]
    if not managers_view(now).is_empty:
        readers += [(EmailKind.MANAGER_DIGEST, user) for user in _managers()]
    for kind, user in readers:
        put_staff_email(kind, user, slot=f"{kind}:{user.pk}:{today}")
    return len(readers)


def _is_time(now: datetime) -> bool:
    """Return whether it is the morning of a day on which the clinic works."""
    policy = ReplyPolicy.objects.first()
    if policy is None:
        return False
    here = now.astimezone(policy.zone)
    start = datetime.combine(here.date(), settings.DIGEST_TIME, tzinfo=policy.zone)
    if not start <= now < start + LATEST_AFTER:
        return False
    midnight = datetime.combine(here.date(), time.min, tzinfo=policy.zone)
    spans = office_calendar(policy).spans_from(midnight)
    return bool(spans) and spans[0].start.astimezone(policy.zone).date() == here.date()


def _coordinators(now: datetime) -> list[User]:
    """Return the coordinators who want an overview, are there, and have something waiting."""
    roster = Roster(now)
    wanting = Coordinator.objects.filter(user__is_active=True, user__wants_digest=True).select_related("user")
    people = [item.user for item in wanting.order_by("pk") if not roster.is_away(item.pk, now)]
    return [user for user in people if user.handles_inquiries and not own_counts(user, now).is_empty]


def _managers() -> list[User]:
    """Return the managers who want an overview."""
    return list(User.objects.filter(is_active=True, role=Role.MANAGER, wants_digest=True).order_by("pk"))
