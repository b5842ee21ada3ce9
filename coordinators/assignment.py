"""Who answers an inquiry: a pure rule that explains itself.

It sees language, treatment, calendar and load only. It can never see what a patient wrote (docs/adr/0003).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from coordinators.enums import Refusal, Rule

RULES_VERSION = 2


@dataclass(frozen=True)
class Candidate:
    """A coordinator as the rule sees one; `last_assigned_at` is None for somebody who never had an inquiry."""

    id: int
    name: str
    languages: frozenset[str]
    treatments: frozenset[str]
    is_active: bool
    is_absent: bool
    open_load: int
    last_assigned_at: datetime | None = None


@dataclass(frozen=True)
class Question:
    """What is to be assigned; a treatment of None means that the patient does not know it yet.

    `known_to` is the coordinator who has answered this patient before, if any: a returning patient keeps theirs.
    """

    treatment: str | None
    language: str
    known_to: int | None = None


@dataclass(frozen=True)
class Verdict:
    """One candidate's result: no refusal means chosen."""

    candidate: Candidate
    refusal: Refusal | None


@dataclass(frozen=True)
class Decision:
    """Who was chosen, by which rule, and why everybody else was passed over."""

    question: Question
    coordinator_id: int | None
    rule: Rule
    verdicts: tuple[Verdict, ...]

    @property
    def is_flagged(self) -> bool:
        """Whether a person must look: nobody fitted."""
        return self.rule in {Rule.FALLBACK, Rule.NOBODY}

    def as_trace(self) -> dict[str, object]:
        """Return the decision as stored with the inquiry: codes and numbers only."""
        return {
            "rules_version": RULES_VERSION,
            "treatment": self.question.treatment,
            "language": self.question.language,
            "known_to": self.question.known_to,
            "rule": self.rule.value,
            "chosen": self.coordinator_id,
            "candidates": [
                {
                    "id": verdict.candidate.id,
                    "name": verdict.candidate.name,
                    "speaks": self.question.language in verdict.candidate.languages,
                    "knows": _knows(verdict.candidate, self.question),
                    "active": verdict.candidate.is_active,
                    "absent": verdict.candidate.is_absent,
                    "open": verdict.candidate.open_load,
                    "refusal": verdict.refusal.value if verdict.refusal else None,
                }
                for verdict in self.verdicts
            ],
        }


def assign(question: Question, candidates: Sequence[Candidate], fallback_id: int | None) -> Decision:
    """Choose who answers: who knows the patient; language and treatment; treatment; the clinic's fallback, flagged.

    Among those who fit, the one with the fewest open inquiries is chosen, then the one whose last inquiry is
    longest ago, then the lowest id, so that the same facts always give the same answer.
    """
    known = next((item for item in candidates if item.id == question.known_to and _is_here(item)), None)
    if known:
        return Decision(question, known.id, Rule.RETURNING, _verdicts(question, candidates, known, needs_language=True))
    for rule, needs_language in ((Rule.LANGUAGE_AND_TREATMENT, True), (Rule.TREATMENT, False)):
        fitting = [item for item in candidates if _refusal(item, question, needs_language=needs_language) is None]
        if fitting:
            chosen = min(fitting, key=_turn)
            return Decision(
                question, chosen.id, rule, _verdicts(question, candidates, chosen, needs_language=needs_language)
            )
    verdicts = tuple(Verdict(item, _refusal(item, question, needs_language=False)) for item in candidates)
    if fallback_id is None:
        return Decision(question, None, Rule.NOBODY, verdicts)
    verdicts = tuple(Verdict(v.candidate, None) if v.candidate.id == fallback_id else v for v in verdicts)
    return Decision(question, fallback_id, Rule.FALLBACK, verdicts)


def _is_here(candidate: Candidate) -> bool:
    """Return whether the candidate takes inquiries and is not away."""
    return candidate.is_active and not candidate.is_absent


def _knows(candidate: Candidate, question: Question) -> bool:
    """Return whether the candidate can take the treatment; anybody can take a patient who does not know it yet."""
    return question.treatment is None or question.treatment in candidate.treatments


def _refusal(candidate: Candidate, question: Question, *, needs_language: bool) -> Refusal | None:
    """Return the first reason that rules the candidate out, if any."""
    reasons: tuple[tuple[Refusal, Callable[[], bool]], ...] = (
        (Refusal.INACTIVE, lambda: not candidate.is_active),
        (Refusal.ABSENT, lambda: candidate.is_absent),
        (Refusal.TREATMENT, lambda: not _knows(candidate, question)),
        (Refusal.LANGUAGE, lambda: needs_language and question.language not in candidate.languages),
    )
    return next((refusal for refusal, holds in reasons if holds()), None)


def _turn(candidate: Candidate) -> tuple[int, bool, float, int]:
    """Return the sort key of whose turn it is."""
    last = candidate.last_assigned_at
    return (candidate.open_load, last is not None, last.timestamp() if last else 0.0, candidate.id)


def _verdicts(
    question: Question, candidates: Sequence[Candidate], chosen: Candidate, *, needs_language: bool
) -> tuple[Verdict, ...]:
    """Return every candidate's verdict once somebody was chosen."""

    def verdict(candidate: Candidate) -> Verdict:
        if candidate.id == chosen.id:
            return Verdict(candidate, None)
        refusal = _refusal(candidate, question, needs_language=needs_language)
        if refusal is None:
            refusal = _later_turn(question, candidate, chosen)
        return Verdict(candidate, refusal)

    return tuple(verdict(candidate) for candidate in candidates)


def _later_turn(question: Question, candidate: Candidate, chosen: Candidate) -> Refusal:
    """Return why a candidate who fits as well was not chosen."""
    if chosen.id == question.known_to:
        return Refusal.KNOWN
    return Refusal.LOAD if candidate.open_load > chosen.open_load else Refusal.TURN
