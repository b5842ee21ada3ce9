"""What lies in the site's database, read past the site itself."""

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

BUSY_SECONDS = 10
# What hangs on an inquiry, in the order in which it can be deleted
TABLES = (
    "outgoingemail", "accesscode", "linkrequest", "privatelink", "replypromise", "message", "medicalanswers",
    "patientfile", "desksheet", "inboundmail", "inquiryevent", "assignment", "searchterm", "inquiry", "tombstone",
)  # fmt: skip


@dataclass(frozen=True)
class Email:
    """One row of the outbox."""

    id: uuid.UUID
    inquiry: uuid.UUID
    kind: str
    status: str
    attempts: int
    message_id: str
    last_error: str
    seconds_to_next_attempt: float

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to it."""
        return self.status in {"SENT", "FAILED"}


@dataclass(frozen=True)
class Rows:
    """Plain SQL on the site's database; `place` is a file of SQLite or a URL of PostgreSQL."""

    place: Path | str

    def select(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query; parameters are written as %s."""
        return self._run(sql, parameters)

    def change(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Change something and commit it."""
        self._run(sql, parameters)

    def inquiry(self, receipt_digest: str) -> uuid.UUID:
        """Return the key of the inquiry that a confirmation page belongs to."""
        [(key,)] = self.select("SELECT id FROM inquiries_inquiry WHERE receipt_digest = %s", [receipt_digest])
        return _uuid(key)

    def inquiries(self) -> list[uuid.UUID]:
        """Return the keys of all inquiries, in the order of their receipt."""
        return [_uuid(key) for (key,) in self.select("SELECT id FROM inquiries_inquiry ORDER BY received_at")]

    def emails(self) -> list[Email]:
        """Return the outbox."""
        wait = "EXTRACT(EPOCH FROM next_attempt_at - now())"
        if isinstance(self.place, Path):
            wait = "(julianday(next_attempt_at) - julianday('now')) * 86400"
        found = self.select(
            f"SELECT id, inquiry_id, kind, status, attempts, message_id, last_error, {wait} "
            "FROM inquiries_outgoingemail WHERE inquiry_id IS NOT NULL ORDER BY created_at"
        )
        return [
            Email(_uuid(key), _uuid(inquiry), kind, status, attempts, message_id, error, float(seconds))
            for key, inquiry, kind, status, attempts, message_id, error, seconds in found
        ]

    def events(self) -> list[tuple[uuid.UUID, str]]:
        """Return (inquiry, kind) of every event."""
        return [
            (_uuid(key), kind)
            for key, kind in self.select("SELECT inquiry_id, kind FROM inquiries_inquiryevent ORDER BY at")
        ]

    def assigned(self) -> set[uuid.UUID]:
        """Return the inquiries that have an assignment and an owner."""
        sql = (
            "SELECT a.inquiry_id FROM inquiries_assignment a JOIN inquiries_inquiry i ON i.id = a.inquiry_id "
            "WHERE i.coordinator_id = a.coordinator_id"
        )
        return {_uuid(key) for (key,) in self.select(sql)}

    def let_time_pass(self) -> None:
        """Make every waiting e-mail due now, as if its time had come."""
        self.change("UPDATE inquiries_outgoingemail SET next_attempt_at = created_at WHERE status = %s", ["PENDING"])

    def forget_inquiries(self) -> None:
        """Delete all inquiries and what belongs to them, for the next test on the same site."""
        for table in TABLES:
            self.change(f"DELETE FROM inquiries_{table}")

    def _run(self, sql: str, parameters: Sequence[object]) -> list[tuple[Any, ...]]:
        if isinstance(self.place, Path):
            with closing(sqlite3.connect(self.place, timeout=BUSY_SECONDS, isolation_level=None)) as lite:
                return lite.execute(sql.replace("%s", "?"), tuple(parameters)).fetchall()
        with psycopg.connect(self.place, autocommit=True) as postgres:
            cursor = postgres.execute(sql.encode(), tuple(parameters))
            return cursor.fetchall() if cursor.description else []


def _uuid(value: object) -> uuid.UUID:
    """Return a key as PostgreSQL or SQLite gives it."""
    return uuid.UUID(str(value))
