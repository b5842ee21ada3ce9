"""`manage.py check_catalogues`: fails for a translation that is missing, fuzzy, unused or broken."""

import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic_site.catalogues import problems
from clinic_site.extraction import ExtractionError, can_extract, differences, extract


class Command(BaseCommand):
    """Check every catalogue by itself and, where gettext is installed, against code and templates."""

    help = "Name everything in the catalogues that is missing, fuzzy, obsolete, unused or has other placeholders."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another folder than the project's own."""
        parser.add_argument("folder", nargs="?", type=Path, default=settings.LOCALE_PATHS[0], help="default: locale/")

    def handle(self, *_args: object, folder: Path, **_options: object) -> None:
        """Print what is wrong and fail if anything is."""
        found = problems(folder)
        if can_extract():
            try:
                found += differences(folder, extract())
            except ExtractionError as error:
                message = f"The texts cannot be extracted: {error}"
                raise CommandError(message) from error
        elif os.environ.get("CI") == "true":
            found.append("gettext is not installed, so code and catalogues cannot be compared")
        else:
            self.stdout.write("Left out: comparing code with catalogues, which needs gettext.")
        for line in found:
            self.stdout.write(line)
        if found:
            message = f"{len(found)} problem(s) in the catalogues; update_catalogues merges new texts in."
            raise CommandError(message)
