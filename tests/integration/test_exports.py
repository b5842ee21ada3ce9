"""Exports at the desk: the inbox's list as a file, for managers, written down before a line leaves."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from coordinators.enums import Role
from coordinators.models import Coordinator, User
from inquiries.details.questions import PAIN, Kind
from inquiries.enums import ContactResult, ErasedBy, EventKind, Outcome, PromiseEnding
from inquiries.models import Export, Inquiry, InquiryEvent, ReplyPromise
from inquiries.services import exports
from inquiries.services.details import save_answers
from inquiries.services.erasure import erase
from inquiries.services.exports import ExportError, record_export
from inquiries.services.staff import set_desk_language
from inquiries.services.triage import close, log_contact, record_read
from tests.factories import make_coordinator, make_inquiry, make_user
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

CANARY = "Kanarienvogel"
WORDS = next(question for question in PAIN.questions if question.kind is Kind.TEXT)
REASON = "Yearly review with Dr. Kos"


@pytest.fixture(autouse=True)
def _noon() -> Iterator[None]:
    with time_machine.travel("2026-11-20T11:00:00+00:00", tick=False):
        yield


@pytest.fixture(autouse=True)
def manager(client: Client) -> User:
    make_coordinator("Ana Horvat", languages=("en", "de"))
    user = make_user(Role.MANAGER, "Mia Manager")
    client.force_login(user)
    return user


def export(client: Client, query: str = "", **values: str) -> Any:
    address = reverse("admin:inquiries_export_add") + query
    return client.post(address, {"file_format": "csv", "view": "open", **values})


def lines_of(response: Any) -> list[list[str]]:
    data = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(data, newline=""), delimiter=";"))


def patient(**overrides: Any) -> Inquiry:
    values = {
        "name": f"=cmd {CANARY}", "email": f"{CANARY}@example.com", "phone": "+385912345678",
        "message": f"@SUM {CANARY}", "treatment": Treatment.objects.get(code="facet-denervation"),
    }  # fmt: skip
    inquiry = make_inquiry(**{**values, **overrides})
    save_answers(inquiry, PAIN, {WORDS.code: CANARY})
    return inquiry


def test_plain_export_holds_no_word_of_the_patients(client: Client, manager: User) -> None:
    inquiry = patient()
    response = export(client)
    head, line = lines_of(response)
    assert head == [
        "Reference", "Received", "Answer in", "Country", "Status", "Coordinator", "Reply by", "Promised time",
        "First contact attempt", "Closed on", "Outcome", "Quarantine",
    ]  # fmt: skip
    assert line[:6] == [
        inquiry.reference, "2026-11-20 12:00", "English", "Germany", "Waiting for our answer", "Ana Horvat",
    ]  # fmt: skip
    assert CANARY.casefold() not in str(line).casefold()
    assert "denervation" not in str(line).casefold()
    assert not inquiry.events.filter(kind=EventKind.READ).exists()
    record = Export.objects.get()
    assert (record.made_by, record.row_count, record.with_health_data, record.reason) == (manager, 1, False, "")
    assert record.filters == {"view": "open"}
    assert {"no-store", "private"} <= set(response.headers["Cache-Control"].split(", "))
    assert response.headers["Content-Disposition"] == 'attachment; filename="inquiries-2026-11-20.csv"'


def test_health_data_need_a_reason(client: Client, manager: User) -> None:
    inquiry = patient()
    for reason in ("", "   "):
        response = export(client, with_health_data="on", reason=reason)
        assert response.status_code == 200
        assert "Enter why you need the patients" in response.content.decode()
    assert not Export.objects.exists()
    assert not inquiry.events.filter(actor=manager).exists()


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_export_with_health_data_is_written_into_every_history(client: Client, manager: User, file_format: str) -> None:
    inquiry = patient()
    response = export(client, with_health_data="on", reason=REASON, file_format=file_format)
    data = b"".join(response.streaming_content)
    if file_format == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read("xl/sharedStrings.xml").decode()
            assert not ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml")).findall(".//{*}f")
    else:
        text = data.decode("utf-8-sig")
    quote = "'" if file_format == "csv" else ">"
    for cell in (f"{quote}=cmd {CANARY}", f"{CANARY}@example.com", f"{quote}+385912345678", f"{quote}@SUM {CANARY}"):
        assert cell in text
    assert "denervation" in text.casefold()
    assert text.count(CANARY) == 4, "name, address, message and medical details"
    record = Export.objects.get()
    assert (record.with_health_data, record.reason, record.row_count) == (True, REASON, 1)
    event = inquiry.events.get(kind=EventKind.READ)
    assert (event.actor, event.details) == (manager, {"export": str(record.pk)})
    inquiry.refresh_from_db()
    assert inquiry.opened_at is None, "an export is no look at an inquiry by somebody who answers it"


def test_export_follows_the_inboxs_filters_on_all_pages(client: Client) -> None:
    wanted = {make_inquiry(preferred_language="de").reference for _ in range(3)}
    make_inquiry(preferred_language="en")
    client.get(reverse("admin:inquiries_inquiry_changelist"), {"language": "de"})
    response = export(client, "?language=de&after=nonsense&unknown=1")
    assert {line[0] for line in lines_of(response)[1:]} == wanted
    assert Export.objects.get().filters == {"view": "open", "language": "de"}


def test_what_was_searched_for_is_not_kept(client: Client) -> None:
    inquiry = patient(name=CANARY)
    make_inquiry()
    response = export(client, f"?q={CANARY}")
    assert [line[0] for line in lines_of(response)[1:]] == [inquiry.reference]
    record = Export.objects.get()
    assert record.filters == {"view": "all", "searched": "yes"}
    assert CANARY not in json.dumps(record.filters)


def test_too_many_are_refused_and_nothing_is_written_down(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports, "MOST_WITH_HEALTH_DATA", 1)
    patient()
    make_inquiry()
    response = export(client, with_health_data="on", reason=REASON)
    assert "too many inquiries" in response.content.decode()
    assert not Export.objects.exists()
    assert not InquiryEvent.objects.filter(kind=EventKind.READ).exists()


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.EDITOR])
def test_only_managers_export(client: Client, role: Role) -> None:
    inquiry = patient()
    user = make_user(role, "Someone Else")
    client.force_login(user)
    assert export(client).status_code == 403
    with pytest.raises(ExportError):
        record_export([inquiry.pk], by=user, file_format="csv", filters={}, with_health_data=False, reason="")
    assert not Export.objects.exists()


def test_looking_at_the_form_writes_nothing(client: Client) -> None:
    patient()
    page = client.get(reverse("admin:inquiries_export_add") + "?view=overdue").content.decode()
    assert "overdue" in page.casefold()
    assert not Export.objects.exists()


def test_inquiry_erased_meanwhile_is_left_out(client: Client, manager: User) -> None:
    gone, stays = patient(), make_inquiry()
    response = export(client)
    erase(gone, ErasedBy.STAFF, by=manager)
    assert [line[0] for line in lines_of(response)[1:]] == [stays.reference]


def test_export_costs_the_same_queries_for_many(client: Client, django_assert_max_num_queries: Any) -> None:
    for number in range(12):
        patient(email=f"p{number}@example.com", network_digest=str(number))
    with django_assert_max_num_queries(36):
        lines = lines_of(export(client, with_health_data="on", reason=REASON))
    assert len(lines) == 13


def test_past_exports_are_shown_with_their_reason(client: Client) -> None:
    patient()
    b"".join(export(client, with_health_data="on", reason=REASON).streaming_content)
    listed = client.get(reverse("admin:inquiries_export_changelist")).content.decode()
    assert "Mia Manager" in listed
    assert REASON in listed
    assert "20 Nov 2026 12:00" in listed
    assert "Plain table (CSV)" in listed
    assert "View: open" in listed
    shown = client.get(reverse("admin:inquiries_export_change", args=[Export.objects.get().pk])).content.decode()
    assert REASON in shown
    assert "20 Nov 2026 12:00" in shown
    assert "2026-11-20" not in shown


def column_of(response: Any, name: str) -> list[str]:
    head, *lines = lines_of(response)
    return [line[head.index(name)] for line in lines]


def test_period_is_of_the_clinics_days(client: Client) -> None:
    wanted = []
    for moment in ("2026-11-17T22:59:00+00:00", "2026-11-17T23:01:00+00:00", "2026-11-18T22:59:00+00:00"):
        with time_machine.travel(moment, tick=False):
            wanted.append(make_inquiry().reference)
    make_inquiry()
    response = export(client, first="2026-11-18", last="2026-11-18")
    assert set(column_of(response, "Reference")) == set(wanted[1:])
    assert Export.objects.get().filters == {
        "view": "open", "received_from": "2026-11-18", "received_until": "2026-11-18",
    }  # fmt: skip
    listed = client.get(reverse("admin:inquiries_export_changelist")).content.decode()
    assert "View: open; Received from: 18 November 2026; Received until: 18 November 2026" in listed


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ({"first": "2026-11-18", "last": "2026-11-17"}, "Enter a day that is not before the first day."),
        ({"first": "0026-11-18"}, "Check the year."),
        ({"last": "yesterday"}, "Enter a valid date."),
    ],
)
def test_period_that_cannot_be_is_refused(client: Client, days: dict[str, str], said: str) -> None:
    make_inquiry()
    assert said in export(client, **days).content.decode()
    assert not Export.objects.exists()


def closed_inquiry(by: User) -> Inquiry:
    inquiry = make_inquiry()
    record_read(inquiry, by=by)
    log_contact(inquiry, ContactResult.SPOKE, by=by)
    close(inquiry, Outcome.INFORMED, by=by)
    return inquiry


def test_from_the_menu_a_view_is_chosen(client: Client, manager: User) -> None:
    open_one, over = make_inquiry().reference, closed_inquiry(manager).reference
    page = client.get(reverse("admin:inquiries_export_add")).content.decode()
    assert page.count('type="radio" name="view"') == 3
    wanted = {"open": {open_one}, "closed": {over}, "all": {open_one, over}}
    for view, references in wanted.items():
        assert set(column_of(export(client, view=view), "Reference")) == references
    assert {record.filters["view"] for record in Export.objects.all()} == set(wanted)
    assert "Select a valid choice" in export(client, view="mine").content.decode()


def test_form_says_which_list_it_takes(client: Client, manager: User) -> None:
    open_one, over = make_inquiry(preferred_language="de"), closed_inquiry(manager)
    page = client.get(reverse("admin:inquiries_export_add") + "?language=de").content.decode()
    pairs = page.partition('<dl class="pairs">')[2].partition("</dl>")[0]
    assert "Deutsch" in pairs
    assert "Open" in pairs
    assert 'name="view"' not in page
    page = client.get(reverse("admin:inquiries_export_add") + "?q=kanarienvogel").content.decode()
    assert "<dt>Searched for</dt><dd>kanarienvogel</dd>" in page
    # Nobody widens a list by what the form does not ask.
    response = export(client, "?view=open&language=de", view="all")
    assert column_of(response, "Reference") == [open_one.reference]
    assert over.reference != open_one.reference


def test_columns_of_the_promise_the_closing_and_quarantine(client: Client, manager: User) -> None:
    ends = (PromiseEnding.KEPT, PromiseEnding.LATE, PromiseEnding.BROKEN, "")
    inquiries = {ending: make_inquiry() for ending in ends}
    for ending, inquiry in inquiries.items():
        if ending:
            inquiry.promises.update(ending=ending, ended_at=inquiry.received_at)
    moved = inquiries[PromiseEnding.BROKEN]
    first = moved.promises.get()
    ReplyPromise.objects.create(
        inquiry=moved, made_at=first.due_at, remind_at=first.due_at, escalate_at=first.due_at, due_at=first.due_at,
        is_moved=True, ending=PromiseEnding.KEPT, ended_at=first.due_at,
    )  # fmt: skip
    held = make_inquiry(honeypot=True)
    over = closed_inquiry(manager)
    head, *lines = lines_of(export(client, "", view="all"))
    found = {line[0]: dict(zip(head, line, strict=True)) for line in lines}

    def cell(inquiry: Inquiry, name: str) -> str:
        return found[inquiry.reference][name]

    assert [cell(inquiry, "Promised time") for inquiry in inquiries.values()] == [
        "Answered in time", "Answered late", "Not answered in time", "Running",
    ]  # fmt: skip
    assert [cell(inquiry, "Quarantine") for inquiry in (held, over)] == ["Yes", "No"]
    assert [cell(inquiry, "Closed on") for inquiry in (held, over)] == ["", "2026-11-20 12:00"]


def test_workbook_is_in_the_readers_language(client: Client, manager: User) -> None:
    make_inquiry()
    set_desk_language(manager, "de")
    response = export(client, file_format="xlsx", view="open")
    assert response.headers["Content-Disposition"] == 'attachment; filename="anfragen-2026-11-20.xlsx"'
    with zipfile.ZipFile(io.BytesIO(b"".join(response.streaming_content))) as archive:
        assert '<sheet name="Anfragen"' in archive.read("xl/workbook.xml").decode()
        sheet = ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    # 20 November 2026 at noon, on the clinic's clock
    assert "46346.5" in [value.text for value in sheet.findall(".//{*}v")]


def test_record_says_codes_in_words_with_no_query_for_each_line(
    client: Client, manager: User, django_assert_max_num_queries: Any
) -> None:
    coordinator, treatment = Coordinator.objects.get(), Treatment.objects.get(code="facet-denervation")
    filters = {
        "view": "all", "language": "de", "treatment": str(treatment.pk), "coordinator": str(coordinator.pk),
        "searched": "yes",
    }  # fmt: skip
    for _ in range(12):
        record_export([], by=manager, file_format="xlsx", filters=filters, with_health_data=False, reason="")
    record_export([], by=manager, file_format="gone", filters={"gone": "1"}, with_health_data=False, reason="")
    with django_assert_max_num_queries(16):
        listed = client.get(reverse("admin:inquiries_export_changelist")).content.decode()
    assert "View: all; Language: Deutsch; Treatment: " in listed
    assert "Ana Horvat; found by a search (the words are not kept)" in listed
    assert "Workbook (XLSX)" in listed
    assert "denervation" in listed.casefold()
    shown = client.get(reverse("admin:inquiries_export_change", args=[Export.objects.earliest("made_at").pk]))
    assert "Workbook (XLSX)" in shown.content.decode()
