"""Records go when their time is over: files first, nobody is told, and a second run finds nothing to do."""

import io
import stat
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.core import mail
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pytest_django import Settings

from coordinators.enums import Role
from coordinators.models import User
from inquiries.enums import EmailKind, EmailStatus, ErasedBy, EventKind, Outcome, Status
from inquiries.models import (
    AccessCode,
    Heartbeat,
    Inquiry,
    InquiryEvent,
    LinkRequest,
    OutgoingEmail,
    PatientFile,
    Tombstone,
)
from inquiries.retention import period
from inquiries.services.erasure import erase, inquiry_digest
from inquiries.services.files import add_file
from inquiries.services.outbox import put_staff_email
from inquiries.services.retention import EVERY, run_daily, run_retention
from inquiries.services.subject_access import hand_out
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.files import pdf
from treatments.models import Treatment

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
MOMENT = timedelta(seconds=1)


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat")


@pytest.fixture(autouse=True)
def _files_of_this_test(tmp_path: Path, settings: Settings) -> None:
    options = {"OPTIONS": {**settings.STORAGES["patient_files"]["OPTIONS"], "location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "patient_files": {**settings.STORAGES["patient_files"], **options}}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as moved:
        yield moved


def by() -> User:
    return User.objects.filter(role=Role.MANAGER).first() or make_user(Role.MANAGER, "Mia Manager")


def close(inquiry: Inquiry, outcome: Outcome, at: datetime | None = None) -> Inquiry:
    inquiry.status, inquiry.outcome, inquiry.closed_at, inquiry.closed_by = (
        Status.CLOSED, outcome, at or timezone.now(), by(),
    )  # fmt: skip
    inquiry.save(update_fields=["status", "outcome", "closed_at", "closed_by"])
    return inquiry


def add_pdf(inquiry: Inquiry, text: bytes = b"one") -> PatientFile:
    return add_file(inquiry, SimpleUploadedFile("report.pdf", pdf(text)))


def stored_files() -> list[str]:
    try:
        return storages["patient_files"].listdir("")[1]
    except FileNotFoundError:
        return []


def exists(inquiry: Inquiry) -> bool:
    return Inquiry.objects.filter(pk=inquiry.pk).exists()


def dump() -> str:
    """Return every row of the inquiries room as it lies in the database."""
    rows: list[object] = []
    with connection.cursor() as cursor:
        for model in apps.get_app_config("inquiries").get_models():
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            rows.append((model._meta.db_table, cursor.fetchall()))
    return repr(rows)


@pytest.mark.parametrize("outcome", list(Outcome))
def test_a_closed_inquiry_goes_on_the_last_day_of_its_outcome(clock: time_machine.Traveller, outcome: Outcome) -> None:
    inquiry = close(make_inquiry(), outcome)
    clock.move_to(START + MOMENT)
    other = make_inquiry()
    OutgoingEmail.objects.all().delete()
    clock.move_to(START + period(outcome) - MOMENT)
    assert sum(run_retention().counts.values()) == 0
    clock.move_to(START + period(outcome))
    report = run_retention()
    assert report.counts[outcome] == sum(report.counts.values()) == 1
    assert (exists(inquiry), exists(other)) == (False, True)
    tombstone = Tombstone.objects.get()
    assert (tombstone.inquiry_digest, tombstone.reason) == (inquiry_digest(inquiry.pk), ErasedBy.RETENTION)


def test_nobody_is_told(clock: time_machine.Traveller) -> None:
    close(make_inquiry(), Outcome.INFORMED)
    clock.shift(period(Outcome.INFORMED))
    run_retention()
    assert not OutgoingEmail.objects.exists()
    assert mail.outbox == []


def test_an_addition_goes_with_the_inquiry_that_it_was_added_to(clock: time_machine.Traveller) -> None:
    first = make_inquiry(email="a@example.com")
    addition = make_inquiry(email="a@example.com")
    assert addition.joined_to == first
    add_pdf(addition)
    close(Inquiry.objects.get(pk=first.pk), Outcome.DUPLICATE)
    clock.shift(period(Outcome.DUPLICATE))
    run_retention()
    assert not Inquiry.objects.exists()
    assert not stored_files()
    assert Tombstone.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "stays"),
    [(EventKind.MESSAGE_RECEIVED, True), (EventKind.CONTACT_CHANGED, True), (EventKind.READ, False),
     (EventKind.REMINDED, False), (EventKind.EMAIL_SENT, False)],
)  # fmt: skip
def test_an_open_inquiry_goes_a_year_after_the_last_activity(
    clock: time_machine.Traveller, kind: EventKind, stays: bool
) -> None:
    inquiry = make_inquiry()
    clock.shift(200 * DAY)
    InquiryEvent.objects.create(inquiry=inquiry, kind=kind)
    clock.move_to(START + period("OPEN"))
    run_retention()
    assert exists(inquiry) is stays
    clock.shift(200 * DAY)
    run_retention()
    assert not exists(inquiry)


