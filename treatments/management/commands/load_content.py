"""manage.py load_content: load the texts that come with the project."""

from django.core.management.base import BaseCommand, CommandError

from treatments.content_files import ContentError
from treatments.loading import load_content


class Command(BaseCommand):
    """Load treatments, pages and sources; what an editor changed is never overwritten."""

    help = "Load treatments, pages and sources from treatments/content; what an editor changed is never overwritten."

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Load and say what was done."""
        try:
            report = load_content()
        except ContentError as error:
            raise CommandError(str(error)) from error
        if options["verbosity"]:
            kept = f", {len(report.kept)} kept as edited" if report.kept else ""
            counts = f"{report.created} new, {report.updated} updated, {report.unchanged} unchanged"
            self.stdout.write(f"Content: {counts}{kept}.")
