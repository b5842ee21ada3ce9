"""manage.py check_translations: which texts are missing, or were made from other words than the source has now."""

from argparse import ArgumentParser

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from treatments.coverage import gaps, translation_languages
from treatments.made_from import stale_texts, write_record


class Command(BaseCommand):
    """List missing and stale translations; end with an error where they may not be."""

    help = "List sections whose translation is missing or stale: in the database, or with --files in the content files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Say what is looked at and what counts as an error."""
        parser.add_argument("--files", action="store_true", help="look at treatments/content, not at the database")
        parser.add_argument("--fail-on", choices=["any", "safety", "never"], default="any", help="what is an error")
        parser.add_argument(
            "--confirm",
            metavar="LANGUAGE",
            help="record that the content files of this language say what the source says now",
        )

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """List what is found, or record that a language is in step."""
        if language := options["confirm"]:
            if language not in translation_languages():
                message = f"{language} is not a language that texts are translated into."
                raise CommandError(message)
            write_record(str(language), settings.LANGUAGE_CODE)
            self.stdout.write(f"Recorded: the files of {language} were made from the source as it is now.")
            return
        found = _in_files() if options["files"] else _in_database()
        for place, _is_safety in found:
            self.stdout.write(place)
        wrong = [place for place, is_safety in found if options["fail_on"] == "any" or is_safety]
        if wrong and options["fail_on"] != "never":
            message = f"{len(wrong)} sections are missing or stale."
            raise CommandError(message)
        self.stdout.write(f"{len(found)} sections are missing or stale.")


def _in_files() -> list[tuple[str, bool]]:
    """Return the gaps of the content files: where, and whether safety hangs on it."""
    texts = [text for code in translation_languages() for text in stale_texts(code, settings.LANGUAGE_CODE)]
    return [(f"{text.language}: {text.subject} #{text.key}", text.is_safety) for text in texts]


def _in_database() -> list[tuple[str, bool]]:
    """Return the gaps of the database: where, and whether safety hangs on it."""
    return [(f"{gap.language}: {gap.subject}, {gap.heading} ({gap.freshness})", gap.is_safety) for gap in gaps()]
