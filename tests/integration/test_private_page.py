"""The private page: what a link opens, what only a code opens, and what nobody sees."""

import json
import logging
import re
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from clinic_site.logs import JsonFormatter
from coordinators.enums import Role
from coordinators.models import Coordinator, ReplyPolicy
from inquiries.codes import code_as_shown
from inquiries.details.questions import GROUPS
from inquiries.enums import EventKind, QuarantineReason
from inquiries.links import find_by_private_link, private_token, private_url
from inquiries.models import AccessCode, Inquiry, InquiryEvent, LinkRequest, MedicalAnswers, PrivateLink, Tombstone
from inquiries.personal_data import LEFT_OUT, everything_about, exported_fields, tables_of_inquiries
from inquiries.private.access import new_key
from inquiries.private.masks import mask_email, mask_phone
from inquiries.receipts import receipt_token
from inquiries.services.contact import confirm_person
from inquiries.services.delivery import sweep
from inquiries.services.links import revoke_link
from inquiries.services.messages import write_answer
from tests.factories import make_coordinator, make_inquiry, make_user

pytestmark = pytest.mark.django_db

HERE = {"Sec-Fetch-Site": "same-origin"}
CANARY = "Kanarienvogel"
WHOLE = {
    "name": f"Jan {CANARY}",
    "email": f"jan.{CANARY.lower()}@{CANARY.lower()}.example",
    "phone": f"+49 170 {CANARY} 7654321",
    "message": f"My back {CANARY}",
}
PAGES = ("", "details/", "files/", "contact/", "message/", "code/", "erase/")


@pytest.fixture(autouse=True)
def _team() -> None:
    make_coordinator("Ana Horvat", languages=("en", "de"))
    ReplyPolicy.objects.update(fallback_mailbox="team@clinic.example")


@pytest.fixture
def inquiry() -> Inquiry:
    return make_inquiry(**WHOLE)


def path_of(inquiry: Inquiry, page: str = "") -> str:
    return re.sub(r"^https?://[^/]+", "", private_url(inquiry)) + page


