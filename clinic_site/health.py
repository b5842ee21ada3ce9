"""Whether the site is alive, and whether it can take inquiries."""

from datetime import timedelta

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, Min
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from inquiries.models import Heartbeat, OutgoingEmail
from inquiries.watch import LATE_JOB, LATE_MAILBOX, LATE_RETENTION, SLOW_MAIL, past_date, silence

BROKER_SECONDS = 1


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # Django's signature
    """Say that the process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:  # noqa: ARG001  # Django's signature
    """Say whether inquiries can be taken (200) or not (503), and what else is not as it should be (`degraded`)."""
    try:
        if not _is_migrated():
            return JsonResponse({"status": "unavailable", "database": "not migrated"}, status=503)
        findings = {
            "broker": _broker(),
            "oldest_unsent_email": _oldest_unsent(),
            "last_sweep": _last_beat(Heartbeat.SWEEP),
            "last_promise_watch": _last_beat(Heartbeat.CLOCK),
            "retention": _retention(),
            **_mailbox(),
        }
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "unavailable", "database": "not reachable"}, status=503)
    degraded = sorted(name for name, (good, _value) in findings.items() if not good)
    return JsonResponse(
        {
            "status": "degraded" if degraded else "ok",
            "degraded": degraded,
            "database": "ok",
            **{name: value for name, (_good, value) in findings.items()},
        }
    )


def _is_migrated() -> bool:
    """Return whether every migration of the code is applied."""
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _broker() -> tuple[bool, str]:
    """Return whether the broker answers at once."""
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except (OperationalError, OSError):
        return False, "not reachable"
    return True, "ok"


def _oldest_unsent() -> tuple[bool, str]:
    """Return whether e-mails flow, and how long the oldest has waited."""
    # Counted too: asked for the oldest alone, SQLite would look for it among all that have ever left.
    waiting = OutgoingEmail.objects.on_the_way().aggregate(number=Count("pk"), oldest=Min("created_at"))
    oldest = waiting["oldest"]
    if oldest is None:
        return True, "none"
    age = timezone.now() - oldest
    return age <= SLOW_MAIL, f"{int(age.total_seconds())} s"


def _mailbox() -> dict[str, tuple[bool, str]]:
    """Return whether replies are collected, and how long ago they last were; nothing where no mailbox is named."""
    return {"mailbox": _last_beat(Heartbeat.MAILBOX, LATE_MAILBOX)} if settings.IMAP_URL else {}


def _last_beat(name: str, limit: timedelta = LATE_JOB) -> tuple[bool, str]:
    """Return whether a scheduled job runs, and how long ago it last did."""
    age = silence(name, timezone.now())
    if age is None:
        return False, "never"
    return age <= limit, f"{int(age.total_seconds())} s"


def _retention() -> tuple[bool, str]:
    """Return whether records go when their time is over, and how long at most the oldest is past its date."""
    late = past_date(timezone.now())
    return late <= LATE_RETENTION, f"{max(late.days, 0)} days"
