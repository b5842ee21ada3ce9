"""Open inquiries move from somebody who is away, or has left, to whoever covers or fits; and back again."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from coordinators.assignment import Decision
from coordinators.models import Absence, Coordinator, ReplyPolicy, User
from inquiries.enums import EventKind
from inquiries.models import Assignment, Inquiry, InquiryEvent
from inquiries.querysets import InquiryQuerySet
from inquiries.services.assigning import decide, place, question_of
from inquiries.services.attention import raise_or_lower_flag
from inquiries.services.events import write_event
from inquiries.services.notices import tell_owner


@transaction.atomic
def hand_over_open(
    leaving: Coordinator, replacement: Coordinator, *, by: User, reason: str = "", absence: Absence | None = None
) -> int:
    """Give all of one coordinator's open inquiries to another, and return how many there were.

    The promised times stay as the patients were told, and so do red flags: nobody has looked at the inquiries yet.
    """
    # In the order of a submission, so that nobody waits for the other for ever (docs/adr/0006).
    ReplyPolicy.objects.select_for_update(of=("self",)).get()
    inquiries = _open_ones(leaving)
    for inquiry in inquiries:
        move(inquiry, replacement, by=by, reason=reason, details=_left(leaving.pk, absence))
    return len(inquiries)


@transaction.atomic
def hand_over_by_rule(
    leaving: Coordinator, *, by: User, reason: str = "", absence: Absence | None = None
) -> Counter[str]:
    """Give each of one coordinator's open inquiries to whom the rule chooses among those who are here.

    Returns how many each person got; those that nobody else can have stay where they are. The promised times stay as
    the patients were told, and so do red flags of promises broken twice: nobody has looked at the inquiries yet.
    """
    policy = ReplyPolicy.objects.select_for_update(of=("self",)).get()
    given: Counter[str] = Counter()
    for inquiry in _open_ones(leaving):
        now = timezone.now()
        decision = decide(question_of(inquiry), policy, now, leaving=leaving.pk)
        if decision.coordinator_id is None:
            continue
        _place(inquiry, decision, now, by=by, reason=reason, details=_left(leaving.pk, absence))
        given[str(inquiry.coordinator)] += 1
    return given


@transaction.atomic
def give_back(absence: Absence, *, by: User, reason: str = "") -> int:
    """Give the absent person what went to others because of the absence, and return how many there were."""
    ReplyPolicy.objects.select_for_update(of=("self",)).get()
    keys = [inquiry.pk for inquiry in to_give_back(absence)]
    locked = Inquiry.objects.open().filter(pk__in=keys).order_by("pk").select_for_update(of=("self",))
    # Somebody may have been quicker.
    inquiries = [inquiry for inquiry in locked if _is_untouched(inquiry, absence)]
    for inquiry in inquiries:
        move(inquiry, absence.coordinator, by=by, reason=reason, details=_left(inquiry.coordinator_id))
    return len(inquiries)


def to_give_back(absence: Absence) -> list[Inquiry]:
    """Return the open inquiries that went to others because of an absence and that nobody has contacted since."""
    if not absence.coordinator.user.is_active:
        return []
    return [inquiry for inquiry in _handed_over(absence) if _is_untouched(inquiry, absence)]


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


def move(
    inquiry: Inquiry, coordinator: Coordinator, *, by: User, reason: str = "", details: Mapping[str, int] | None = None
) -> None:
    """Give a locked inquiry to somebody whom a person chose, and who is told unless it is that person.

    `details` say from whom it was taken. Promise and flag stay as they are.
    """
    inquiry.coordinator = coordinator
    inquiry.save(update_fields=["coordinator"])
    Assignment.objects.create(inquiry=inquiry, coordinator=coordinator, made_by=by)
    chosen = {"coordinator": coordinator.pk}
    write_event(inquiry, EventKind.ASSIGNED, by, note=reason, details=chosen | dict(details or {}))
    if coordinator.user != by:
        tell_owner(inquiry)


def _give_on(inquiry: Inquiry, policy: ReplyPolicy, now: datetime, by: User | None) -> None:
    """Give the inquiry to whom the rule chooses, who is told; the promised time stays."""
    decision = decide(question_of(inquiry), policy, now)
    _place(inquiry, decision, now, by=by, details=_left(inquiry.coordinator_id))


def _place(
    inquiry: Inquiry, decision: Decision, now: datetime, *, by: User | None, details: dict[str, int], reason: str = ""
) -> None:
    """Give the inquiry to whom the rule chose, who is told."""
    place(inquiry, decision, now, by=by, note=reason, details=details)
    raise_or_lower_flag(inquiry)
    tell_owner(inquiry)


def _left(coordinator_id: int | None, absence: Absence | None = None) -> dict[str, int]:
    """Return from whom an inquiry was taken, and because of which absence, as its history keeps it."""
    details = {"left": coordinator_id, "absence": absence.pk if absence else None}
    return {name: key for name, key in details.items() if key is not None}


def _open_ones(coordinator: Coordinator) -> list[Inquiry]:
    """Return a coordinator's open inquiries, locked in a fixed order."""
    return list(Inquiry.objects.open().filter(coordinator=coordinator).order_by("pk").select_for_update(of=("self",)))


def _handed_over(absence: Absence) -> InquiryQuerySet:
    """Return the open inquiries that an absence moved to others."""
    moved = InquiryEvent.objects.filter(
        inquiry=OuterRef("pk"),
        kind=EventKind.ASSIGNED,
        details__absence=absence.pk,
        details__left=absence.coordinator_id,
    )
    return (
        Inquiry.objects.open()
        .select_related("coordinator")
        .exclude(coordinator=absence.coordinator_id)
        .filter(Exists(moved))
        .order_by("inbox_rank", "inbox_at", "pk")
    )


def _is_untouched(inquiry: Inquiry, absence: Absence) -> bool:
    """Return whether, since an absence moved the inquiry, nobody gave it on and nobody contacted the patient."""
    steps = inquiry.events.filter(kind__in=[EventKind.ASSIGNED, EventKind.CONTACT_ATTEMPT]).order_by("-at")
    last = steps.first()
    return last is not None and last.kind == EventKind.ASSIGNED and last.details.get("absence") == absence.pk
