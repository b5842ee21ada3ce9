"""manage.py readability: how hard each content file is to read."""

from django.conf import settings
from django.core.management.base import BaseCommand

from treatments.coverage import translation_languages
from treatments.made_from import subjects
from treatments.readability import readability


class Command(BaseCommand):
    """Print the figures of every page and language, as a table in Markdown."""

    help = "Print mean and longest sentence and LIX of every content file, as a table in Markdown."

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Print one line for each page and language."""
        self.stdout.write("| language | page | sentences | words a sentence | longest | LIX |")
        self.stdout.write("|---|---|---:|---:|---:|---:|")
        for language in (settings.LANGUAGE_CODE, *translation_languages()):
            for subject, sections in subjects(language).items():
                figures = readability("\n\n".join(section.body for section in sections.values()))
                if figures.sentences:
                    self.stdout.write(
                        f"| {language} | {subject} | {figures.sentences} | {figures.mean_length:.1f} "
                        f"| {figures.longest} | {figures.lix:.0f} |"
                    )
