"""Exports: no cell is a formula, whatever was typed; long lists are written without being held in memory."""

import csv
import io
import re
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree

import pytest
from django.conf import settings as django_settings
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiries.exports.cells import clean_cell, safe_cell
from inquiries.exports.columns import Column, Line
from inquiries.exports.files import BYTE_ORDER_MARK, SEPARATOR, csv_parts, workbook

STARTERS = "=+-@\t\r＝＋－＠﹦﹢﹣﹫−"  # noqa: RUF001  # look-alikes are the point
FILLERS = " \t\r\n\u00a0\u200b\ufeff\u202e\u2060\x00"
NAMESPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
hostile = st.one_of(
    st.text(max_size=60),
    st.builds(
        lambda filler, start, rest: filler + start + rest,
        st.text(alphabet=FILLERS, max_size=5),
        st.sampled_from(STARTERS),
        st.text(max_size=30),
    ),
)


def first_seen(text: str) -> str:
    """Return the first character that is not blank or invisible, however a program strips."""
    return next((sign for sign in text if unicodedata.category(sign)[0] not in "CZM"), "")


def read_csv(data: bytes) -> list[list[str]]:
    text = data.decode()
    assert text.startswith(BYTE_ORDER_MARK)
    return list(csv.reader(io.StringIO(text[1:], newline=""), delimiter=SEPARATOR, strict=True))


def columns(*names: str) -> list[Column]:
    return [Column(name, 20) for name in names]


def sheet_of(data: io.BytesIO) -> ElementTree.Element:
    with zipfile.ZipFile(data) as archive:
        return ElementTree.fromstring(archive.read("xl/worksheets/sheet1.xml"))  # our own file


@given(hostile)
def test_no_cell_starts_a_formula(text: str) -> None:
    cell = safe_cell(text)
    for seen in (cell, unicodedata.normalize("NFKC", cell)):
        assert first_seen(seen) not in set(STARTERS)
    assert "\t" not in cell
    assert "\r" not in cell
    assert "\x00" not in cell


@given(hostile)
def test_what_was_typed_can_still_be_read(text: str) -> None:
    def words(value: str) -> list[str]:
        return "".join(" " if unicodedata.category(sign) == "Cc" else sign for sign in value).split()

    assert words(safe_cell(text).removeprefix("'")) == words(text.strip()) or text.lstrip().startswith("'")


