"""The numbered checks: a misconfigured public site does not start, and the embedded mode on loopback may."""

from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from pytest_django import Settings

from coordinators.demo import create_demo_team
from coordinators.models import Coordinator, ReplyPolicy, User
from tests.factories import make_coordinator
from treatments.models import Clinic

pytestmark = pytest.mark.django_db

CLINIC = {
    "name": "Spine Clinic", "operator": "Spine Clinic d.o.o.", "street": "Ilica 1", "postcode": "10000",
    "city": "Zagreb", "country": "HR", "phone": "+385 1 4567 890", "email": "info@spine.example",
}  # fmt: skip


@pytest.fixture
def _public(settings: Settings) -> None:
    """Give the site the settings of a sound production, and a real clinic with a team."""
    settings.IS_PUBLIC = settings.IS_HTTPS = True
    settings.DEBUG = settings.MAIL_IS_KEPT = False
    settings.DEFAULT_FROM_EMAIL = "Clinic <inquiries@spine.example>"
    settings.ALLOWED_HOSTS = ["spine.example"]
    settings.CLAMD_ADDRESS = "/run/clamav/clamd.ctl"
    Clinic.objects.create(id=Clinic.ONLY_ID, **CLINIC)
    ReplyPolicy.objects.update(fallback_mailbox="team@spine.example")
    make_coordinator()


def found() -> list[str]:
    """Return the numbers of our own checks that `manage.py check --deploy --database default` shows."""
    messages = run_checks(include_deployment_checks=True, databases=["default"])
    return sorted(str(message.id) for message in messages if str(message.id).startswith("clinic."))


@pytest.mark.usefixtures("_public")
def test_sound_public_site_passes() -> None:
    assert found() == []


@pytest.mark.usefixtures("_public")
def test_public_site_without_a_virus_scanner_is_warned(settings: Settings) -> None:
    settings.CLAMD_ADDRESS = ""
    assert found() == ["clinic.W002"]


def test_embedded_mode_on_loopback_passes() -> None:
    assert found() == []
    create_demo_team()
    assert found() == []


@pytest.mark.parametrize("keys", ["short", "", "a:" + "0" * 64 + ",a:" + "1" * 64])
def test_malformed_key_stops_every_site(settings: Settings, keys: str) -> None:
    settings.FIELD_ENCRYPTION_KEYS = keys
    assert found() == ["clinic.E001"]


@pytest.mark.usefixtures("_public")
@pytest.mark.parametrize(
    ("name", "value", "number"),
    [
        ("IS_HTTPS", False, "clinic.E002"),
        ("DEBUG", True, "clinic.E003"),
        ("MAIL_IS_KEPT", True, "clinic.E004"),
        ("DEFAULT_FROM_EMAIL", "Clinic <noreply@clinic.example>", "clinic.E005"),
        ("ALLOWED_HOSTS", ["spine.example", "*"], "clinic.E006"),
    ],
)
def test_unsafe_setting_stops_a_public_site_only(settings: Settings, name: str, value: object, number: str) -> None:
    setattr(settings, name, value)
    assert found() == [number]
    settings.IS_PUBLIC = False
    assert found() == []


@pytest.mark.usefixtures("_public")
def test_database_without_tables_stops_a_public_site() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE treatments_clinic RENAME TO elsewhere")
    assert found() == ["clinic.E007"]


@pytest.mark.usefixtures("_public")
def test_missing_clinic_stops_a_public_site() -> None:
    Clinic.objects.all().delete()
    assert found() == ["clinic.E008"]


@pytest.mark.usefixtures("_public")
def test_demo_data_stop_a_public_site() -> None:
    Clinic.objects.all().delete()
    Coordinator.objects.all().delete()
    User.objects.all().delete()
    create_demo_team()
    assert found() == ["clinic.E009"]


@pytest.mark.usefixtures("_public")
def test_missing_fallback_mailbox_stops_a_public_site() -> None:
    ReplyPolicy.objects.update(fallback_mailbox="")
    assert found() == ["clinic.E010"]
    ReplyPolicy.objects.all().delete()
    assert found() == ["clinic.E010"]


@pytest.mark.usefixtures("_public")
def test_treatment_that_nobody_active_knows_is_warned_about() -> None:
    User.objects.update(is_active=False)
    assert found() == ["clinic.W001"] * 4
    make_coordinator("Eva Kraus", treatments=("facet-infiltration",))
    messages = [message.msg for message in run_checks(include_deployment_checks=True, databases=["default"])]
    assert len([message for message in messages if "No active coordinator knows" in message]) == 3
    assert "No active coordinator knows facet-infiltration." not in messages


@pytest.mark.usefixtures("_public")
def test_check_deploy_stops_with_the_number_and_what_to_do() -> None:
    Clinic.objects.all().delete()
    with pytest.raises(SystemCheckError) as stopped:
        call_command("check", deploy=True, databases=["default"])
    assert "clinic.E008" in str(stopped.value)
    assert "manage.py set_up_clinic" in str(stopped.value)


@pytest.mark.usefixtures("_public")
def test_proxy_that_is_no_address_stops_the_site_before_an_inquiry_fails(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8", "192.0.2.1"]
    assert found() == []
    settings.TRUSTED_PROXIES = ["nginx"]
    assert found() == ["clinic.E011"]


def test_folder_of_catalogues_without_any_stops_every_site(settings: Settings, tmp_path: Path) -> None:
    settings.LOCALE_PATHS = [*settings.LOCALE_PATHS, tmp_path]
    assert found() == ["clinic.E012"]
    catalogue = tmp_path / "ar" / "LC_MESSAGES" / "django.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    assert found() == []


def test_checks_do_not_ask_the_database_unless_told_to(settings: Settings) -> None:
    settings.IS_PUBLIC = settings.IS_HTTPS = True
    messages = run_checks(include_deployment_checks=True)
    assert not {"clinic.E007", "clinic.E008", "clinic.E010"} & {str(message.id) for message in messages}
