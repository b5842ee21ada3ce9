"""Doors for Celery: a task gets a key and calls a service. The schedule of retries is in the outbox, not here."""

from uuid import UUID

from celery import shared_task

from inquiries.services.delivery import deliver, sweep
from inquiries.services.reports import report_reviews


@shared_task
def deliver_email(email_id: str) -> str:
    """Send one e-mail of the outbox, if it is due."""
    return deliver(UUID(email_id)).value


@shared_task
def sweep_outbox() -> int:
    """Send everything that is due: what a lost hint left behind, and what had to wait."""
    return sweep()


@shared_task
def report_to_editors() -> int:
    """Tell editors, once a week, which pages and translations need them."""
    return report_reviews()
