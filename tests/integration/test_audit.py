"""The record of reading: managers see all of it, and nobody changes any of it."""

import ast
import base64
import json
import math
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import Coordinator, User
from inquiries import audit
from inquiries.enums import ContactResult, ErasedBy, EventKind, Outcome
from inquiries.keyset import Cursor
from inquiries.models import Export, Inquiry, InquiryEvent, Tombstone
from inquiries.services import triage
from inquiries.services.alarms import raise_alarms
from inquiries.services.clock import keep_promises
from inquiries.services.delivery import sweep
from inquiries.services.digests import send_digests
from inquiries.services.erasure import erase
from inquiries.services.exports import record_export
from inquiries.services.files import add_file, read_file
from inquiries.services.messages import receive_message, write_answer
from inquiries.services.retention import run_retention
from tests.factories import make_inquiry, make_user
from tests.files import pdf

pytestmark = pytest.mark.django_db

ROOT: Path = settings.BASE_DIR
KEY = "0" * 32
RECORD = ("inquiries_inquiryevent", "inquiries_export")


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel("2026-11-20T11:00:00+00:00", tick=False):
        yield


@pytest.fixture
def manager(client: Client, ana: Coordinator) -> User:  # noqa: ARG001  # somebody must answer
    user = make_user(Role.MANAGER, "Mia Manager")
    client.force_login(user)
    return user


def lines(client: Client, query: str = "") -> list[list[str]]:
    """Return the lines of the page as text."""
    page = client.get(reverse("admin:inquiries_inquiryevent_changelist") + query).content.decode()
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    return [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<td>(.*?)</td>", row, re.DOTALL)]
        for row in rows
    ]


