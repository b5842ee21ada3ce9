"""What people type: honest names stay as typed, tricks lose their teeth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inquiries.countries import find_country
from inquiries.references import new_reference
from inquiries.text import has_control_characters, has_mixed_scripts, header_safe, many_lines, one_line

HONEST_NAMES = [
    "Đoković-Müller 3rd", "李", "O'Neill", "Ana-Marija Šimić", "Nguyễn Thị Ánh", "محمد علي", "ישראל", "Ω",
    "Jean‑Luc", "นภา", "👩🏽‍⚕️ Eva", "क्‍ष", "x" * 120,
]  # fmt: skip


@pytest.mark.parametrize("name", HONEST_NAMES)
def test_one_line_keeps_an_honest_name(name: str) -> None:
    assert one_line(name) == name
    assert not has_control_characters(name)


def test_one_line_removes_what_turns_the_direction() -> None:
    assert one_line("evil\u202emoc.knab") == "evilmoc.knab"


@pytest.mark.parametrize("line", ["a\r\nBcc: b@example.com", "a\x00b", "a\x0bb", "a\u2028b", "a\x85b"])
def test_has_control_characters_sees_what_no_keyboard_types(line: str) -> None:
    assert has_control_characters(line)


def test_many_lines_keeps_lines_and_drops_controls() -> None:
    assert many_lines("a\r\nb\rc\x00\x1bd\te") == "a\nb\ncd\te"


@given(st.text())
def test_header_safe_is_one_line_without_controls(text: str) -> None:
    safe = header_safe(text)
    assert not has_control_characters(safe)
    assert "\n" not in safe


@pytest.mark.parametrize(
    ("name", "mixed"), [("\u0410na", True), ("Ana", False), ("\u0410\u043d\u0430 Ana", False), ("Ωmega", True)]
)
def test_has_mixed_scripts_sees_look_alikes_within_a_word(name: str, mixed: bool) -> None:  # a table of cases
    assert has_mixed_scripts(name) is mixed


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("DE", "DE"), ("de", "DE"), ("Germany", "DE"), ("Deutschland", "DE"), ("Njemačka", "DE"), ("njemacka", "DE"),
        ("Duitsland", "DE"), (" UK ", "GB"), ("Österreich", "AT"), ("Oesterreich?", None), ("", None), ("Narnia", None),
        ("United States", "US"), ("Vereinigte Staaten", "US"), ("sad", "US"), ("Kosovo", "XK"), ("Polska", "PL"),
    ],
)  # fmt: skip
def test_find_country_reads_codes_and_names_in_every_language(typed: str, code: str | None) -> None:
    assert find_country(typed) == code


def test_new_reference_has_no_letter_that_is_misread_and_no_word() -> None:
    for _ in range(500):
        reference = new_reference()
        prefix, first, second = reference.split("-")
        assert prefix == "ZG"
        assert not set(first + second) & set("IOQZ01")
        assert not any((first + second)[start : start + 3].isalpha() for start in range(6))