def post(client: Client, path: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(path, data or {}, headers=headers or HERE)


def unlock(client: Client, inquiry: Inquiry) -> Any:
    """Ask for a code and enter it, as the patient does."""
    post(client, path_of(inquiry, "code/"))
    code = AccessCode.objects.filter(inquiry=inquiry).latest("made_at")
    return post(client, path_of(inquiry, "entered/"), {"code": code_as_shown(code.pk)})


def key_in(response: Any) -> str:
    found = re.search(r'name="key" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


def text_of(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# What a link opens


def test_the_status_says_who_answers_by_when_and_what_was_sent(client: Client, inquiry: Inquiry) -> None:
    text = text_of(client.get(path_of(inquiry)))
    for words in (inquiry.reference, "It is waiting for our answer", "Ana Horvat", "By when", "This link works until"):
        assert words in text
    assert "Confirmation of your inquiry" not in text
    sweep()
    assert "Confirmation of your inquiry" in text_of(client.get(path_of(inquiry)))


def test_contact_data_are_shown_masked_only(client: Client, inquiry: Inquiry) -> None:
    MedicalAnswers.objects.create(
        inquiry=inquiry, group=GROUPS[0].code, answers=json.dumps({"a": CANARY}), saved_at=timezone.now()
    )
    for page in PAGES:
        body = client.get(path_of(inquiry, page)).content.decode()
        assert CANARY.lower() not in body.lower(), page
        assert "7654321" not in body, page
    assert "j•••@k•••.example" in client.get(path_of(inquiry)).content.decode()
    assert "•••• 4321" in client.get(path_of(inquiry)).content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_private_pages_are_kept_by_nobody_and_set_no_cookie(client: Client, inquiry: Inquiry, page: str) -> None:
    response = client.get(path_of(inquiry, page))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"
    assert not response.cookies
    assert not client.get(path_of(inquiry, f"{page}x.css")).has_header("Last-Modified")
    assert client.get(path_of(inquiry, f"{page}x.css")).status_code == 404


def test_each_stage_has_its_words(client: Client, inquiry: Inquiry) -> None:
    manager = make_user(Role.MANAGER, "Mia Boss")
    path = path_of(inquiry)
    later = {"received_at": timezone.now() - timedelta(days=9), "receipt_due_at": timezone.now() - timedelta(days=2)}
    Inquiry.objects.filter(pk=inquiry.pk).update(**later)
    assert "The time we named has passed" in text_of(client.get(path))
    Inquiry.objects.filter(pk=inquiry.pk).update(receipt_due_at=None)
    assert "We promise only what we can keep" in text_of(client.get(path))
    held = {"quarantined_at": timezone.now(), "quarantine_reason": QuarantineReason.RATE}
    Inquiry.objects.filter(pk=inquiry.pk).update(**held)
    assert "A person looks at it before it goes on" in text_of(client.get(path))
    receipt = text_of(client.get(f"/en/inquiry/received/{receipt_token(inquiry.pk)}/"))
    assert "our e-mail may come later" in receipt
    assert "We promise only what we can keep" in receipt
    Inquiry.objects.filter(pk=inquiry.pk).update(released_at=timezone.now())
    write_answer(inquiry, "An answer", by=manager)
    text = text_of(client.get(path))
    assert "You are in contact with us" in text
    assert "An answer is waiting for you" in text
    closing = {"status": "CLOSED", "closed_at": timezone.now(), "closed_by": manager, "outcome": "INFORMED"}
    Inquiry.objects.filter(pk=inquiry.pk).update(**closing)
    assert "This inquiry is closed" in text_of(client.get(path))


def test_an_answer_waits_until_it_was_read(client: Client, inquiry: Inquiry) -> None:
    write_answer(inquiry, f"Our answer {CANARY}", by=make_user(Role.MANAGER, "Mia Boss"))
    assert "An answer is waiting" in text_of(client.get(path_of(inquiry)))
    assert f"Our answer {CANARY}" in text_of(unlock(client, inquiry))
    assert "An answer is waiting" not in text_of(client.get(path_of(inquiry)))


def test_the_page_does_not_tell_whether_the_clinic_knew_the_address(client: Client) -> None:
    ben = make_coordinator("Ben Kovac", languages=("en",))
    first = make_inquiry(**WHOLE)
    Inquiry.objects.filter(pk=first.pk).update(coordinator=ben)
    joined = make_inquiry(**{**WHOLE, "message": "Once more"})
    other = make_inquiry(**{**WHOLE, "treatment": None})
    stranger = make_inquiry(email="stranger@example.com", phone=WHOLE["phone"], message="x")
    assert joined.joined_to == first
    assert other.coordinator == ben
    sweep()

    def page(shown: Inquiry, path: str) -> str:
        Inquiry.objects.filter(pk=shown.pk).update(receipt_coordinator=ana, receipt_due_at=stranger.receipt_due_at)
        body = client.get(path).content.decode()
        link = PrivateLink.objects.get(inquiry=shown)
        secrets = (shown.reference, receipt_token(shown.pk), private_token(link.pk, link.version))
        for secret in (*secrets, "j•••@k•••.example", "s•••@e•••.com", WHOLE["email"], "stranger@example.com"):
            body = body.replace(secret, "")
        return body

    ana = Coordinator.objects.get(display_name="Ana Horvat")
    pages = {page(shown, path_of(shown)) for shown in (joined, other, stranger)}
    assert len(pages) == 1
    receipts = {page(shown, f"/en/inquiry/received/{receipt_token(shown.pk)}/") for shown in (joined, other, stranger)}
    assert len(receipts) == 1
    assert "Ben Kovac" not in pages.pop() + receipts.pop()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("jan@example.com", "j•••@e•••.com"),
        ("jan@mail.example.co.uk", "j•••@m•••.uk"),
        ("jan@localhost", "j•••@l•••"),
        ('"a@b"@example.com', '"•••@e•••.com'),
        ("no address", "•••"),
        ("", ""),
    ],
)
def test_an_address_is_masked(typed: str, shown: str) -> None:
    assert mask_email(typed) == shown


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("+49 170 1234567", "•••• 4567"), ("0170/12 34 567 (evenings)", "•••• 4567"), ("12345", "•••"), ("", "")],
)
def test_a_number_is_masked(typed: str, shown: str) -> None:
    assert mask_phone(typed) == shown


# Links that open nothing


def test_unknown_expired_and_revoked_links_look_alike(client: Client) -> None:
    expired, revoked = make_inquiry(), make_inquiry(email="other@example.com")
    PrivateLink.objects.filter(inquiry=expired).update(expires_at=timezone.now() - timedelta(seconds=1))
    revoke_link(revoked, by=make_user(Role.MANAGER, "Mia Boss"))
    for page in PAGES:
        unknown = path_of(expired, page).replace(private_token(expired.private_link.pk, 1), "A" * 43)
        answers = [client.get(path) for path in (unknown, path_of(expired, page), path_of(revoked, page))]
        answers += [post(client, path) for path in (unknown, path_of(expired, page), path_of(revoked, page))]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert len({str(sorted(answer.headers.items())) for answer in answers}) == 1
        assert "We can send you a new link" in text_of(answers[0])


