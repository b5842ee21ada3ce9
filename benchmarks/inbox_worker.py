"""The part of `benchmarks/inbox.py` that is one site: fills its database, then makes a page for each line it reads.

Python's own tidying is done between the pages, now and then: it would fall on whichever page has its turn.
"""

import gc
import json
import logging
import os
import secrets
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"

import django  # noqa: E402  # the settings come first

django.setup()

import inbox_rows as rows  # noqa: E402  # the settings come first
from django.db import connection, transaction  # noqa: E402  # the settings come first
from django.test import Client  # noqa: E402  # the settings come first
from django.urls import reverse  # noqa: E402  # the settings come first
from inbox_tables import RARE_LANGUAGE  # noqa: E402  # the settings come first

from coordinators.enums import Role  # noqa: E402  # the settings come first
from coordinators.models import Coordinator, User  # noqa: E402  # the settings come first
from inquiries.enums import Status  # noqa: E402  # the settings come first
from inquiries.inbox import VIEWS  # noqa: E402  # the settings come first
from inquiries.models import DeskSheet, Inquiry, InquiryEvent  # noqa: E402  # the settings come first
from inquiries.services.submit import submit_inquiry  # noqa: E402  # the settings come first
from tests.factories import make_submission  # noqa: E402  # the settings come first
from treatments.models import Treatment  # noqa: E402  # the settings come first

# The READ_ROWS newest closed inquiries can be read whole; a later page is so many pages on.
READ_ROWS, PAGES_ON = 20, 5
TIDIED_EVERY = 40
INBOX, DESK = reverse("admin:inquiries_inquiry_changelist"), reverse("admin:index")
RECORD = reverse("admin:inquiries_inquiryevent_changelist")


@dataclass(frozen=True)
class Job:
    """Something to be measured; no page of the inbox may ask the database to count."""

    do: Callable[[], None]
    may_count: bool = True


def pages(count: int) -> dict[str, list[Job]]:
    """Return everything that is measured: pages, by who asks for them, and what a patient waits for."""
    clients = {
        "manager": User.objects.get(role=Role.MANAGER),
        "coordinator": Coordinator.objects.order_by("pk")[0].user,
    }
    found: dict[str, list[Job]] = {"patient: an inquiry is stored": [Job(_store)]}
    treatment = Treatment.objects.order_by("pk")[0].pk
    middle = Inquiry.objects.get(reference=rows.reference(min(count, rows.MADE_HERE) // 2))
    for who, user in clients.items():
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        queries = {f"view {view.code}": {"view": view.code} for view in VIEWS}
        queries |= {
            "inbox in German": {"language": "de"},
            "all in German": {"view": "all", "language": "de"},
            "all in a rare language": {"view": "all", "language": RARE_LANGUAGE},
            "closed, one treatment": {"view": "closed", "treatment": str(treatment)},
            "closed, one treatment in Dutch": {"view": "closed", "treatment": str(treatment), "language": "nl"},
            "search: reference": {"q": middle.reference},
            "search: e-mail that is not there": {"q": "nobody@example.org"},
            "search: frequent first name": {"q": rows.word("first", 0)},
            "search: first and last name": {"q": f"{rows.word('first', 0)} {rows.RARE_NAME}"},
            "search: rare name": {"q": rows.RARE_NAME},
        }
        if who == "manager":
            own_list = {"coordinator": str(clients["coordinator"].coordinator.pk)}
            queries |= {
                "one coordinator's": own_list,
                "one coordinator's closed ones": own_list | {"view": "closed"},
                "what nobody has": {"coordinator": "nobody", "view": "all"},
            }
        for name, query in queries.items():
            found[f"{who}: {name}"] = [_page(client, _address(query))]
        for view in ("open", "all"):
            found[f"{who}: view {view}, {PAGES_ON} pages on"] = [
                _page(client, _pages_on(client, _address({"view": view})))
            ]
        found[f"{who}: first page of the desk"] = [_page(client, DESK)]
        if who == "manager":
            found[f"{who}: record of who opened what"] = [_page(client, RECORD)]
            found[f"{who}: record, one person's"] = [_page(client, f"{RECORD}?person={clients['coordinator'].pk}")]
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
        found[f"{who}: one inquiry"] = [_page(client, f"{INBOX}{inquiry.pk}/change/") for inquiry in newest]
    return found


def _page(client: Client, address: str) -> Job:
    """Return how a page is asked for. It raises RuntimeError for one that is not there."""

    def ask() -> None:
        response = client.get(address)
        if response.status_code != HTTPStatus.OK:
            message = f"{address}: {response.status_code}"
            raise RuntimeError(message)

    return Job(ask, may_count=not address.startswith(f"{INBOX}?"))


def _store() -> None:
    """Store a new patient's inquiry, as the form does; taken back, so that the sizes stay as they are."""
    number = secrets.token_hex(8)
    with transaction.atomic():
        submit_inquiry(make_submission(email=f"{number}@example.com", message=number, network_digest=number))
        transaction.set_rollback(True)


def _address(query: dict[str, str]) -> str:
    return INBOX + "?" + "&".join(f"{name}={value.replace(' ', '+')}" for name, value in query.items())


def _pages_on(client: Client, address: str) -> str:
    """Return the address of a later page, reached by its own links; where they end, of the last."""
    for _time in range(PAGES_ON):
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
    logging.disable(logging.INFO)
    gc.disable()
    built = rows.build(count)
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
        job = measured[name][turns[name] % len(measured[name])]
        asked.clear()
        if sum(turns.values()) % TIDIED_EVERY == 0:
            gc.collect()
        with connection.execute_wrapper(note):
            started, busy = time.perf_counter(), processor_ms(server)
            job.do()
            wall, milliseconds = (time.perf_counter() - started) * 1000, processor_ms(server) - busy
        counting = [sql for sql in asked if "COUNT(" in sql.upper()]
        if counting and not job.may_count:
            raise RuntimeError(counting[0])
        say.write(json.dumps({"milliseconds": milliseconds, "wall": wall, "queries": len(asked)}) + "\n")
        say.flush()


if __name__ == "__main__":
    main()
