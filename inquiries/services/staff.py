"""People of the staff: invited, changed, given a new password, let go. Their open inquiries never stay behind."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import Coordinator, ReplyPolicy, User
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


@transaction.atomic
def change_person(user: User, *, by: User) -> int:
    """Store a changed name, role or language, and return how many open inquiries went to colleagues.

    Somebody who may no longer see inquiries keeps none. Raises TriageError for one's own role.
    """
    stored = User.objects.select_for_update().get(pk=user.pk)
    if user == by and user.role != stored.role:
        raise TriageError(_("You cannot change your own role."))
    user.save(update_fields=["name", "role", "language"])
    if user.handles_inquiries:
        return 0
    Coordinator.objects.filter(user=user).update(takes_inquiries=False)
    return _take_inquiries_from(user, by=by)


def send_password_reset(user: User) -> None:
    """Send the link under which a person sets a new password. Raises TriageError for an inactive account."""
    if not user.is_active:
        raise TriageError(_("This account is closed. Open it first."))
    put_staff_email(EmailKind.PASSWORD_RESET, user)


@transaction.atomic
def deactivate(user: User, *, by: User) -> int:
    """Close an account and return how many open inquiries went to colleagues. Raises TriageError for one's own."""
    if user == by:
        raise TriageError(_("You cannot close your own account."))
    user.is_active = False
    user.save(update_fields=["is_active"])
    return _take_inquiries_from(user, by=by)


def activate(user: User) -> None:
    """Open an account again."""
    user.is_active = True
    user.save(update_fields=["is_active"])


def set_desk_language(user: User, language: str) -> None:
    """Store the language in which a person reads the desk and gets e-mail."""
    user.language = language
    user.save(update_fields=["language"])


def _take_inquiries_from(user: User, *, by: User) -> int:
    """Give a person's open inquiries to colleagues. Raises TriageError for the fallback, who would get them back."""
    coordinator = Coordinator.objects.filter(user=user).first()
    if coordinator is None:
        return 0
    if ReplyPolicy.objects.filter(fallback=coordinator).exists():
        raise TriageError(_("This person is the fallback of the reply policy. Choose another one there first."))
    return reassign_open(coordinator, by=by)
