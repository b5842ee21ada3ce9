"""A stored assignment in words: who got the inquiry and why, and why everybody else was passed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf.locale import LANG_INFO
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from coordinators.enums import Refusal, Rule

# So many are named one by one; the table tells of the others.
NAMED = 4
# Who came closest is named first.
_CLOSEST = (
    Refusal.KNOWN, Refusal.TURN, Refusal.LOAD, Refusal.LANGUAGE, Refusal.ABSENT, Refusal.TREATMENT, Refusal.INACTIVE,
)  # fmt: skip


@dataclass(frozen=True)
class ExplainedCandidate:
    """One person who was considered, and why the rule passed by, if it did."""

    name: str
    speaks: bool
    knows: bool
    is_active: bool
    is_absent: bool
    open_count: int
    reason: str
    is_chosen: bool


@dataclass(frozen=True)
class Explanation:
    """An assignment by the rule, as sentences and as a table."""

    sentences: tuple[str, ...]
    candidates: tuple[ExplainedCandidate, ...]

    @property
    def text(self) -> str:
        """The sentences one after the other."""
        return " ".join(self.sentences)


def explain(trace: Mapping[str, Any], *, is_trial: bool = False) -> Explanation:
    """Return a trace of any version of the rules in words; a trial says who would get it."""
    rows = list(trace.get("candidates", ()))
    if not rows and "rule" not in trace:
        return Explanation((), ())
    chosen = next((row for row in rows if row["id"] == trace["chosen"]), None)
    passed_over = sorted((row for row in rows if row["refusal"] and row is not chosen), key=_closeness)
    sentences = [*_choice(trace, chosen, is_trial=is_trial), *(_passed_over(row, trace) for row in passed_over[:NAMED])]
    if others := len(passed_over) - NAMED:
        sentences += _and_others(others)
    # Whoever takes nothing at all comes last.
    in_order = sorted(rows, key=lambda row: row is not chosen and not row["active"])
    return Explanation(tuple(sentences), tuple(_candidate(row, trace) for row in in_order))


def language_label(code: str) -> str:
    """Return a language's name in the reader's language."""
    return _(LANG_INFO[code]["name"]) if code in LANG_INFO else code


def _choice(trace: Mapping[str, Any], chosen: Mapping[str, Any] | None, *, is_trial: bool) -> list[str]:
    """Return who was chosen and why."""
    rule = Rule(trace["rule"])
    if rule == Rule.NOBODY or trace["chosen"] is None:
        return [_("Nobody fits and no fallback is set: the inquiry has a red flag until a person assigns it.")]
    name = chosen["name"] if chosen else _("A colleague who is no longer listed")
    if rule == Rule.FALLBACK:
        return [_("Nobody fits."), _("%(name)s is the clinic's fallback; the inquiry has a red flag.") % {"name": name}]
    frame = _("%(name)s would get it: %(reasons)s.") if is_trial else _("%(name)s got it: %(reasons)s.")
    sentences = [frame % {"name": name, "reasons": ", ".join(_strengths(chosen, trace, rule) if chosen else [])}]
    if rule == Rule.TREATMENT:
        missing = _("Nobody who speaks %(language)s and knows the treatment is here.")
        sentences.insert(0, missing % {"language": language_label(trace["language"])})
    return sentences


def _strengths(row: Mapping[str, Any], trace: Mapping[str, Any], rule: Rule) -> list[str]:
    """Return what speaks for the chosen person."""
    reasons = [_("has answered this patient before")] if rule == Rule.RETURNING else []
    if row["speaks"]:
        reasons.append(_("speaks %(language)s") % {"language": language_label(trace["language"])})
    if trace["treatment"] is None:
        reasons.append(_("the patient does not know the treatment yet"))
    elif row["knows"]:
        reasons.append(_("knows the treatment"))
    return [*reasons, pgettext("coordinator", "is here"), _open(row["open"])]


def _passed_over(row: Mapping[str, Any], trace: Mapping[str, Any]) -> str:
    """Return why one person was passed over, as a sentence."""
    return _("%(name)s was passed over: %(reason)s.") % {"name": row["name"], "reason": _reason(row, trace)}


def _and_others(count: int) -> list[str]:
    """Return that more people were passed over than are named."""
    if count < 1:
        return []
    words = ngettext(
        "%(count)d more person was passed over; the table says why.",
        "%(count)d more people were passed over; the table says why.",
        count,
    )
    return [words % {"count": count}]


def _reason(row: Mapping[str, Any], trace: Mapping[str, Any]) -> str:
    """Return why the rule passed by, with what is known about it."""
    refusal = Refusal(row["refusal"])
    if refusal == Refusal.ABSENT and row.get("away_until"):
        return _("away until %(day)s") % {"day": _day(row["away_until"])}
    if refusal == Refusal.LANGUAGE:
        return _("does not speak %(language)s") % {"language": language_label(trace["language"])}
    if refusal == Refusal.LOAD:
        return _open(row["open"])
    return str(refusal.label)


def _open(count: int) -> str:
    """Return how many inquiries a person has open."""
    return ngettext("has %(count)d inquiry open", "has %(count)d inquiries open", count) % {"count": count}


def _day(written: str) -> str:
    """Return the last day of an absence; without the year, which everybody knows."""
    return date_format(date.fromisoformat(written), pgettext("date format", "j F"))


def _closeness(row: Mapping[str, Any]) -> int:
    """Return how close the person came to being chosen; the smaller, the closer."""
    return _CLOSEST.index(Refusal(row["refusal"]))


def _candidate(row: Mapping[str, Any], trace: Mapping[str, Any]) -> ExplainedCandidate:
    """Return one line of the table."""
    return ExplainedCandidate(
        name=row["name"],
        speaks=row["speaks"],
        knows=row["knows"],
        is_active=row["active"],
        is_absent=row["absent"],
        open_count=row["open"],
        reason=_reason(row, trace) if row["refusal"] else "",
        is_chosen=row["id"] == trace["chosen"],
    )
