"""Suggestions for mistyped addresses: real slips are seen, real addresses are left alone."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from inquiries.typos import suggest

FOUND = tomllib.loads((Path(__file__).parents[1] / "data" / "email_domains.toml").read_text(encoding="utf-8"))
SLIPS: dict[str, list[str]] = FOUND["slips"]
REAL: list[str] = FOUND["real"]["domains"]


@pytest.mark.parametrize(("typed", "meant"), [(typed, meant) for meant, slips in SLIPS.items() for typed in slips])
def test_a_slip_is_seen(typed: str, meant: str) -> None:
    assert suggest(f"Jan.Patient+b@{typed}") == f"Jan.Patient+b@{meant}"


@pytest.mark.parametrize("domain", REAL)
def test_a_real_address_is_left_alone(domain: str) -> None:
    assert suggest(f"jan@{domain}") is None
    assert suggest(f"jan@{domain.upper()}") is None


def test_the_lists_are_long_enough_to_mean_something() -> None:
    assert len(set(REAL)) > 150
    assert sum(len(slips) for slips in SLIPS.values()) > 90


@pytest.mark.parametrize("text", ["", "@", "jan", "jan@", "@gmial.com", "jan@.", "jan@.con", "jan@con", " @ "])
def test_what_is_no_address_has_no_suggestion(text: str) -> None:
    assert suggest(text) is None


def test_blanks_around_the_address_do_not_matter() -> None:
    assert suggest(" jan@gmial.com ") == "jan@gmail.com"


LOCAL = st.text(st.characters(codec="utf-8", exclude_categories=["Zs", "Zl", "Zp", "Cc"]), min_size=1, max_size=30)
DOMAIN = st.one_of(
    st.from_regex(r"[a-z0-9-]{1,12}(\.[a-z]{2,6}){1,2}", fullmatch=True),
    st.sampled_from([slip for slips in SLIPS.values() for slip in slips]),
    st.sampled_from(REAL),
)


@given(LOCAL, DOMAIN)
@example("a@b", "gmial.com")
def test_what_stands_before_the_at_never_changes_and_a_suggestion_is_final(local: str, domain: str) -> None:
    suggestion = suggest(f"{local}@{domain}")
    if suggestion is not None:
        before, _at, after = suggestion.rpartition("@")
        assert before == local
        assert after != domain
        assert suggest(suggestion) is None


@given(st.text(max_size=80))
def test_nothing_that_is_typed_breaks_it(text: str) -> None:
    suggest(text)


@given(
    st.sampled_from(["gmail.com", "hotmail.com", "outlook.com", "yahoo.com", "icloud.com", "t-online.de"]), st.data()
)
def test_two_neighbouring_letters_swapped_in_a_big_name_are_seen(domain: str, data: st.DataObject) -> None:
    name, _dot, ending = domain.partition(".")
    at = data.draw(st.integers(0, len(name) - 2))
    swapped = name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    expected = None if swapped == name else f"jan@{domain}"
    assert suggest(f"jan@{swapped}.{ending}") == expected
