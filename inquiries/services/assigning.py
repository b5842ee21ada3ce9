"""Giving an inquiry to whom the rule chooses, with the reason kept."""

from datetime import datetime

from django.db.models import Count, OuterRef, Subquery

from coordinators.assignment import Decision, Question, assign
from coordinators.models import Coordinator, ReplyPolicy
from coordinators.roster import Load, candidates
from inquiries.enums import EventKind
from inquiries.models import Assignment, Inquiry, InquiryEvent

OTHER_LANGUAGE = "other"


def answer_language(preferred_language: str, page_language: str) -> str:
    """Return the language of the answer: the page's where the patient wants one that the site does not speak."""
    return page_language if preferred_language == OTHER_LANGUAGE else preferred_language


def question_of(inquiry: Inquiry, *, known_to: int | None = None) -> Question:
    """Return what the assignment rule sees of an inquiry: treatment and language, and who knows the patient."""
    language = answer_language(inquiry.preferred_language, inquiry.language)
    return Question(treatment=inquiry.treatment_code, language=language, known_to=known_to)


def decide(question: Question, policy: ReplyPolicy, now: datetime) -> Decision:
    """Return whom the rule chooses now."""
    return assign(question, candidates(now, current_loads()), policy.fallback_id)


def place(inquiry: Inquiry, decision: Decision, now: datetime) -> None:
    """Give the inquiry to whom the rule chose, and keep why."""
    inquiry.coordinator_id = decision.coordinator_id
    inquiry.is_flagged = decision.is_flagged or inquiry.reply_due_at is None
    inquiry.save(update_fields=["coordinator", "is_flagged"])
    Assignment.objects.create(
        inquiry=inquiry,
        coordinator_id=decision.coordinator_id,
        rule=decision.rule,
        trace=decision.as_trace(),
        made_at=now,
    )
    InquiryEvent.objects.create(
        inquiry=inquiry,
        kind=EventKind.ASSIGNED,
        at=now,
        details={"coordinator": decision.coordinator_id, "rule": decision.rule.value},
    )


def current_loads() -> dict[int, Load]:
    """Return how much every coordinator has on the desk."""
    counts = dict(
        Inquiry.objects.open()
        .filter(coordinator__isnull=False)
        .values("coordinator")
        .annotate(count=Count("pk"))
        .values_list("coordinator", "count")
    )
    latest = Assignment.objects.filter(coordinator=OuterRef("pk")).order_by("-made_at").values("made_at")[:1]
    turns = Coordinator.objects.annotate(last=Subquery(latest)).values_list("pk", "last")
    return {pk: Load(counts.get(pk, 0), last) for pk, last in turns}
