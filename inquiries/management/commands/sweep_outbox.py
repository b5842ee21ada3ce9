"""manage.py sweep_outbox: send what is due, without any broker."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from inquiries.services.delivery import sweep


class Command(BaseCommand):
    """Send every e-mail that is due; mail flows by this even with the broker and the workers dead."""

    help = "Send every e-mail that is due. With --every N it goes on, every N seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option to go on."""
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Sweep once, or again and again."""
        while True:
            sent = sweep()
            if options["verbosity"] > 1 or not options["every"]:
                self.stdout.write(f"{sent} sent.")
            if not options["every"]:
                return
            time.sleep(options["every"])
