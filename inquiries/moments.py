"""Moments as people read them: in their language, with the place whose clock is meant."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

_MINUTES_PER_HOUR = 60
_HOURS_SHOWN_AS_DAYS = 48


@dataclass(frozen=True)
class Promise:
    """By when the clinic answers: on the clinic's clock, and on the patient's where it differs."""

    at: datetime
    patient_at: datetime | None


def known_zone(name: str) -> str:
    """Return the name of a time zone if there is one of that name, else an empty text."""
    return name if name in _zones() else ""


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """Return every time zone's name; listing them reads the whole time zone database."""
    return frozenset(available_timezones())


def promise(reply_due_at: datetime | None, *, clinic_zone: ZoneInfo, patient_zone: str) -> Promise | None:
    """Return the promise on both clocks, the patient's only where it shows another time; None if there is none."""
    if reply_due_at is None:
        return None
    at = reply_due_at.astimezone(clinic_zone)
    patient_at = reply_due_at.astimezone(ZoneInfo(patient_zone)) if known_zone(patient_zone) else None
    if patient_at is not None and patient_at.utcoffset() == at.utcoffset():
        patient_at = None
    return Promise(at, patient_at)


def in_words(moment: datetime) -> str:
    """Return weekday, day, month and time of an aware moment in the active language, on its own clock."""
    return date_format(moment, pgettext("date format", "l j F, H:i"))


def in_short(moment: datetime) -> str:
    """Return day, month and time of an aware moment in the active language, on its own clock."""
    return date_format(moment, pgettext("date format", "j M H:i"))


def with_year(moment: datetime) -> str:
    """Return day, month, year and time of an aware moment in the active language, on its own clock."""
    return date_format(moment, pgettext("date format", "j M Y H:i"))


def span(length: timedelta) -> str:
    """Return a span of time to the minute; from two days on in days."""
    minutes = int(length.total_seconds() // 60)
    hours = minutes // _MINUTES_PER_HOUR
    if hours >= _HOURS_SHOWN_AS_DAYS:
        return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
    return hours_and_minutes(minutes)


def hours_and_minutes(minutes: int) -> str:
    """Return a span in hours and minutes only: a day of working time has no 24 hours."""
    hours = minutes // _MINUTES_PER_HOUR
    if hours and minutes % _MINUTES_PER_HOUR:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % _MINUTES_PER_HOUR}
    if hours:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
