"""manage.py dsar EMAIL FILE: everything that the site holds about a person."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from inquiries.services.subject_access import hand_out


class Command(BaseCommand):
    """Answer a request for a person's data (GDPR Art. 15). First make sure that the person is who they say."""

    help = "Write everything about the person with this e-mail address into a new ZIP file that only you can read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the address and the file."""
        parser.add_argument("email")
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Write the file. Raises CommandError when there is one of that name, or its folder is missing."""
        try:
            descriptor = os.open(options["file"], os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise CommandError(str(error)) from error
        with os.fdopen(descriptor, "wb") as target:
            handed = hand_out(options["email"], target)
        self.stdout.write(f"inquiries: {' '.join(handed.references) or 'none'}; files: {handed.files}")
        if handed.missing_files:
            self.stdout.write(f"files that could not be opened: {handed.missing_files}")
        if handed.doubtful:
            self.stdout.write(
                f"left out, because the contact data changed and nobody confirmed the person: {handed.doubtful}"
            )
