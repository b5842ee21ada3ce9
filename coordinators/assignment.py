"""Who answers an inquiry: a pure rule that explains itself.

It sees language, treatment, calendar and load only. It can never see what a patient wrote (docs/adr/0003).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from coordinators.enums import Refusal, Rule

# From 3 on a trace holds everything that the rule looked at; 1 did not know returning patients.
RULES_VERSION = 3


@dataclass(frozen=True)
class Candidate:
    """A coordinator as the rule sees one; `last_assigned_at` is None for somebody who never had an inquiry.

    `away_until` is the last day of an absence; the rule does not look at it, the explanation tells it.
    """

    id: int
    name: str
    languages: frozenset[str]
    treatments: frozenset[str]
    is_active: bool
    is_absent: bool
    open_load: int
    last_assigned_at: datetime | None = None
    away_until: date | None = None


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
    fallback_id: int | None = None

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
            "fallback": self.fallback_id,
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
                    "away_until": _written(verdict.candidate.away_until),
                    "open": verdict.candidate.open_load,
                    "last": _written(verdict.candidate.last_assigned_at),
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
        verdicts = _verdicts(question, candidates, known, needs_language=True)
        return Decision(question, known.id, Rule.RETURNING, verdicts, fallback_id)
    for rule, needs_language in ((Rule.LANGUAGE_AND_TREATMENT, True), (Rule.TREATMENT, False)):
        fitting = [item for item in candidates if _refusal(item, question, needs_language=needs_language) is None]
        if fitting:
            chosen = min(fitting, key=_turn)
            verdicts = _verdicts(question, candidates, chosen, needs_language=needs_language)
            return Decision(question, chosen.id, rule, verdicts, fallback_id)
    verdicts = tuple(Verdict(item, _refusal(item, question, needs_language=False)) for item in candidates)
    if fallback_id is None:
        return Decision(question, None, Rule.NOBODY, verdicts)
    verdicts = tuple(Verdict(v.candidate, None) if v.candidate.id == fallback_id else v for v in verdicts)
    return Decision(question, fallback_id, Rule.FALLBACK, verdicts, fallback_id)


def replay(trace: Mapping[str, Any]) -> Decision:
    """Decide once more from what a trace of this rules' version stored; it must come to the same person."""
    question = Question(trace["treatment"], trace["language"], trace["known_to"])
    return assign(question, [_stored(item, question) for item in trace["candidates"]], trace["fallback"])


def _stored(item: Mapping[str, Any], question: Question) -> Candidate:
    """Return a candidate of a trace; of languages and treatments only the one that was asked for matters."""
    return Candidate(
        id=item["id"],
        name=item["name"],
        languages=frozenset({question.language} if item["speaks"] else ()),
        treatments=frozenset({question.treatment} if item["knows"] and question.treatment else ()),
        is_active=item["active"],
        is_absent=item["absent"],
        open_load=item["open"],
        last_assigned_at=datetime.fromisoformat(item["last"]) if item["last"] else None,
        away_until=date.fromisoformat(item["away_until"]) if item["away_until"] else None,
    )


def _written(moment: date | None) -> str | None:
    """Return a day or a moment as a trace holds it."""
    return moment.isoformat() if moment else None


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
