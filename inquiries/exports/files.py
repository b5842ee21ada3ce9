"""The two formats of an export: CSV as it goes, and a workbook.

CSV is UTF-8 with a byte order mark and semicolons: what spreadsheets expect in four of the site's five languages. For
the fifth, and for whoever does not want to think about it, there is the workbook.
"""

import csv
import io
from collections.abc import Iterable, Iterator
from itertools import chain

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from xlsxwriter import Workbook

from inquiries.exports.columns import Line

SEPARATOR = ";"
BYTE_ORDER_MARK = "\ufeff"
# Widths of columns in characters: wide enough for a moment, not so wide that one message fills the screen
_WIDTH = 20


class Format(TextChoices):
    """Formats of an export."""

    XLSX = "xlsx", _("Workbook (XLSX)")
    CSV = "csv", _("Plain table (CSV)")


MIME_TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


def csv_parts(headings: Line, batches: Iterable[list[Line]]) -> Iterator[bytes]:
    """Yield a CSV file part by part; every cell is quoted."""
    yield (BYTE_ORDER_MARK + _as_csv([headings])).encode()
    for lines in batches:
        yield _as_csv(lines).encode()


def workbook(headings: Line, batches: Iterable[list[Line]], *, is_sensitive: bool) -> io.BytesIO:
    """Return a workbook with text in every cell: nothing in it is a formula, a link or a number.

    A long list passes through temporary files, line by line. What patients wrote never does: it stays in memory.
    """
    options = {"in_memory": is_sensitive, "constant_memory": not is_sensitive}
    never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
    target = io.BytesIO()
    with Workbook(target, {**options, **never}) as book:
        sheet = book.add_worksheet()
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet.set_column(0, len(headings) - 1, _WIDTH, wrapped)
        sheet.freeze_panes(1, 0)
        for column, heading in enumerate(headings):
            sheet.write_string(0, column, heading, bold)
        for row, line in enumerate(chain.from_iterable(batches), start=1):
            for column, cell in enumerate(line):
                sheet.write_string(row, column, cell, wrapped)
    target.seek(0)
    return target


def _as_csv(lines: list[Line]) -> str:
    """Return lines as CSV."""
    text = io.StringIO()
    csv.writer(text, delimiter=SEPARATOR, quoting=csv.QUOTE_ALL).writerows(lines)
    return text.getvalue()
