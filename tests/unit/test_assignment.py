"""Who answers: the rule explains itself, and never leaves anybody without an owner or a flag."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coordinators.assignment import Candidate, Question, assign
from coordinators.enums import Refusal, Rule

ANA = Candidate(1, "Ana", frozenset({"hr", "en"}), frozenset({"prt"}), is_active=True, is_absent=False, open_load=0)
JONAS = Candidate(2, "Jonas", frozenset({"de"}), frozenset({"prt"}), is_active=True, is_absent=False, open_load=0)


def changed(candidate: Candidate, **changes: object) -> Candidate:
    return Candidate(**{**vars(candidate), **changes})


def refusals(question: Question, *candidates: Candidate) -> dict[str, Refusal | None]:
    decision = assign(question, candidates, None)
    return {verdict.candidate.name: verdict.refusal for verdict in decision.verdicts}


def test_assign_prefers_who_speaks_the_language() -> None:
    decision = assign(Question("prt", "de"), [ANA, JONAS], None)
    assert (decision.coordinator_id, decision.rule) == (2, Rule.LANGUAGE_AND_TREATMENT)
    assert refusals(Question("prt", "de"), ANA, JONAS) == {"Ana": Refusal.LANGUAGE, "Jonas": None}


def test_assign_falls_back_to_who_knows_the_treatment() -> None:
    decision = assign(Question("prt", "nl"), [ANA, JONAS], fallback_id=9)
    assert (decision.coordinator_id, decision.rule, decision.is_flagged) == (1, Rule.TREATMENT, False)


def test_assign_flags_the_fallback() -> None:
    decision = assign(Question("other", "de"), [ANA, JONAS], fallback_id=1)
    assert (decision.coordinator_id, decision.rule, decision.is_flagged) == (1, Rule.FALLBACK, True)


def test_assign_flags_nobody() -> None:
    decision = assign(Question("prt", "de"), [], None)
    assert (decision.coordinator_id, decision.rule, decision.is_flagged) == (None, Rule.NOBODY, True)


def test_assign_takes_anybody_for_a_patient_who_does_not_know_the_treatment() -> None:
    assert assign(Question(None, "hr"), [changed(ANA, treatments=frozenset())], None).coordinator_id == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"is_active": False}, Refusal.INACTIVE),
        ({"is_absent": True}, Refusal.ABSENT),
        ({"treatments": frozenset()}, Refusal.TREATMENT),
        ({"languages": frozenset()}, Refusal.LANGUAGE),
        ({"open_load": 1}, Refusal.LOAD),
        ({"last_assigned_at": datetime(2026, 1, 1, tzinfo=UTC)}, Refusal.TURN),
    ],
)
def test_assign_says_why_somebody_was_passed_over(changes: dict[str, object], refusal: Refusal) -> None:
    other = changed(ANA, id=3, name="Eva")
    assert refusals(Question("prt", "hr"), changed(ANA, **changes), other) == {"Ana": refusal, "Eva": None}


def test_assign_trace_holds_codes_and_numbers_only() -> None:
    trace: dict[str, Any] = assign(Question("prt", "de"), [ANA, JONAS], None).as_trace()
    assert trace["rule"] == "LANGUAGE_AND_TREATMENT"
    assert trace["candidates"][0]["refusal"] == "LANGUAGE"


candidates = st.builds(
    Candidate,
    id=st.integers(1, 8),
    name=st.just("X"),
    languages=st.frozensets(st.sampled_from(["hr", "de", "en"])),
    treatments=st.frozensets(st.sampled_from(["prt", "rf"])),
    is_active=st.booleans(),
    is_absent=st.booleans(),
    open_load=st.integers(0, 5),
    last_assigned_at=st.none() | st.datetimes(timezones=st.just(UTC)),
)
teams = st.lists(candidates, max_size=8, unique_by=lambda candidate: candidate.id)
questions = st.builds(Question, st.sampled_from(["prt", "rf", None]), st.sampled_from(["hr", "de", "nl"]))


@given(questions, teams, st.none() | st.integers(1, 8))
def test_assign_always_gives_an_owner_or_a_flag(
    question: Question, team: list[Candidate], fallback: int | None
) -> None:
    decision = assign(question, team, fallback)
    assert decision.coordinator_id is not None or decision.is_flagged
    assert len(decision.verdicts) == len(team)
    chosen = next((item for item in team if item.id == decision.coordinator_id), None)
    if not decision.is_flagged:
        assert chosen is not None
        assert chosen.is_active
        assert not chosen.is_absent
        fitting = [verdict for verdict in decision.verdicts if verdict.refusal in {None, Refusal.LOAD, Refusal.TURN}]
        assert chosen.open_load == min(verdict.candidate.open_load for verdict in fitting)


@given(questions, teams)
def test_assign_does_not_depend_on_the_order_of_the_team(question: Question, team: list[Candidate]) -> None:
    assert assign(question, team, None).coordinator_id == assign(question, team[::-1], None).coordinator_id
