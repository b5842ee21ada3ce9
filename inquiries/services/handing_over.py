"""Open inquiries move from somebody who is away, or has left, to whoever covers."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from coordinators.models import Coordinator, ReplyPolicy, User
from inquiries.enums import EventKind
from inquiries.models import Assignment, Inquiry
from inquiries.services.assigning import decide, place, question_of
from inquiries.services.attention import raise_or_lower_flag
from inquiries.services.events import write_event
from inquiries.services.notices import tell_owner


@transaction.atomic
def hand_over_open(leaving: Coordinator, replacement: Coordinator, *, by: User, reason: str = "") -> int:
    """Give all of one coordinator's open inquiries to another, and return how many there were.

    The promised times stay as the patients were told, and so do red flags: nobody has looked at the inquiries yet.
    """
    # In the order of a submission, so that nobody waits for the other for ever (docs/adr/0006).
    ReplyPolicy.objects.select_for_update(of=("self",)).get()
    inquiries = _open_ones(leaving)
    for inquiry in inquiries:
        inquiry.coordinator = replacement
        inquiry.save(update_fields=["coordinator"])
        Assignment.objects.create(inquiry=inquiry, coordinator=replacement, made_by=by)
        details = {"coordinator": replacement.pk, "left": leaving.pk}
        write_event(inquiry, EventKind.ASSIGNED, by, note=reason, details=details)
        if replacement.user != by:
            tell_owner(inquiry)
    return len(inquiries)


@transaction.atomic
def reassign_open(leaving: Coordinator, *, by: User) -> int:
    """Give a leaving coordinator's open inquiries to whom the rule chooses, and return how many there were."""
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    inquiries = _open_ones(leaving)
    for inquiry in inquiries:
        _give_on(inquiry, policy, timezone.now(), by)
    return len(inquiries)


def replace_leaver(inquiry: Inquiry, policy: ReplyPolicy, now: datetime, *, by: User | None = None) -> None:
    """Give the inquiry to whom the rule chooses if its coordinator's account is closed."""
    if inquiry.coordinator and not inquiry.coordinator.user.is_active:
        _give_on(inquiry, policy, now, by)


def _give_on(inquiry: Inquiry, policy: ReplyPolicy, now: datetime, by: User | None) -> None:
    """Give the inquiry to whom the rule chooses, who is told; the promised time stays."""
    place(inquiry, decide(question_of(inquiry), policy, now), now, by=by, left=inquiry.coordinator_id)
    raise_or_lower_flag(inquiry)
    tell_owner(inquiry)


def _open_ones(coordinator: Coordinator) -> list[Inquiry]:
    """Return a coordinator's open inquiries, locked in a fixed order."""
    return list(Inquiry.objects.open().filter(coordinator=coordinator).order_by("pk").select_for_update(of=("self",)))
