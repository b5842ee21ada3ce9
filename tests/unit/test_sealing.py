"""Sealed fields: what lies in the database tells nothing, and nothing writes or reads past the seal."""

import secrets
import uuid
from typing import Any

import pytest
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import Settings

from inquiries.enums import EventKind
from inquiries.models import Inquiry, InquiryEvent
from inquiries.sealing import SealedTextField, SealedToken, SealError, blind_index
from inquiries.sealing.blind import search_digests
from inquiries.sealing.box import seal, unseal
from inquiries.sealing.keys import key_ring
from tests.factories import make_inquiry

CANARY = "Kanarienvogel"


def test_unseal_returns_what_was_sealed() -> None:
    assert unseal(seal(CANARY, "a|b|1"), "a|b|1") == CANARY


def test_seal_never_repeats_itself() -> None:
    assert seal(CANARY, "a").token != seal(CANARY, "a").token


@pytest.mark.parametrize("place", ["a|b|2", "a|c|1", "x|b|1"])
def test_unseal_refuses_a_value_from_another_place(place: str) -> None:
    with pytest.raises(SealError):
        unseal(seal(CANARY, "a|b|1"), place)


@pytest.mark.parametrize("token", ["", "v1:x", "v1:nokey:AAAA:AAAA", "plain text"])
def test_unseal_refuses_what_is_not_sealed(token: str) -> None:
    with pytest.raises(SealError):
        unseal(SealedToken(token), "a")


def test_rotation_reads_the_old_key_and_writes_the_new(settings: Settings) -> None:
    old = secrets.token_hex(32)
    settings.FIELD_ENCRYPTION_KEYS = f"k1:{old}"
    sealed = seal(CANARY, "a")
    settings.FIELD_ENCRYPTION_KEYS = f"k2:{secrets.token_hex(32)},k1:{old}"
    assert unseal(sealed, "a") == CANARY
    assert seal(CANARY, "a").token.split(":")[1] == "k2"


@pytest.mark.parametrize("keys", ["", "short", "k1:zz", "a:" + "0" * 64 + ",a:" + "1" * 64])
def test_key_ring_refuses_a_malformed_key(settings: Settings, keys: str) -> None:
    settings.FIELD_ENCRYPTION_KEYS = keys
    with pytest.raises(ImproperlyConfigured):
        key_ring()


def test_sealed_token_never_passes_for_text() -> None:
    assert CANARY not in repr(seal(CANARY, "a"))
    with pytest.raises(TypeError):
        str(seal(CANARY, "a"))


@pytest.mark.django_db
def test_database_holds_no_clear_text() -> None:
    make_inquiry(name=CANARY, email=f"{CANARY}@example.com", phone="0049 170 7654321", message=CANARY)
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')
            rows = str(cursor.fetchall()).casefold()
            assert CANARY.casefold() not in rows, table
            assert "7654321" not in rows, table


@pytest.mark.django_db
def test_row_opens_only_its_own_values() -> None:
    first, second = make_inquiry(name="First"), make_inquiry(name="Second")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM inquiries_inquiry WHERE reference = %s", [first.reference])
        [token] = cursor.fetchone()
        cursor.execute("UPDATE inquiries_inquiry SET name = %s WHERE reference = %s", [token, second.reference])
    with pytest.raises(SealError):
        _ = Inquiry.objects.get(pk=second.pk).name


@pytest.mark.django_db
def test_sealed_fields_refuse_what_would_go_past_the_seal() -> None:
    inquiry = make_inquiry(name="Ana")
    inquiries: Any = Inquiry.objects
    events: Any = InquiryEvent.objects
    refused: list[tuple[Any, tuple[Any, ...], dict[str, Any]]] = [
        (inquiries.update, (), {"name": "x"}),
        (inquiries.bulk_update, ([inquiry], ["name"]), {}),
        (inquiries.values, ("name",), {}),
        (inquiries.values, (), {}),
        (inquiries.values_list, ("name",), {"flat": True}),
        (events.values, ("inquiry__name",), {}),
        (inquiries.filter, (), {"name": "Ana"}),
        (inquiries.filter, (), {"name__contains": "A"}),
    ]
    for method, args, kwargs in refused:
        with pytest.raises(FieldError), transaction.atomic():
            method(*args, **kwargs)
    assert Inquiry.objects.get(pk=inquiry.pk).name == "Ana"


@pytest.mark.django_db
def test_sealed_value_survives_saving_refreshing_and_deferring() -> None:
    inquiry = make_inquiry(message="one")
    inquiry.message = "two"
    inquiry.save()
    inquiry.refresh_from_db()
    assert inquiry.message == "two"
    assert Inquiry.objects.defer("message").get(pk=inquiry.pk).message == "two"
    event = InquiryEvent(inquiry=inquiry, kind=EventKind.REOPENED, note="note")
    InquiryEvent.objects.bulk_create([event])
    assert InquiryEvent.objects.get(pk=event.pk).note == "note"


@pytest.mark.django_db
def test_reseal_writes_everything_with_the_newest_key(settings: Settings) -> None:
    inquiry = make_inquiry(name="Ana", message="kept")
    InquiryEvent.objects.create(inquiry=inquiry, kind=EventKind.REOPENED, note="a note")
    settings.FIELD_ENCRYPTION_KEYS = f"new:{secrets.token_hex(32)},{settings.FIELD_ENCRYPTION_KEYS}"
    call_command("reseal", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, message FROM inquiries_inquiry UNION ALL SELECT note, note FROM inquiries_inquiryevent"
        )
        keys = {value.split(":")[1] for row in cursor.fetchall() for value in row}
    assert keys == {"new"}
    assert (Inquiry.objects.get().name, Inquiry.objects.get().message) == ("Ana", "kept")
    assert Inquiry.objects.matches("ana") == [inquiry.pk]


def test_sealed_field_is_never_dumped() -> None:
    field = SealedTextField()
    field.set_attributes_from_name("name")
    with pytest.raises(FieldError):
        field.value_to_string(Inquiry(id=uuid.uuid4(), name="Ana"))


@pytest.mark.parametrize(
    "term",
    [
        "djokovic",
        "Đoković",
        "MULLER",
        "djokovic müller",
        "Mueller",
        "dangelo",
        "D'Angelo",
        "A@Example.com ",
        "+49 170 1234567",
        "0170/1234567",
    ],
)
def test_blind_index_finds_a_person_however_typed(term: str) -> None:
    stored = blind_index(
        name="Đoković-Müller D\N{RIGHT SINGLE QUOTATION MARK}Angelo",
        email="a@example.com",
        phone="0049 (0) 170/1234567",
    )
    assert all(digests & stored for digests in search_digests(term))


def test_blind_index_does_not_find_another() -> None:
    stored = blind_index(name="Ana Horvat", email="a@example.com", phone="")
    assert not any(digests & stored for digests in search_digests("b@example.com"))
    assert not all(digests & stored for digests in search_digests("ana kovač"))
