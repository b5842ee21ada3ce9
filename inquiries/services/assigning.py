"""Giving an inquiry to whom the rule chooses, with the reason kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce

from coordinators.assignment import Decision, Question, assign
from coordinators.models import Coordinator, ReplyPolicy, User
from coordinators.roster import Load, candidates
from inquiries.enums import EventKind
from inquiries.models import Assignment, Inquiry
from inquiries.services.events import write_event

OTHER_LANGUAGE = "other"


def answer_language(preferred_language: str, page_language: str) -> str:
    """Return the language of the answer: the page's where the patient wants one that the site does not speak."""
    return page_language if preferred_language == OTHER_LANGUAGE else preferred_language


def question_of(inquiry: Inquiry, *, known_to: int | None = None) -> Question:
    """Return what the assignment rule sees of an inquiry: treatment and language, and who knows the patient."""
    language = answer_language(inquiry.preferred_language, inquiry.language)
    return Question(treatment=inquiry.treatment_code, language=language, known_to=known_to)


def decide(question: Question, policy: ReplyPolicy, now: datetime, *, leaving: int | None = None) -> Decision:
    """Return whom the rule chooses now; somebody who is `leaving` is away for it already, as fallback too."""
    team, fallback = candidates(now, current_loads()), policy.fallback_id
    if leaving is not None:
        team = [replace(member, is_absent=True) if member.id == leaving else member for member in team]
        fallback = None if any(member.id == fallback and member.is_absent for member in team) else fallback
    return assign(question, team, fallback)


def place(
    inquiry: Inquiry,
    decision: Decision,
    now: datetime,
    *,
    by: User | None = None,
    note: str = "",
    details: Mapping[str, object] | None = None,
) -> None:
    """Give the inquiry to whom the rule chose, and keep why; `details` say from whom it was taken.

    The flag is up until the promise that follows, or whoever gives the inquiry on, has looked whether it must be.
    """
    chosen = decision.coordinator_id
    inquiry.coordinator = Coordinator.objects.select_related("user").get(pk=chosen) if chosen else None
    inquiry.is_flagged = True
    inquiry.save(update_fields=["coordinator", "is_flagged"])
    Assignment.objects.create(
        inquiry=inquiry,
        coordinator_id=decision.coordinator_id,
        rule=decision.rule,
        trace=decision.as_trace(),
        made_at=now,
    )
    chosen_by = {"coordinator": decision.coordinator_id, "rule": decision.rule.value}
    write_event(inquiry, EventKind.ASSIGNED, by, note=note, details=chosen_by | dict(details or {}), at=now)


def current_loads() -> dict[int, Load]:
    """Return how much every coordinator has on the desk, and when each had a turn.

    Asked for each coordinator: a question for all at once leads SQLite through every inquiry that there ever was.
    """
    theirs = Inquiry.objects.open().filter(coordinator=OuterRef("pk")).order_by().values("coordinator")
    number = Subquery(theirs.annotate(number=Count("pk")).values("number"))
    latest = Assignment.objects.filter(coordinator=OuterRef("pk")).order_by("-made_at").values("made_at")[:1]
    turns = Coordinator.objects.annotate(number=Coalesce(number, 0), last=Subquery(latest))
    return {pk: Load(count, last) for pk, count, last in turns.values_list("pk", "number", "last")}
