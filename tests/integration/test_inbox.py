"""The inbox: its views, its pages that nobody counts, its search, and what each role sees of them."""

import base64
import json
import math
import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator
from inquiries.admin.inbox import InquiryAdmin
from inquiries.admin.rows import PATIENTS_DOING
from inquiries.enums import ContactResult, EmailKind, EmailStatus, EventKind, Outcome, Status
from inquiries.inbox import LONGEST_WAITING, NEWEST, VIEWS, desk_counts, sight_of, visible_inquiries
from inquiries.keyset import Cursor, Order, read_cursor
from inquiries.models import DeskSheet, Inquiry, OutgoingEmail
from inquiries.services import triage
from inquiries.services.events import write_event
from inquiries.services.outbox import put_or_repeat
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.integration.test_desk import text_of

pytestmark = pytest.mark.django_db

INBOX = "/admin/inquiries/inquiry/"
HOUR = timedelta(hours=1)
KEY = "0" * 32


@pytest.fixture
def _three_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page have three lines."""
    monkeypatch.setattr(InquiryAdmin, "list_per_page", 3)


def references(response: Any) -> list[str]:
    return re.findall(r">(ZG-[^<]+)</a></th>", response.content.decode())


def link(response: Any, rel: str) -> str:
    """Return where the next or the previous page is, or an empty text."""
    found = re.search(rf'rel="{rel}" href="([^"]+)"', response.content.decode())
    return INBOX + unescape(found.group(1)) if found else ""


def badges_of(response: Any, inquiry: Inquiry) -> list[str]:
    """Return the badges of an inquiry's line."""
    before, _reference, _after = response.content.decode().partition(f">{inquiry.reference}</a>")
    return re.findall(r'<span class="badge[^>]*>([^<]+)<', before.rpartition("<tr")[2])


def last_event(desk: Client) -> str:
    """Return the last event of the only line."""
    [line] = re.findall(r"<tbody>.*?</tbody>", desk.get(INBOX).content.decode(), re.DOTALL)
    return str(re.findall(r'<td>([^<]+)<span class="quiet">', line)[-1])


def seen(desk: Client, view: str) -> set[str]:
    return set(references(desk.get(INBOX, {"view": view})))


def fill(count: int) -> list[Inquiry]:
    """Make inquiries that came an hour apart, the first of them longest ago."""
    inquiries = [make_inquiry(network_digest=uuid4().hex) for _number in range(count)]
    start = timezone.now() - count * HOUR
    for number, inquiry in enumerate(inquiries):
        received = start + number * HOUR
        Inquiry.objects.filter(pk=inquiry.pk).update(received_at=received, reply_due_at=received + 100 * HOUR)
    return inquiries


# Views


def test_each_inquiry_in_contact_waits_for_somebody(desk: Client, ana: Coordinator) -> None:
    reached, missed, missed_then_reached, waiting = (make_inquiry() for _ in range(4))
    triage.log_contact(reached, ContactResult.SPOKE, by=ana.user)
    triage.log_contact(missed, ContactResult.SPOKE, by=ana.user)
    triage.log_contact(missed, ContactResult.UNREACHABLE, by=ana.user)
    triage.log_contact(missed_then_reached, ContactResult.LEFT_MESSAGE, by=ana.user)
    triage.log_contact(missed_then_reached, ContactResult.WROTE, by=ana.user)
    assert seen(desk, "not-reached") == {missed.reference}
    assert seen(desk, "patients-turn") == {reached.reference, missed_then_reached.reference}
    assert seen(desk, "waiting") == {waiting.reference}


def test_unopened_leaves_out_what_waits_in_quarantine(desk: Client, ana: Coordinator) -> None:
    unopened, opened = make_inquiry(), make_inquiry()
    make_inquiry(honeypot="x")
    triage.record_read(opened, by=ana.user)
    assert seen(desk, "unopened") == {unopened.reference}
    html = desk.get(INBOX).content.decode()
    assert html.count('<tr class=" unopened">') == 1


