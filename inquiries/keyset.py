"""Pages of a long list without counting it: the next page starts after the last line of this one.

A page is found along an index, so that the thousandth costs what the first does, and a line that comes or goes
meanwhile moves no other line to another page.
"""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import BooleanField, Expression, F, Func, QuerySet, Value

Rows = TypeVar("Rows", bound=QuerySet[Any, Any])
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
class Column:
    """A column that a list is sorted by, and how its value is read from an address.

    `read` raises ValueError, or OverflowError, for what the column cannot hold: the database would answer with 500.
    """

    name: str
    read: Callable[[str], Any]


@dataclass(frozen=True)
class Order:
    """What a list is sorted by: columns of one index, all in one direction, the last unique."""

    code: str
    columns: tuple[Column, ...]
    is_descending: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)


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


def moment_column(name: str) -> Column:
    """Return a column of moments."""
    return Column(name, _read_moment)


def key_column(name: str) -> Column:
    """Return a column of keys, which is the last of every order."""
    return Column(name, UUID)


def read_cursor(text: str, order: Order, *, is_backwards: bool = False) -> Cursor | None:
    """Return the cursor that somebody's address holds, or None for one that is broken or of another order."""
    try:
        code, *values = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        if code != order.code or not all(isinstance(value, str) for value in values):
            return None
        place = tuple(column.read(value) for column, value in zip(order.columns, values, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
    return Cursor(order, place, is_backwards)


def read_page(parts: Sequence[QuerySet[Any, Any]], order: Order, cursor: Cursor | None, size: int) -> Page:
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


def first_rows(rows: Rows, order: Order, cursor: Cursor | None, count: int) -> Rows:
    """Return the first rows behind the cursor, in the direction of reading, along one index.

    The cursor may come from another table, if that is sorted by columns of the same kinds.
    """
    if cursor:
        rows = rows.filter(_beyond(rows, order, cursor))
    return rows.order_by(*_direction(order, cursor))[:count]


def _places(parts: Sequence[QuerySet[Any, Any]], order: Order, cursor: Cursor | None, count: int) -> list[Place]:
    """Return the first places behind the cursor, in the direction of reading."""
    cuts = [first_rows(part, order, cursor, count) for part in parts]
    if not cuts:
        return []
    if len(cuts) == 1:
        return list(cuts[0].values_list(*order.names))
    # Each part gives no more than a page; only these few lines are put together and sorted.
    manager = parts[0].model._default_manager
    first, *others = [manager.filter(pk__in=cut.values("pk")).values_list(*order.names) for cut in cuts]
    return list(first.union(*others).order_by(*_direction(order, cursor))[:count])


def _is_downwards(order: Order, cursor: Cursor | None) -> bool:
    """Return whether one reads from large to small."""
    return order.is_descending != (cursor is not None and cursor.is_backwards)


def _direction(order: Order, cursor: Cursor | None) -> list[str]:
    """Return the order as the database reads it, which is turned round for whoever reads backwards."""
    return [f"-{name}" if _is_downwards(order, cursor) else name for name in order.names]


def _beyond(rows: QuerySet[Any, Any], order: Order, cursor: Cursor) -> Expression:
    """Return the condition that a row lies beyond a place, written so that an index leads straight there."""
    fields: list[Any] = [rows.model._meta.get_field(name) for name in order.names]
    # What a generated column holds is its output field's.
    kinds = [getattr(field, "output_field", field) for field in fields]
    values = [Value(value, kind) for value, kind in zip(cursor.place, kinds, strict=True)]
    columns = Together(*map(F, order.names))
    return Beyond(columns, Together(*values), arg_joiner=" < " if _is_downwards(order, cursor) else " > ")


def _keys(places: list[Place]) -> list[UUID]:
    return [place[-1] for place in places]


def _read_moment(value: str) -> datetime:
    """Return a moment in UTC, as the database holds it; a year at the edge may have none."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError
    return moment.astimezone(UTC)
