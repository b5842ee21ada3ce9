"""Key facts of a treatment, formatted for readers in one place."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from treatments.enums import Guidance
from treatments.models import Treatment

DAYS_A_WEEK = 7
WEEKS_SHOWN_AS_MONTHS = 9
WEEKS_A_MONTH = 4.345


@dataclass(frozen=True)
class Fact:
    """One line of the key-facts strip: a stable key, a translated label and value."""

    key: str
    label: str
    value: str


def key_facts(treatment: Treatment) -> list[Fact]:
    """Return the facts of `treatment` in the active language."""
    facts = [
        Fact("minutes", _("How long it takes"), _minutes(treatment.minutes_min, treatment.minutes_max)),
        Fact("sessions", _("How many sessions"), _sessions(treatment)),
    ]
    if treatment.interval_days_min is not None and treatment.interval_days_max is not None:
        facts.append(
            Fact(
                "interval",
                _("Time between sessions"),
                _span(treatment.interval_days_min, treatment.interval_days_max),
            )
        )
    return [
        *facts,
        Fact("guidance", _("Pictures used"), _guidance(treatment.guidance)),
        Fact("anaesthesia", _("Are you awake?"), treatment.get_anaesthesia_display()),
        Fact(
            "onset",
            _("When it may start to work"),
            _onset(treatment.onset_days_min, treatment.onset_days_max),
        ),
        Fact(
            "lasting",
            _("How long it may last"),
            _lasting(treatment.lasting_weeks_min, treatment.lasting_weeks_max),
        ),
        Fact("radiation", _("X-rays"), treatment.get_radiation_display()),
    ]


def _range(low: int, high: int) -> str:
    """Return `low` to `high` in the reader's way of writing a range, or the one number."""
    if low == high:
        return str(low)
    return pgettext("a range of numbers", "%(low)d to %(high)d") % {"low": low, "high": high}


def _minutes(low: int, high: int) -> str:
    """Return a span of minutes in words."""
    return ngettext("%(range)s minute", "%(range)s minutes", high) % {"range": _range(low, high)}


def _sessions(treatment: Treatment) -> str:
    """Return a number of sessions in words, and whether a test comes first on another day."""
    low, high = treatment.sessions_min, treatment.sessions_max
    sessions = ngettext("%(range)s session", "%(range)s sessions", high) % {"range": _range(low, high)}
    if treatment.after_test_block:
        return _("%(sessions)s, after a test block on another day") % {"sessions": sessions}
    return sessions


def _span(low: int, high: int) -> str:
    """Return a span of days in words, as weeks where both ends are whole weeks."""
    if low and low % DAYS_A_WEEK == 0 and high % DAYS_A_WEEK == 0:
        low, high = low // DAYS_A_WEEK, high // DAYS_A_WEEK
        return ngettext("%(range)s week", "%(range)s weeks", high) % {"range": _range(low, high)}
    return ngettext("%(range)s day", "%(range)s days", high) % {"range": _range(low, high)}


def _onset(low: int, high: int) -> str:
    """Return when the effect may start, in words; 0 days means within hours."""
    if low == 0:
        return _("numbing within minutes, cortisone within %(span)s") % {"span": _span(high, high)}
    return _span(low, high)


def _lasting(low: int, high: int) -> str:
    """Return how long the effect may last, in words, always with the honest other case."""
    if low == 0:
        return _("days to a few months, or no relief at all")
    if high > WEEKS_SHOWN_AS_MONTHS and low > WEEKS_SHOWN_AS_MONTHS:
        months = _range(round(low / WEEKS_A_MONTH), round(high / WEEKS_A_MONTH))
        return _("%(range)s months if it works, or no relief at all") % {"range": months}
    return _("weeks to months if it works, or no relief at all")


def _guidance(codes: list[str]) -> str:
    """Return the kinds of pictures in the reader's words."""
    return ", ".join(str(Guidance(code).label) for code in codes)
