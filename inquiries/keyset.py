"""Pages of a long list without counting it: the next page starts after the last line of this one.

A page is found along an index, so that the thousandth costs what the first does, and a line that comes or goes
meanwhile moves no other line to another page.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Expression, F, Func, Value

from inquiries.models import Inquiry
from inquiries.querysets import CLOSED_RANK, InquiryQuerySet

Place = tuple[Any, ...]


class Together(Func):
    """Several columns or values in brackets, compared as one: `(a, b, c)`."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


class Beyond(Func):
    """Whether a row lies beyond a place. Django's own comparison makes ORs of it, which SQLite reads along no index."""

    template = "%(expressions)s"
    output_field = BooleanField()


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: columns of one index, all in one direction, the last unique."""

    code: str
    columns: tuple[str, ...]
    is_descending: bool = False


@dataclass(frozen=True)
class Cursor:
    """A place between two lines of a list, and the direction in which to read on."""

    order: Order
    place: Place
    is_backwards: bool = False

    def __str__(self) -> str:
        values = [value.isoformat() if isinstance(value, datetime) else str(value) for value in self.place]
        text = json.dumps([self.order.code, *values], separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@dataclass(frozen=True)
class Page:
    """The keys of one page, in order, and where the pages beside it begin; nothing where there is none."""

    keys: list[UUID]
    previous: Cursor | None = None
    next: Cursor | None = None


def read_cursor(text: str, order: Order, *, is_backwards: bool) -> Cursor | None:
    """Return the cursor that somebody's address holds, or None for one that is broken or of another order."""
    try:
        code, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if code != order.code:
            return None
        place = tuple(_READ[column](value) for column, value in zip(order.columns, values, strict=True))
    except (ValueError, TypeError, AttributeError, RecursionError, binascii.Error):
        return None
    return Cursor(order, place, is_backwards)


def read_page(parts: Sequence[InquiryQuerySet], order: Order, cursor: Cursor | None, size: int) -> Page:
    """Return a page of all rows that are in any of `parts`, of which each is read along its own index."""
    places = _places(parts, order, cursor, size + 1)
    is_more = len(places) > size
    places = places[:size]
    if cursor and cursor.is_backwards:
        if not is_more and len(places) < size:
            # Lines at the start have gone: show a whole first page.
            return read_page(parts, order, None, size)
        places.reverse()
    if not places:
        return Page([])
    first, last = Cursor(order, places[0], is_backwards=True), Cursor(order, places[-1])
    if cursor is None:
        return Page(_keys(places), None, last if is_more else None)
    if cursor.is_backwards:
        return Page(_keys(places), first if is_more else None, last)
    return Page(_keys(places), first, last if is_more else None)


def _places(parts: Sequence[InquiryQuerySet], order: Order, cursor: Cursor | None, count: int) -> list[Place]:
    """Return the first places behind the cursor, in the direction of reading."""
    descending = order.is_descending != (cursor is not None and cursor.is_backwards)
    direction = [f"-{column}" if descending else column for column in order.columns]

    def cut(part: InquiryQuerySet) -> InquiryQuerySet:
        if cursor:
            part = part.filter(_beyond(order, cursor.place, descending=descending))
        return part.order_by(*direction)[:count]

    if not parts:
        return []
    if len(parts) == 1:
        return list(cut(parts[0]).values_list(*order.columns))
    # Each part gives no more than a page; only these few lines are put together and sorted.
    first, *others = [
        Inquiry.objects.filter(pk__in=cut(part).values("pk")).values_list(*order.columns) for part in parts
    ]
    return list(first.union(*others).order_by(*direction)[:count])


def _beyond(order: Order, place: Place, *, descending: bool) -> Expression:
    """Return the condition that a row lies beyond a place, written so that an index leads straight there."""
    kinds: list[Any] = [Inquiry._meta.get_field(column) for column in order.columns]
    values = [Value(value, getattr(kind, "output_field", kind)) for value, kind in zip(place, kinds, strict=True)]
    columns = Together(*map(F, order.columns))
    return Beyond(columns, Together(*values), arg_joiner=" < " if descending else " > ")


def _keys(places: list[Place]) -> list[UUID]:
    return [place[-1] for place in places]


def _rank(value: str) -> int:
    rank = int(value)
    if not 0 <= rank <= CLOSED_RANK:
        raise ValueError
    return rank


def _moment(value: str) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment


_READ: dict[str, Callable[[str], Any]] = {"inbox_rank": _rank, "inbox_at": _moment, "received_at": _moment, "id": UUID}
