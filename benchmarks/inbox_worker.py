"""The part of `benchmarks/inbox.py` that is one site: fills its database, then makes a page for every line it reads.

The rows are copies of one real inquiry with other keys, names, dates and owners: ten thousand are made here, and the
database copies the closed ones among them as often as it takes, each time further back. They are put into the tables
of the version before the inbox's migration; then that migration runs, and is timed.
"""

import json
import os
import random
import sqlite3
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402  # the settings come first

django.setup()

from django.conf import settings  # noqa: E402  # the settings come first
from django.core.management import call_command  # noqa: E402  # the settings come first
from django.db import connection  # noqa: E402  # the settings come first
from django.db.models import Model  # noqa: E402  # the settings come first
from django.test import Client  # noqa: E402  # the settings come first
from django.utils import timezone  # noqa: E402  # the settings come first

from coordinators.enums import Role  # noqa: E402  # the settings come first
from coordinators.models import Coordinator, User  # noqa: E402  # the settings come first
from inquiries.enums import ContactResult, EmailStatus, EventKind, Outcome, QuarantineReason, Status  # noqa: E402  # the settings come first
from inquiries.inbox import VIEWS  # noqa: E402  # the settings come first
from inquiries.models import DeskSheet, Inquiry, InquiryEvent, OutgoingEmail, SearchTerm  # noqa: E402  # the settings come first
from inquiries.references import DIGITS, LETTERS, PATTERN  # noqa: E402  # the settings come first
from inquiries.sealing.blind import keyed_digest  # noqa: E402  # the settings come first
from inquiries.services.submit import submit_inquiry  # noqa: E402  # the settings come first
from tests.factories import make_coordinator, make_submission, make_user  # noqa: E402  # the settings come first
from treatments.loading import load_content  # noqa: E402  # the settings come first
from treatments.models import Treatment  # noqa: E402  # the settings come first

BEFORE_THE_INBOX = "0006"
TEAM, FIRST_NAMES, LAST_NAMES = 12, 800, 3000
LANGUAGES, WEIGHTS = ("en", "de", "hr", "it", "nl", "xx"), (300, 250, 250, 100, 99, 1)
OPEN_AT_MOST, OPEN_SHARE, PERIOD_DAYS, READ_ROWS, CHUNK = 2000, 0.2, 30, 20, 5_000
MADE_HERE = 10_000
# Of the attempts so many reach nobody; of the open ones so many wait, unread, without an owner, without a promise, held
MISSED, WAITING, UNREAD, FLAGGED, UNPROMISED, HELD = 0.4, 0.5, 0.3, 0.05, 0.3, 0.05
INBOX = "/admin/inquiries/inquiry/"
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
            for command in copying(times, is_sqlite=self.is_sqlite):
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


def copying(times: int, *, is_sqlite: bool) -> Iterator[str]:
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
            if field.generated or (model is SearchTerm and field.primary_key):
                continue
            name = f't."{field.column}"'
            template = key if field.column in {"id", "inquiry_id"} else changed.get(str(field.column), "{0}")
            columns.append(f'"{field.column}"')
            values.append(template.format(name))
        owner = "t.id" if model is Inquiry else "t.inquiry_id"
        closed = f"{owner} IN (SELECT id FROM {Inquiry._meta.db_table} WHERE status = 'CLOSED')"  # noqa: S608  # our own names
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


def reference(number: int) -> str:
    """Return the reference of the inquiry with this number."""
    body = ""
    for kind in reversed(PATTERN):
        letters = DIGITS if kind == "d" else LETTERS
        number, place = divmod(number, len(letters))
        body = letters[place] + body
    return f"ZG-{body[:4]}-{body[4:]}"


def word(kind: str, number: int) -> str:
    """Return an invented name."""
    return f"{kind}{number}"


def build(count: int) -> str:
    """Fill the database and return how long it took."""
    call_command("migrate", verbosity=0)
    load_content()
    make_user(Role.MANAGER, "Mia Manager")
    team = [make_coordinator(f"Coordinator {number}", languages=LANGUAGES[:5]) for number in range(TEAM)]
    first = submit_inquiry(make_submission())
    call_command("migrate", "inquiries", BEFORE_THE_INBOX, verbosity=0)
    started = time.monotonic()
    patterns = {
        Inquiry: stored("inquiries_inquiry", in_sql(first.pk)),
        InquiryEvent: stored("inquiries_inquiryevent", in_sql(first.events.order_by("at")[0].pk)),
        OutgoingEmail: stored("inquiries_outgoingemail", in_sql(first.emails.get(kind="CONFIRMATION").pk)),
    }
    treatments: list[int | None] = [None, *Treatment.objects.values_list("pk", flat=True)]
    digests = {
        "first": [keyed_digest("search-name", word("first", number)) for number in range(FIRST_NAMES)],
        "last": [keyed_digest("search-name", word("last", number)) for number in range(LAST_NAMES)],
    }
    owners = [(coordinator.pk, coordinator.user_id) for coordinator in team]
    tables = Tables()
    made = min(count, MADE_HERE)
    for row in _rows(made, patterns, owners, treatments, digests):
        tables.add(*row)
    tables.multiply(round((count - made) / (made * (1 - OPEN_SHARE))))
    tables.end()
    filled = time.monotonic()
    call_command("migrate", verbosity=0)
    migrated = time.monotonic()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return f"{count:,} inquiries: filled in {filled - started:.0f} s, migrated in {migrated - filled:.0f} s"


