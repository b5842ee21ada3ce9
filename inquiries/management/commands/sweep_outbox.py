"""manage.py sweep_outbox: watch the promised times and send what is due, without any broker."""

import logging
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from inquiries.services.alarms import raise_alarms
from inquiries.services.clock import keep_promises
from inquiries.services.delivery import sweep
from inquiries.services.digests import send_digests

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    """Send every e-mail that is due; mail flows by this even with the broker and the workers dead."""

    help = "Send every e-mail that is due. With --every N it goes on, every N seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the option to go on."""
        parser.add_argument("--every", type=int, default=0, metavar="SECONDS")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Sweep once, or again and again."""
        if not options["every"]:
            self.stdout.write(f"{_round()} sent.")
            return
        while True:
            try:
                sent = _round()
            except (OperationalError, InterfaceError) as error:
                # The database is away: the next round tries again, with a new connection.
                logger.warning("sweep failed", extra={"error": type(error).__name__})
            else:
                if options["verbosity"] > 1:
                    self.stdout.write(f"{sent} sent.")
            close_old_connections()
            time.sleep(options["every"])


def _round() -> int:
    """Do once what the scheduler does; alarms first, for a job that was away is not late any more once it has run."""
    raise_alarms()
    send_digests()
    keep_promises()
    return sweep()