def as_place(values: object) -> str:
    """Return a place in the record as an address holds it, whatever it says."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def as_stored(model: type[Model]) -> list[list[object]]:
    """Return every value of every row."""
    rows = model._default_manager.order_by("pk")
    return [[getattr(row, field.attname) for field in model._meta.concrete_fields] for row in rows]


def export_of(inquiry: Inquiry, manager: User) -> Export:
    return record_export(
        [inquiry.pk], by=manager, file_format="csv", filters={}, with_health_data=True, reason="Yearly review"
    )


def test_managers_see_who_opened_what(client: Client, ana: Coordinator, manager: User) -> None:
    inquiry = make_inquiry()
    triage.record_read(inquiry, by=ana.user)
    triage.record_read(inquiry, by=ana.user)
    triage.open_by_reference(inquiry.reference, reason="On the phone", by=manager)
    read_file(add_file(inquiry, SimpleUploadedFile("report.pdf", pdf())), by=ana.user)
    export_of(inquiry, manager)
    found = sorted((who, what) for _at, who, what, _inquiry in lines(client))
    assert found == [
        ("Ana Horvat", "File downloaded"),
        ("Ana Horvat", "Opened for the first time"),
        ("Ana Horvat", "Read"),
        ("Mia Manager", "Exported inquiries 1 inquiry, with health data"),
        ("Mia Manager", "Opened by its reference, with a reason"),
    ]
    assert {line[0] for line in lines(client)} == {"20 Nov 2026 12:00"}


def test_what_an_export_read_does_not_drown_who_looked(client: Client, ana: Coordinator, manager: User) -> None:
    inquiry, other = make_inquiry(), make_inquiry()
    triage.record_read(inquiry, by=manager)
    triage.record_read(inquiry, by=manager)
    made = record_export(
        [inquiry.pk, other.pk], by=manager, file_format="csv", filters={}, with_health_data=True, reason="Yearly review"
    )
    own = "Exported inquiries 2 inquiries, with health data"
    for query in ("", f"?person={manager.pk}", "?first=2026-11-20"):
        assert sorted(line[2] for line in lines(client, query)) == [own, "Opened for the first time", "Read"]
    page = client.get(reverse("admin:inquiries_inquiryevent_changelist")).content.decode()
    assert reverse("admin:inquiries_export_change", args=[made.pk]) in page
    assert [line[2] for line in lines(client, f"?reference={other.reference}")] == ["Read in an export"]
    assert len(lines(client, f"?reference={inquiry.reference}")) == 3
    assert ana


def test_work_that_is_no_reading_is_left_out(client: Client, ana: Coordinator, manager: User) -> None:
    inquiry = make_inquiry()
    triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user, note="Kanarienvogel")
    assert lines(client) == []
    assert manager


def test_record_is_narrowed_by_person_reference_and_days(client: Client, ana: Coordinator, manager: User) -> None:
    first, second = make_inquiry(), make_inquiry()
    with time_machine.travel("2026-11-18T22:59:00+00:00", tick=False):
        triage.record_read(first, by=ana.user)
    with time_machine.travel("2026-11-18T23:01:00+00:00", tick=False):
        triage.record_read(second, by=manager)
    export_of(second, manager)

    def who_and_where(query: str) -> list[tuple[str, str]]:
        return [(line[1], line[3]) for line in lines(client, query)]

    assert who_and_where(f"?person={ana.user_id}") == [("Ana Horvat", first.reference)]
    typed = second.reference.lower().replace("-", " ")
    assert set(who_and_where(f"?reference={typed}")) == {("Mia Manager", second.reference)}
    assert who_and_where("?last=2026-11-18") == [("Ana Horvat", first.reference)]
    assert who_and_where("?first=2026-11-19&last=2026-11-19") == [("Mia Manager", second.reference)]
    assert lines(client, "?reference=ZG-2222-2222") == []
    assert lines(client, "?first=yesterday&person=x") == []


def test_added_inquiry_leads_to_the_record_of_the_one_that_goes_on(
    client: Client, ana: Coordinator, manager: User
) -> None:
    inquiry = make_inquiry(email="jan@example.com")
    triage.record_read(inquiry, by=ana.user)
    added = make_inquiry(email="jan@example.com", message="again")
    added.refresh_from_db()
    assert added.joined_to == inquiry
    assert [line[1] for line in lines(client, f"?reference={added.reference}")] == ["Ana Horvat"]
    assert manager


def test_pages_hold_every_line_once(client: Client, manager: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "PAGE", 4)
    inquiry = make_inquiry()
    for number in range(6):
        with time_machine.travel(timezone.now() + timedelta(minutes=number // 2), tick=False):
            triage.record_read(inquiry, by=manager)
            record_export([], by=manager, file_format="csv", filters={}, with_health_data=False, reason="")
    seen: list[tuple[datetime, UUID]] = []
    cursor, pages = None, 0
    while pages == 0 or cursor:
        entries, cursor = audit.read_record(audit.Narrowing(), cursor)
        seen += [entry.place for entry in entries]
        pages += 1
    assert len(seen) == len(set(seen)) == 12
    assert pages == 3
    assert seen == sorted(seen, reverse=True)
    page = client.get(reverse("admin:inquiries_inquiryevent_changelist")).content.decode()
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert len(lines(client, following[1].replace("&amp;", "&"))) == 4


@pytest.mark.parametrize(
    "forged",
    [
        None, 7, [], ["record"], ["newest", "2026-11-20T11:00:00+00:00", KEY], ["record", "2026-11-20", "x"],
        ["record", "2026-11-20T11:00:00", KEY], ["record", "2026-11-20T11:00:00+00:00", KEY, "more"],
        ["record", math.inf, KEY], ["record", "2026-11-20T11:00:00+00:00", math.inf],
        ["record", "0001-01-01T00:00:00+14:00", KEY], ["record", "9999-12-31T23:59:59-14:00", KEY],
    ],
)  # fmt: skip
def test_forged_place_is_the_start(client: Client, manager: User, forged: object) -> None:
    triage.record_read(make_inquiry(), by=manager)
    assert len(lines(client, f"?after={as_place(forged)}")) == 1


@pytest.mark.parametrize("text", ["", "~", "x~y", "2026-11-20T11:00:00+00:00~" + KEY, "é" * 300])
def test_broken_place_is_the_start(client: Client, manager: User, text: str) -> None:
    triage.record_read(make_inquiry(), by=manager)
    assert len(lines(client, f"?after={text}")) == 1


def test_deep_pages_are_found_along_the_index(manager: User) -> None:
    triage.record_read(make_inquiry(), by=manager)
    cursor = Cursor(audit.NEWEST, (timezone.now() + timedelta(days=1), UUID(KEY)))
    with CaptureQueriesContext(connection) as queries:
        entries, _next = audit.read_record(audit.Narrowing(), cursor)
    assert len(entries) == 1
    asked = [query["sql"] for query in queries if '"id") < (' in query["sql"]]
    assert len(asked) == 2, "events and exports"
    if connection.vendor == "sqlite":
        plans = [connection.cursor().execute(f"EXPLAIN QUERY PLAN {sql}").fetchone()[-1] for sql in asked]
        assert "USING INDEX inquiries_event_record ((at,id)<(?,?))" in plans[0]
        assert "USING INDEX inquiries_export_record ((made_at,id)<(?,?))" in plans[1]


def test_queries_do_not_grow_and_nothing_is_counted(client: Client, manager: User) -> None:
    counted = []
    for _ in range(2):
        for _number in range(4):
            triage.record_read(make_inquiry(), by=manager)
        with CaptureQueriesContext(connection) as queries:
            assert lines(client)
        counted.append(len(queries))
        assert not [query for query in queries if "COUNT(" in query["sql"]]
    assert counted[0] == counted[1]


@pytest.mark.parametrize("is_deep", [False, True])
def test_one_inquirys_and_one_persons_record_are_read_along_their_own_indexes(manager: User, is_deep: bool) -> None:
    inquiry = make_inquiry()
    triage.record_read(inquiry, by=manager)
    cursor = Cursor(audit.NEWEST, (timezone.now() + timedelta(days=1), UUID(KEY))) if is_deep else None
    for narrowing, index in (
        (audit.Narrowing(inquiry=inquiry.pk), "inquiries_event_timeline (inquiry_id=?"),
        (audit.Narrowing(person=manager.pk), "inquiries_event_person (actor_id=?"),
    ):
        with CaptureQueriesContext(connection) as queries:
            entries, _next = audit.read_record(narrowing, cursor)
        assert len(entries) == 1
        [asked] = [query["sql"] for query in queries if 'FROM "inquiries_inquiryevent"' in query["sql"]]
        if connection.vendor == "sqlite":
            plan = str(connection.cursor().execute(f"EXPLAIN QUERY PLAN {asked}").fetchall())
            assert f"USING INDEX {index}" in plan


# Append-only


class _Watch:
    """Notes every statement that changes or deletes a line of the record."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if re.match(rf'\s*(UPDATE|DELETE FROM|REPLACE INTO)\s+"?({"|".join(RECORD)})"', sql, re.IGNORECASE):
            self.found.append(sql)
        return execute(sql, params, many, context)


