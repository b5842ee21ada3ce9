"""manage.py reseal: seal everything again with the newest key."""

from typing import Any

from django.core.management.base import BaseCommand

from inquiries.services.reseal import reseal


class Command(BaseCommand):
    """Seal everything again with the newest key; run it after a key was added in front of FIELD_ENCRYPTION_KEYS."""

    help = "Seal everything again with the newest key of FIELD_ENCRYPTION_KEYS."

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Seal again and say how much there was."""
        for label, rows in reseal().items():
            self.stdout.write(f"{label}: {rows}")
