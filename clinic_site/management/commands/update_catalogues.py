"""`manage.py update_catalogues`: merges new texts into every catalogue, for translators to fill in."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic_site.catalogues import catalogues, language_of
from clinic_site.extraction import ExtractionError, can_extract, extract, update


class Command(BaseCommand):
    """Bring every catalogue in line with code and templates."""

    help = "Merge the texts of code and templates into every catalogue of a folder (needs gettext)."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another folder than the project's own."""
        parser.add_argument("folder", nargs="?", type=Path, default=settings.LOCALE_PATHS[0], help="default: locale/")

    def handle(self, *_args: object, folder: Path, **_options: object) -> None:
        """Extract once, then update each language."""
        if not can_extract():
            message = "gettext is not installed: it reads the texts out of code and templates."
            raise CommandError(message)
        try:
            template = extract()
        except ExtractionError as error:
            message = f"The texts cannot be extracted: {error}"
            raise CommandError(message) from error
        for path in catalogues(folder):
            update(path, template)
            self.stdout.write(f"Updated {language_of(path)}.")
