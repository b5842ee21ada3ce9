"""Health: whether the process lives, and whether an inquiry can be taken and its mail goes out."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from kombu import Connection
from pytest_django import Settings

from inquiries.enums import EmailStatus
from inquiries.models import Heartbeat, OutgoingEmail
from tests.factories import make_coordinator, make_inquiry

pytestmark = pytest.mark.django_db

LIVE, READY = "/health/live", "/health/ready"
NOBODY_LISTENS = "redis://127.0.0.1:1/0"


@pytest.fixture(autouse=True)
def _swept() -> None:
    """Let the scheduled jobs have run just now, as they do while the site runs."""
    for name in (Heartbeat.SWEEP, Heartbeat.CLOCK):
        Heartbeat.objects.create(name=name, beat_at=timezone.now())


@pytest.fixture
def _no_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    options = {"max_retries": 0, "socket_connect_timeout": 1}
    with Connection(NOBODY_LISTENS, transport_options=options, connect_timeout=1) as dead:
        monkeypatch.setattr(current_app, "connection_for_write", lambda: dead)
        yield


def ready(client: Client) -> tuple[int, dict[str, Any]]:
    response = client.get(READY)
    return response.status_code, response.json()


def test_live_says_that_the_process_answers(client: Client) -> None:
    response = client.get(LIVE)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_live_needs_no_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr("django.db.backends.base.base.BaseDatabaseWrapper.cursor", fail)
    assert client.get(LIVE).status_code == 200


def test_ready_is_ok_when_everything_is_there(client: Client) -> None:
    status, answer = ready(client)
    assert status == 200
    assert answer == {
        "status": "ok", "degraded": [], "database": "ok", "broker": "ok", "oldest_unsent_email": "none",
        "last_sweep": answer["last_sweep"], "last_promise_watch": answer["last_promise_watch"],
        "retention": "0 days",
    }  # fmt: skip
    assert {answer["last_sweep"], answer["last_promise_watch"]} <= {"0 s", "1 s"}


@pytest.mark.usefixtures("_no_broker")
def test_ready_is_degraded_without_a_broker_and_still_takes_inquiries(client: Client) -> None:
    status, answer = ready(client)
    assert (status, answer["status"], answer["degraded"]) == (200, "degraded", ["broker"])
    assert answer["broker"] == "not reachable"


@pytest.mark.parametrize(
    ("age", "mail_status", "degraded"),
    [
        (timedelta(minutes=9), EmailStatus.PENDING, []),
        (timedelta(minutes=11), EmailStatus.PENDING, ["oldest_unsent_email"]),
        (timedelta(days=2), EmailStatus.SENT, []),
        (timedelta(days=2), EmailStatus.FAILED, []),
    ],
)
def test_ready_is_degraded_by_mail_that_waits_too_long(
    client: Client, age: timedelta, mail_status: str, degraded: list[str]
) -> None:
    make_coordinator()
    make_inquiry()
    sent_at = timezone.now() if mail_status == EmailStatus.SENT else None
    failed_at = timezone.now() if mail_status == EmailStatus.FAILED else None
    OutgoingEmail.objects.update(
        created_at=timezone.now() - age, status=mail_status, sent_at=sent_at, failed_at=failed_at
    )
    status, answer = ready(client)
    assert (status, answer["degraded"]) == (200, degraded)
    if mail_status == EmailStatus.PENDING:
        assert int(answer["oldest_unsent_email"].removesuffix(" s")) - age.total_seconds() in {0, 1}


@pytest.mark.parametrize(
    ("name", "finding"), [(Heartbeat.SWEEP, "last_sweep"), (Heartbeat.CLOCK, "last_promise_watch")]
)
@pytest.mark.parametrize(("minutes", "is_degraded"), [(4, False), (6, True)])
def test_ready_is_degraded_by_a_job_that_ran_long_ago(
    client: Client, name: str, finding: str, minutes: int, is_degraded: bool
) -> None:
    degraded = [finding] if is_degraded else []
    Heartbeat.objects.filter(name=name).update(beat_at=timezone.now() - timedelta(minutes=minutes))
    status, answer = ready(client)
    assert (status, answer["degraded"]) == (200, degraded)


def test_ready_is_degraded_before_the_first_sweep_and_ok_after_it(client: Client) -> None:
    Heartbeat.objects.all().delete()
    _status, answer = ready(client)
    assert (answer["status"], answer["degraded"]) == ("degraded", ["last_promise_watch", "last_sweep"])
    assert answer["last_sweep"] == answer["last_promise_watch"] == "never"
    call_command("sweep_outbox", verbosity=0)
    assert ready(client)[1]["status"] == "ok"


def test_ready_refuses_a_database_that_is_not_migrated(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="inquiries").delete()
    assert ready(client) == (503, {"status": "unavailable", "database": "not migrated"})


@pytest.mark.parametrize("error", [DatabaseError, OperationalError, InterfaceError])
@pytest.mark.parametrize("place", ["clinic_site.health.MigrationExecutor", "clinic_site.health._last_beat"])
def test_ready_refuses_without_a_database(
    client: Client, monkeypatch: pytest.MonkeyPatch, place: str, error: type[Exception]
) -> None:
    def fail(*_args: object) -> None:
        raise error("connection to 10.0.0.5 as clinic failed")

    monkeypatch.setattr(place, fail)
    response = client.get(READY)
    assert response.status_code == 503
    assert "no-store" in response.headers["Cache-Control"]
    assert response.json() == {"status": "unavailable", "database": "not reachable"}


@pytest.mark.parametrize("path", [LIVE, READY])
def test_health_sets_no_cookie_and_is_never_stored(client: Client, path: str) -> None:
    for response in (client.get(path), client.head(path)):
        assert response.status_code == 200
        assert not response.cookies
        assert "no-store" in response.headers["Cache-Control"]
    assert client.post(path, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405


def test_unavailable_answer_sets_no_cookie_and_is_never_stored(client: Client) -> None:
    MigrationRecorder.Migration.objects.filter(app="inquiries").delete()
    response = client.get(READY)
    assert response.status_code == 503
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize("path", [LIVE, READY])
def test_health_answers_plain_http_behind_a_proxy_that_ends_tls(settings: Settings, path: str) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get(path).status_code == 200
    assert Client().get("/en/").status_code == 301
