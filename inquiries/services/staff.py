"""People of the staff: invited, given a new password, let go. Their open inquiries never stay behind."""

from django.db import transaction
from django.utils import timezone

from coordinators.models import User
from inquiries.enums import EmailKind
from inquiries.services.outbox import put_staff_email
from inquiries.services.triage import TriageError, reassign_open


@transaction.atomic
def invite(user: User) -> None:
    """Store a new person and send the link under which they set their own password."""
    user.set_unusable_password()
    user.invited_at = timezone.now()
    user.save()
    put_staff_email(EmailKind.INVITATION, user)


def send_password_reset(user: User) -> None:
    """Send the link under which a person sets a new password. Raises TriageError for an inactive account."""
    if not user.is_active:
        raise TriageError
    put_staff_email(EmailKind.PASSWORD_RESET, user)


@transaction.atomic
def deactivate(user: User, *, by: User) -> int:
    """Close an account and return how many open inquiries went to colleagues. Raises TriageError for one's own."""
    if user == by:
        raise TriageError
    user.is_active = False
    user.save(update_fields=["is_active"])
    coordinator = getattr(user, "coordinator", None)
    return reassign_open(coordinator, by=by) if coordinator else 0


def activate(user: User) -> None:
    """Open an account again."""
    user.is_active = True
    user.save(update_fields=["is_active"])
