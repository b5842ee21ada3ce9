"""People of the staff: invited, changed, given a new password, let go. Their open inquiries never stay behind."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.enums import EmailKind
from inquiries.services.errors import TriageError
from inquiries.services.handing_over import reassign_open
from inquiries.services.outbox import put_staff_email


@transaction.atomic
def invite(user: User) -> None:
    """Store a new person and send the link under which they set their own password."""
    user.set_unusable_password()
    user.invited_at = timezone.now()
    user.save()
    put_staff_email(EmailKind.INVITATION, user)


def check_role(user: User, role: str, *, by: User) -> None:
    """Raise TriageError if `user` cannot be given `role`: one's own stays, and so does the fallback's."""
    stored = User.objects.get(pk=user.pk)
    if role == stored.role:
        return
    if user == by:
        raise TriageError(_("You cannot change your own role."))
    if role == Role.EDITOR:
        _refuse_fallback(user)


@transaction.atomic
def change_person(user: User, *, by: User) -> int:
    """Store a changed name, role or language, and return how many open inquiries went to colleagues.

    Somebody who may no longer see inquiries keeps none. Raises TriageError for one's own role.
    """
    check_role(user, user.role, by=by)
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


def set_wishes(user: User, *, language: str, wants_digest: bool, wants_alarms: bool) -> None:
    """Store the language of a person's desk and e-mails, and which of the overviews and alarms they want."""
    user.language, user.wants_digest, user.wants_alarms = language, wants_digest, wants_alarms
    user.save(update_fields=["language", "wants_digest", "wants_alarms"])


def _take_inquiries_from(user: User, *, by: User) -> int:
    """Give a person's open inquiries to colleagues. Raises TriageError for the fallback."""
    _refuse_fallback(user)
    coordinator = Coordinator.objects.filter(user=user).first()
    return reassign_open(coordinator, by=by) if coordinator else 0


def _refuse_fallback(user: User) -> None:
    """Raise TriageError for the clinic's fallback, who would be given their own inquiries back."""
    if ReplyPolicy.objects.filter(fallback__user=user).exists():
        raise TriageError(_("This person is the fallback of the reply policy. Choose another one there first."))
