"""Patients' files from the private page to the desk: taken, sealed, listed, read, removed (RELIABILITY.md S01, S25)."""

import io
import logging
import secrets
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as site
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import Settings

from clinic_site.logs import JsonFormatter
from coordinators.enums import Role
from coordinators.models import Coordinator
from inquiries.enums import EventKind, FileKind, Scan, Status
from inquiries.files import upload
from inquiries.files.listing import listed_for_staff
from inquiries.files.problems import MAX_BYTES, MAX_FILES, FileRefusedError, Problem
from inquiries.files.scanner import ScannerAwayError
from inquiries.files.storage import DurableStorage
from inquiries.links import private_token
from inquiries.models import Inquiry, PatientFile
from inquiries.private.access import new_key
from inquiries.services import files
from inquiries.services.files import FileGoneError, add_file, delete_orphans, read_file, rescan, stored_bytes
from tests.factories import make_coordinator, make_inquiry, make_user
from tests.files import CANARY, heic, jpeg, pdf, png, zipped

pytestmark = pytest.mark.django_db

HERE = {"Sec-Fetch-Site": "same-origin"}
NAME = f"{CANARY.decode()}.pdf"


@pytest.fixture(autouse=True)
def disk(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give the files a folder of their own, and fail the test if anything makes a temporary file."""

    def refuse() -> Iterator[str]:
        message = "a temporary file was asked for"
        raise AssertionError(message)

    monkeypatch.setattr(tempfile, "_get_candidate_names", refuse)
    own = settings.STORAGES["patient_files"]
    options = {**own["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "patient_files": {**own, "OPTIONS": options}}
    return tmp_path / "files"


@pytest.fixture
def owner() -> Coordinator:
    return make_coordinator("Ana Horvat", languages=("en",))


@pytest.fixture
def inquiry(owner: Coordinator) -> Inquiry:  # noqa: ARG001  # somebody must answer it
    return make_inquiry()


def url_of(inquiry: Inquiry, name: str = "private-files", **arguments: Any) -> str:
    link = inquiry.private_link
    return reverse(f"inquiries:{name}", kwargs={"token": private_token(link.pk, link.version), **arguments})


def sent(data: bytes, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="application/pdf")


def post(client: Client, inquiry: Inquiry, data: bytes, name: str = "report.pdf", **fields: str) -> Any:
    return client.post(url_of(inquiry), {"add": "1", "file": sent(data, name), **fields}, headers=HERE)


def stored(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file()] if disk.exists() else []


def rows_of_everything() -> str:
    """Return the whole database as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        dump = []
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}" ORDER BY 1')
            dump.append(f"{table}: {cursor.fetchall()}")
    return "\n".join(dump)


TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "a.pdf": (pdf, "PDF"),
    "a.jpg": (jpeg, "JPEG"),
    "a.png": (png, "PNG"),
    "IMG_1.HEIC": (heic, "JPEG"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_file_is_taken_listed_and_removed(client: Client, inquiry: Inquiry, disk: Path, name: str) -> None:
    make, kind = TAKEN[name]
    response = post(client, inquiry, make(), name)
    assert (response.status_code, response.url) == (303, f"{url_of(inquiry)}?done=added")
    file = inquiry.files.get()
    assert (file.kind, file.scan, file.was_converted) == (kind, Scan.NOT_SCANNED, name.endswith("HEIC"))
    assert len(stored_bytes(file)) == file.size
    page = client.get(response.url).content.decode()
    assert "Your file is added" in page
    assert f"{kind}, " in page
    assert name not in page, "the name is shown only to whoever has a code"
    removed: Any = client.post(url_of(inquiry, "private-file-remove", file_id=file.pk), headers=HERE)
    assert removed.url == f"{url_of(inquiry)}?done=removed"
    assert not inquiry.files.exists()
    assert not stored(disk)
    kinds = list(inquiry.events.order_by("at", "id").values_list("kind", flat=True))
    assert set(kinds) >= {EventKind.FILE_ADDED, EventKind.FILE_REMOVED}


def test_names_are_shown_with_a_code(client: Client, inquiry: Inquiry) -> None:
    key = new_key(inquiry)
    response = post(client, inquiry, pdf(), NAME, key=key)
    assert response.status_code == 200
    page = response.content.decode()
    assert NAME in page
    assert page.count(key) == 2, "the key travels on in both forms"
    assert NAME in client.post(url_of(inquiry), {"key": key}, headers=HERE).content.decode()
    assert NAME not in client.post(url_of(inquiry), {"key": "wrong"}, headers=HERE).content.decode()
    file = inquiry.files.get()
    removed = client.post(url_of(inquiry, "private-file-remove", file_id=file.pk), {"key": key}, headers=HERE)
    assert "The file is removed" in removed.content.decode()


def test_page_says_the_rules_before_a_file_is_chosen(client: Client, inquiry: Inquiry) -> None:
    response = client.get(url_of(inquiry))
    page = response.content.decode()
    for rule in ("PDF, JPEG, PNG or HEIC", "At most 15", "20 files", "One file at a time", inquiry.reference):
        assert rule in page
    assert page.index("At most 15") < page.index('type="file"')
    assert "no-store" in response.headers["Cache-Control"]
    assert response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert not response.cookies


REFUSED = {
    "a program": (b"MZ" + b"\0" * 200, "report.pdf", "something else"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "report.pdf", "something else"),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "photo.png", "something else"),
    "a zip": (zipped("a.txt", b"x"), "images.zip", "images from a CD"),
    "page and PDF at once": (b"<html></html>" + pdf(), "report.pdf", "something else"),
    "PDF and page at once": (pdf() + b"<script>alert(1)</script>", "report.pdf", "may be damaged"),
    "nothing": (b"", "report.pdf", "This file is empty"),
    "a cut photo": (jpeg((300, 300))[:-900], "photo.jpg", "may be damaged"),
    "a PDF called a program": (pdf(), "report.exe", "does not fit what is in it"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_file_gets_an_error_at_the_field_and_loses_nothing(
    client: Client, inquiry: Inquiry, disk: Path, case: str
) -> None:
    post(client, inquiry, pdf())
    data, name, words = REFUSED[case]
    response = post(client, inquiry, data, name)
    page = response.content.decode()
    assert response.status_code == 422
    assert words in page
    assert '<a href="#id_file">' in page
    assert 'aria-invalid="true"' in page
    assert "File 1" in page
    assert inquiry.files.count() == len(stored(disk)) == 1


def test_oversize_file_is_refused_without_being_kept(client: Client, inquiry: Inquiry, disk: Path) -> None:
    key = new_key(inquiry)
    body = pdf(padding=MAX_BYTES + 1 - len(pdf()))
    assert len(body) == MAX_BYTES + 1
    response = client.post(url_of(inquiry), {"key": key, "add": "1", "file": sent(body)}, headers=HERE)
    assert response.status_code == 413
    assert "larger than 15" in response.content.decode()
    assert key in response.content.decode(), "what came before the file is not lost"
    assert not stored(disk)
    assert post(client, inquiry, pdf(padding=MAX_BYTES - len(pdf()))).status_code == 303


def test_absurd_size_is_answered_before_it_is_read(client: Client, inquiry: Inquiry) -> None:
    response = client.generic(
        "POST", url_of(inquiry), b"--b\r\n", "multipart/form-data; boundary=b",
        headers=HERE, CONTENT_LENGTH=str(upload.READ_AT_MOST + 1),
    )  # fmt: skip
    assert response.status_code == 413
    assert "larger than 15" in response.content.decode()


def test_nothing_chosen_says_so(client: Client, inquiry: Inquiry) -> None:
    response = client.post(url_of(inquiry), {"add": "1"}, headers=HERE)
    assert response.status_code == 422
    assert "Choose a file first" in response.content.decode()


def test_connection_that_breaks_off_leaves_nothing(client: Client, inquiry: Inquiry, disk: Path) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n' + pdf()
    response = client.generic("POST", url_of(inquiry), body, "multipart/form-data; boundary=b", headers=HERE)
    assert response.status_code in {200, 422}
    assert not stored(disk)
    assert not inquiry.files.exists()


def test_only_so_many_files(client: Client, inquiry: Inquiry, disk: Path) -> None:
    for number in range(MAX_FILES + 10):
        response = post(client, inquiry, pdf(b"%d" % number))
        assert response.status_code == (303 if number < MAX_FILES else 422)
    assert "Remove one first" in response.content.decode()
    assert inquiry.files.count() == len(stored(disk)) == MAX_FILES
    page = client.get(url_of(inquiry)).content.decode()
    assert 'type="file"' not in page
    assert "Remove one to add another" in page
    assert post(client, inquiry, pdf(b"3")).status_code == 303, "one that is there already is no other"


def test_two_hundred_files_at_once_are_refused(client: Client, inquiry: Inquiry, disk: Path) -> None:
    several = [sent(pdf(b"%d" % number)) for number in range(200)]
    assert client.post(url_of(inquiry), {"add": "1", "file": several}, headers=HERE).status_code == 400
    assert not stored(disk)


def test_same_file_sent_again_is_kept_once(client: Client, inquiry: Inquiry, disk: Path) -> None:
    for _again in range(3):
        assert post(client, inquiry, heic(), "IMG_1.HEIC").status_code == 303
    assert inquiry.files.count() == len(stored(disk)) == 1


def test_other_pages_take_no_file(client: Client, inquiry: Inquiry) -> None:
    for url in ("/en/inquiry/", url_of(inquiry, "private-message")):
        assert client.post(url, {"file": sent(pdf())}, headers=HERE).status_code == 400


def test_file_sent_to_a_wrong_link_is_not_looked_at(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object) -> None:
        message = "the body was taken apart"
        raise AssertionError(message)

    monkeypatch.setattr(upload.KeepsInMemory, "handle_raw_input", refuse)
    url = reverse("inquiries:private-files", kwargs={"token": "x" * 43})
    assert client.post(url, {"add": "1", "file": sent(pdf())}, headers=HERE).status_code == 404


def test_form_on_another_site_adds_and_removes_nothing(client: Client, inquiry: Inquiry) -> None:
    file = add_file(inquiry, sent(pdf()))
    remove = url_of(inquiry, "private-file-remove", file_id=file.pk)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
        client.post(url_of(inquiry), {"add": "1", "file": sent(pdf(b"x"))}, headers=headers)
        client.post(remove, headers=headers)
    assert inquiry.files.get() == file


def test_anothers_file_is_not_there(client: Client, inquiry: Inquiry) -> None:
    file = add_file(make_inquiry(), sent(pdf()))
    for file_id in (file.pk, uuid4()):
        response = client.post(url_of(inquiry, "private-file-remove", file_id=file_id), headers=HERE)
        assert response.status_code == 404
        assert "not here any more" in response.content.decode()
    assert PatientFile.objects.get() == file


def test_looking_writes_nothing(client: Client, inquiry: Inquiry, disk: Path) -> None:
    file = add_file(inquiry, sent(pdf()))
    before, on_disk = rows_of_everything(), stored(disk)
    addresses = [
        url_of(inquiry), f"{url_of(inquiry)}?done=added", f"{url_of(inquiry)}?done=<script>",
        url_of(inquiry, "private-file-remove", file_id=file.pk),
    ]  # fmt: skip
    for url in addresses:
        for _time in range(20):
            assert client.get(url).status_code in {200, 302}
            assert client.head(url).status_code in {200, 302}
    assert rows_of_everything() == before
    assert stored(disk) == on_disk


@pytest.fixture(params=[pdf, jpeg, png, heic])
def with_secrets(request: pytest.FixtureRequest) -> bytes:
    """Return a file of each kind with the canary in it."""
    data: bytes = pdf(CANARY) if request.param is pdf else request.param(with_secrets=True)
    assert CANARY in data
    return data


def test_canary_is_found_nowhere(
    client: Client, inquiry: Inquiry, disk: Path, caplog: pytest.LogCaptureFixture, with_secrets: bytes
) -> None:
    caplog.set_level(logging.DEBUG)
    assert post(client, inquiry, with_secrets, NAME).status_code == 303
    refused = post(client, inquiry, CANARY * 10, NAME)
    assert refused.status_code == 422
    [path] = stored(disk)
    assert CANARY not in path.read_bytes()
    assert CANARY.decode() not in path.name
    assert CANARY.decode() not in rows_of_everything()
    for place in (Path(site.DATA_DIR), disk.parent):
        for each in place.rglob("*"):
            assert not (each.is_file() and CANARY in each.read_bytes()), each
    log = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert CANARY.decode() not in log
    assert "file added" in log
    kept = inquiry.files.get()
    assert (CANARY in stored_bytes(kept)) == (kept.kind == FileKind.PDF)


def test_camera_photo_loses_its_place(client: Client, inquiry: Inquiry) -> None:
    post(client, inquiry, heic((1200, 900), with_secrets=True, orientation=6), "IMG_0001.HEIC")
    with Image.open(io.BytesIO(stored_bytes(inquiry.files.get()))) as image:
        assert (image.format, image.size) == ("JPEG", (900, 1200))
        assert not image.getexif().get_ifd(0x8825)


def test_swapped_bytes_do_not_open(inquiry: Inquiry) -> None:
    first, second = add_file(inquiry, sent(pdf(b"1"))), add_file(inquiry, sent(pdf(b"2")))
    first_name, second_name = first.stored_name, second.stored_name
    PatientFile.objects.filter(pk=first.pk).update(stored_name="between")
    PatientFile.objects.filter(pk=second.pk).update(stored_name=first_name)
    PatientFile.objects.filter(pk=first.pk).update(stored_name=second_name)
    for file in PatientFile.objects.all():
        with pytest.raises(FileGoneError):
            stored_bytes(file)


def test_damaged_or_missing_bytes_do_not_open(client: Client, owner: Coordinator, inquiry: Inquiry, disk: Path) -> None:
    file = add_file(inquiry, sent(pdf()))
    [path] = stored(disk)
    sealed = path.read_bytes()
    path.write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))
    with pytest.raises(FileGoneError):
        stored_bytes(file)
    path.unlink()
    client.force_login(owner.user)
    assert client.get(desk_url(inquiry, file)).status_code == 404
    assert not inquiry.events.filter(kind=EventKind.FILE_READ).exists()
    assert post(client, inquiry, pdf()).status_code == 303, "the patient can send it again"


