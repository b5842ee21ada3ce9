"""Files and a real virus scanner: found, not found, away, back."""

import logging
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from inquiries.enums import EventKind, Scan
from inquiries.files import scanner
from inquiries.files.problems import MAX_BYTES
from inquiries.files.scanner import ScannerAwayError, has_virus
from inquiries.links import private_token
from inquiries.models import Inquiry
from inquiries.services.files import add_file, rescan
from tests.factories import make_coordinator, make_inquiry
from tests.files import heic, jpeg, pdf
from tests.real.clamd import EICAR, Clamd, start_clamd
from tests.real.waiting import eventually

HERE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def clamd() -> Iterator[Clamd]:
    """Run a clamd for this file."""
    with start_clamd() as running:
        yield running


@pytest.fixture(params=["socket_path", "tcp_address"])
def address(request: pytest.FixtureRequest, clamd: Clamd, settings: Settings) -> str:
    """Tell the site where the scanner is, in both ways."""
    settings.CLAMD_ADDRESS = getattr(clamd, request.param)
    return str(settings.CLAMD_ADDRESS)


@pytest.fixture
def inquiry(settings: Settings, tmp_path: Path) -> Inquiry:
    own = settings.STORAGES["patient_files"]
    options = {**own["OPTIONS"], "location": tmp_path / "files"}
    settings.STORAGES = {**settings.STORAGES, "patient_files": {**own, "OPTIONS": options}}
    make_coordinator()
    return make_inquiry()


def sent(data: bytes, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def post(client: Client, inquiry: Inquiry, data: bytes) -> Any:
    link = inquiry.private_link
    url = reverse("inquiries:private-files", kwargs={"token": private_token(link.pk, link.version)})
    return client.post(url, {"add": "1", "file": sent(data)}, headers=HERE)


@pytest.mark.usefixtures("address")
def test_scanner_finds_what_it_knows_and_nothing_else() -> None:
    assert has_virus(EICAR)
    assert has_virus(pdf(EICAR))
    assert has_virus(pdf(padding=MAX_BYTES // 2) + EICAR)
    assert not has_virus(pdf())
    assert not has_virus(jpeg())
    assert not has_virus(b"")


@pytest.mark.usefixtures("address")
def test_largest_file_is_scanned() -> None:
    assert not has_virus(b"%PDF-1.4\n" + bytes(range(256)) * (MAX_BYTES // 256 - 1))


@pytest.mark.django_db
@pytest.mark.usefixtures("address")
def test_infected_file_is_refused(client: Client, inquiry: Inquiry) -> None:
    response = post(client, inquiry, pdf(EICAR))
    assert response.status_code == 422
    assert "found something dangerous" in response.content.decode()
    assert not inquiry.files.exists()
    assert post(client, inquiry, pdf()).status_code == 303
    assert inquiry.files.get().scan == Scan.CLEAN
    assert add_file(inquiry, sent(heic(), "IMG_1.HEIC")).scan == Scan.CLEAN


@pytest.mark.django_db
def test_file_is_kept_while_the_scanner_is_away_and_scanned_when_it_is_back(
    client: Client, inquiry: Inquiry, clamd: Clamd, settings: Settings
) -> None:
    settings.CLAMD_ADDRESS = clamd.socket_path
    clamd.stop()
    try:
        assert post(client, inquiry, pdf()).status_code == 303
        assert post(client, inquiry, pdf(EICAR)).status_code == 303
        assert {file.scan for file in inquiry.files.all()} == {Scan.NOT_SCANNED}
        assert rescan() == {"clean": 0, "removed": 0}
    finally:
        clamd.start()
    assert rescan() == {"clean": 1, "removed": 1}
    assert inquiry.files.get().scan == Scan.CLEAN
    assert inquiry.events.get(kind=EventKind.FILE_REMOVED).details["cause"] == "virus"


def test_nothing_stays_in_the_scanners_folder(clamd: Clamd, settings: Settings) -> None:
    settings.CLAMD_ADDRESS = clamd.socket_path
    has_virus(pdf(b"something private"))
    kept = clamd.folder / "tmp"
    eventually(lambda: not [path for path in kept.rglob("*") if path.is_file()], 5, "clamd keeps what it scanned")


def test_scanner_that_hangs_is_given_up(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    monkeypatch.setattr(scanner, "TIMEOUT_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(ScannerAwayError):
            has_virus(b"x")
    assert "virus scanner did not answer" in caplog.text


def test_scanner_that_hangs_up_is_away(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:
        settings.CLAMD_ADDRESS = f"tcp://127.0.0.1:{rude.getsockname()[1]}"
        thread = threading.Thread(target=_hang_up, args=(rude,))
        thread.start()
        with pytest.raises(ScannerAwayError):
            has_virus(b"x" * 1_000_000)
        thread.join()


def _hang_up(server: socket.socket) -> None:
    """Take one connection and drop it."""
    connection, _peer = server.accept()
    connection.close()
