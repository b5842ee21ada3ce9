"""Telling managers at once when something is wrong: one e-mail for each cause, at most once an hour."""

from datetime import UTC, datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import User
from inquiries.alarms import Finding, find_alarms, is_to_tell
from inquiries.enums import EmailKind
from inquiries.models import Heartbeat, OutgoingEmail
from inquiries.services.outbox import put_staff_email

# Held by whoever looks, so that two schedulers tell once
BEAT = "alarms"

Told = dict[tuple[int | None, str], datetime]


@transaction.atomic
def raise_alarms() -> int:
    """Look for everything that is wrong, and queue what managers were not told within the hour; return how many."""
    now = timezone.now()
    Heartbeat.objects.get_or_create(name=BEAT, defaults={"beat_at": now})
    Heartbeat.objects.select_for_update().get(name=BEAT)
    findings = find_alarms(now)
    readers = User.objects.filter(is_active=True, role=Role.MANAGER, wants_alarms=True).order_by("pk")
    managers = list(readers) if findings else []
    told, waiting = _told(managers)
    queued = 0
    for user in managers:
        for finding in findings:
            key = (user.pk, finding.cause.value)
            # While the last one has not left, another would only make the heap higher.
            if key not in waiting and is_to_tell(finding, told.get(key), now):
                put_staff_email(EmailKind.ALARM, user, slot=_slot(finding, user, now), topic=finding.cause.value)
                queued += 1
    Heartbeat.objects.filter(name=BEAT).update(beat_at=now)
    return queued


def _told(managers: list[User]) -> tuple[Told, set[tuple[int | None, str]]]:
    """Return when each manager was last told of each cause, and which of these e-mails have not left yet."""
    alarms = OutgoingEmail.objects.filter(user__in=managers, kind=EmailKind.ALARM)
    rows = alarms.values_list("user", "topic").annotate(last=Max("created_at")).order_by()
    unsent = alarms.on_the_way().order_by().values_list("user", "topic").distinct()
    return {(user, topic): last for user, topic, last in rows}, set(unsent)


def _slot(finding: Finding, user: User, now: datetime) -> str:
    """Return the slot of one cause, one person and one hour."""
    return f"{EmailKind.ALARM}:{finding.cause}:{user.pk}:{now.astimezone(UTC):%Y-%m-%dT%H}"
