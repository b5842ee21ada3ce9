"""The form: asks little, loses nothing, refuses nothing that a person could mean."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from coordinators.models import ReplyPolicy
from inquiries.admin.words import is_overdue
from inquiries.enums import QuarantineReason
from inquiries.models import Inquiry, OutgoingEmail
from tests.factories import make_coordinator

pytestmark = pytest.mark.django_db

FORM = "/en/inquiry/"
HERE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:8000"}


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat", languages=("en", "hr", "de", "nl"))


def answers(**overrides: Any) -> dict[str, Any]:
    filled = {
        "treatment": "facet-infiltration",
        "name": "Jan Patient",
        "email": "jan.patient@example.com",
        "contact_by": ["email"],
        "phone": "",
        "country": "Germany",
        "preferred_language": "de",
        "for_whom": "self",
        "message": "",
        "consent": "on",
    }
    return {**filled, **overrides}


def send(client: Client, headers: dict[str, str] | None = None, path: str = FORM, **overrides: Any) -> Any:
    return client.post(path, answers(**overrides), headers=HERE if headers is None else headers)


def errors(response: Any) -> set[tuple[str, str]]:
    form = response.context["form"]
    return {(name, error.code) for name, found in form.errors.as_data().items() for error in found}


def test_send_stores_the_inquiry_and_shows_who_answers_and_by_when(client: Client) -> None:
    with time_machine.travel("2026-11-23T09:00:00+01:00", tick=False):
        response = send(client, time_zone="America/New_York")
        assert response.status_code == 303
        page = client.get(response.headers["Location"])
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.country, inquiry.language, inquiry.preferred_language) == (
        "Jan Patient",
        "DE",
        "en",
        "de",
    )
    html = page.content.decode()
    assert inquiry.reference in html
    assert "Ana Horvat" in html
    assert "Monday 23 November, 13:00" in html
    assert "07:00" in html
    assert "112" in html
    assert set(OutgoingEmail.objects.values_list("kind", flat=True)) == {
        "HANDOVER",
        "CONFIRMATION",
    }


def test_confirmation_shows_nothing_that_was_typed_but_the_address(client: Client) -> None:
    response = send(client, name="Kanarienvogel", message="Kanarienvogel", phone="0170 7654321")
    html = client.get(response.headers["Location"]).content.decode()
    for typed in ("Kanarienvogel", "7654321", "Facet joint injection"):
        assert typed not in html.split("<main", 1)[1].split("</main>", 1)[0]


def test_confirmation_address_is_private_and_dies_after_thirty_days(client: Client) -> None:
    address = send(client).headers["Location"]
    page = client.get(address)
    assert "no-store" in page.headers["Cache-Control"]
    assert "noindex" in page.headers["X-Robots-Tag"]
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert client.get(address).status_code == 200
    assert len(address.rstrip("/").rsplit("/", 1)[1]) >= 43
    assert client.get(address[:-3] + "AA/").status_code == 404
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert client.get(address).status_code == 404


def test_empty_form_names_every_error_and_keeps_the_page_language(client: Client) -> None:
    response = client.post("/de/" + _address("de"), {}, headers=HERE)
    assert response.status_code == 422
    assert errors(response) == {
        ("treatment", "required"), ("name", "required"), ("contact_by", "required"), ("country", "required"),
        ("preferred_language", "required"), ("for_whom", "required"), ("consent", "required"),
    }  # fmt: skip
    assert "no-store" in response.headers["Cache-Control"]
    assert 'lang="de"' in response.content.decode()


def _address(language: str) -> str:
    return {"en": "inquiry/", "de": "anfrage/", "hr": "upit/", "nl": "aanvraag/", "it": "richiesta/"}[language]


def test_error_summary_links_to_inputs_that_exist(client: Client) -> None:
    html = client.post(FORM, {}, headers=HERE).content.decode()
    summary = html.split('role="alert"', 1)[1].split("</ul>", 1)[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) == 7
    for target in targets:
        assert f'id="{target}"' in html


def test_errors_lose_nothing_that_was_typed(client: Client) -> None:
    typed: dict[str, Any] = {
        "name": "Đoković-Müller 3rd",
        "message": "Line one\nline <two>",
        "phone": "+385 1 2345 67 ext 8",
    }
    response = send(client, **typed, country="Narnia", contact_by=["phone", "text"])
    assert errors(response) == {("country", "unknown")}
    html = response.content.decode()
    assert 'value="Đoković-Müller 3rd"' in html
    assert "line &lt;two&gt;" in html
    assert 'value="+385 1 2345 67 ext 8"' in html
    assert 'value="Narnia"' in html
    assert html.count("checked") >= 6
    assert Inquiry.objects.count() == 0


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        ({"contact_by": ["email"], "email": ""}, {("email", "required")}),
        ({"contact_by": ["phone"], "email": "", "phone": ""}, {("phone", "required")}),
        ({"contact_by": ["text"], "email": ""}, {("phone", "required")}),
        ({"email": "a@example.com, b@example.com"}, {("email", "invalid")}),
        ({"email": "a@example.com\r\nBcc: b@example.com"}, {("email", "invalid")}),
        ({"name": "Jan\r\nBcc: b@example.com"}, {("name", "control")}),
        ({"name": "x" * 10_000}, {("name", "max_length")}),
        ({"message": "x" * 1_000_000}, {("message", "max_length")}),
        ({"message": "a\r\n" * 800}, {("message", "max_length")}),
        ({"name": "\x00"}, {("name", "control")}),
        ({"treatment": "surgery"}, {("treatment", "invalid_choice")}),
        ({"call_time": "midnight"}, {("call_time", "invalid_choice")}),
        ({"contact_by": ["pigeon"]}, {("contact_by", "invalid_choice")}),
        ({"consent": ""}, {("consent", "required")}),
        ({"consent_version": "1999-01-01"}, {("consent", "changed")}),
    ],
)
def test_bad_input_gets_a_clear_error(
    client: Client, overrides: dict[str, Any], expected: set[tuple[str, str]]
) -> None:
    response = send(client, **overrides)
    assert response.status_code == 422
    assert errors(response) == expected


def test_changed_consent_text_is_asked_for_again_and_can_then_be_given(client: Client) -> None:
    html = send(client, consent_version="1999-01-01").content.decode()
    box = re.search(r'<input[^>]*name="consent"[^>]*>', html)
    version = re.search(r'name="consent_version"[^>]*value="([^"]+)"', html)
    assert box
    assert "checked" not in box.group(0)
    assert version
    assert send(client, consent_version=version.group(1)).status_code == 303


@pytest.mark.parametrize(
    "overrides",
    [
        {"name": "李"},
        {"call_time": "morning"},
        {"name": "x" * 120},
        {"name": "محمد علي"},
        {"email": "jan+back@example.com"},
        {"email": "jan@büro-straße.example"},
        {"contact_by": ["phone"], "email": "", "phone": "0049 (0) 170/1234567"},
        {"contact_by": ["text"], "phone": "+385 1 4567 890", "country": "hr"},
        {"contact_by": ["phone"], "phone": "ask my daughter"},
        {"message": ("a\r\n" * 749) + "b"},
        {"treatment": "unsure"},
        {"preferred_language": "other"},
        {"country": "NJEMAČKA"},
        {"submission_id": "not-a-uuid", "elapsed_ms": "-5", "time_zone": "Mars/Phobos"},
    ],
)
def test_honest_input_is_accepted_as_typed(client: Client, overrides: dict[str, Any]) -> None:
    response = send(client, **overrides)
    assert response.status_code == 303, errors(response)
    inquiry = Inquiry.objects.get()
    assert inquiry.name == overrides.get("name", "Jan Patient")
    assert inquiry.phone == overrides.get("phone", "")
    assert inquiry.call_time == overrides.get("call_time", "")


@pytest.mark.parametrize(
    ("phone", "country", "doubtful"),
    [
        ("0170 1234567", "DE", False),
        ("0049 (0) 170/1234567", "DE", False),
        ("01 2345 678", "HR", False),
        ("ask me", "DE", True),
    ],
)
def test_phone_is_read_with_the_country_and_never_refused(
    client: Client, phone: str, country: str, doubtful: bool
) -> None:  # a table of cases
    assert send(client, contact_by=["phone"], phone=phone, country=country).status_code == 303
    assert Inquiry.objects.get().phone_is_doubtful is doubtful


def test_bidi_overrides_are_removed(client: Client) -> None:
    send(client, name="Jan \u202etneitaP", message="a\u2066b")
    inquiry = Inquiry.objects.get()
    assert (inquiry.name, inquiry.message) == ("Jan tneitaP", "ab")


def test_extra_fields_change_nothing(client: Client) -> None:
    send(client, status="CLOSED", reference="ZG-OWNED", coordinator="1", quarantined_at="2026-01-01")
    inquiry = Inquiry.objects.get()
    assert inquiry.status == "WAITING"
    assert inquiry.reference != "ZG-OWNED"


# The same inquiry again


def test_double_click_reload_and_two_tabs_give_one_inquiry_and_one_receipt(client: Client) -> None:
    one_tab = send(client, submission_id=str(uuid.uuid4()))
    again = send(client, email="JAN.Patient@example.com ", submission_id=str(uuid.uuid4()))
    plain = send(client)
    assert one_tab.headers["Location"] == again.headers["Location"] == plain.headers["Location"]
    assert Inquiry.objects.count() == 1
    assert OutgoingEmail.objects.count() == 2


def test_replay_of_a_browser_after_days_gives_the_same_receipt(client: Client) -> None:
    sent = str(uuid.uuid4())
    first = send(client, submission_id=sent)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert send(client, submission_id=sent).headers["Location"] == first.headers["Location"]


def test_same_inquiry_after_a_day_is_a_new_one(client: Client) -> None:
    send(client)
    with time_machine.travel(timezone.now() + timedelta(hours=23)):
        send(client)
        assert Inquiry.objects.count() == 1
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        send(client)
        assert Inquiry.objects.count() == 2


def test_another_content_under_the_same_browser_id_is_a_new_inquiry(client: Client) -> None:
    sent = str(uuid.uuid4())
    send(client, submission_id=sent)
    send(client, submission_id=sent, message="Something else")
    assert Inquiry.objects.count() == 2


# Robots


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        ({"subject_line": "buy"}, QuarantineReason.HONEYPOT),
        ({"elapsed_ms": "800"}, QuarantineReason.TOO_FAST),
        ({"elapsed_ms": "60000"}, ""),
        ({}, ""),
    ],
)
def test_suspicious_inquiry_is_held_with_an_owner_and_the_sender_notices_nothing(
    client: Client, overrides: dict[str, Any], reason: str
) -> None:
    response = send(client, **overrides)
    assert client.get(response.headers["Location"]).status_code == 200
    says_that_mail_comes = "spam" in client.get(response.headers["Location"]).content.decode()
    assert says_that_mail_comes is not bool(reason)
    inquiry = Inquiry.objects.get()
    assert inquiry.quarantine_reason == reason
    assert inquiry.is_quarantined is bool(reason)
    assert inquiry.coordinator is not None
    assert OutgoingEmail.objects.exists() is not bool(reason)


def test_quarantined_inquiry_turns_red_after_one_working_day(client: Client) -> None:
    send(client, subject_line="buy")
    held, now = Inquiry.objects.get(), timezone.now()
    later = now + timedelta(days=4)
    assert (is_overdue(held, now), is_overdue(held, later)) == (False, True)
    assert not Inquiry.objects.overdue(later).exists(), "it is red in its own view: the patient was promised nothing"


def test_many_inquiries_from_one_network_are_held_not_lost(client: Client) -> None:
    for number in range(14):
        assert (
            send(client, message=str(number), headers={**HERE, "X-Forwarded-For": f"203.0.113.{number}"}).status_code
            == 303
        )
    assert Inquiry.objects.count() == 14
    assert Inquiry.objects.filter(quarantine_reason=QuarantineReason.RATE).count() == 4


def test_client_that_hides_its_origin_gets_half_the_room(client: Client) -> None:
    for number in range(7):
        assert send(client, message=str(number), headers={}).status_code == 303
    assert Inquiry.objects.filter(quarantine_reason=QuarantineReason.RATE).count() == 2


# Where a form was sent from (RELIABILITY.md §5)


@pytest.mark.parametrize(
    ("site", "origin", "status"),
    [
        ("same-origin", "http://127.0.0.1:8000", 303),
        ("same-origin", "null", 303),
        ("same-origin", None, 303),
        ("none", None, 303),
        ("same-site", "http://127.0.0.1:8000", 403),
        ("cross-site", "http://127.0.0.1:8000", 403),
        ("cross-site", "https://evil.example", 403),
        ("cross-site", None, 403),
        (None, "http://127.0.0.1:8000", 303),
        (None, "https://evil.example", 403),
        (None, "null", 403),
        (None, None, 303),
        ("strange", "http://127.0.0.1:8000", 303),
    ],
)
def test_origin_decides_and_a_refused_form_comes_back_filled(
    client: Client, site: str | None, origin: str | None, status: int
) -> None:
    headers = {name: value for name, value in (("Sec-Fetch-Site", site), ("Origin", origin)) if value}
    response = send(client, headers=headers)
    assert response.status_code == status
    assert Inquiry.objects.exists() is (status == 303)
    if status == 403:
        assert 'value="Jan Patient"' in response.content.decode()


@pytest.mark.parametrize("path", ["/admin/login/", "/en/", "/en/treatments/"])
def test_cross_origin_posts_are_refused_everywhere_else(client: Client, path: str) -> None:
    assert client.post(path, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403


# When the database is away


def test_database_outage_keeps_everything_typed_on_a_page_that_sends_again(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_kwargs: object) -> None:
        raise OperationalError

    monkeypatch.setattr("inquiries.views.InquiryForm", fail)
    monkeypatch.setattr("treatments.context.Clinic.objects.first", fail)
    response = send(client, name="Jan <Patient>", message="Two\nlines", contact_by=["email", "phone"])
    assert response.status_code == 503
    html = response.content.decode()
    assert 'name="name" value="Jan &lt;Patient&gt;"' in html
    assert "Two\nlines" in html
    assert html.count('name="contact_by"') == 2
    assert 'method="post"' in html


def test_policy_row_exists_from_the_first_migration() -> None:
    assert ReplyPolicy.objects.filter(pk=ReplyPolicy.ONLY_ID).exists()
