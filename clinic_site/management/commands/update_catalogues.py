"""`manage.py update_catalogues`: merges new texts into every catalogue, for translators to fill in."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from clinic_site.catalogues import catalogues, language_of
from clinic_site.extraction import ExtractionError, can_extract, extract, update


class Command(BaseCommand):
    """Bring every catalogue in line with code and templates."""

    help = "Merge the texts of code and templates into every catalogue in locale/ (needs gettext)."
    requires_system_checks = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Extract once, then update each language."""
        if not can_extract():
            message = "gettext is not installed: it reads the texts out of code and templates."
            raise CommandError(message)
        try:
            template = extract()
        except ExtractionError as error:
            message = f"The texts cannot be extracted: {error}"
            raise CommandError(message) from error
        for path in catalogues(settings.LOCALE_PATHS[0]):
            update(path, template)
            self.stdout.write(f"Updated {language_of(path)}.")