def test_no_service_changes_or_deletes_what_is_written_down(ana: Coordinator, manager: User) -> None:
    watch = _Watch()
    with connection.execute_wrapper(watch):
        inquiry = make_inquiry()
        triage.record_read(inquiry, by=ana.user)
        triage.log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user, note="")
        write_answer(inquiry, "Good day", by=ana.user)
        receive_message(inquiry, "Hello", language="en")
        read_file(add_file(inquiry, SimpleUploadedFile("report.pdf", pdf())), by=ana.user)
        export_of(inquiry, manager)
        triage.close(inquiry, Outcome.INFORMED, by=ana.user, note="")
        triage.reopen(inquiry, by=ana.user)
        for job in (keep_promises, sweep, send_digests, raise_alarms, run_retention):
            job()
    assert watch.found == []
    assert inquiry.events.filter(kind=EventKind.OPENED).exists()


def test_erasing_removes_the_record_of_one_inquiry_and_keeps_only_what_it_may(manager: User) -> None:
    gone, stays = make_inquiry(name="Kanarienvogel"), make_inquiry()
    for inquiry in (gone, stays):
        triage.record_read(inquiry, by=manager)
        export_of(inquiry, manager)
    watch, before = _Watch(), InquiryEvent.objects.filter(inquiry=stays).count()
    with connection.execute_wrapper(watch):
        erase(gone, ErasedBy.STAFF, by=manager)
    assert watch.found
    assert all(sql.startswith('DELETE FROM "inquiries_inquiryevent"') for sql in watch.found)
    assert not InquiryEvent.objects.filter(inquiry_id=gone.pk).exists()
    assert InquiryEvent.objects.filter(inquiry=stays).count() == before
    assert Export.objects.count() == 2, "an export says how many, and never which"
    kept = str([as_stored(Tombstone), as_stored(Export)])
    assert "Kanarienvogel" not in kept
    assert str(gone.pk) not in kept


def test_no_address_of_the_desk_changes_the_record(client: Client, ana: Coordinator, manager: User) -> None:
    """Whoever may do everything posts to everything that could touch a line."""
    inquiry = make_inquiry()
    triage.record_read(inquiry, by=ana.user)
    export = export_of(inquiry, manager)
    client.force_login(User.objects.create_superuser("root@clinic.example", name="Root"))
    before = [as_stored(model) for model in (InquiryEvent, Export)]
    event = inquiry.events.latest("at")
    base = reverse("admin:inquiries_inquiryevent_changelist")
    assert client.post(f"{base}add/", {}).status_code == 404
    for end in ("change/", "delete/", "history/"):
        assert client.post(f"{base}{event.pk}/{end}", {"post": "yes"}).status_code == 404
    client.post(base, {"action": "delete_selected", "_selected_action": str(event.pk), "post": "yes"})
    change = reverse("admin:inquiries_export_change", args=[export.pk])
    assert client.post(change, {"reason": "other"}).status_code == 403
    delete = reverse("admin:inquiries_export_delete", args=[export.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
    listed = reverse("admin:inquiries_export_changelist")
    client.post(listed, {"action": "delete_selected", "_selected_action": str(export.pk), "post": "yes"})
    assert [as_stored(model) for model in (InquiryEvent, Export)] == before


WRITES = {"update", "delete", "bulk_update", "update_or_create", "save", "_raw_delete"}
# Sealing with a new key writes every sealed value again, as it was.
MAY_WRITE = {"inquiries/services/reseal.py"}


def test_no_line_of_code_changes_or_deletes_the_record() -> None:
    """Neither the tables nor an inquiry's `events` stand before a call that changes or deletes."""
    found = []
    for room in ("treatments", "coordinators", "inquiries", "clinic_site"):
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if "/migrations/" in name or name in MAY_WRITE:
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
                    target = ast.unparse(node.func.value)
                    if re.search(r"\b(InquiryEvent|Export|events|event|export)\b", target):
                        found.append(f"{name}:{node.lineno}")
    assert found == []
