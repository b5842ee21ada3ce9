"""First steps: the demo team, a real clinic, the sweep without a broker, settings from the environment, migrations."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from coordinators.assignment import Question, assign
from coordinators.demo import create_demo_team
from coordinators.enums import Role, Rule
from coordinators.models import Coordinator, ReplyPolicy, User
from coordinators.roster import candidates
from inquiries.models import OutgoingEmail
from inquiries.services.delivery import sweep
from tests.factories import make_coordinator, make_inquiry
from treatments.models import Clinic, Treatment

CLINIC = {
    "name": "Spine Clinic", "operator": "Spine Clinic d.o.o.", "street": "Ilica 1", "postcode": "10000",
    "city": "Zagreb", "country": "HR", "phone": "+385 1 4567 890", "email": "info@spine.example",
    "fallback-mailbox": "team@spine.example", "manager-name": "Mia Manager", "manager-email": "mia@spine.example",
}  # fmt: skip
KEYS = {"SECRET_KEY": "s" * 60, "FIELD_ENCRYPTION_KEYS": "0" * 64}


# The demo team


@pytest.mark.django_db
def test_demo_team_is_made_once_and_everybody_can_sign_in() -> None:
    sign_ins = create_demo_team()
    assert sorted(person.role for person in sign_ins) == ["coordinator"] * 4 + ["editor", "manager"]
    for person in sign_ins:
        assert Client().login(username=person.email, password=person.password)
    assert create_demo_team() == []
    assert User.objects.count() == 6
    assert Clinic.objects.get().is_demo


@pytest.mark.django_db
def test_demo_passwords_are_random_and_never_repeat() -> None:
    first = create_demo_team()
    ReplyPolicy.objects.update(fallback=None)
    Coordinator.objects.all().delete()
    User.objects.all().delete()
    second = create_demo_team()
    passwords = {person.password for person in (*first, *second)}
    assert len(passwords) == 12
    assert min(map(len, passwords)) >= 12


@pytest.mark.django_db
def test_demo_team_covers_every_treatment_in_every_language() -> None:
    create_demo_team()
    policy = ReplyPolicy.objects.get()
    assert policy.fallback
    assert policy.fallback_mailbox
    team = candidates(timezone.now(), {})
    for treatment in Treatment.objects.all():
        for language, _name in site.LANGUAGES:
            decision = assign(Question(treatment.code, language), team, policy.fallback_id)
            assert decision.rule == Rule.LANGUAGE_AND_TREATMENT, (treatment, language)


@pytest.mark.django_db
def test_demo_team_leaves_a_clinic_with_people_alone() -> None:
    make_coordinator()
    assert create_demo_team() == []
    assert not Clinic.objects.exists()


# A real clinic


def set_up(**changes: str) -> str:
    facts = CLINIC | {name.replace("_", "-"): value for name, value in changes.items()}
    out = io.StringIO()
    call_command("set_up_clinic", *(f"--{name}={value}" for name, value in facts.items()), stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_set_up_clinic_makes_what_a_public_site_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "manage.py changepassword mia@spine.example" in set_up()
    clinic = Clinic.objects.get()
    assert (clinic.name, clinic.country, clinic.is_demo) == ("Spine Clinic", "HR", False)
    assert ReplyPolicy.objects.get().fallback_mailbox == "team@spine.example"
    manager = User.objects.get()
    assert (manager.role, manager.has_usable_password()) == (Role.MANAGER, False)
    monkeypatch.setattr("getpass.getpass", lambda *_args, **_kwargs: "a long walk in the hills")
    call_command("changepassword", manager.email, stdout=io.StringIO())
    assert Client().login(username="mia@spine.example", password="a long walk in the hills")


@pytest.mark.django_db
def test_set_up_clinic_changes_nothing_when_there_is_a_clinic() -> None:
    set_up()
    with pytest.raises(CommandError, match="There is a clinic already"):
        set_up(name="Another", manager_email="other@spine.example")
    assert Clinic.objects.get().name == "Spine Clinic"
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("fact", sorted(CLINIC))
def test_set_up_clinic_names_a_fact_that_is_missing(fact: str) -> None:
    with pytest.raises(CommandError, match=f"--{fact}"):
        call_command("set_up_clinic", *(f"--{name}={value}" for name, value in CLINIC.items() if name != fact))
    assert not Clinic.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [{"fallback_mailbox": "team"}, {"manager_email": "mia"}, {"email": "info"}, {"country": "Croatia"}, {"name": ""}],
)
def test_set_up_clinic_refuses_a_fact_that_cannot_be_true(wrong: dict[str, str]) -> None:
    with pytest.raises(CommandError):
        set_up(**wrong)
    assert not Clinic.objects.exists()
    assert not User.objects.exists()


# Mail without a broker


@pytest.mark.django_db
def test_sweep_outbox_sends_what_is_due_and_says_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    make_coordinator()
    make_inquiry()
    call_command("sweep_outbox")
    call_command("sweep_outbox")
    assert capsys.readouterr().out == "2 sent.\n0 sent.\n"
    assert not OutgoingEmail.objects.on_the_way().exists()


def go_on(monkeypatch: pytest.MonkeyPatch, times: int) -> list[float]:
    """Let the command rest no time at all, and end like Ctrl-C after some rests; return the rests."""
    rests: list[float] = []

    def rest(seconds: float) -> None:
        rests.append(seconds)
        if len(rests) == times:
            raise KeyboardInterrupt

    monkeypatch.setattr("inquiries.management.commands.sweep_outbox.time.sleep", rest)
    return rests


@pytest.mark.django_db
def test_sweep_outbox_goes_on_when_told_to(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    make_coordinator()
    make_inquiry()
    rests = go_on(monkeypatch, times=3)
    with pytest.raises(KeyboardInterrupt):
        call_command("sweep_outbox", every=60)
    assert rests == [60, 60, 60]
    assert capsys.readouterr().out == ""
    assert not OutgoingEmail.objects.on_the_way().exists()


@pytest.mark.django_db
def test_sweep_outbox_survives_a_database_outage(monkeypatch: pytest.MonkeyPatch) -> None:
    make_coordinator()
    make_inquiry()
    outcomes = [OperationalError, OperationalError, None]

    def sometimes_fail() -> int:
        error = outcomes.pop(0)
        if error:
            raise error
        return sweep()

    monkeypatch.setattr("inquiries.management.commands.sweep_outbox.sweep", sometimes_fail)
    go_on(monkeypatch, times=3)
    with pytest.raises(KeyboardInterrupt):
        call_command("sweep_outbox", every=60)
    assert not OutgoingEmail.objects.on_the_way().exists()


# Settings from the environment


def run_python(code: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `code` as a process of its own, with nothing in the environment but what is given."""
    bare = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "clinic_site.settings"}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=site.BASE_DIR, env=bare | environment, capture_output=True, text=True,
        check=False, timeout=120,
    )  # fmt: skip


