"""manage.py set_up_clinic: the first steps of a real clinic, before anybody can sign in."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from coordinators.enums import Role
from coordinators.models import ReplyPolicy, User
from treatments.models import Clinic


class Command(BaseCommand):
    """Make the clinic, its fallback mailbox and its first manager; everything else is done at the desk."""

    help = (
        "Make the clinic, its fallback mailbox and its first manager (who sets a password by manage.py changepassword)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the facts that the site needs before it may start."""
        for name in (
            "name",
            "operator",
            "street",
            "postcode",
            "city",
            "country",
            "phone",
            "email",
            "fallback-mailbox",
        ):
            parser.add_argument(f"--{name}", required=True)
        parser.add_argument("--manager-name", required=True)
        parser.add_argument("--manager-email", required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ANN401, ARG002  # Django's signature
        """Make the three rows, once."""
        if Clinic.objects.exists():
            message = "There is a clinic already; change it at the desk."
            raise CommandError(message)
        facts = ("name", "operator", "street", "postcode", "city", "country", "phone", "email")
        Clinic.objects.create(id=Clinic.ONLY_ID, **{fact: options[fact] for fact in facts})
        ReplyPolicy.objects.filter(id=ReplyPolicy.ONLY_ID).update(fallback_mailbox=options["fallback_mailbox"])
        manager = User.objects.create_user(options["manager_email"], name=options["manager_name"], role=Role.MANAGER)
        self.stdout.write(f"Done. Now: manage.py changepassword {manager.email}")
