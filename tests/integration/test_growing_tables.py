"""What happens all day reads no growing table from end to end, even on SQLite, which keeps no statistics."""

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordinators.enums import Role
from coordinators.models import Absence, Coordinator, User
from inquiries import alarms, overviews
from inquiries.admin.outbox import OutgoingEmailAdmin
from inquiries.enums import ContactResult, ErasedBy
from inquiries.inbox import VIEWS
from inquiries.models import Inquiry
from inquiries.services import clock, delivery, digests, erasure, handing_over, messages, triage
from inquiries.services.submit import submit_inquiry
from tests.factories import make_coordinator, make_inquiry, make_submission, make_user

pytestmark = pytest.mark.django_db

GROWING = re.compile(
    r"SCAN inquiries_(inquiry|inquiryevent|outgoingemail|replypromise|searchterm|message|patientfile|assignment)\b(.*)"
)
# Indexes of few rows only (what is on its way, what runs), and one of which a page takes the newest: most fit there
ALLOWED = ("inquiries_outbox_due", "inquiries_promise_running", "inquiries_outbox_failed", "inquiries_event_record")


@pytest.fixture
def ana() -> Coordinator:
    return make_coordinator(wants_digest=True)


@pytest.fixture
def mia() -> User:
    return make_user(Role.MANAGER, "Mia Manager")


def read_through(do: Callable[[], object]) -> list[str]:
    """Return the questions to the database that can only be answered by reading a whole table."""
    with CaptureQueriesContext(connection) as captured:
        do()
    return [query["sql"] for query in captured.captured_queries if _reads_everything(query["sql"])]


def _reads_everything(sql: str) -> bool:
    """Return whether SQLite's plan goes through a growing table; one page along an index, newest first, is none."""
    if not sql.startswith(("SELECT", "UPDATE", "DELETE")) or ("LIMIT" in sql and "WHERE" not in sql):
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        plan = [detail for _id, _parent, _unused, detail in cursor.fetchall()]
    scans = [found[2] for detail in plan if (found := GROWING.search(detail))]
    return any(not rest.endswith(ALLOWED) for rest in scans)


def test_jobs_read_what_is_open(ana: Coordinator, mia: User) -> None:
    assert ana
    for _ in range(3):
        make_inquiry()
    now = timezone.now()
    jobs: list[Callable[[], object]] = [
        clock.keep_promises,
        delivery.sweep,
        digests.send_digests,
        lambda: alarms.find_alarms(now),
        lambda: overviews.own_counts(ana.user, now),
        lambda: overviews.managers_view(now),
    ]
    assert mia
    for job in jobs:
        assert read_through(job) == []


def test_services_read_what_is_about_the_inquiry(ana: Coordinator, mia: User) -> None:
    first, second, third = (make_inquiry() for _ in range(3))
    again = make_submission(email=first.email, message="Once more")
    make_coordinator("Jan Novak", email="jan@clinic.example")
    today = timezone.localdate()
    absence = Absence.objects.create(coordinator=ana, starts_on=today, ends_on=today)
    steps: list[Callable[[], object]] = [
        lambda: submit_inquiry(make_submission(email="new@example.com")),
        lambda: submit_inquiry(again),
        lambda: triage.record_read(first, by=ana.user),
        lambda: triage.log_contact(first, ContactResult.UNREACHABLE, by=ana.user),
        lambda: messages.write_answer(second, "Hello", by=ana.user),
        lambda: messages.receive_message(second, "Thank you", language="en"),
        lambda: handing_over.hand_over_by_rule(ana, by=mia, absence=absence),
        lambda: handing_over.to_give_back(absence),
        lambda: handing_over.give_back(absence, by=mia),
        lambda: erasure.erase(third, ErasedBy.STAFF, by=mia),
    ]
    for step in steps:
        assert read_through(step) == []


@pytest.mark.parametrize("who", ["ana", "mia"])
def test_pages_read_what_they_show(
    client: Client, who: str, ana: Coordinator, mia: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two lines are then more than one page.
    monkeypatch.setattr(OutgoingEmailAdmin, "list_per_page", 1)
    inquiry = make_inquiry()
    make_inquiry(email=inquiry.email, message="Once more")
    make_inquiry(email=inquiry.email, treatment=None)
    client.force_login(mia if who == "mia" else ana.user)
    inbox = "/admin/inquiries/inquiry/"
    queries = ("", "?q=jan+patient", "?view=failed-mail", "?view=closed&language=de", f"{inquiry.pk}/change/")
    pages = ["/admin/", "/health/ready", *(f"{inbox}{query}" for query in queries)]
    if who == "mia":
        pages += [f"{inbox}?coordinator={ana.pk}", f"{inbox}?coordinator=nobody&view=all"]
        pages += [f"{inbox}?coordinator={ana.pk}&view={view.code}" for view in VIEWS]
        pages += ["/admin/inquiries/outgoingemail/", "/admin/inquiries/inquiryevent/"]
        pages += [f"/admin/inquiries/inquiryevent/?person={mia.pk}&reference={inquiry.reference}"]
    for page in pages:
        assert read_through(lambda page=page: client.get(page)) == []  # type: ignore[misc]  # each page its own
    assert Inquiry.objects.count() == 3
