"""What is taken as a file and what remains of it; nothing here needs a database."""

import contextlib
import io
import secrets
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo
from pytest_django import Settings

from inquiries.enums import FileKind
from inquiries.files import photos, scanner
from inquiries.files.content import HEIC, checked, recognise
from inquiries.files.problems import MAX_BYTES, FileRefusedError, Problem, explain
from inquiries.files.scanner import ScannerAwayError, has_virus
from inquiries.files.storage import DurableStorage
from inquiries.sealing import SealError, seal_bytes, unseal_bytes
from inquiries.sealing.keys import key_ring
from tests.files import CANARY, heic, jpeg, pdf, picture, png, zipped

TAKEN: dict[str, tuple[Callable[[], bytes], str]] = {
    "scan.pdf": (pdf, "PDF"),
    "photo.jpg": (jpeg, "JPEG"),
    "photo.png": (png, "PNG"),
    "photo.heic": (heic, HEIC),
}
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
EXE = b"MZ" + b"\0" * 58 + b"\x80\0\0\0" + b"\0" * 64 + b"PE\0\0"
DICOM = b"\0" * 128 + b"DICM" + b"\2\0\0\0UL"
ALSO_ZIP = zipped("report.txt", b"x")


def problem_of(name: str, data: bytes) -> Problem:
    with pytest.raises(FileRefusedError) as refused:
        checked(recognise(name, data), data)
    return refused.value.problem


@pytest.mark.parametrize("name", TAKEN)
def test_file_is_taken_by_its_content(name: str) -> None:
    make, kind = TAKEN[name]
    assert recognise(name, make()) == kind
    assert recognise("anything", make()) == kind
    assert recognise("photo.jpg", make()) == kind, "phones give HEIC files the names of JPEG files"


