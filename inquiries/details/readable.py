"""Stored answers in the reader's language: for the desk, and for patients who read back what they entered."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.translation import pgettext

from coordinators.roster import get_policy
from inquiries.details.answers import Answers, Value, from_text
from inquiries.details.body_map import MarkedRegion, marked_regions
from inquiries.details.form_fields import parts_of_month
from inquiries.details.questions import GROUP_BY_CODE, GROUPS, Group, Kind, Question
from inquiries.models import Inquiry


@dataclass(frozen=True)
class ReadAnswer:
    """One answer: the question, what was chosen, and the patient's own words."""

    label: str
    chosen: tuple[str, ...] = ()
    words: str = ""
    regions: tuple[MarkedRegion, ...] = ()  # the whole body map, for the question where it hurts


@dataclass(frozen=True)
class ReadGroup:
    """One group of answers, and on which day it was last saved."""

    code: str
    title: str
    saved_on: str
    answers: tuple[ReadAnswer, ...]


def day_of(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Return the day of a moment, where the clinic is, in the active language."""
    return date_format(moment.astimezone(zone or get_policy().zone), pgettext("date format", "j F Y"))


def readable_answers(inquiry: Inquiry, zone: ZoneInfo | None = None) -> list[ReadGroup]:
    """Return everything that the patient answered, in the active language and in the order of the questions.

    Whoever reads many inquiries gives the clinic's `zone`, so that it is not looked up for each.
    """
    rows = {row.group: row for row in inquiry.medical_answers.all()}
    order = [group.code for group in GROUPS] + sorted(set(rows) - set(GROUP_BY_CODE))
    return [
        ReadGroup(
            code=code,
            title=str(GROUP_BY_CODE[code].title) if code in GROUP_BY_CODE else code,
            saved_on=day_of(rows[code].saved_at, zone),
            answers=tuple(_read(GROUP_BY_CODE.get(code), from_text(rows[code].answers))),
        )
        for code in order
        if code in rows
    ]


def _read(group: Group | None, answers: Answers) -> Iterator[ReadAnswer]:
    """Return the answers of one group; what no question asks for any more comes last, as it is stored."""
    rest = dict(answers)
    for question in group.questions if group else ():
        given = rest.pop(question.code, "")
        words = rest.pop(question.more_code, "") if question.more else ""
        if given or words:
            yield _read_answer(question, given, _as_words(words))
    for code, value in rest.items():
        yield ReadAnswer(code, words=_as_words(value))


def _read_answer(question: Question, given: Value, words: str) -> ReadAnswer:
    """Return one answer in words; a code that no question knows any more stands as it is."""
    label = str(question.label)
    if question.kind is Kind.TEXT:
        return ReadAnswer(label, words=_as_words(given))
    codes = [given] if isinstance(given, str) else given
    regions = tuple(marked_regions(codes)) if question.kind is Kind.REGIONS else ()
    return ReadAnswer(label, tuple(_in_words(question, code) for code in codes if code), words, regions)


def _in_words(question: Question, code: str) -> str:
    """Return what one stored code says."""
    if question.kind is Kind.MONTH:
        return _month_in_words(code)
    if question.kind is Kind.DAY:
        return _day_in_words(code)
    return next((str(option.label) for option in question.options if option.code == code), code)


def _month_in_words(stored: str) -> str:
    """Return a month with its name, or a year alone."""
    parts = parts_of_month(stored)
    if parts is None:
        return stored
    month, year = parts
    return f"{MONTHS[int(month)]} {year}" if month else year


def _day_in_words(stored: str) -> str:
    """Return a day as it is written in the active language."""
    try:
        return date_format(date.fromisoformat(stored), pgettext("date format", "j F Y"))
    except ValueError:
        return stored


def _as_words(value: Value) -> str:
    """Return what should be words, whatever an older form stored in its place."""
    return value if isinstance(value, str) else ", ".join(value)