def settings_with(folder: Path, *names: str, **environment: str) -> dict[str, Any]:
    """Return the named settings as they are under an environment."""
    code = f"import json; from clinic_site import settings as s; names = {names!r}"
    done = run_python(
        f"{code}; print(json.dumps({{n: getattr(s, n) for n in names}}, default=str))", folder, **KEYS, **environment
    )
    assert done.returncode == 0, done.stderr
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def test_settings_without_an_environment_are_the_embedded_mode(tmp_path: Path) -> None:
    names = ("DATABASES", "SITE_URL", "ALLOWED_HOSTS", "DEBUG", "IS_PUBLIC", "MAIL_IS_KEPT", "TRUSTED_PROXIES")
    values = settings_with(tmp_path, *names, "SESSION_COOKIE_SECURE", "SECURE_HSTS_SECONDS", PORT="8123")
    assert values["SITE_URL"] == "http://127.0.0.1:8123"
    assert values["ALLOWED_HOSTS"] == ["127.0.0.1", "localhost", "[::1]"]
    assert values["DATABASES"]["default"]["NAME"] == str(tmp_path / "clinic.sqlite3")
    assert (values["DEBUG"], values["IS_PUBLIC"], values["MAIL_IS_KEPT"]) == (False, False, True)
    assert (values["SESSION_COOKIE_SECURE"], values["SECURE_HSTS_SECONDS"]) == (False, 0)
    assert values["TRUSTED_PROXIES"] == []