def test_a_guess_costs_the_database_the_same_as_a_hit(inquiry: Inquiry) -> None:
    link = inquiry.private_link
    for token in (private_token(link.pk, 1), "A" * 43):
        with CaptureQueriesContext(connection) as queries:
            find_by_private_link(token, now=timezone.now())
        assert len(queries) == 1


@pytest.mark.parametrize("page", ["contact/", "message/", "code/", "entered/", "data/", "erase/"])
def test_a_post_from_nowhere_or_elsewhere_changes_nothing(client: Client, inquiry: Inquiry, page: str) -> None:
    data = {"email": "thief@example.com", "text": "Hello", "confirm": "on", "key": new_key(inquiry)}
    before = InquiryEvent.objects.count(), AccessCode.objects.count()
    absent = client.post(path_of(inquiry, page), data)
    assert (absent.status_code, absent["Location"]) == (303, path_of(inquiry))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        cross = client.post(path_of(inquiry, page), data, headers=headers)
        assert cross.status_code == 403
        assert inquiry.reference not in cross.content.decode()
    assert (InquiryEvent.objects.count(), AccessCode.objects.count()) == before
    inquiry.refresh_from_db()
    assert inquiry.email == WHOLE["email"]


# The code, and what it opens


def test_a_right_code_opens_everything_once(client: Client, inquiry: Inquiry) -> None:
    MedicalAnswers.objects.create(
        inquiry=inquiry,
        group=GROUPS[0].code,
        answers=json.dumps({"where_else": "My left toe"}),
        saved_at=timezone.now(),
    )
    response = unlock(client, inquiry)
    assert response.status_code == 200
    text = text_of(response)
    for words in (WHOLE["name"], WHOLE["email"], WHOLE["message"], "I agree that the clinic", "My left toe"):
        assert words in text
    code = AccessCode.objects.get(inquiry=inquiry)
    again = post(client, path_of(inquiry, "entered/"), {"code": code_as_shown(code.pk)})
    assert again.status_code == 422
    assert WHOLE["name"] not in again.content.decode()
    assert post(client, path_of(inquiry, "entered/"), {"key": key_in(response)}).status_code == 200


def test_wrong_codes_are_counted_and_said(client: Client, inquiry: Inquiry) -> None:
    post(client, path_of(inquiry, "code/"))
    for words in ("4 more times", "3 more times", "2 more times", "once more", "not valid any more"):
        response = post(client, path_of(inquiry, "entered/"), {"code": "1234 5678"})
        assert response.status_code == 422
        assert words in text_of(response)
    code = AccessCode.objects.get(inquiry=inquiry)
    assert post(client, path_of(inquiry, "entered/"), {"code": code_as_shown(code.pk)}).status_code == 422


def test_a_key_dies_after_fifteen_minutes_and_says_so(
    client: Client, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_in(unlock(client, inquiry))
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 15 * 60 + 1)
    for page in ("entered/", "data/"):
        response = post(client, path_of(inquiry, page), {"key": key})
        assert response.status_code == 403
        assert "The 15 minutes are over" in text_of(response)
        assert WHOLE["name"] not in response.content.decode()


def test_a_key_of_another_inquiry_or_an_older_link_opens_nothing(client: Client, inquiry: Inquiry) -> None:
    other = make_inquiry(email="other@example.com")
    assert post(client, path_of(inquiry, "data/"), {"key": new_key(other)}).status_code == 403
    key = new_key(inquiry)
    PrivateLink.objects.filter(inquiry=inquiry).update(version=2)
    assert post(client, path_of(other, "data/"), {"key": key}).status_code == 403


def test_codes_are_not_sent_without_end(client: Client, inquiry: Inquiry) -> None:
    for _time in range(5):
        assert "We have sent a code to" in text_of(post(client, path_of(inquiry, "code/")))
    assert "several codes already" in text_of(post(client, path_of(inquiry, "code/")))
    assert AccessCode.objects.count() == 5