@pytest.mark.parametrize("brand", [b"heix", b"heim", b"mif1"])
def test_every_kind_of_heic_is_recognised(brand: bytes) -> None:
    data = heic()
    assert recognise("photo.heic", data[:8] + brand + data[12:]) == HEIC


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("report.pdf", b"", Problem.EMPTY),
        ("report.pdf", pdf() + b" " * MAX_BYTES, Problem.TOO_LARGE),
        ("report.pdf", EXE, Problem.WRONG_TYPE),
        ("report.pdf", HTML, Problem.WRONG_TYPE),
        ("photo.jpg", SVG, Problem.WRONG_TYPE),
        ("photo.png", HTML, Problem.WRONG_TYPE),
        ("photo.jpg", b"GIF89a" + b"\0" * 20, Problem.WRONG_TYPE),
        ("report.pdf", HTML + pdf(), Problem.WRONG_TYPE),
        ("report.pdf", b"\xef\xbb\xbf" + pdf(), Problem.DAMAGED),
        ("report.pdf", pdf() + HTML, Problem.DAMAGED),
        ("report.pdf", pdf() + ALSO_ZIP, Problem.DAMAGED),
        ("report.pdf", zipped("a.txt", b"x", before=pdf(), comment=b"startxref\n9\n%%EOF\n"), Problem.WRONG_TYPE),
        ("report.pdf", pdf()[:-20], Problem.DAMAGED),
        ("report.pdf", pdf()[: len(pdf()) // 2], Problem.DAMAGED),
        ("report.pdf", b"%PDF-1.7\n%%EOF", Problem.DAMAGED),
        ("images.zip", ALSO_ZIP, Problem.SCAN_IMAGES),
        ("IM00001", DICOM, Problem.SCAN_IMAGES),
        ("report.exe", pdf(), Problem.WRONG_NAME),
        ("report.pdf.html", pdf(), Problem.WRONG_NAME),
        ("photo.svg", png(), Problem.WRONG_NAME),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_anything_else_is_refused(name: str, data: bytes, problem: Problem) -> None:
    assert problem_of(name, data) == problem


@pytest.mark.parametrize("name", ["Befund", "scan.PDF", "report.2024", "Dr. Huber MRI", "IMG_0001.HEIC", ".pdf"])
def test_names_that_promise_nothing_else_are_taken(name: str) -> None:
    assert recognise(name, pdf()) == "PDF"


def test_largest_pdf_is_taken_as_it_is() -> None:
    data = pdf(padding=MAX_BYTES - len(pdf()))
    assert len(data) == MAX_BYTES
    assert checked(recognise("a.pdf", data), data).data == data


@pytest.mark.parametrize("make", [jpeg, png, heic])
def test_cut_photo_is_refused(make: Any) -> None:
    data = make(size=(640, 480), noisy=True)
    for part in (0.3, 0.6, 0.9):
        assert problem_of("photo.jpg", data[: int(len(data) * part)]) == Problem.DAMAGED


@given(data=st.data())
def test_damaged_photo_is_refused_or_opened_but_never_a_fault(data: st.DataObject) -> None:
    original = data.draw(st.sampled_from([jpeg(), png(), heic()]))
    at = data.draw(st.integers(min_value=24, max_value=len(original) - 1))
    noise = data.draw(st.binary(min_size=1, max_size=40))
    broken = original[:at] + noise + original[at + len(noise) :]
    with contextlib.suppress(FileRefusedError):
        checked(recognise("photo", broken), broken)


@pytest.mark.parametrize("make", [jpeg, png, heic])
def test_nothing_is_left_but_the_picture(make: Any) -> None:
    data = make(with_secrets=True)
    assert CANARY in data, "the canary would be found"
    taken = checked(recognise("photo", data), data)
    assert CANARY not in taken.data
    with Image.open(io.BytesIO(taken.data)) as image:
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    # A second program reads the raw markers: no block of EXIF, XMP, comments, colour profile or thumbnails.
    for mark in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"eXIf", b"iCCP", b"tEXt", b"zTXt", b"iTXt"):
        assert mark not in taken.data


def test_what_hangs_behind_a_photo_is_gone() -> None:
    for make in (jpeg, png):
        taken = checked(recognise("photo", make() + HTML), make() + HTML)
        assert b"<script" not in taken.data


@pytest.mark.parametrize("make", [jpeg, png, heic])
def test_photo_stands_upright(make: Any) -> None:
    data = make(size=(60, 40), orientation=6)
    with Image.open(io.BytesIO(checked(recognise("photo", data), data).data)) as image:
        assert image.size == (40, 60)
        corner = image.convert("RGB").getpixel((37, 3))
    # The left upper corner is red; turned clockwise it is the right upper one.
    assert isinstance(corner, tuple)
    assert corner[0] > 180
    assert corner[1] < 90


def test_heic_becomes_a_jpeg() -> None:
    taken = checked(HEIC, heic())
    assert (taken.kind, taken.was_converted) == (FileKind.JPEG, True)
    assert recognise("a.jpg", taken.data) == "JPEG"


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_every_kind_of_jpeg_is_taken(mode: str) -> None:
    data = jpeg(mode=mode)
    assert checked("JPEG", data).kind == FileKind.JPEG


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_kind_of_png_keeps_its_depth(mode: str) -> None:
    out = io.BytesIO()
    picture(mode=mode).save(out, "PNG")
    with Image.open(io.BytesIO(checked("PNG", out.getvalue()).data)) as image:
        assert image.mode == mode


def test_transparent_colour_stays() -> None:
    out = io.BytesIO()
    picture(mode="P").save(out, "PNG", transparency=0)
    with Image.open(io.BytesIO(checked("PNG", out.getvalue()).data)) as image:
        assert image.info["transparency"] in {0, b"\0"}


def test_colours_of_another_profile_are_turned_into_srgb() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    same, broken = io.BytesIO(), io.BytesIO()
    picture().save(same, "PNG", icc_profile=lab.tobytes())
    picture().save(broken, "PNG", icc_profile=b"no profile")
    for out in (same, broken):
        with Image.open(io.BytesIO(checked("PNG", out.getvalue()).data)) as image:
            assert image.getpixel((3, 3)) == picture().getpixel((3, 3))
            assert "icc_profile" not in image.info


def test_huge_pictures_are_refused_before_they_are_opened() -> None:
    out = io.BytesIO()
    Image.new("1", (photos.MAX_PIXELS // 4000 + 1, 4000)).save(out, "PNG")
    assert problem_of("photo.png", out.getvalue()) == Problem.TOO_MANY_PIXELS
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert problem_of("photo.png", out.getvalue()) == Problem.TOO_MANY_PIXELS


def test_text_that_unpacks_without_end_is_refused() -> None:
    info = PngInfo()
    info.add_text("Comment", "x" * 50_000_000, zip=True)
    out = io.BytesIO()
    picture().save(out, "PNG", pnginfo=info)
    assert len(out.getvalue()) < 100_000
    assert problem_of("photo.png", out.getvalue()) == Problem.DAMAGED


def test_photos_are_opened_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(photos, "WAIT_SECONDS", 0.01)
    with photos._one_at_a_time():
        refused: list[Problem] = []
        thread = threading.Thread(target=lambda: refused.append(problem_of("photo.png", png())))
        thread.start()
        thread.join()
    assert refused == [Problem.BUSY]
    assert checked("PNG", png()).kind == FileKind.PNG


@pytest.mark.parametrize("problem", Problem)
def test_every_problem_has_words(problem: Problem) -> None:
    assert "%(" not in explain(problem)
    assert explain(problem).endswith(".")


def test_sealed_bytes_open_only_in_their_place(settings: Settings) -> None:
    sealed = seal_bytes(CANARY, "a|bytes|1")
    assert CANARY not in sealed
    assert unseal_bytes(sealed, "a|bytes|1") == CANARY
    for place in ("a|bytes|2", "b|bytes|1", "a|name|1"):
        with pytest.raises(SealError):
            unseal_bytes(sealed, place)
    old = settings.FIELD_ENCRYPTION_KEYS
    settings.FIELD_ENCRYPTION_KEYS = f"new:{secrets.token_hex(32)},{old}"
    assert unseal_bytes(sealed, "a|bytes|1") == CANARY
    assert seal_bytes(b"", "a").startswith(b"v1:new:")


@pytest.mark.parametrize("sealed", [b"", b"v1", b"v1:nokey:0123456789abcdef", b"\xff:\xff:", b"v2"])
def test_bytes_that_are_not_sealed_do_not_open(sealed: bytes) -> None:
    with pytest.raises(SealError):
        unseal_bytes(sealed, "a")


def test_bytes_of_another_version_do_not_open() -> None:
    sealed = seal_bytes(CANARY, "a")
    with pytest.raises(SealError):
        unseal_bytes(b"v2" + sealed[2:], "a")
    key = key_ring()[0].id.encode()
    with pytest.raises(SealError):
        unseal_bytes(b"v1:" + key + b":short", "a")


def test_stored_file_is_for_nobody_else(tmp_path: Path) -> None:
    storage = DurableStorage(location=tmp_path / "files", file_permissions_mode=0o600, directory_permissions_mode=0o700)
    name = storage.save("one", ContentFile(b"sealed"))
    assert (tmp_path / "files").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "files" / name).stat().st_mode & 0o777 == 0o600


def test_without_a_scanner_nothing_is_scanned(settings: Settings) -> None:
    settings.CLAMD_ADDRESS = ""
    with pytest.raises(ScannerAwayError):
        has_virus(b"x")


@pytest.mark.parametrize("address", ["/no/such.socket", "unix:/no/such.socket", "tcp://127.0.0.1:1"])
def test_scanner_that_does_not_answer_is_away(settings: Settings, address: str) -> None:
    settings.CLAMD_ADDRESS = address
    with pytest.raises(ScannerAwayError):
        has_virus(b"x")


@pytest.mark.parametrize("reply", [b"", b"INSTREAM size limit exceeded. ERROR", b"stream: OK but not quite"])
def test_answer_that_is_no_verdict_is_none(settings: Settings, monkeypatch: pytest.MonkeyPatch, reply: bytes) -> None:
    settings.CLAMD_ADDRESS = "/some.socket"
    monkeypatch.setattr(scanner, "_ask", lambda _address, _data: reply)
    with pytest.raises(ScannerAwayError):
        has_virus(b"x")
