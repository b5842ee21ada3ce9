"""Claims: which sentences of a text promise too much, or state a number or an effect without a source.

The rules are pure; the words they look for are data of each language (treatments/claim_rules.py).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from treatments.sentences import Sentence, sentences_of

# How many words may stand between a negation and what it denies
_FAR = 6
_NEAR = 3


class Kind(StrEnum):
    """Which rule a sentence breaks."""

    FORBIDDEN_WORD = "FORBIDDEN_WORD"
    UNSOURCED_NUMBER = "UNSOURCED_NUMBER"
    UNSOURCED_EFFECT = "UNSOURCED_EFFECT"
    OUTCOME = "OUTCOME"


class Reason(StrEnum):
    """Why words are forbidden (FACTS.md §9); publishing.py says it to the editor."""

    CURE = "cure"
    PAIN_FREE = "pain_free"
    LIFE = "life"
    GUARANTEE = "guarantee"
    EXAGGERATED = "exaggerated"
    SAFE = "safe"
    GENTLE = "gentle"
    PRECISE = "precise"
    BEST = "best"
    SURGERY = "surgery"
    SPEED = "speed"
    COMPARISON = "comparison"
    SCAN = "scan"
    PRESSURE = "pressure"
    UNFOUNDED = "unfounded"
    BRAND = "brand"


@dataclass(frozen=True)
class Negations:
    """How a language denies: `without` it, `near` a word, `before` or `after` it; `empty` ones deny nothing."""

    without: re.Pattern[str]
    near: re.Pattern[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    empty: re.Pattern[str]
    # Where a clause ends, besides punctuation; and before which words a comma does not end it
    breaks: re.Pattern[str]
    joins: re.Pattern[str]


@dataclass(frozen=True)
class ClaimRules:
    """The words of one language that the rules look for."""

    language: str
    forbidden: Mapping[Reason, re.Pattern[str]]
    numbers: re.Pattern[str]
    durations: re.Pattern[str]
    bands: re.Pattern[str]
    effects: re.Pattern[str]
    # A hedge ("may", "some") is undone by an amplifier ("rapidly", "most"); a condition ("if it helps") never is
    amplifiers: re.Pattern[str]
    hedges: re.Pattern[str]
    conditions: re.Pattern[str]
    outcomes: re.Pattern[str]
    negations: Negations
    abbreviations: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Finding:
    """A sentence, the words in it that break a rule, and which rule; `reason` only where words are forbidden."""

    kind: Kind
    sentence: str
    match: str
    reason: Reason | None = None


def find_claims(
    text: str, rules: ClaimRules, *, following: str = "", known_sources: frozenset[str] | None = None
) -> list[Finding]:
    """Return what must not be published, in the order of the text.

    A source covers a sentence if it is cited in it, or after it in the same paragraph, list item or table row.
    `following` is what the reader reads next: a question that it denies is no claim. Citations that are not among
    `known_sources` cover nothing; None means that every citation counts.
    """
    findings: list[Finding] = []
    for sentence in sentences_of(text, rules.abbreviations, following, known_sources):
        findings += _forbidden(sentence, rules)
        findings += _unsourced(sentence, rules)
    return findings


def find_outcome_claims(text: str, rules: ClaimRules) -> list[Finding]:
    """Return what a patient's words about the service must not say: every claim, and any word about a result.

    Neither a source nor a hedge nor a denial makes a result speakable here: patients may praise the service only.
    """
    findings: list[Finding] = []
    for sentence in sentences_of(text, rules.abbreviations, "", frozenset()):
        findings += _forbidden(sentence, rules)
        outcome = rules.outcomes.search(sentence.text) or rules.effects.search(sentence.text)
        outcome = outcome or rules.numbers.search(sentence.text)
        if outcome:
            findings.append(Finding(Kind.OUTCOME, sentence.text, outcome.group()))
    return findings


def _forbidden(sentence: Sentence, rules: ClaimRules) -> Iterator[Finding]:
    """Yield the forbidden words of a sentence, the first for each reason."""
    if sentence.is_question and _denies(sentence.following, rules.negations):
        return
    for reason, pattern in rules.forbidden.items():
        for match in pattern.finditer(sentence.text):
            if not _is_denied(sentence.text, match, rules.negations):
                yield Finding(Kind.FORBIDDEN_WORD, sentence.text, match.group(), reason)
                break


def _unsourced(sentence: Sentence, rules: ClaimRules) -> Iterator[Finding]:
    """Yield the number, or else the effect, that a sentence states without a source."""
    if sentence.is_covered:
        return
    effect = rules.effects.search(sentence.text)
    # "Rare (1 to 10 in 10,000):" says what the word means.
    without_band = rules.bands.sub(" ", sentence.text, count=1)
    number = rules.numbers.search(without_band)
    if not number and effect and not sentence.is_question:
        number = rules.durations.search(without_band)
    if number:
        yield Finding(Kind.UNSOURCED_NUMBER, sentence.text, number.group())
    elif effect and not sentence.is_question and not _is_hedged(sentence.text, rules):
        for match in rules.effects.finditer(sentence.text):
            if not _is_denied(sentence.text, match, rules.negations):
                yield Finding(Kind.UNSOURCED_EFFECT, sentence.text, match.group())
                return


def _is_hedged(text: str, rules: ClaimRules) -> bool:
    """Tell whether a sentence leaves open if the effect comes."""
    if rules.conditions.search(text):
        return True
    return bool(rules.hedges.search(text)) and not rules.amplifiers.search(text)


def _is_denied(text: str, match: re.Match[str], negations: Negations) -> bool:
    """Tell whether the clause in which `match` stands denies it."""
    before, after = _clause(text, match, negations)
    before = negations.empty.sub("·", before)
    return (
        any(_words_after(before, found) == 0 for found in negations.without.finditer(before))
        or any(_words_after(before, found) <= _NEAR for found in negations.near.finditer(before))
        or any(_words_after(before, found) <= _FAR for found in negations.before.finditer(before))
        or any(len(after[: found.start()].split()) <= _FAR for found in negations.after.finditer(after))
    )


def _words_after(text: str, match: re.Match[str]) -> int:
    """Return how many words of `text` follow `match`."""
    return len(text[match.end() :].split())


def _clause(text: str, match: re.Match[str], negations: Negations) -> tuple[str, str]:
    """Return what stands in the clause of `match` before and after it."""
    start, end = 0, len(text)
    for edge in negations.breaks.finditer(text):
        if edge.group() == "," and negations.joins.match(text, edge.end()):
            continue
        if edge.end() <= match.start():
            start = edge.end()
        elif edge.start() >= match.end():
            end = min(end, edge.start())
    return text[start : match.start()], text[match.end() : end]


def _denies(text: str, negations: Negations) -> bool:
    """Tell whether an answer starts with a denial."""
    start = negations.breaks.split(negations.empty.sub("·", text), maxsplit=1)[0]
    return any(
        pattern.search(start) for pattern in (negations.without, negations.near, negations.before, negations.after)
    )
