"""Doors for Celery: a task gets a key and calls a service. The schedule of retries is in the outbox, not here."""

from uuid import UUID

from celery import shared_task

from inquiries.services.alarms import raise_alarms
from inquiries.services.clock import keep_promises
from inquiries.services.delivery import deliver, sweep
from inquiries.services.digests import send_digests
from inquiries.services.files import rescan
from inquiries.services.inbound import collect
from inquiries.services.reports import report_reviews
from inquiries.services.retention import run_daily


@shared_task
def deliver_email(email_id: str) -> str:
    """Send one e-mail of the outbox, if it is due."""
    return deliver(UUID(email_id)).value


@shared_task
def sweep_outbox() -> int:
    """Send everything that is due: what a lost hint left behind, and what had to wait."""
    return sweep()


@shared_task
def watch_promises() -> int:
    """Remind, ask for help, or tell the patient honestly, where a promised time comes near or has passed."""
    return keep_promises()


@shared_task
def report_to_editors() -> int:
    """Tell editors, once a week, which pages and translations need them."""
    return report_reviews()


@shared_task
def collect_mail() -> int:
    """Collect replies from the clinic's mailbox, if it has one."""
    return collect()


@shared_task
def rescan_files() -> int:
    """Let the virus scanner look at files that came while it was away."""
    return sum(rescan().values())


@shared_task
def retain() -> bool:
    """Erase, once a day, what has been kept for its time."""
    return run_daily() is not None


@shared_task
def morning_overviews() -> int:
    """Tell coordinators and managers, every working morning, what waits."""
    return send_digests()


@shared_task
def watch_for_alarms() -> int:
    """Tell managers what is wrong, once an hour for each cause."""
    return raise_alarms()
