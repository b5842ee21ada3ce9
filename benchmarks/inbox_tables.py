"""The tables of `benchmarks/inbox.py`: puts many rows into them, and has the database copy the closed inquiries."""

import sqlite3
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from django.conf import settings
from django.db import connection

from inquiries.models import DeskSheet, Inquiry, InquiryEvent, OutgoingEmail, SearchTerm

# What the models have and the tables of the version before the inbox's migration do not
LATER_COLUMNS = {"failed_at"}
# Each copy is so much older than the one before; of these there are as many at every size.
PERIOD_DAYS, RARE_LANGUAGE = 30, "xx"
CHUNK = 5_000
Row = dict[str, Any]


class Tables:
    """Puts many rows into tables as fast as the database can, without asking whether they belong together."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {}
        self.is_sqlite = connection.vendor == "sqlite"
        connection.ensure_connection()
        if not self.is_sqlite:
            self.raw: Any = connection.connection
            self.raw.execute("SET session_replication_role = replica")
            return
        path = str(settings.DATABASES["default"]["NAME"])
        connection.close()
        self.raw = sqlite3.connect(path, isolation_level=None)
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000", "foreign_keys=OFF"):
            self.raw.execute(f"PRAGMA {pragma}")
        self.raw.execute("BEGIN")

    def add(self, table: str, row: Row) -> None:
        """Add one row; many are written together."""
        rows = self.rows.setdefault(table, [])
        rows.append(row)
        if len(rows) >= CHUNK:
            self._write(table)

    def multiply(self, times: int) -> None:
        """Copy every closed inquiry so many times, with all that hangs on it."""
        for table in list(self.rows):
            self._write(table)
        if times:
            for command in _copying(times, is_sqlite=self.is_sqlite):
                self.raw.execute(command)

    def end(self) -> None:
        """Give the tables back to Django."""
        if self.is_sqlite:
            self.raw.execute("COMMIT")
            self.raw.execute("PRAGMA journal_mode=WAL")
            self.raw.close()
        else:
            self.raw.execute("SET session_replication_role = origin")
            self.raw.execute("ANALYZE")

    def _write(self, table: str) -> None:
        rows, self.rows[table] = self.rows[table], []
        if not rows:
            return
        columns = list(rows[0])
        names = ", ".join(f'"{column}"' for column in columns)
        if not self.is_sqlite:
            with self.raw.cursor() as cursor, cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row([row[column] for column in columns])
            return
        marks = ", ".join("?" for _column in columns)
        values = ([_plain(row[column]) for column in columns] for row in rows)
        self.raw.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)  # noqa: S608  # our own names


def _plain(value: Any) -> Any:  # noqa: ANN401  # whatever a column holds
    """Return a value as Django keeps it in SQLite."""
    if isinstance(value, uuid.UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
    return value.isoformat() if isinstance(value, date) else value


def _copying(times: int, *, is_sqlite: bool) -> Iterator[str]:
    """Yield the commands that copy all closed inquiries, the n-th time by n periods back."""
    if is_sqlite:
        more = f"SELECT k + 1 FROM n WHERE k < {times}"  # noqa: S608  # a number
        numbers = f"(WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL {more}) SELECT k FROM n)"  # noqa: S608  # a number
        key, word = "substr({0},1,8)||printf('%04x',k)||substr({0},13)", "printf('%04d',k)"
        back = "strftime('%Y-%m-%d %H:%M:%f',{0},'-'||(k*" + str(PERIOD_DAYS) + ")||' days')"
    else:
        numbers = f"(SELECT generate_series(1, {times}) AS k)"
        key = "(substr({0}::text,1,9)||lpad(to_hex(k),4,'0')||substr({0}::text,14))::uuid"
        word, back = "lpad(k::text,4,'0')", "{0} - k * interval '" + str(PERIOD_DAYS) + " days'"
    moments = (
        "received_at",
        "reply_due_at",
        "opened_at",
        "first_contact_at",
        "closed_at",
        "at",
        "created_at",
        "sent_at",
    )
    changed = {
        "reference": f"substr({word},2)||'C'||replace(substr({{0}},4),'-','')",
        "receipt_digest": f"{word}||substr({{0}},5)",
        "slot": f"{{0}}||'-'||{word}",
        "message_id": f"{word}||{{0}}",
        # Names are shared, addresses are not.
        "digest": f"CASE WHEN {{0}} LIKE 'mail%' THEN substr({{0}},1,8)||{word}||substr({{0}},13) ELSE {{0}} END",
    } | dict.fromkeys(moments, back)
    for model in (InquiryEvent, OutgoingEmail, SearchTerm, DeskSheet, Inquiry):
        table, columns, values = model._meta.db_table, [], []
        for field in model._meta.concrete_fields:
            if field.generated or field.column in LATER_COLUMNS or (model is SearchTerm and field.primary_key):
                continue
            name = f't."{field.column}"'
            template = key if field.column in {"id", "inquiry_id"} else changed.get(str(field.column), "{0}")
            columns.append(f'"{field.column}"')
            values.append(template.format(name))
        owner = "t.id" if model is Inquiry else "t.inquiry_id"
        closed = (
            f"{owner} IN (SELECT id FROM {Inquiry._meta.db_table} WHERE status = 'CLOSED'"  # noqa: S608  # our own names
            f" AND preferred_language <> '{RARE_LANGUAGE}')"
        )
        rows = f'SELECT {", ".join(values)} FROM "{table}" t CROSS JOIN {numbers} numbers WHERE {closed}'  # noqa: S608  # our own names
        yield f'INSERT INTO "{table}" ({", ".join(columns)}) {rows}'


def stored(table: str, pk: str | uuid.UUID) -> Row:
    """Return one row of a table as it lies there."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}" WHERE id = %s', [pk])  # noqa: S608  # our own names
        [line] = cursor.fetchall()
        return dict(zip([column.name if hasattr(column, "name") else column[0] for column in cursor.description], line,
                        strict=True))  # fmt: skip


def in_sql(pk: uuid.UUID) -> str | uuid.UUID:
    """Return a key as the database wants it in plain SQL."""
    return pk.hex if connection.vendor == "sqlite" else pk
