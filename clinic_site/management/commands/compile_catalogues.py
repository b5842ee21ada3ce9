"""`manage.py compile_catalogues`: compiles changed catalogues; needs no gettext."""

from django.conf import settings
from django.core.management.base import BaseCommand

from clinic_site.catalogues import compile_stale, language_of


class Command(BaseCommand):
    """Compile every catalogue that changed."""

    help = "Compile every catalogue, in locale/ or in EXTRA_LOCALE_DIRS, that is newer than its compiled form."
    requires_system_checks = []

    def handle(self, *_args: object, **_options: object) -> None:
        """Compile and name the languages."""
        for path in compile_stale(settings.LOCALE_PATHS):
            self.stdout.write(f"Compiled {language_of(path)}.")
