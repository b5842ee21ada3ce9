"""manage.py load_reply_templates: the first reply templates of a new clinic."""

from django.core.management.base import BaseCommand

from inquiries.services.reply_templates import load_reply_templates


class Command(BaseCommand):
    """Store the reply templates that come with the project, unless there are any already."""

    help = "Store the reply templates that come with the project; nothing happens where there are templates already."

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Store them and say how many there were."""
        count = load_reply_templates()
        if options["verbosity"]:
            self.stdout.write(f"Reply templates: {count} stored.")