def _rows(
    count: int,
    patterns: Mapping[type[Model], Row],
    owners: Sequence[tuple[int, int]],
    treatments: Sequence[int | None],
    digests: dict[str, list[str]],
) -> Iterator[tuple[str, Row]]:
    """Yield every row of every table, the oldest inquiry first."""
    chance = random.Random(count)  # noqa: S311  # the same rows every time
    now = timezone.now()
    step = timedelta(days=PERIOD_DAYS) / count
    opened_from = count - min(OPEN_AT_MOST, int(count * OPEN_SHARE))
    keys = iter(range(1, 100 * count))

    def next_key() -> uuid.UUID:
        return uuid.UUID(int=next(keys))

    for number in range(count):
        # The copies differ from their pattern in these sixteen bits (see `copying`).
        pk, is_open = uuid.UUID(int=chance.getrandbits(128) | 0xFFFF << 80), number >= opened_from
        owner, user = chance.choice(owners)
        # The open ones came last.
        received = now - timedelta(days=0 if is_open else 5) - (count - number) * step - timedelta(hours=1)
        row = patterns[Inquiry] | {
            "id": pk, "reference": reference(number), "receipt_digest": f"{number:064x}", "submission_id": None,
            "coordinator_id": owner, "treatment_id": chance.choice(treatments), "received_at": received,
            "preferred_language": chance.choices(LANGUAGES, WEIGHTS)[0], "reply_due_at": received + timedelta(hours=6),
            "opened_at": received + timedelta(hours=1), "first_contact_at": received + timedelta(hours=2),
        }  # fmt: skip
        contact = (ContactResult.SPOKE, ContactResult.UNREACHABLE)[chance.random() < MISSED]
        if is_open:
            row |= _open(chance, now, received)
        else:
            row |= {"status": Status.CLOSED.value, "closed_at": received + timedelta(days=3), "closed_by_id": user,
                "outcome": Outcome.INFORMED.value}  # fmt: skip
        yield Inquiry._meta.db_table, row
        events: list[tuple[EventKind, int, str, int | None]] = [(EventKind.RECEIVED, 0, "", None)]
        if row["status"] != Status.WAITING:
            events.append((EventKind.CONTACT_ATTEMPT, 2, contact.value, user))
        if not is_open:
            events.append((EventKind.CLOSED, 72, "", user))
        for kind, hours, result, actor in events:
            yield InquiryEvent._meta.db_table, patterns[InquiryEvent] | {
                "id": next_key(), "inquiry_id": pk, "kind": kind.value, "at": received + timedelta(hours=hours),
                "contact_result": result, "actor_id": actor,
            }  # fmt: skip
        failed = chance.random() < (0.02 if is_open else 0.001)
        yield OutgoingEmail._meta.db_table, patterns[OutgoingEmail] | {
            "id": next_key(), "inquiry_id": pk, "slot": f"slot-{number}", "message_id": f"<{number}@example.com>",
            "status": (EmailStatus.FAILED if failed else EmailStatus.SENT).value, "created_at": received,
            "sent_at": None if failed else received, "claim": None, "lease_until": None,
        }  # fmt: skip
        terms = (
            digests["first"][int(chance.random() ** 2 * FIRST_NAMES)],
            digests["last"][int(chance.random() ** 2 * LAST_NAMES)],
            f"mail{chance.getrandbits(240):060x}",
        )
        for digest in terms:
            yield SearchTerm._meta.db_table, {"inquiry_id": pk, "digest": digest}
        if chance.random() < (0.2 if is_open else 0.05):
            yield DeskSheet._meta.db_table, {
                "id": next_key(), "inquiry_id": pk, "notes": patterns[InquiryEvent]["note"], "checklist": "[]",
                "follow_up_on": (received + timedelta(days=chance.randint(0, 9))).date(), "version": 1,
                "updated_by_id": user, "updated_at": received,
            }  # fmt: skip


def _open(chance: random.Random, now: datetime, received: datetime) -> Row:
    """Return what is different about an open inquiry: half of them wait, a tenth of those too long."""
    row: Row = {}
    if chance.random() < WAITING:
        due = now + timedelta(minutes=chance.randint(-600, 5400))
        row = {"status": Status.WAITING.value, "first_contact_at": None,
            "reply_due_at": max(due, received + timedelta(hours=1))}  # fmt: skip
        if chance.random() < UNREAD:
            row["opened_at"] = None
        if chance.random() < FLAGGED:
            row |= {"coordinator_id": None, "is_flagged": True}
            if chance.random() < UNPROMISED:
                row["reply_due_at"] = None
        if chance.random() < HELD:
            row |= {"quarantined_at": received, "quarantine_reason": QuarantineReason.TOO_FAST.value}
        return row
    return {"status": Status.CONTACTED.value}