def test_files_go_ninety_days_after_closing_and_the_inquiry_stays(clock: time_machine.Traveller) -> None:
    closed, still_open = close(make_inquiry(), Outcome.INFORMED), make_inquiry()
    add_pdf(closed)
    kept = add_pdf(still_open, b"two")
    clock.shift(period("FILES") - MOMENT)
    assert run_retention().counts["FILES"] == 0
    clock.shift(MOMENT)
    assert run_retention().counts["FILES"] == 1
    assert exists(closed)
    assert list(PatientFile.objects.values_list("pk", flat=True)) == [kept.pk]
    assert stored_files() == [kept.stored_name]


def test_used_up_codes_handled_requests_and_old_staff_mail_go(clock: time_machine.Traveller) -> None:
    inquiry = make_inquiry()
    now = timezone.now()
    AccessCode.objects.create(inquiry=inquiry, expires_at=now)
    LinkRequest.objects.create(email="a@example.com", language="en", network_digest="0" * 64, handled_at=now)
    waiting = LinkRequest.objects.create(email="b@example.com", language="en", network_digest="0" * 64)
    for status in EmailStatus.SENT, EmailStatus.FAILED:
        email = put_staff_email(EmailKind.INVITATION, by())
        ended = "sent_at" if status == EmailStatus.SENT else "failed_at"
        OutgoingEmail.objects.filter(pk=email.pk).update(status=status, **{ended: now})
    unsent = put_staff_email(EmailKind.INVITATION, by())
    clock.shift(DAY)
    counts = run_retention().counts
    assert (counts["ACCESS_CODES"], counts["LINK_REQUESTS"], counts["EMAILS"]) == (1, 1, 0)
    assert not AccessCode.objects.exists()
    assert LinkRequest.objects.get() == waiting
    clock.move_to(START + period("EMAILS"))
    assert run_retention().counts["EMAILS"] == 2
    assert OutgoingEmail.objects.get(kind=EmailKind.INVITATION) == unsent


def test_a_dry_run_counts_and_changes_nothing(
    clock: time_machine.Traveller, capsys: pytest.CaptureFixture[str]
) -> None:
    add_pdf(close(make_inquiry(), Outcome.APPOINTMENT))
    close(make_inquiry(), Outcome.SPAM)
    clock.shift(100 * DAY)
    before = dump()
    call_command("retain", "--dry-run")
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if not line.endswith(": 0")] == [
        "FILES: 1", "APPOINTMENT: 1", "SPAM: 1", "oldest record past its date: 70 days",
    ]  # fmt: skip
    assert dump() == before
    assert len(stored_files()) == 1
    call_command("retain")
    assert capsys.readouterr().out.splitlines()[:2] == ["FILES: 1", "APPOINTMENT: 1"]
    assert not Inquiry.objects.exists()


