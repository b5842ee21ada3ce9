"""manage.py collect_mail: collect replies from the clinic's mailbox, for hosts without a scheduler."""

from typing import Any

from django.core.management.base import BaseCommand

from inquiries.services.inbound import collect, unfiled_count


class Command(BaseCommand):
    """Collect replies once."""

    help = "Collect replies from the clinic's mailbox (IMAP_URL) and file them with their inquiries."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Collect, and say how many e-mails that were and how many wait there for a person."""
        self.stdout.write(f"{collect()} collected, {unfiled_count()} wait in the mailbox for a person.")
