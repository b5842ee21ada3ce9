"""manage.py tidy_files: scan what was not scanned, and clear away what an interrupted upload left."""

from typing import Any

from django.core.management.base import BaseCommand

from inquiries.services.files import delete_orphans, rescan


class Command(BaseCommand):
    """Do at once what the scheduler does from time to time."""

    help = "Scan patients' files that were not scanned, and delete stored bytes that belong to no file."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Do both and say how much there was."""
        for what, count in (rescan() | {"orphans": delete_orphans()}).items():
            self.stdout.write(f"{what}: {count}")