def test_settings_of_a_public_site_are_strict(tmp_path: Path) -> None:
    names = ("ALLOWED_HOSTS", "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")
    values = settings_with(
        tmp_path, *names, "SESSION_COOKIE_PATH", "CSRF_COOKIE_PATH", "SECURE_HSTS_SECONDS", "SECURE_SSL_REDIRECT",
        "DATABASES", "EMAIL_HOST", "MAIL_IS_KEPT", "IS_PUBLIC", "SITE_ORIGINS", "SITE_URL",
        SITE_URL="https://spine.example/", DATABASE_URL="postgres://clinic:secret@db.example:5433/spine",
        EMAIL_URL="smtp+tls://clinic:secret@mail.example:587",
    )  # fmt: skip
    assert values["ALLOWED_HOSTS"] == ["spine.example"]
    assert values["SESSION_COOKIE_NAME"] == "__Secure-clinic-session"
    assert values["CSRF_COOKIE_NAME"] == "__Secure-clinic-csrf"
    assert values["SESSION_COOKIE_SECURE"] is values["CSRF_COOKIE_SECURE"] is True
    assert values["SESSION_COOKIE_PATH"] == values["CSRF_COOKIE_PATH"] == "/admin/"
    assert values["SECURE_HSTS_SECONDS"] == 365 * 24 * 60 * 60
    assert values["SECURE_SSL_REDIRECT"] is values["IS_PUBLIC"] is True
    assert (values["EMAIL_HOST"], values["MAIL_IS_KEPT"]) == ("mail.example", False)
    database = values["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "spine")
    assert database["CONN_HEALTH_CHECKS"] is True
    assert values["SITE_URL"] == "https://spine.example"
    assert values["SITE_ORIGINS"] == "{'https://spine.example'}"


def test_lists_in_the_environment_may_hold_blanks(tmp_path: Path) -> None:
    names = ("ALLOWED_HOSTS", "TRUSTED_PROXIES", "SECURE_PROXY_SSL_HEADER")
    proxies = " 10.0.0.0/8 ,,192.0.2.1, "
    values = settings_with(
        tmp_path, *names, SITE_URL="https://a.example", ALLOWED_HOSTS=" a.example , b.example,", TRUSTED_PROXIES=proxies
    )
    assert values["ALLOWED_HOSTS"] == ["a.example", "b.example"]
    assert values["TRUSTED_PROXIES"] == ["10.0.0.0/8", "192.0.2.1"]
    assert values["SECURE_PROXY_SSL_HEADER"] == ["HTTP_X_FORWARDED_PROTO", "https"]


@pytest.mark.parametrize("missing", sorted(KEYS))
def test_missing_key_is_named_with_what_to_do(tmp_path: Path, missing: str) -> None:
    others = {name: value for name, value in KEYS.items() if name != missing}
    done = run_python("import clinic_site.settings", tmp_path, **others)
    assert done.returncode != 0
    last = done.stderr.strip().splitlines()[-1]
    assert f"{missing} is not set." in last
    assert "script/server" in last


# Migrations


def test_migrations_go_back_to_nothing_and_forward_again(tmp_path: Path) -> None:
    code = """
import django
from django.core.management import call_command
from django.db import connection
django.setup()
ROOMS = ("inquiries", "coordinators", "treatments")
tables = lambda: {name for name in connection.introspection.table_names() if name.startswith(ROOMS)}
call_command("migrate", verbosity=0)
there = tables()
call_command("migrate", "coordinators", "0001", verbosity=0)
call_command("migrate", verbosity=0)
for room in ROOMS:
    call_command("migrate", room, "zero", verbosity=0)
assert len(there) > 10 and not tables(), tables()
call_command("migrate", verbosity=0)
assert tables() == there
call_command("load_content")
"""
    done = run_python(code, tmp_path, **KEYS)
    assert done.returncode == 0, done.stderr
    assert "new, 0 updated" in done.stdout
