"""Who opened what, and who took what out: the record that managers look at, page by page and never counted."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db.models import Q
from django.db.models.query import QuerySet

from coordinators.roster import get_policy
from inquiries.enums import EventKind
from inquiries.keyset import Cursor, Order, first_rows, key_column, moment_column
from inquiries.models import Export, Inquiry, InquiryEvent
from inquiries.periods import within_days

Row = TypeVar("Row", InquiryEvent, Export)

PAGE = 50
# What somebody does to look at an inquiry, and not to work on it
READING = (EventKind.OPENED, EventKind.READ, EventKind.OPENED_BY_REFERENCE, EventKind.FILE_READ, EventKind.EXPORTED)

# Two tables in one list: a place in one is a place in the other.
NEWEST = Order("record", (moment_column("at"), key_column("id")), is_descending=True)
NEWEST_EXPORTS = Order("record", (moment_column("made_at"), key_column("id")), is_descending=True)

_SEALED = ("inquiry__name", "inquiry__email", "inquiry__phone", "inquiry__message")


@dataclass(frozen=True)
class Narrowing:
    """What the record is narrowed to: one person, one inquiry with what was added to it, days of the clinic."""

    person: int | None = None
    inquiry: UUID | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class Entry:
    """One line of the record: an event of an inquiry, or an export."""

    at: datetime
    key: UUID
    event: InquiryEvent | None = None
    export: Export | None = None

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where the line is in the order of the record."""
        return self.at, self.key


def read_record(narrowing: Narrowing, after: Cursor | None) -> tuple[list[Entry], Cursor | None]:
    """Return a page of the record, the newest first, and where the next one starts if there is one."""
    rows = InquiryEvent.objects.filter(kind__in=READING).exclude(kind=EventKind.EXPORTED, actor__isnull=True)
    if narrowing.inquiry:
        # Asked for by their keys, so that their own index leads to them and not the whole record is read through
        own = Q(pk=narrowing.inquiry) | Q(joined_to=narrowing.inquiry)
        rows = rows.filter(inquiry__in=list(Inquiry.objects.filter(own).values_list("pk", flat=True)))
    else:
        # The export has a line of its own, among which hundreds of these would hide who really looked.
        rows = rows.exclude(kind=EventKind.READ, details__has_key="export")
    events = _narrowed(rows, narrowing, "at", "actor").select_related("actor", "inquiry").defer("note", *_SEALED)
    found = [Entry(event.at, event.pk, event=event) for event in first_rows(events, NEWEST, after, PAGE + 1)]
    if not narrowing.inquiry:
        made = _narrowed(Export.objects.all(), narrowing, "made_at", "made_by")
        exports = first_rows(made.select_related("made_by").defer("reason"), NEWEST_EXPORTS, after, PAGE + 1)
        found += [Entry(export.made_at, export.pk, export=export) for export in exports]
    found.sort(key=lambda entry: entry.place, reverse=True)
    return found[:PAGE], Cursor(NEWEST, found[PAGE - 1].place) if len(found) > PAGE else None


def inquiry_called(reference: str) -> UUID | None:
    """Return the inquiry with a reference; what was added to another is part of that one."""
    found = Inquiry.objects.filter(reference=reference).values_list("joined_to", "pk").first()
    return (found[0] or found[1]) if found else None


def _narrowed(rows: QuerySet[Row], narrowing: Narrowing, at: str, person: str) -> QuerySet[Row]:
    """Return one table's rows of the person and the days that were chosen."""
    if narrowing.person:
        rows = rows.filter(**{person: narrowing.person})
    return rows.filter(within_days(at, narrowing.first, narrowing.last, get_policy().zone))