def test_due_today_is_what_was_promised_or_noted_for_today_or_before(desk: Client, ana: Coordinator) -> None:
    promised, noted, forgotten, later, closed = (make_inquiry() for _ in range(5))
    now, today = timezone.now(), timezone.localdate()
    Inquiry.objects.update(received_at=now - 50 * HOUR, reply_due_at=now + 200 * HOUR)
    Inquiry.objects.filter(pk=promised.pk).update(reply_due_at=now - HOUR)
    for inquiry, days in ((noted, 0), (forgotten, -9), (later, 3), (closed, 0)):
        DeskSheet.objects.create(inquiry=inquiry, follow_up_on=today + timedelta(days=days))
    triage.record_read(closed, by=ana.user)
    triage.close(closed, Outcome.INFORMED, by=ana.user)
    assert seen(desk, "due-today") == {promised.reference, noted.reference, forgotten.reference}


def test_failed_mail_stays_until_somebody_makes_up_for_it(desk: Client, ana: Coordinator) -> None:
    failed, refused, phoned, fine = (make_inquiry() for _ in range(4))
    gone = OutgoingEmail.objects.filter(inquiry__in=[failed, refused, phoned], kind=EmailKind.CONFIRMATION)
    gone.update(status=EmailStatus.FAILED, failed_at=timezone.now())
    Inquiry.objects.filter(pk__in=[refused.pk, phoned.pk]).update(email_refused_at=timezone.now())
    triage.log_contact(phoned, ContactResult.SPOKE, by=ana.user)
    assert seen(desk, "failed-mail") == {failed.reference, refused.reference}
    assert fine.reference in seen(desk, "open")
    page = text_of(desk.get(INBOX))
    assert page.count("please phone") == 1
    gone.filter(inquiry=phoned).update(failed_at=timezone.now())
    assert phoned.reference in seen(desk, "failed-mail"), "what fails after the call is news"


def test_failed_mail_about_an_addition_counts_for_the_inquiry_that_it_was_added_to(desk: Client) -> None:
    inquiry = make_inquiry()
    added = make_inquiry(email=inquiry.email, message="One thing more")
    assert added.joined_to == inquiry
    put_or_repeat(EmailKind.LINK, added)
    added.emails.update(status=EmailStatus.FAILED, failed_at=timezone.now())
    assert seen(desk, "failed-mail") == {inquiry.reference}


def test_who_was_promised_nothing_waits_longest(desk: Client) -> None:
    inquiries = fill(3)
    Inquiry.objects.filter(pk=inquiries[2].pk).update(reply_due_at=None, is_flagged=True)
    order = [inquiries[2].reference, inquiries[0].reference, inquiries[1].reference]
    assert references(desk.get(INBOX)) == order
    assert references(desk.get(INBOX, {"view": "all"})) == [inquiry.reference for inquiry in reversed(inquiries)]