@pytest.mark.parametrize(
    ("typed", "cell"),
    [
        ("=1+1", "'=1+1"),
        ('\t=HYPERLINK("http://x")', '\'=HYPERLINK("http://x")'),
        ("＝1", "'＝1"),  # noqa: RUF001  # full width
        ("+385 91 234 5678", "'+385 91 234 5678"),
        ("-", "'-"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\u200b=1", "'\u200b=1"),
        ("Ana = Jan", "Ana = Jan"),
        ("two\r\nlines", "two\nlines"),
        ("", ""),
    ],
)
def test_cells(typed: str, cell: str) -> None:
    assert safe_cell(typed) == cell


def texts_of(data: io.BytesIO) -> list[list[str]]:
    """Return every row's texts, as a spreadsheet shows them; of a number its digits."""
    sheet = sheet_of(data)
    with zipfile.ZipFile(data) as archive:
        shared = (
            [
                "".join(part.text or "" for part in item.iter(f"{NAMESPACE}t"))
                for item in ElementTree.fromstring(archive.read("xl/sharedStrings.xml"))
            ]
            if "xl/sharedStrings.xml" in archive.namelist()
            else []
        )

    def text(cell: ElementTree.Element) -> str:
        value = cell.findtext(f"{NAMESPACE}v") or ""
        if cell.get("t") == "s":
            return shared[int(value)]
        return value + "".join(part.text or "" for part in cell.iter(f"{NAMESPACE}t"))

    return [[text(cell) for cell in row] for row in sheet.iter(f"{NAMESPACE}row")]


@settings(max_examples=25)
@given(st.lists(st.lists(hostile, min_size=3, max_size=3), max_size=4))
def test_both_formats_hold_every_cell_and_no_formula(lines: list[list[str]]) -> None:
    typed: list[Line] = [list(line) for line in lines]
    head = columns("A", "B", "C")
    safe = [[safe_cell(cell) for cell in line] for line in lines]
    assert read_csv(b"".join(csv_parts(head, [typed]))) == [["A", "B", "C"], *safe]
    for is_sensitive in (True, False):
        sheet = sheet_of(workbook(head, [typed], is_sensitive=is_sensitive))
        assert len(sheet.findall(f".//{NAMESPACE}row")) == len(safe) + 1
        assert not sheet.findall(f".//{NAMESPACE}f")
        assert not sheet.findall(f".//{NAMESPACE}hyperlink")
        kinds = {cell.get("t") for cell in sheet.iter(f"{NAMESPACE}c") if len(cell)}
        assert kinds <= {"s", "inlineStr"}, "text, and never a number"


TYPED = (
    "+385 91 234 5678", "=SUM(A1:A9)", "@me", "-", "https://clinic.example", "0042", "",
    "<r></x></r>", "<r><t>hidden</t></r>", "<r>", "a < b & c", "_x0041_",
)  # fmt: skip


@pytest.mark.parametrize("is_sensitive", [True, False])
def test_workbook_holds_what_was_typed_as_it_was_typed(is_sensitive: bool) -> None:
    """No apostrophe stands before a number that begins with +, and nothing that was typed is markup."""
    book = workbook(columns("What was typed"), [[[text] for text in TYPED]], is_sensitive=is_sensitive)
    shown = [text.replace("_x005F_", "_") for [text] in texts_of(book)[1:]]
    assert shown == [clean_cell(text) for text in TYPED] == list(TYPED)
    sheet = sheet_of(book)
    assert not sheet.findall(f".//{NAMESPACE}f")
    assert not sheet.findall(f".//{NAMESPACE}hyperlink")


@pytest.mark.parametrize("is_sensitive", [True, False])
def test_moments_are_dates_and_the_sheet_is_ready_to_work_with(is_sensitive: bool) -> None:
    line: Line = ["ZG-2345-6789", datetime(2026, 11, 20, 12, 30), ""]  # noqa: DTZ001  # a sheet knows no zones
    head = [Column("Reference", 14), Column("A long name of a column", 19), Column("Closed on", 19)]
    assert read_csv(b"".join(csv_parts(head, [[line]])))[1] == ["ZG-2345-6789", "2026-11-20 12:30", ""]
    book = workbook(head, [[line]], is_sensitive=is_sensitive)
    sheet = sheet_of(book)
    cells = list(sheet.iter(f"{NAMESPACE}row"))[1]
    assert cells[1].get("t") in {None, "n"}
    # Days since the end of 1899: what spreadsheets call a date
    assert float(cells[1].findtext(f"{NAMESPACE}v") or "") == pytest.approx(46346 + 12.5 / 24)
    with zipfile.ZipFile(book) as archive:
        looks = archive.read("xl/styles.xml").decode()
        names = archive.read("xl/workbook.xml").decode()
    assert 'formatCode="d mmm yyyy hh:mm"' in looks
    assert '<sheet name="Inquiries"' in names
    assert [found.get("ref") for found in sheet.iter(f"{NAMESPACE}autoFilter")] == ["A1:C2"]
    assert [found.get("state") for found in sheet.iter(f"{NAMESPACE}pane")] == ["frozen"]
    widths = [float(found.get("width") or 0) for found in sheet.iter(f"{NAMESPACE}col")]
    assert widths[0] < widths[2] < widths[1], "no heading is cut off"


@pytest.mark.parametrize("language", [code for code, _name in django_settings.LANGUAGES])
def test_every_language_writes_moments_so_that_a_spreadsheet_reads_them(language: str) -> None:
    with translation.override(language):
        book = workbook(columns("A"), [[[datetime(2026, 11, 20)]]], is_sensitive=True)  # noqa: DTZ001  # as above
    with zipfile.ZipFile(book) as archive:
        [look] = re.findall('formatCode="([^"]+)"', archive.read("xl/styles.xml").decode())
    assert sorted(re.findall("[a-z]+", look)) in (["d", "hh", "mm", "mmm", "yyyy"], ["dd", "hh", "mm", "mm", "yyyy"])


def many(count: int) -> Iterator[list[Line]]:
    for start in range(0, count, 500):
        yield [[f"ZG-{number:06d}", *["twenty characters ok"] * 8] for number in range(start, start + 500)]


def test_ten_thousand_lines_need_little_memory() -> None:
    tracemalloc.start()
    length = sum(len(part) for part in csv_parts(columns(*"ABCDEFGHI"), many(10_000)))
    _now, csv_peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    book = workbook(columns(*"ABCDEFGHI"), many(10_000), is_sensitive=False)
    _now, xlsx_peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 1_500_000
    assert csv_peak < 2_000_000
    assert xlsx_peak < 12_000_000
    assert len(sheet_of(book).findall(f".//{NAMESPACE}row")) == 10_001
