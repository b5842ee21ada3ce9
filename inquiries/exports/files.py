"""The two formats of an export: CSV as it goes, and a workbook.

CSV is UTF-8 with a byte order mark and semicolons: what spreadsheets expect in four of the site's five languages. For
the fifth, and for whoever does not want to think about it, there is the workbook.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from xlsxwriter import Workbook
from xlsxwriter.format import Format as Look
from xlsxwriter.worksheet import Worksheet

from inquiries.exports.cells import clean_cell, safe_cell
from inquiries.exports.columns import Cell, Column, Line

SEPARATOR = ";"
BYTE_ORDER_MARK = "\ufeff"
# What the filter's button covers of a heading, in characters
_BUTTON = 3
# The library takes a text between these for markup of its own.
_MARKUP = ("<r>", "</r>")


class Format(TextChoices):
    """Formats of an export."""

    XLSX = "xlsx", gettext_lazy("Workbook (XLSX)")
    CSV = "csv", gettext_lazy("Plain table (CSV)")


MIME_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def csv_parts(columns: Sequence[Column], batches: Iterable[list[Line]]) -> Iterator[bytes]:
    """Yield a CSV file part by part; every cell is quoted."""
    yield (BYTE_ORDER_MARK + _as_csv([[column.name for column in columns]])).encode()
    for lines in batches:
        yield _as_csv(lines).encode()


def workbook(columns: Sequence[Column], batches: Iterable[list[Line]], *, is_sensitive: bool) -> io.BytesIO:
    """Return a workbook with texts and dates: nothing in it is a formula or a link, whatever was typed.

    A long list passes through temporary files, line by line. What patients wrote never does: it stays in memory.
    """
    options = {"in_memory": is_sensitive, "constant_memory": not is_sensitive}
    target = io.BytesIO()
    with Workbook(target, options) as book:
        sheet = book.add_worksheet(_("Inquiries"))
        bold, words = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        moments = book.add_format({"valign": "top", "num_format": pgettext("spreadsheet", "d mmm yyyy hh:mm")})
        for number, column in enumerate(columns):
            sheet.set_column(number, number, max(column.width, len(column.name) + _BUTTON), words)
            sheet.write_string(0, number, column.name, bold)
        sheet.freeze_panes(1, 0)
        row = 0
        for row, line in enumerate(chain.from_iterable(batches), start=1):
            for number, cell in enumerate(line):
                if isinstance(cell, datetime):
                    sheet.write_datetime(row, number, cell, moments)
                else:
                    _write_text(sheet, row, number, clean_cell(cell), words)
        sheet.autofilter(0, 0, row, len(columns) - 1)
    target.seek(0)
    return target


def _write_text(sheet: Worksheet, row: int, number: int, text: str, look: Look) -> None:
    """Write a text as a text: the library is never asked to guess what it may be."""
    if not text:
        sheet.write_blank(row, number, None, look)
    elif text.startswith(_MARKUP[0]) and text.endswith(_MARKUP[1]):
        # In two parts, of which it escapes each; unescaped, what a patient typed could break the file.
        sheet.write_rich_string(row, number, text[:1], look, text[1:], look)
    else:
        sheet.write_string(row, number, text, look)


def _as_csv(lines: list[Line]) -> str:
    """Return lines as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL)
    writer.writerows([_csv_cell(cell) for cell in line] for line in lines)
    return text.getvalue()


def _csv_cell(cell: Cell) -> str:
    """Return a cell of CSV; a moment so that every spreadsheet sorts it."""
    return f"{cell:%Y-%m-%d %H:%M}" if isinstance(cell, datetime) else safe_cell(cell)