def test_what_fails_stands_in_no_others_way_and_is_seen(
    clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch, client: Client
) -> None:
    stuck, other = (close(make_inquiry(), Outcome.SPAM) for _number in range(2))
    clock.shift(period(Outcome.SPAM) + 2 * DAY)

    def fail(inquiry: Inquiry, *args: Any, **kwargs: Any) -> Tombstone:
        if inquiry == stuck:
            raise OperationalError
        return erase(inquiry, *args, **kwargs)

    with monkeypatch.context() as broken:
        broken.setattr("inquiries.services.retention.erase", fail)
        with pytest.raises(CommandError, match="1 could not be erased"):
            call_command("retain", stdout=io.StringIO())
    assert (exists(stuck), exists(other)) == (True, False)
    assert not Heartbeat.objects.filter(name=Heartbeat.RETENTION).exists()
    health = client.get("/health/ready").json()
    assert (health["retention"], "retention" in health["degraded"]) == ("2 days", True)
    run_daily()
    health = client.get("/health/ready").json()
    assert (health["retention"], "retention" in health["degraded"]) == ("0 days", False)


def test_files_go_before_rows(clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the bytes cannot be deleted, the rows that point to them stay."""
    inquiry = close(make_inquiry(), Outcome.APPOINTMENT)
    add_pdf(inquiry)
    clock.shift(period(Outcome.APPOINTMENT))

    def fail(_name: str) -> None:
        raise PermissionError

    with monkeypatch.context() as broken:
        broken.setattr(storages["patient_files"], "delete", fail)
        assert run_retention().failed == 2
    assert exists(inquiry)
    assert PatientFile.objects.count() == 1
    assert run_retention().failed == 0
    assert not exists(inquiry)
    assert not stored_files()


def test_the_job_is_done_once_a_day_however_often_it_is_asked(clock: time_machine.Traveller) -> None:
    assert run_daily() is not None
    close(make_inquiry(), Outcome.WITHDRAWN, START - 10 * DAY)
    clock.shift(EVERY - MOMENT)
    assert run_daily() is None
    clock.shift(MOMENT)
    report = run_daily()
    assert report is not None
    assert report.counts[Outcome.WITHDRAWN] == 1
    assert Heartbeat.objects.get(name=Heartbeat.RETENTION).beat_at == START + EVERY


@pytest.mark.parametrize(
    ("age", "days", "degraded"),
    [(timedelta(hours=20), "0 days", False), (DAY, "1 days", False), (DAY + MOMENT, "1 days", True),
     (9 * DAY, "9 days", True), (-DAY, "0 days", False)],
)  # fmt: skip
def test_health_tells_how_late_a_record_can_be(client: Client, age: timedelta, days: str, degraded: bool) -> None:
    with time_machine.travel(START, tick=False):
        Heartbeat.objects.create(name=Heartbeat.RETENTION, beat_at=START - age)
        health = client.get("/health/ready").json()
    assert (health["retention"], "retention" in health["degraded"]) == (days, degraded)


def test_health_asks_for_one_row(client: Client, django_assert_max_num_queries: Any) -> None:
    client.get("/health/ready")
    Heartbeat.objects.create(name=Heartbeat.RETENTION, beat_at=timezone.now())
    for _number in range(3):
        make_inquiry()
    with django_assert_max_num_queries(100) as queries:
        client.get("/health/ready")
    asked = [query["sql"] for query in queries.captured_queries]
    assert not [sql for sql in asked if "inquiries_inquiry" in sql]
    assert len([sql for sql in asked if "retention" in sql]) == 1


STORIES = st.lists(
    st.tuples(st.sampled_from([*Outcome, None]), st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=3
)


@hypothesis_settings(max_examples=20)
@given(stories=STORIES, later=st.integers(0, 200))
def test_a_second_run_changes_nothing_and_no_record_is_left_past_its_date(
    stories: list[tuple[Outcome | None, int, int]], later: int
) -> None:
    with time_machine.travel(START, tick=False), transaction.atomic():
        for outcome, received, closed in stories:
            age = max(received, closed) * DAY
            inquiry = make_inquiry()
            InquiryEvent.objects.filter(inquiry=inquiry).update(at=START - age)
            Inquiry.objects.filter(pk=inquiry.pk).update(received_at=START - age)
            if outcome:
                inquiry.refresh_from_db()
                close(inquiry, outcome, START - min(received, closed) * DAY)
        with time_machine.travel(START + later * DAY, tick=False):
            first = run_retention()
            after = dump()
            second = run_retention()
            assert dump() == after
        assert (first.left, second.left, sum(second.counts.values())) == (timedelta(), timedelta(), 0)
        left = {(outcome, min(received, closed) + later < period(outcome).days) for outcome, received, closed
                in stories if outcome}  # fmt: skip
        kept = set(Inquiry.objects.closed().values_list("outcome", flat=True))
        assert kept == {outcome for outcome, in_time in left if in_time}
        transaction.set_rollback(True)


def test_everything_about_a_person_is_handed_out_and_nothing_about_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = make_inquiry(email="Jan@Example.com", message="Mein Rücken", name="Jan Kanarienvogel")
    second = make_inquiry(email="jan@example.com", treatment=Treatment.objects.get(code="facet-denervation"))
    other = make_inquiry(email="eva@example.com", name="Eva Fremd", phone="+49 170 1234567")
    file, _others = add_pdf(mine, b"mine"), add_pdf(other, b"other")
    LinkRequest.objects.create(email="jan@example.com", language="en", network_digest="0" * 64)
    target = tmp_path / "jan.zip"
    call_command("dsar", " JAN@example.com", str(target))
    assert f"{mine.reference} {second.reference}; files: 1" in capsys.readouterr().out
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with zipfile.ZipFile(target) as archive:
        assert set(archive.namelist()) == {"data.json", f"files/{mine.reference}/{file.pk}.pdf"}
        assert archive.read(f"files/{mine.reference}/{file.pk}.pdf") == pdf(b"mine")
        text = archive.read("data.json").decode()
    assert "Mein Rücken" in text
    assert "Jan Kanarienvogel" in text
    assert "report.pdf" in text
    assert '"link_requests": [\n    "20' in text
    assert "Fremd" not in text
    assert "eva@" not in text
    exported = InquiryEvent.objects.filter(kind=EventKind.EXPORTED).values_list("inquiry", flat=True)
    assert set(exported) == {mine.pk, second.pk}
    with pytest.raises(CommandError):
        call_command("dsar", "jan@example.com", str(target))


def test_a_person_whom_nobody_has_confirmed_is_handed_nothing() -> None:
    inquiry = make_inquiry(email="jan@example.com", message="Mein Rücken")
    Inquiry.objects.filter(pk=inquiry.pk).update(contact_changed_at=timezone.now())
    target = io.BytesIO()
    handed = hand_out("jan@example.com", target)
    assert (handed.references, handed.doubtful) == ([], [inquiry.reference])
    with zipfile.ZipFile(target) as archive:
        assert "Mein" not in archive.read("data.json").decode()


def test_the_ledger_holds_no_personal_data(clock: time_machine.Traveller, capsys: pytest.CaptureFixture[str]) -> None:
    inquiry = close(make_inquiry(name="Jan Kanarienvogel"), Outcome.SPAM)
    clock.shift(period(Outcome.SPAM))
    run_retention()
    call_command("erasures")
    digest = inquiry_digest(inquiry.pk)
    assert capsys.readouterr().out == f"{digest} {timezone.now().isoformat()} RETENTION -\n"


@pytest.mark.parametrize(
    "line",
    ["x", f"{'0' * 63} 2026-03-02T09:00:00+00:00 PATIENT -", f"{'0' * 64} yesterday PATIENT -",
     f"{'0' * 64} 2026-03-02T09:00:00 PATIENT -", f"{'0' * 64} 2026-03-02T09:00:00+00:00 NOBODY -",
     f"{'0' * 64} 2026-03-02T09:00:00+00:00 STAFF Ana"],
)  # fmt: skip
def test_a_damaged_ledger_erases_nothing(tmp_path: Path, line: str) -> None:
    inquiry = make_inquiry()
    good = f"{inquiry_digest(inquiry.pk)} 2026-03-02T09:00:00+00:00 PATIENT -"
    ledger = tmp_path / "ledger.txt"
    ledger.write_text("\n".join(("# erasures", "", good, line)), encoding="utf-8")
    with pytest.raises(CommandError, match="Line 4"):
        call_command("erase_again", str(ledger))
    assert exists(inquiry)