def test_who_gave_only_a_number_is_read_to_on_the_phone(client: Client) -> None:
    inquiry = make_inquiry(email="", phone="+49 170 7654321", contact_by=("phone",))
    assert "make sure that it is you" in text_of(post(client, path_of(inquiry, "code/")))
    assert not AccessCode.objects.exists()


def test_no_code_goes_to_an_address_that_a_robot_may_have_typed(client: Client) -> None:
    inquiry = make_inquiry(honeypot="spam")
    assert "Until then we send no e-mails" in text_of(post(client, path_of(inquiry, "code/")))
    assert not AccessCode.objects.exists()


# Corrections and messages


def test_a_changed_address_opens_nothing_before_a_person_confirmed(client: Client, inquiry: Inquiry) -> None:
    key = key_in(unlock(client, inquiry))
    response = post(client, path_of(inquiry, "contact/"), {"email": "new@gmial.com"})
    assert "new@gmial.com" in text_of(response)
    assert "Did you mean new@gmail.com ?" in text_of(response)
    assert post(client, path_of(inquiry, "data/"), {"key": key}).status_code == 403
    codes = AccessCode.objects.count()
    assert "One of our team must first confirm" in text_of(post(client, path_of(inquiry, "code/")))
    assert AccessCode.objects.count() == codes
    inquiry.refresh_from_db()
    confirm_person(inquiry, by=make_user(Role.MANAGER, "Mia Boss"))
    assert "new@gmial.com" in text_of(unlock(client, inquiry))


@pytest.mark.parametrize(
    ("page", "data", "field", "words"),
    [
        ("contact/", {"email": "no address"}, "email", "Enter one e-mail address"),
        ("contact/", {}, "email", "Enter a new e-mail address or a new phone number."),
        ("message/", {"text": " "}, "text", "Write your message."),
        ("message/", {"text": "x" * 1501}, "text", "Shorten your message to 1500 characters"),
        ("erase/", {}, "confirm", "Tick the box"),
    ],
)
def test_errors_keep_what_was_typed_and_lead_to_the_field(  # noqa: PLR0917  # a table
    client: Client, inquiry: Inquiry, page: str, data: dict[str, str], field: str, words: str
) -> None:
    response = post(client, path_of(inquiry, page), data)
    assert response.status_code == 422
    body = response.content.decode()
    assert f'<a href="#id_{field}">' in body
    assert f'id="id_{field}"' in body
    assert words in text_of(response)
    assert all(value.strip() in body for value in data.values())
    assert "no-store" in response["Cache-Control"]


def test_a_message_reaches_the_desk_and_is_never_shown_locked(client: Client, inquiry: Inquiry) -> None:
    response = post(client, path_of(inquiry, "message/"), {"text": f"Hello {CANARY}"})
    assert (response.status_code, response["Location"]) == (303, f"{path_of(inquiry)}?done=message")
    assert inquiry.messages.get().text == f"Hello {CANARY}"
    body = client.get(response["Location"]).content.decode()
    assert "We have your message" in body
    assert CANARY not in body


# Taking everything along, and erasing it


def test_the_export_holds_every_personal_field(client: Client, inquiry: Inquiry) -> None:
    MedicalAnswers.objects.create(
        inquiry=inquiry, group=GROUPS[0].code, answers=json.dumps({"where_else": "toe"}), saved_at=timezone.now()
    )
    response = post(client, path_of(inquiry, "data/"), {"key": key_in(unlock(client, inquiry))})
    assert response["Content-Disposition"] == f'attachment; filename="{inquiry.reference}.json"'
    assert "no-store" in response["Cache-Control"]
    data = json.loads(response.content)["data"]
    assert data["Inquiry"][0]["message"] == WHOLE["message"]
    assert data["MedicalAnswers"][0]["answers"] == {"where_else": "toe"}
    assert set(data["Inquiry"][0]) >= set(Inquiry.PersonalData.personal)
    assert InquiryEvent.objects.filter(kind=EventKind.EXPORTED, inquiry=inquiry).exists()


def test_no_table_and_no_field_can_be_forgotten_in_the_export(inquiry: Inquiry) -> None:
    hanging = {
        model
        for model in apps.get_app_config("inquiries").get_models()
        if any(field.related_model is Inquiry for field in model._meta.concrete_fields)
    }
    assert set(tables_of_inquiries()) == hanging - {Inquiry}
    assert set(everything_about(inquiry)) == {model.__name__ for model in hanging}
    for model in hanging:
        left_out = LEFT_OUT.get(model.__name__, frozenset({"inquiry"}))
        columns = {field.name for field in model._meta.concrete_fields}
        assert set(exported_fields(model)) == columns - left_out, model
    staff = {field.name for model in hanging for field in model._meta.concrete_fields if is_staff(field)}
    assert staff <= frozenset().union(*LEFT_OUT.values())