def test_views_say_how_many_wait_up_to_99(desk: Client, ana: Coordinator, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inquiries.inbox.COUNTED_UP_TO", 2)
    for _ in range(3):
        make_inquiry()
    counts = {count.code: count for count in desk_counts(ana.user)}
    assert (counts["mine"].shown, counts["mine"].is_alarm) == ("2+", False)
    assert (counts["overdue"].shown, counts["overdue"].is_alarm) == ("0", False)
    assert '<span class="view-count">2+</span>' in desk.get(INBOX).content.decode()


# Pages


@pytest.mark.usefixtures("_three_lines")
@pytest.mark.parametrize("view", ["open", "all"])
def test_pages_show_every_line_once_there_and_back(desk: Client, view: str) -> None:
    inquiries = [inquiry.reference for inquiry in fill(8)]
    expected = inquiries if view == "open" else inquiries[::-1]
    pages = [desk.get(INBOX, {"view": view})]
    while address := link(pages[-1], "next"):
        pages.append(desk.get(address))
    assert [references(page) for page in pages] == [expected[:3], expected[3:6], expected[6:]]
    assert not link(pages[0], "prev")
    for page in reversed(pages[:-1]):
        back = desk.get(link(pages.pop(), "prev"))
        assert references(back) == references(page)
    assert f'href="?view={view}">To the start' in back.content.decode()


@pytest.mark.usefixtures("_three_lines")
def test_lines_that_come_and_go_move_no_other_line(desk: Client, ana: Coordinator) -> None:
    inquiries = fill(9)
    names = [inquiry.reference for inquiry in inquiries]
    first = desk.get(INBOX)
    assert references(first) == names[:3]
    triage.log_contact(inquiries[0], ContactResult.SPOKE, by=ana.user)
    triage.log_contact(inquiries[4], ContactResult.SPOKE, by=ana.user)
    pressing = make_inquiry()
    now = timezone.now()
    Inquiry.objects.filter(pk=pressing.pk).update(received_at=now - 30 * HOUR, reply_due_at=now - HOUR)
    second = desk.get(link(first, "next"))
    assert references(second) == [names[3], names[5], names[6]]
    third = desk.get(link(second, "next"))
    assert references(third) == [names[7], names[8], names[0]], "who is in contact comes after all who wait"
    assert references(desk.get(link(second, "prev"))) == [pressing.reference, names[1], names[2]]


@pytest.mark.usefixtures("_three_lines")
def test_a_page_before_lines_that_have_gone_is_the_first(desk: Client, ana: Coordinator) -> None:
    inquiries = fill(6)
    second = desk.get(link(desk.get(INBOX), "next"))
    for inquiry in inquiries[:2]:
        triage.log_contact(inquiry, ContactResult.SPOKE, by=ana.user)
    back = desk.get(link(second, "prev"))
    assert references(back) == [inquiry.reference for inquiry in inquiries[2:5]]
    assert not link(back, "prev")
    assert link(back, "next")


@pytest.mark.parametrize(
    "broken",
    ["", "x", "é", "W10", "W" * 5000, "eyJhIjoxfQ", "WyJ3YWl0aW5nIiwiMSIsIngiLCJ5Il0",
     "WyJ3YWl0aW5nIiwiOTk5OTk5OTk5OTk5OTk5OTk5OTkiLCIyMDI2LTAxLTAxIiwiMCJd", "bnVsbA", "W" + "W1tb" * 3000],
)  # fmt: skip
def test_broken_places_lead_to_the_start(desk: Client, broken: str) -> None:
    inquiry = make_inquiry()
    for name in ("after", "before"):
        assert references(desk.get(INBOX, {name: broken})) == [inquiry.reference]


@pytest.mark.parametrize(
    ("view", "forged"),
    [
        ("open", ["waiting", math.inf, "2026-01-01T00:00:00+00:00", KEY]),
        ("open", ["waiting", "Infinity", "2026-01-01T00:00:00+00:00", KEY]),
        ("open", ["waiting", "1", "0001-01-01T00:00:00+14:00", KEY]),
        ("open", ["waiting", "1", "9999-12-31T23:59:59-14:00", KEY]),
        ("open", ["waiting", "1", "2026-01-01T00:00:00+00:00", math.inf]),
        ("all", ["newest", "0001-01-01T00:00:00+14:00", KEY]),
        ("all", ["newest", math.inf, KEY]),
    ],
)
def test_forged_places_lead_to_the_start(desk: Client, view: str, forged: list[object]) -> None:
    inquiry = make_inquiry()
    place = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    for name in ("after", "before"):
        assert references(desk.get(INBOX, {"view": view, name: place})) == [inquiry.reference]


def test_places_are_read_as_they_were_written() -> None:
    now = timezone.now()
    for order, place in ((LONGEST_WAITING, (1, now, uuid4())), (NEWEST, (now, uuid4()))):
        cursor = Cursor(order, place)
        assert read_cursor(str(cursor), order) == cursor
        assert read_cursor(str(cursor), Order("other", order.columns)) is None


@pytest.mark.usefixtures("_three_lines")
def test_filters_start_from_the_start_and_pages_keep_the_filters(desk: Client) -> None:
    fill(5)
    first = desk.get(INBOX, {"language": "en", "view": "waiting"})
    second = desk.get(link(first, "next"))
    assert len(references(second)) == 2
    html = second.content.decode()
    [views] = re.findall(r'<nav class="views".*?</nav>', html, re.DOTALL)
    assert "language=en" in views
    assert "after=" not in views
    assert "language=en&amp;view=waiting&amp;before=" in html
    assert references(desk.get(INBOX, {"language": "en", "nonsense": "1"})) == references(desk.get(INBOX))


# What a line says, and whose inquiries are shown


def test_only_what_nobody_has_needs_an_owner(client: Client, ana: Coordinator) -> None:
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    nobodys, broken = make_inquiry(), make_inquiry()
    Inquiry.objects.filter(pk=nobodys.pk).update(coordinator=None, is_flagged=True)
    # Promised twice in vain: it has an owner, but somebody must look at it.
    Inquiry.objects.filter(pk=broken.pk).update(coordinator=ana, is_flagged=True)
    response = client.get(INBOX, {"view": "needs-a-look"})
    assert set(references(response)) == {nobodys.reference, broken.reference}
    assert badges_of(response, nobodys) == ["needs an owner", "unopened", "waiting"]
    assert badges_of(response, broken) == ["needs a look", "unopened", "waiting"]
    [views] = re.findall(r'<nav class="views".*?</nav>', response.content.decode(), re.DOTALL)
    assert "Needs a look" in views
    assert "Unassigned" not in views


def test_last_event_is_what_a_person_or_the_patient_did(desk: Client, ana: Coordinator) -> None:
    inquiry = make_inquiry()
    for number, kind in enumerate(EventKind):
        if kind in PATIENTS_DOING or kind == EventKind.CONTACT_ATTEMPT:
            continue
        # The rule, the clock and the mail server
        write_event(inquiry, kind, at=timezone.now() + number * timedelta(seconds=1))
    for kind in (EventKind.OPENED, EventKind.READ, EventKind.FILE_READ, EventKind.OPENED_BY_REFERENCE):
        write_event(inquiry, kind, ana.user, at=timezone.now() + HOUR)
    assert last_event(desk) == "Received"
    triage.log_contact(inquiry, ContactResult.UNREACHABLE, by=ana.user)
    assert last_event(desk) == "Contact attempt"
    write_event(inquiry, EventKind.MESSAGE_RECEIVED, at=timezone.now() + HOUR)
    assert last_event(desk) == "Message from the patient"
    write_event(inquiry, EventKind.ASSIGNED, ana.user, at=timezone.now() + 2 * HOUR)
    assert last_event(desk) == "Assigned"


def test_managers_see_one_coordinators_work_and_what_nobody_has(client: Client, ana: Coordinator) -> None:
    jan = make_coordinator("Jan Novak", languages=("de",))
    anas, jans, nobodys = make_inquiry(), make_inquiry(preferred_language="de"), make_inquiry()
    closed = make_inquiry(preferred_language="de")
    triage.record_read(closed, by=jan.user)
    triage.close(closed, Outcome.INFORMED, by=jan.user)
    Inquiry.objects.filter(pk=nobodys.pk).update(coordinator=None, is_flagged=True)
    client.force_login(make_user(Role.MANAGER, "Mia Manager"))
    everything = {item.reference for item in (anas, jans, nobodys)}

    def shown(**query: str | int) -> set[str]:
        return set(references(client.get(INBOX, query)))

    assert shown(coordinator=ana.pk) == {anas.reference}
    assert shown(coordinator=jan.pk) == {jans.reference}
    assert shown(coordinator=jan.pk, view="closed") == {closed.reference}
    assert shown(coordinator=jan.pk, language="en") == set()
    assert shown(coordinator="nobody") == {nobodys.reference}
    assert "Coordinator: Jan Novak" in text_of(client.get(INBOX, {"coordinator": jan.pk}))
    for unknown in ("", "0", "999999", "x", "\N{ARABIC-INDIC DIGIT ONE}", "9" * 40):
        assert shown(coordinator=unknown) == everything


def test_coordinators_have_no_filter_by_coordinator(desk: Client) -> None:
    jan = make_coordinator("Jan Novak", languages=("de",))
    own = make_inquiry()
    foreign = make_inquiry(preferred_language="de")
    response = desk.get(INBOX, {"coordinator": jan.pk})
    assert references(response) == [own.reference]
    assert "Jan Novak" not in text_of(response)
    assert foreign.reference not in text_of(response)


# What the database is asked


def questions(desk: Client, query: dict[str, str]) -> list[str]:
    with CaptureQueriesContext(connection) as asked:
        assert desk.get(INBOX, query).status_code == 200
    return [query["sql"] for query in asked.captured_queries]


@pytest.mark.parametrize("role", ["manager", "coordinator"])
@pytest.mark.usefixtures("_three_lines")
def test_nothing_is_counted_and_questions_do_not_grow(client: Client, ana: Coordinator, role: str) -> None:
    client.force_login(ana.user if role == "coordinator" else make_user(Role.MANAGER, "Mia Manager"))
    jan = make_coordinator("Jan Novak", languages=("de",))
    today = timezone.localdate()
    Absence.objects.create(coordinator=jan, starts_on=today - timedelta(days=1), ends_on=today + timedelta(days=1))
    closed = make_inquiry(name="Eva Maria")
    make_inquiry(name="Eva Maria")
    make_inquiry(name="Eva Maria", preferred_language="de")
    triage.record_read(closed, by=ana.user)
    triage.close(closed, Outcome.INFORMED, by=ana.user)
    queries: list[dict[str, str]] = [
        {},
        {"view": "closed"},
        {"view": "all", "language": "en"},
        {"q": "Eva Maria"},
        {"view": "mine"},
        {"coordinator": str(ana.pk), "view": "all"},
    ]
    few = [questions(client, query) for query in queries]
    for number in range(7):
        again = make_inquiry(name="Eva Maria", network_digest=uuid4().hex)
        if number % 2:
            triage.record_read(again, by=ana.user)
            triage.close(again, Outcome.INFORMED, by=ana.user)
    many = [questions(client, query) for query in queries]
    assert [len(asked) for asked in many] == [len(asked) for asked in few]
    assert max(map(len, many)) <= 30
    assert not [sql for asked in many for sql in asked if "COUNT(" in sql.upper()]


# Search and sight


def test_search_says_when_more_match_than_it_looks_through(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("inquiries.querysets", "inquiries.admin.rows"):
        monkeypatch.setattr(f"{module}.FOUND_AT_MOST", 2)
    inquiries = [make_inquiry(name=f"Eva Number{number}") for number in range(3)]
    response = desk.get(INBOX, {"q": "eva"})
    assert set(references(response)) == {inquiry.reference for inquiry in inquiries[1:]}
    assert "Very many inquiries match." in response.content.decode()
    response = desk.get(INBOX, {"q": "eva number0"})
    assert references(response) == [inquiries[0].reference]
    assert "Very many inquiries match." not in response.content.decode()
    assert "No inquiry matches." in desk.get(INBOX, {"q": "nobody"}).content.decode()


def test_each_role_sees_its_own(ana: Coordinator) -> None:
    jan = make_coordinator("Jan Novak", languages=("de",))
    own, others = make_inquiry(), make_inquiry(preferred_language="de")
    flagged, by_reference = make_inquiry(preferred_language="de"), make_inquiry(preferred_language="de")
    joined = make_inquiry()
    Inquiry.objects.filter(pk=joined.pk).update(status=Status.JOINED, joined_to=own)
    Inquiry.objects.filter(pk=flagged.pk).update(coordinator=None, is_flagged=True)
    triage.open_by_reference(by_reference.reference, reason="Patient calls", by=ana.user)
    manager, editor = make_user(Role.MANAGER, "Mia Manager"), make_user(Role.EDITOR, "Edi Editor")
    assert set(visible_inquiries(ana.user)) == {own, flagged, by_reference}
    assert set(visible_inquiries(jan.user)) == {others, flagged, by_reference}
    assert set(visible_inquiries(manager)) == {own, others, flagged, by_reference}
    assert not visible_inquiries(editor).exists()
    for user in (ana.user, jan.user, manager, editor):
        in_parts = {row for part in sight_of(user).parts for row in Inquiry.objects.leading().filter(part)}
        assert in_parts == set(visible_inquiries(user)), "parts and condition are one rule"


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.code)
def test_a_view_shows_what_the_person_may_see_and_no_line_twice(desk: Client, ana: Coordinator, view: Any) -> None:
    Inquiry.objects.filter(pk=make_inquiry().pk).update(is_flagged=True)
    triage.open_by_reference(make_inquiry().reference, reason="Patient calls", by=ana.user)
    make_coordinator("Jan Novak", languages=("de",))
    foreign = make_inquiry(preferred_language="de")
    shown = references(desk.get(INBOX, {"view": view.code}))
    assert len(shown) == len(set(shown))
    assert foreign.reference not in shown