def pages(count: int) -> dict[str, list[tuple[Client, str]]]:
    """Return every page that is measured, each with who asks and the addresses that are asked for by turns."""
    clients = {
        "manager": User.objects.get(role=Role.MANAGER),
        "coordinator": Coordinator.objects.order_by("pk")[0].user,
    }
    found: dict[str, list[tuple[Client, str]]] = {}
    treatment = Treatment.objects.order_by("pk")[0].pk
    middle = Inquiry.objects.get(reference=reference(min(count, MADE_HERE) // 2))
    for who, user in clients.items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        queries = {f"view {view.code}": {"view": view.code} for view in VIEWS}
        queries |= {
            "inbox in German": {"language": "de"},
            "all in German": {"view": "all", "language": "de"},
            "all in a rare language": {"view": "all", "language": "xx"},
            "closed, one treatment": {"view": "closed", "treatment": str(treatment)},
            "closed, one treatment in Dutch": {"view": "closed", "treatment": str(treatment), "language": "nl"},
            "search: reference": {"q": middle.reference},
            "search: e-mail that is not there": {"q": "nobody@example.org"},
            "search: frequent first name": {"q": word("first", 0)},
            "search: first and last name": {"q": f"{word('first', 3)} {word('last', 3)}"},
            "search: rare name": {"q": word("last", LAST_NAMES - 1)},
        }
        for name, query in queries.items():
            found[f"{who}: {name}"] = [(client, _address(query))]
        for view in ("open", "all"):
            found[f"{who}: view {view}, 20 pages on"] = [(client, _pages_on(client, _address({"view": view}), 20))]
        own = Inquiry.objects.filter(coordinator__user=clients["coordinator"], status=Status.CLOSED)
        newest = list(own.order_by("-received_at")[:READ_ROWS])
        for inquiry in newest:
            # Only these are read whole: their texts are sealed for their own rows.
            inquiry.name, inquiry.email, inquiry.phone, inquiry.message = "Jan", "jan@example.com", "", "Back pain"
            inquiry.save(update_fields=["name", "email", "phone", "message"])
            InquiryEvent.objects.filter(inquiry=inquiry).update(details={})
            for event in inquiry.events.only("pk"):
                event.note = ""
                event.save(update_fields=["note"])
            DeskSheet.objects.filter(inquiry=inquiry).delete()
        found[f"{who}: one inquiry"] = [(client, f"{INBOX}{inquiry.pk}/change/") for inquiry in newest]
    return found


def _address(query: dict[str, str]) -> str:
    return INBOX + "?" + "&".join(f"{name}={value.replace(' ', '+')}" for name, value in query.items())


def _pages_on(client: Client, address: str, times: int) -> str:
    """Return the address of a later page, reached by its own links; where they end, of the last."""
    for _time in range(times):
        html = client.get(address).content.decode()
        _before, mark, rest = html.partition('rel="next" href="')
        if not mark:
            break
        address = INBOX + rest.partition('"')[0].replace("&amp;", "&")
    return address


def server_process() -> Path | None:
    """Return where Linux says how long PostgreSQL's process for this connection was at work; SQLite has none."""
    if connection.vendor == "sqlite":
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    return Path(f"/proc/{pid}/schedstat")


def processor_ms(server: Path | None) -> float:
    """Return how long this process, and the database's, have been at work; other people's load is not in it."""
    theirs = int(server.read_text(encoding="ascii").split()[0]) / 1e6 if server else 0.0
    return time.process_time() * 1000 + theirs


def main() -> None:
    """Build, then answer one line with one line."""
    count = int(sys.argv[1])
    say = sys.stdout
    sys.stdout = sys.stderr
    built = build(count)
    measured = pages(count)
    say.write(json.dumps({"built": built}) + "\n")
    say.flush()
    asked: list[str] = []
    server = server_process()

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: ANN401  # Django's signature
        asked.append(sql)
        return execute(sql, params, many, context)

    turns: dict[str, int] = {}
    for line in sys.stdin:
        name = line.strip()
        if name == "pages":
            say.write(json.dumps({"pages": list(measured)}) + "\n")
            say.flush()
            continue
        turns[name] = turns.get(name, -1) + 1
        client, address = measured[name][turns[name] % len(measured[name])]
        asked.clear()
        with connection.execute_wrapper(note):
            started, busy = time.perf_counter(), processor_ms(server)
            response = client.get(address)
            wall, milliseconds = (time.perf_counter() - started) * 1000, processor_ms(server) - busy
        if response.status_code != 200:  # noqa: PLR2004  # HTTP
            message = f"{address}: {response.status_code}"
            raise RuntimeError(message)
        counting = [sql for sql in asked if "COUNT(" in sql.upper()]
        if counting and "one inquiry" not in name:
            raise RuntimeError(counting[0])
        say.write(json.dumps({"milliseconds": milliseconds, "wall": wall, "queries": len(asked)}) + "\n")
        say.flush()


if __name__ == "__main__":
    main()
