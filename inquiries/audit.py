"""Who opened what, and who took what out: the record that managers look at, page by page and never counted."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import F, Q
from django.db.models.fields.tuple_lookups import Tuple, TupleLessThan
from django.db.models.query import QuerySet

from coordinators.roster import get_policy
from inquiries.enums import EventKind
from inquiries.models import Export, Inquiry, InquiryEvent

Row = TypeVar("Row", InquiryEvent, Export)

PAGE = 50
# What somebody does to look at an inquiry, and not to work on it
READING = (EventKind.OPENED, EventKind.READ, EventKind.OPENED_BY_REFERENCE, EventKind.FILE_READ, EventKind.EXPORTED)

_SEALED = ("inquiry__name", "inquiry__email", "inquiry__phone", "inquiry__message")


@dataclass(frozen=True)
class Narrowing:
    """What the record is narrowed to: one person, one inquiry with what was added to it, days of the clinic."""

    person: int | None = None
    inquiry: UUID | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Place:
    """Where a page ends: the next one holds what happened before."""

    at: datetime
    key: UUID

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.key}"


@dataclass(frozen=True)
class Entry:
    """One line of the record: an event of an inquiry, or an export."""

    place: Place
    event: InquiryEvent | None = None
    export: Export | None = None


def read_place(text: str) -> Place | None:
    """Return the place that an address holds, or None for one that cannot be read."""
    at, _tilde, key = text.partition("~")
    try:
        place = Place(datetime.fromisoformat(at), UUID(key))
    except ValueError:
        return None
    return place if place.at.tzinfo else None


def read_record(narrowing: Narrowing, after: Place | None) -> tuple[list[Entry], Place | None]:
    """Return a page of the record, the newest first, and where the next one starts if there is one."""
    events = InquiryEvent.objects.filter(kind__in=READING).exclude(kind=EventKind.EXPORTED, actor__isnull=True)
    if narrowing.inquiry:
        own = Q(inquiry=narrowing.inquiry) | Q(inquiry__joined_to=narrowing.inquiry)
        events = events.filter(own)
    rows = events.select_related("actor", "inquiry").defer("note", *_SEALED)
    found = [Entry(Place(event.at, event.pk), event=event) for event in _part(rows, narrowing, "at", "actor", after)]
    if not narrowing.inquiry:
        exports = Export.objects.select_related("made_by").defer("reason")
        lines = _part(exports, narrowing, "made_at", "made_by", after)
        found += [Entry(Place(export.made_at, export.pk), export=export) for export in lines]
    found.sort(key=lambda entry: (entry.place.at, entry.place.key), reverse=True)
    return found[:PAGE], found[PAGE - 1].place if len(found) > PAGE else None


def inquiry_called(reference: str) -> UUID | None:
    """Return the inquiry with a reference; what was added to another is part of that one."""
    found = Inquiry.objects.filter(reference=reference).values_list("joined_to", "pk").first()
    return (found[0] or found[1]) if found else None


def _part(rows: QuerySet[Row], narrowing: Narrowing, at: str, person: str, after: Place | None) -> QuerySet[Row]:
    """Return one page of one table, and one more line."""
    zone = get_policy().zone
    if narrowing.person:
        rows = rows.filter(**{person: narrowing.person})
    if narrowing.first:
        rows = rows.filter(**{f"{at}__gte": datetime.combine(narrowing.first, time.min, tzinfo=zone)})
    if narrowing.last:
        rows = rows.filter(**{f"{at}__lt": datetime.combine(narrowing.last + timedelta(days=1), time.min, tzinfo=zone)})
    if after:
        rows = rows.filter(TupleLessThan(Tuple(F(at), F("pk")), (after.at, after.key)))
    return rows.order_by(f"-{at}", "-pk")[: PAGE + 1]
