"""manage.py erasures: print the ledger of erasures."""

from typing import Any

from django.core.management.base import BaseCommand

from inquiries.services.ledger import erasures


class Command(BaseCommand):
    """Print the ledger of erasures, without personal data; keep it apart from the backups, newer than each of them."""

    help = "Print the ledger of erasures: digest of the inquiry, when, why, by which account. Feed it to erase_again."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Print one line for each erasure."""
        for erasure in erasures():
            self.stdout.write(erasure.as_line())
