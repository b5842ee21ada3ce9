"""Moments as people read them: in their language, with the place whose clock is meant."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from django.utils.formats import date_format
from django.utils.translation import pgettext


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