def is_staff(field: Any) -> bool:
    """Whether a column points to one of the staff's accounts."""
    return bool(field.related_model) and field.related_model._meta.label == "coordinators.User"


def test_erasing_needs_the_tick_and_leaves_a_receipt(client: Client, inquiry: Inquiry) -> None:
    assert "cannot be undone" in text_of(client.get(path_of(inquiry, "erase/")))
    path = path_of(inquiry)
    assert post(client, f"{path}erase/").status_code == 422
    response = post(client, f"{path}erase/", {"confirm": "on"})
    assert response.status_code == 200
    tombstone = Tombstone.objects.get()
    assert inquiry.reference in text_of(response)
    assert str(tombstone.backups_gone_on.year) in text_of(response)
    assert "no-store" in response["Cache-Control"]
    assert not Inquiry.objects.exists()
    assert client.get(path).status_code == 404


# A new link


def test_asking_for_a_link_tells_nothing(client: Client, inquiry: Inquiry) -> None:
    answers = [
        post(client, "/en/inquiry/new-link/", {"email": email})
        for email in (inquiry.email, "nobody@example.com", *["more@example.com"] * 6)
    ]
    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert "If we have an inquiry from this address" in text_of(answers[0])
    assert LinkRequest.objects.count() == 5
    wrong = post(client, "/en/inquiry/new-link/", {"email": "no address"})
    assert wrong.status_code == 422
    assert "Enter one e-mail address" in text_of(wrong)
    assert client.get("/en/inquiry/new-link/")["X-Robots-Tag"] == "noindex, nofollow"


# The page after sending


def test_the_confirmation_shows_the_address_and_the_way_back(client: Client) -> None:
    inquiry = make_inquiry(email="jan@gmial.com")
    response = client.get(f"/en/inquiry/received/{receipt_token(inquiry.pk)}/")
    text = text_of(response)
    for words in ("jan@gmial.com", "Did you mean jan@gmail.com ?", "Add details now", "Have you written to us before?"):
        assert words in text
    assert path_of(inquiry, "contact/") in response.content.decode()
    assert private_url(inquiry) not in response.content.decode()
    Inquiry.objects.filter(pk=inquiry.pk).update(received_at=timezone.now() - timedelta(hours=2))
    later = text_of(client.get(f"/en/inquiry/received/{receipt_token(inquiry.pk)}/"))
    assert "jan@gmial.com" not in later
    assert "j•••@g•••.com" in later


def test_who_gave_only_a_number_gets_the_link_to_save(client: Client) -> None:
    inquiry = make_inquiry(email="", phone="+49 170 7654321", contact_by=("phone",))
    response = client.get(f"/en/inquiry/received/{receipt_token(inquiry.pk)}/")
    assert "This link is your way back: save it." in text_of(response)
    assert private_url(inquiry) in response.content.decode()


def test_the_confirmation_gives_no_link_that_was_renewed_or_withdrawn(client: Client, inquiry: Inquiry) -> None:
    receipt = f"/en/inquiry/received/{receipt_token(inquiry.pk)}/"
    revoke_link(inquiry, by=make_user(Role.MANAGER, "Mia Boss"))
    assert "/inquiry/private/" not in client.get(receipt).content.decode()
    PrivateLink.objects.filter(inquiry=inquiry).update(version=2, revoked_at=None)
    assert "/inquiry/private/" not in client.get(receipt).content.decode()


# What nobody sees


def test_neither_link_nor_key_nor_words_are_logged(
    client: Client, inquiry: Inquiry, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    key = key_in(unlock(client, inquiry))
    for page in PAGES:
        client.get(path_of(inquiry, page))
    post(client, path_of(inquiry, "message/"), {"text": CANARY})
    post(client, path_of(inquiry, "data/"), {"key": key})
    client.get(path_of(inquiry, "nowhere/"))
    sweep()
    logged = "\n".join(
        JsonFormatter().format(record) for record in caplog.records if record.name != "django.db.backends"
    )
    link = inquiry.private_link
    for secret in (private_token(link.pk, 1), key, CANARY, code_as_shown(AccessCode.objects.get().pk)):
        assert secret.lower() not in logged.lower()
    assert mail.outbox
