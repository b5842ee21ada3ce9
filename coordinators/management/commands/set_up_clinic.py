"""manage.py set_up_clinic: the first steps of a real clinic, before anybody can sign in."""

from typing import Any

from django.core.exceptions import ValidationError
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
        clinic = Clinic(id=Clinic.ONLY_ID, **{fact: options[fact] for fact in facts})
        policy = ReplyPolicy.objects.get(id=ReplyPolicy.ONLY_ID)
        policy.fallback_mailbox = options["fallback_mailbox"]
        manager = User(
            email=User.objects.normalize_email(options["manager_email"]),
            name=options["manager_name"],
            role=Role.MANAGER,
        )
        manager.set_unusable_password()
        for row in (clinic, policy, manager):
            try:
                row.full_clean()
            except ValidationError as error:
                faults = "; ".join(f"{name}: {' '.join(found)}" for name, found in error.message_dict.items())
                message = f"{row._meta.verbose_name}: {faults}"
                raise CommandError(message) from error
            row.save()
        self.stdout.write(f"Done. Now: manage.py changepassword {manager.email}")