def test_row_that_cannot_be_stored_leaves_no_bytes(
    inquiry: Inquiry, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_args: object, **_options: object) -> None:
        message = "database is locked"
        raise RuntimeError(message)

    monkeypatch.setattr(files, "write_event", fail)
    with pytest.raises(RuntimeError):
        add_file(inquiry, sent(pdf()))
    assert not stored(disk)
    assert not inquiry.files.exists()


def test_full_disk_is_said_at_the_field(
    client: Client, inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_args: object) -> None:
        raise OSError(28, f"No space left on device: {NAME}")

    monkeypatch.setattr(DurableStorage, "save", fail)
    response = post(client, inquiry, pdf())
    assert response.status_code == 503
    assert "could not save this file" in response.content.decode()
    assert not inquiry.files.exists()
    log = "\n".join(JsonFormatter().format(record) for record in caplog.records)
    assert "file not stored" in log
    assert CANARY.decode() not in log


def test_file_of_an_erased_inquiry_leaves_no_bytes(
    client: Client, inquiry: Inquiry, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_inquiry: Inquiry) -> None:
        raise Inquiry.DoesNotExist

    monkeypatch.setattr(files, "lock", gone)
    assert post(client, inquiry, pdf()).status_code == 404
    assert not stored(disk)


def test_orphans_go_after_a_day(inquiry: Inquiry, disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert delete_orphans() == 0, "where nothing was ever stored, nothing is wrong"
    file = add_file(inquiry, sent(pdf()))
    storages["patient_files"].save("orphan", ContentFile(b"x"))
    assert delete_orphans() == 0
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now + timedelta(days=1, minutes=1))
    assert delete_orphans() == 1
    assert [path.name for path in stored(disk)] == [file.stored_name]


