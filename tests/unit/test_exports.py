"""Exports: no cell is a formula, whatever was typed; long lists are written without being held in memory."""

import csv
import io
import tracemalloc
import unicodedata
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inquiries.exports.cells import safe_cell
from inquiries.exports.columns import Line
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


@settings(max_examples=25)
@given(st.lists(st.lists(hostile, min_size=3, max_size=3), max_size=4))
def test_both_formats_hold_every_cell_and_no_formula(lines: list[list[str]]) -> None:
    safe: list[Line] = [[safe_cell(cell) for cell in line] for line in lines]
    head = ["A", "B", "C"]
    assert read_csv(b"".join(csv_parts(head, [safe]))) == [head, *safe]
    for is_sensitive in (True, False):
        sheet = sheet_of(workbook(head, [safe], is_sensitive=is_sensitive))
        assert len(sheet.findall(f".//{NAMESPACE}row")) == len(safe) + 1
        assert not sheet.findall(f".//{NAMESPACE}f")
        assert not sheet.findall(f".//{NAMESPACE}hyperlink")
        kinds = {cell.get("t") for cell in sheet.iter(f"{NAMESPACE}c") if cell.get("t")}
        assert kinds <= {"s", "inlineStr"}, "text, and never a number"


def many(count: int) -> Iterator[list[Line]]:
    for start in range(0, count, 500):
        yield [[f"ZG-{number:06d}", *["twenty characters ok"] * 8] for number in range(start, start + 500)]


def test_ten_thousand_lines_need_little_memory() -> None:
    tracemalloc.start()
    length = sum(len(part) for part in csv_parts(["H"] * 9, many(10_000)))
    _now, csv_peak = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    book = workbook(["H"] * 9, many(10_000), is_sensitive=False)
    _now, xlsx_peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert length > 1_500_000
    assert csv_peak < 2_000_000
    assert xlsx_peak < 12_000_000
    assert len(sheet_of(book).findall(f".//{NAMESPACE}row")) == 10_001
