"""Stored traces: the same facts give the same trace and words, and a trace gives the same person again."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from coordinators.assignment import RULES_VERSION, Candidate, Question, assign, replay
from coordinators.enums import Refusal, Rule
from coordinators.explanation import NAMED, explain

GOLDEN: Path = settings.BASE_DIR / "tests" / "data" / "golden_traces.json"
CASES: list[dict[str, Any]] = json.loads(GOLDEN.read_text(encoding="utf-8"))
DECIDED = [case for case in CASES if "team" in case]


def person(facts: dict[str, Any]) -> Candidate:
    return Candidate(
        id=facts["id"],
        name=facts["name"],
        languages=frozenset(facts["languages"]),
        treatments=frozenset(facts["treatments"]),
        is_active=facts.get("active", True),
        is_absent="away_until" in facts,
        open_load=facts["open"],
        last_assigned_at=datetime.fromisoformat(facts["last"]) if "last" in facts else None,
        away_until=date.fromisoformat(facts["away_until"]) if "away_until" in facts else None,
    )


def named(case: dict[str, Any]) -> str:
    return str(case["case"])


@pytest.mark.parametrize("case", DECIDED, ids=named)
def test_same_facts_give_the_golden_trace(case: dict[str, Any]) -> None:
    team = [person(facts) for facts in case["team"]]
    assert assign(Question(**case["question"]), team, case["fallback"]).as_trace() == case["trace"]


@pytest.mark.parametrize("case", DECIDED, ids=named)
def test_a_stored_trace_gives_the_same_person_again(case: dict[str, Any]) -> None:
    assert case["trace"]["rules_version"] == RULES_VERSION
    assert replay(case["trace"]).as_trace() == case["trace"]


@pytest.mark.parametrize("case", CASES, ids=named)
def test_golden_trace_in_words(case: dict[str, Any]) -> None:
    assert explain(case["trace"]).text == case["words"]


def test_golden_traces_know_every_rule_and_reason() -> None:
    rows = [row for case in DECIDED for row in case["trace"]["candidates"]]
    assert {case["trace"]["rule"] for case in DECIDED} == set(Rule.values)
    assert {row["refusal"] for row in rows} == {None, *Refusal.values}
    assert {case["trace"]["rules_version"] for case in CASES} == {1, 2, RULES_VERSION}


def test_table_says_why_for_each() -> None:
    [case] = [case for case in CASES if case["case"] == "whoever is away is passed over"]
    ana, jonas, sanne = explain(case["trace"]).candidates
    assert (ana.reason, sanne.reason) == ("has 4 inquiries open", "away until 24 October")
    assert jonas.is_chosen
    assert not jonas.reason


def test_an_assignment_by_a_person_has_no_trace_to_explain() -> None:
    assert explain({}).text == ""
    assert explain({}).candidates == ()


def test_trial_says_who_would_get_it() -> None:
    words = explain(DECIDED[0]["trace"], is_trial=True).text
    assert words.startswith("Sanne Voorbeeld would get it: speaks German")


def test_words_are_in_the_readers_language() -> None:
    with translation.override("de"):
        assert "Deutsch" in explain(DECIDED[0]["trace"]).text


# A thousand random teams

LANGUAGES = ["hr", "de", "en", "nl", "it"]
TREATMENTS = ["facet-infiltration", "facet-denervation", "periradicular-therapy", "back-injections"]
people = st.builds(
    Candidate,
    id=st.integers(1, 30),
    name=st.text(min_size=1, max_size=12),
    languages=st.frozensets(st.sampled_from(LANGUAGES)),
    treatments=st.frozensets(st.sampled_from(TREATMENTS)),
    is_active=st.booleans(),
    is_absent=st.booleans(),
    open_load=st.integers(0, 60),
    last_assigned_at=st.none() | st.datetimes(timezones=st.just(UTC)),
    away_until=st.none() | st.dates(date(2000, 1, 1), date(2199, 12, 31)),
)
teams = st.lists(people, max_size=12, unique_by=lambda candidate: candidate.id)
questions = st.builds(
    Question, st.sampled_from([*TREATMENTS, None]), st.sampled_from(LANGUAGES), st.none() | st.integers(1, 30)
)


@hypothesis_settings(max_examples=1000)
@given(questions, teams, st.data())
def test_a_thousand_teams_always_an_owner_or_a_flag(question: Question, team: list[Candidate], data: Any) -> None:
    fallback = data.draw(st.none() | st.sampled_from([item.id for item in team])) if team else None
    decision = assign(question, team, fallback)
    assert decision.is_flagged or decision.coordinator_id is not None
    assert decision.is_flagged == (decision.rule in {Rule.FALLBACK, Rule.NOBODY})
    # Nobody who is there and fits is left out while a patient gets a red flag or somebody of another language.
    fitting = [item for item in team if item.is_active and not item.is_absent]
    fitting = [item for item in fitting if question.treatment in {None, *item.treatments}]
    speaking = [item for item in fitting if question.language in item.languages]
    if decision.rule != Rule.RETURNING:
        assert (decision.rule == Rule.LANGUAGE_AND_TREATMENT) == bool(speaking)
        assert decision.is_flagged == (not fitting)
    # What is stored is enough to come to the same person, as JSON and back.
    trace = json.loads(json.dumps(decision.as_trace()))
    assert replay(trace).as_trace() == trace
    # And it can always be told, without a word missing.
    explanation = explain(trace)
    assert not re.search(r"%\(\w+\)", explanation.text)
    assert len(explanation.sentences) <= NAMED + 3
    assert len(explanation.candidates) == len(team)
    assert all(row.is_chosen or row.reason for row in explanation.candidates)