def test_deleting_an_inquirys_files_leaves_others(inquiry: Inquiry, disk: Path) -> None:
    other = add_file(make_inquiry(), sent(pdf()))
    add_file(inquiry, sent(pdf()))
    add_file(inquiry, sent(png(), "a.png"))
    assert files.delete_files_of(inquiry) == 2
    assert files.delete_files_of(inquiry) == 0
    assert [path.name for path in stored(disk)] == [other.stored_name]
    assert PatientFile.objects.get() == other


def test_reseal_seals_files_with_the_newest_key(
    inquiry: Inquiry, disk: Path, settings: Settings, django_capture_on_commit_callbacks: Any
) -> None:
    file = add_file(inquiry, sent(pdf(CANARY)))
    broken = add_file(inquiry, sent(png(), "a.png"))
    storages["patient_files"].delete(broken.stored_name)
    settings.FIELD_ENCRYPTION_KEYS = f"new:{secrets.token_hex(32)},{settings.FIELD_ENCRYPTION_KEYS}"
    with django_capture_on_commit_callbacks(execute=True):
        call_command("reseal", verbosity=0)
    [path] = stored(disk)
    assert path.read_bytes().startswith(b"v1:new:")
    assert CANARY in stored_bytes(PatientFile.objects.get(pk=file.pk))
    assert PatientFile.objects.get(pk=file.pk).original_name == "report.pdf"


