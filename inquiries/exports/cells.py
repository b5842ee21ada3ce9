"""Cells that no spreadsheet takes for a formula, whatever somebody typed into a form.

Only CSV needs the quote: a program guesses there what a cell is. A workbook says itself that a cell is text.
"""

import unicodedata

# What a formula begins with; look-alikes in full width decompose to these, the mathematical minus does not.
_STARTERS = frozenset("=+-@\N{MINUS SIGN}")
# Shown as nothing, so that a program may skip them: controls, marks of direction, spaces, and what is not assigned.
_SKIPPED_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cn", "Zs", "Zl", "Zp", "Mn", "Me"})
_QUOTE = "'"


def clean_cell(text: str) -> str:
    """Return the text for a cell: without control characters."""
    return "".join(_clean(character) for character in text.replace("\r\n", "\n")).strip()


def safe_cell(text: str) -> str:
    """Return the text for a cell of CSV: clean, and quoted if a program could take it for a formula."""
    clean = clean_cell(text)
    return _QUOTE + clean if starts_formula(clean) else clean


def starts_formula(text: str) -> bool:
    """Return whether the first character that anybody sees is one with which a formula begins."""
    decomposed = unicodedata.normalize("NFKD", text)
    seen = (character for character in decomposed if unicodedata.category(character) not in _SKIPPED_CATEGORIES)
    return next(seen, "") in _STARTERS


def _clean(character: str) -> str:
    """Return a character as a cell may hold it: line breaks stay, other controls become a space."""
    if character == "\r":
        return "\n"
    return " " if unicodedata.category(character) == "Cc" and character != "\n" else character
