"""The words of each language that the rules about claims look for, as they lie in `treatments/content/claims/`.

They are phrases, not code: words with `*` for any letters, `…` for up to six words in between, `(a|b)` for one or
the other, `(a |)` for one that may be missing, and `#` for a number. docs/content.md explains them.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from treatments.claims import ClaimRules, Negations, Reason
from treatments.content_files import CONTENT, ContentError, read_toml

FOLDER = CONTENT / "claims"
# What is forbidden in every language, such as the names of products
COMMON = "every-language"
_TABLES = {
    "language": {"abbreviations", "number_words", "ranges"},
    "numbers": {"always", "with_effect", "bands"},
    "effect": {"phrases", "amplifiers", "hedges", "conditions"},
    "negation": {"near", "without", "before", "after", "empty", "breaks", "joins"},
    "outcome": {"phrases"},
}
_MAY_BE_EMPTY = {("language", "abbreviations"), ("negation", "after"), ("negation", "empty"), ("negation", "joins")}
_DIGITS = r"\d+(?:[.,]\d+)*(?: \d{3}(?!\d))*"
# What a sign of a phrase, as re.escape writes it, stands for; in this order
_SIGNS = (
    (r"\(", "(?:"),
    (r"\)", ")"),
    (r"\|", "|"),
    (r"\*", r"[\w'-]*"),
    (r"\-", r"[-–\s]?"),
    (r"\ …\ ", r",?\s+(?:(?!(?:<denial>)\b)[\w'%/-]+,?\s+){0,6}?"),
    (r"\ %", r"\s*%"),
    (r"\#\ ", r"\#[\s-]*"),
    (r"\ ", r"\s+"),
)
_NUMBER = r"\#"
_DENIAL = "<denial>"
_NOTHING = "(?!)"


class NoClaimRulesError(LookupError):
    """No file says what may not be claimed in a language."""

    def __init__(self, language: str) -> None:
        super().__init__(f"There are no rules for claims in “{language}”: write {FOLDER.name}/{language}.toml.")
        self.language = language


@cache
def rules_for(language: str) -> ClaimRules:
    """Return a language's rules. Raises NoClaimRulesError if it has no file, ContentError if the file is not right."""
    path = FOLDER / f"{language}.toml"
    if language == COMMON or not path.is_file():
        raise NoClaimRulesError(language)
    return read_claim_rules(path, read_toml(FOLDER / f"{COMMON}.toml"))


def languages_with_rules() -> list[str]:
    """Return the languages that have a file."""
    return sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != COMMON)


def read_claim_rules(path: Path, common: dict[str, Any]) -> ClaimRules:
    """Return the rules in `path`, whose name is their language, with what is forbidden in every language."""
    data = read_toml(path)
    _check(path, data)
    number = _number(data["language"])

    denials = [word for word in data["negation"]["before"] + data["negation"]["near"] if word.isalpha()]

    def one_of(table: str, name: str) -> re.Pattern[str]:
        return _any_of(path, data[table][name], number, denials)

    forbidden = {
        reason: [*data["forbidden"].get(reason, ()), *common.get("forbidden", {}).get(reason, ())] for reason in Reason
    }
    return ClaimRules(
        language=path.stem,
        forbidden={reason: _any_of(path, phrases, number, denials) for reason, phrases in forbidden.items() if phrases},
        numbers=one_of("numbers", "always"),
        durations=one_of("numbers", "with_effect"),
        bands=_bands(one_of("numbers", "bands")),
        effects=one_of("effect", "phrases"),
        amplifiers=one_of("effect", "amplifiers"),
        hedges=one_of("effect", "hedges"),
        conditions=one_of("effect", "conditions"),
        outcomes=one_of("outcome", "phrases"),
        negations=Negations(
            without=one_of("negation", "without"),
            near=one_of("negation", "near"),
            before=one_of("negation", "before"),
            after=one_of("negation", "after"),
            empty=one_of("negation", "empty"),
            breaks=re.compile(r"[,;:()–—]|" + one_of("negation", "breaks").pattern, re.IGNORECASE),
            joins=re.compile(r"\s*(?:" + one_of("negation", "joins").pattern + ")", re.IGNORECASE),
        ),
        abbreviations=frozenset(short.casefold() for short in data["language"]["abbreviations"]),
    )


def compile_phrase(phrase: str, number: str = _DIGITS, denials: Iterable[str] = ()) -> str:
    """Return the regular expression that a phrase stands for; its gaps do not reach over any of `denials`."""
    pattern = re.escape(" ".join(phrase.split()))
    for sign, meaning in _SIGNS:
        pattern = pattern.replace(sign, meaning)
    denial = "|".join(re.escape(word) for word in denials) or _NOTHING
    pattern = pattern.replace(_DENIAL, denial)
    return rf"(?<!\w)(?:{pattern.replace(_NUMBER, rf'(?<![.,])(?:{number})')})(?!\w)"


def _any_of(path: Path, phrases: Iterable[str], number: str, denials: Sequence[str]) -> re.Pattern[str]:
    """Return the expression that finds any of `phrases`. Raises ContentError for one that cannot be read."""
    patterns = []
    for phrase in phrases:
        try:
            patterns.append(compile_phrase(phrase, number, denials))
            re.compile(patterns[-1])
        except re.error as error:
            message = f"{path}: the phrase “{phrase}” cannot be read: {error}."
            raise ContentError(message) from error
    return re.compile("|".join(patterns), re.IGNORECASE) if patterns else re.compile(_NOTHING)


def _number(language: dict[str, list[str]]) -> str:
    """Return the expression of a number or a range, in digits or in the language's words."""
    words = "|".join(re.escape(word) for word in sorted(language["number_words"], key=len, reverse=True))
    one = rf"(?:{_DIGITS}|{words})"
    ranges = "|".join(re.escape(word) for word in language["ranges"])
    return rf"{one}(?:\s*(?:[-–/]|\b(?:{ranges})\b)\s*{one})?"


def _bands(word: re.Pattern[str]) -> re.Pattern[str]:
    """Return the expression of a frequency word with its meaning in brackets at the start of a list item."""
    return re.compile(rf"^(?:[^():]{{0,25}}\s)?(?:{word.pattern})\s*\([^()]*\)(?=:|\s*:)", re.IGNORECASE)


def _check(path: Path, data: dict[str, Any]) -> None:
    """Refuse a file that lacks a list, or has one that nobody reads. Raises ContentError."""
    wrong = sorted(set(data) ^ {*_TABLES, "forbidden"})
    for table, names in _TABLES.items():
        there = data.get(table, {})
        wrong += [f"{table}.{name}" for name in sorted(names ^ set(there))]
        wrong += [f"{table}.{name}" for name in sorted(names & set(there)) if not _is_list(there[name], table, name)]
    wrong += [f"forbidden.{reason}" for reason in data.get("forbidden", {}) if reason not in set(Reason)]
    if wrong:
        message = f"{path}: missing, empty or unknown: {', '.join(wrong)}."
        raise ContentError(message)


def _is_list(value: object, table: str, name: str) -> bool:
    """Tell whether `value` is a list of phrases, and not empty unless it may be."""
    is_list = isinstance(value, list) and all(isinstance(phrase, str) and phrase.strip() for phrase in value)
    return is_list and (bool(value) or (table, name) in _MAY_BE_EMPTY)
