"""manage.py retain: erase what has been kept for its time."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inquiries.services.retention import run_retention


class Command(BaseCommand):
    """Erase what has been kept for its time (RETENTION_… in docs/configuration.md); the scheduler does it every day."""

    help = "Erase what has been kept for its time. With --dry-run it only counts."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option to change nothing."""
        parser.add_argument("--dry-run", action="store_true", help="count, and erase nothing")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Erase, and say how much there was of each kind. Raises CommandError when something could not be erased."""
        report = run_retention(dry_run=options["dry_run"])
        for name, count in report.counts.items():
            self.stdout.write(f"{name}: {count}")
        self.stdout.write(f"oldest record past its date: {report.left.days} days")
        if report.failed:
            message = f"{report.failed} could not be erased; the log says why."
            raise CommandError(message)