# The scanner's word, here said by the tests; a real one speaks in tests/real/test_clamd.py


def say(monkeypatch: pytest.MonkeyPatch, verdict: bool | None) -> None:
    def has_virus(_data: bytes) -> bool:
        if verdict is None:
            raise ScannerAwayError
        return verdict

    monkeypatch.setattr(files, "has_virus", has_virus)


def test_infected_file_is_refused_and_not_kept(
    client: Client, inquiry: Inquiry, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, verdict=True)
    response = post(client, inquiry, pdf())
    assert response.status_code == 422
    assert "found something dangerous" in response.content.decode()
    assert not stored(disk)
    assert not inquiry.files.exists()


def test_file_that_the_patient_removed_meanwhile_is_no_alarm(inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    file = add_file(inquiry, sent(pdf()))

    def has_virus(_data: bytes) -> bool:
        PatientFile.objects.filter(pk=file.pk).delete()
        return True

    monkeypatch.setattr(files, "has_virus", has_virus)
    assert rescan() == {"clean": 0, "removed": 0}
    assert not inquiry.events.filter(kind=EventKind.FILE_REMOVED).exists()


def test_clean_file_is_marked(inquiry: Inquiry, monkeypatch: pytest.MonkeyPatch) -> None:
    say(monkeypatch, verdict=False)
    file = add_file(inquiry, sent(pdf()))
    assert file.scan == Scan.CLEAN
    assert file.scanned_at


def test_files_are_scanned_once_the_scanner_is_back(
    inquiry: Inquiry, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(monkeypatch, verdict=None)
    first, second = add_file(inquiry, sent(pdf(b"1"))), add_file(inquiry, sent(pdf(b"2")))
    assert rescan() == {"clean": 0, "removed": 0}
    monkeypatch.setattr(files, "has_virus", lambda data: b"% 2" in data)
    assert rescan() == {"clean": 1, "removed": 1}
    assert inquiry.files.get() == first
    assert inquiry.files.get().scan == Scan.CLEAN
    assert len(stored(disk)) == 1
    event = inquiry.events.get(kind=EventKind.FILE_REMOVED)
    assert event.details == {"file": str(second.pk), "cause": "virus"}
    assert rescan() == {"clean": 0, "removed": 0}
    call_command("tidy_files", verbosity=0)


# The desk


def desk_url(inquiry: Inquiry, file: PatientFile) -> str:
    return reverse("admin:inquiries_inquiry_file", args=[inquiry.pk, file.pk])


def test_download_is_always_an_attachment_and_is_written_down(
    client: Client, owner: Coordinator, inquiry: Inquiry
) -> None:
    add_file(inquiry, sent(png(), "a.png"))
    file = add_file(inquiry, sent(pdf(), "../../<b>“evil”\r\nX: y.pdf"))
    client.force_login(owner.user)
    response = client.get(desk_url(inquiry, file))
    assert response.status_code == 200
    assert response.content == pdf()
    assert response.headers["Content-Disposition"] == f'attachment; filename="{inquiry.reference}-2.pdf"'
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response.headers["Content-Type"] == "application/pdf"
    assert "no-store" in response.headers["Cache-Control"]
    event = inquiry.events.get(kind=EventKind.FILE_READ)
    assert (event.actor, event.details) == (owner.user, {"file": str(file.pk)})


def test_only_who_sees_the_inquiry_gets_its_files(client: Client, owner: Coordinator, inquiry: Inquiry) -> None:
    file, others = add_file(inquiry, sent(pdf())), add_file(make_inquiry(), sent(pdf()))
    url = desk_url(inquiry, file)
    assert client.get(url).status_code == 302, "a sign-in is asked for"
    people = {
        make_coordinator("Jan Novak", languages=("de",)).user: 404,
        make_user(Role.EDITOR, "Edi Editor"): 403,
        make_user(Role.MANAGER, "Mia Manager"): 200,
        owner.user: 200,
    }
    for user, status in people.items():
        client.force_login(user)
        assert client.get(url).status_code == status, user
        for method in (client.head, client.post):
            assert method(url).status_code in {403, 405}
    assert client.get(desk_url(inquiry, others)).status_code == 404
    assert inquiry.events.filter(kind=EventKind.FILE_READ).count() == 2
    owner.user.is_active = False
    owner.user.save()
    assert client.get(url).status_code == 302


def test_desk_lists_files_with_those_of_an_addition(client: Client, owner: Coordinator, inquiry: Inquiry) -> None:
    addition = make_inquiry()
    Inquiry.objects.filter(pk=addition.pk).update(
        status=Status.JOINED, joined_to=inquiry, coordinator=None, reply_due_at=None
    )
    addition.refresh_from_db()
    add_file(inquiry, sent(pdf(), "own.pdf"))
    file = add_file(addition, sent(heic(), "<b>added.heic"))
    PatientFile.objects.filter(pk=file.pk).update(scan=Scan.CLEAN, scanned_at=timezone.now())
    client.force_login(owner.user)
    assert client.get(desk_url(inquiry, file)).headers["Content-Disposition"].endswith('-2.jpg"')
    assert set(inquiry.events.values_list("kind", flat=True)) >= {EventKind.FILE_ADDED, EventKind.FILE_READ}
    page = render_to_string(
        "admin/inquiries/inquiry/files.html",
        {"inquiry": inquiry, "files": listed_for_staff(inquiry)},
        RequestFactory().get("/"),
    )
    assert "own.pdf" in page
    assert "&lt;b&gt;added.heic" in page
    assert page.count("not scanned for viruses") == 1
    assert page.count("no virus found") == 1
    assert "turned into a JPEG" in page


def test_read_file_tells_nothing_about_the_name(inquiry: Inquiry, owner: Coordinator) -> None:
    file = add_file(inquiry, sent(pdf(), NAME))
    assert read_file(file, by=owner.user) == pdf()
    assert CANARY.decode() not in rows_of_everything()


def test_refusal_carries_its_code() -> None:
    assert FileRefusedError(Problem.EMPTY).problem == Problem.EMPTY
