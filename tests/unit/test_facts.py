"""Key facts and Markdown: numbers as people say them, texts that cannot carry anybody's tags."""

import re

import pytest

from treatments.facts import key_facts
from treatments.markdown import PageText
from treatments.models import Treatment


def facts(**changes: object) -> dict[str, str]:
    values: dict[str, object] = {
        "minutes_min": 5, "minutes_max": 15, "sessions_min": 1, "sessions_max": 1, "guidance": ["XRAY", "CT"],
        "anaesthesia": "LOCAL", "onset_days_min": 0, "onset_days_max": 21, "lasting_weeks_min": 0,
        "lasting_weeks_max": 12, "radiation": "YES",
    }  # fmt: skip
    return {fact.key: fact.value for fact in key_facts(Treatment(**{**values, **changes}))}


def test_facts_come_in_one_order_with_a_label_each() -> None:
    shown = facts()
    assert list(shown) == ["minutes", "sessions", "guidance", "anaesthesia", "onset", "lasting", "radiation"]
    assert shown["guidance"] == "live X-ray, CT scan"
    assert shown["radiation"] == "yes, a small amount"
    assert all(shown.values())


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [(5, 15, "5 to 15 minutes"), (30, 30, "30 minutes"), (1, 1, "1 minute"), (1, 2, "1 to 2 minutes")],
)
def test_minutes_are_a_range_or_one_number(low: int, high: int, words: str) -> None:
    assert facts(minutes_min=low, minutes_max=high)["minutes"] == words


def test_a_test_block_comes_first_and_is_said_so() -> None:
    assert facts(after_test_block=True)["sessions"] == "1 session, after a test block on another day"


@pytest.mark.parametrize(("low", "high", "words"), [(1, 1, "1 session"), (1, 3, "1 to 3 sessions")])
def test_sessions_are_a_range_or_one_number(low: int, high: int, words: str) -> None:
    assert facts(sessions_min=low, sessions_max=high)["sessions"] == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (7, 7, "1 week"),
        (7, 28, "1 to 4 weeks"),
        (10, 14, "10 to 14 days"),
        (1, 1, "1 day"),
        (0, 7, "0 to 7 days"),
    ],
)
def test_interval_is_in_weeks_where_both_ends_are_whole_weeks(low: int, high: int, words: str) -> None:
    assert facts(interval_days_min=low, interval_days_max=high)["interval"] == words


def test_interval_is_left_out_where_there_is_none() -> None:
    assert "interval" not in facts(interval_days_min=None, interval_days_max=None)


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 21, "numbing within minutes, cortisone within 3 weeks"),
        (0, 10, "numbing within minutes, cortisone within 10 days"),
        (7, 42, "1 to 6 weeks"),
        (2, 14, "2 to 14 days"),
    ],
)
def test_onset_of_zero_days_means_hours(low: int, high: int, words: str) -> None:
    assert facts(onset_days_min=low, onset_days_max=high)["onset"] == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        (0, 12, "days to a few months, or no relief at all"),
        (4, 26, "weeks to months if it works, or no relief at all"),
        (26, 52, "6 to 12 months if it works, or no relief at all"),
        (13, 13, "3 months if it works, or no relief at all"),
        (10, 13, "2 to 3 months if it works, or no relief at all"),
    ],
)
def test_lasting_always_tells_the_other_case_too(low: int, high: int, words: str) -> None:
    assert facts(lasting_weeks_min=low, lasting_weeks_max=high)["lasting"] == words


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "a <b onclick=x>b</b>", "[x](javascript:alert(1))"])
def test_markdown_lets_no_tag_or_script_of_an_editor_through(text: str) -> None:
    html = PageText().render(text)
    assert set(re.findall(r"<(\w+)", html)) <= {"p"}
    assert "href" not in html


def test_markdown_renders_what_editors_need() -> None:
    html = PageText().render("- **bold**\n\n1. [link](https://example.com/)")
    assert "<strong>bold</strong>" in html
    assert "<li>" in html
    assert '<a href="https://example.com/">link</a>' in html


def test_citations_are_numbered_by_first_use_across_the_page() -> None:
    citations = PageText()
    first = citations.render("One.[^NG59] Two.[^FJ52]")
    second = citations.render("Three.[^GSE22] Again.[^NG59]")
    assert re.findall(r'href="#source-(\w+)" aria-label="Source (\d)">(\d)<', first + second) == [
        ("NG59", "1", "1"),
        ("FJ52", "2", "2"),
        ("GSE22", "3", "3"),
        ("NG59", "1", "1"),
    ]


def test_citation_key_cannot_carry_markup() -> None:
    citations = PageText()
    html = citations.render('[^"><script>]')
    assert not citations.numbers
    assert "<script" not in html
