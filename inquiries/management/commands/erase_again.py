"""manage.py erase_again FILE: erase what a restored backup brought back."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inquiries.services.ledger import LedgerError, erase_again, read_ledger


class Command(BaseCommand):
    """Erase again, after a restore, what the ledger names; run it before the site is started. Nobody is told."""

    help = (
        "Erase again what the ledger (from manage.py erasures) names. Run it after a restore, before the site starts."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the ledger."""
        parser.add_argument("ledger", type=Path, metavar="FILE")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Read the whole ledger, then erase. Raises CommandError, with nothing erased, when a line cannot be read."""
        try:
            with options["ledger"].open(encoding="utf-8") as lines:
                ledger = read_ledger(lines)
        except (OSError, UnicodeDecodeError, LedgerError) as error:
            raise CommandError(str(error)) from error
        count = erase_again(ledger)
        self.stdout.write(f"{count} erased again, of {len(ledger)} in the ledger.")
