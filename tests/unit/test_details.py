"""The questions and the body map as data, and what a save does to earlier answers."""

import re
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from inquiries.details.answers import Answers, Value, as_text, from_text, merged, replaced
from inquiries.details.body_map import BACK_CENTRE, FRONT_CENTRE, REGIONS, marked_regions
from inquiries.details.questions import GROUPS, PAIN, SAFETY, Group, Kind, Question, group_after

LANGUAGES = [code for code, _name in settings.LANGUAGES]
QUESTIONS = [question for group in GROUPS for question in group.questions]
CODE = re.compile("[a-z0-9]+([-_][a-z0-9]+)*")
LONGEST_GROUP, LONGEST_CODE = 30, 30  # the first is the column's length
# Names under which the same medicines are sold; the form names substances.
BRANDS = re.compile(
    r"marcumar|marcoumar|xarelto|eliquis|pradaxa|lixiana|plavix|brilique|aspirin|coumadin|clexane", re.IGNORECASE
)
EMERGENCY = re.compile(
    r"saddle|genital|anus|bladder|bowel|stool|\bpee\b|\burine|numb\b|both legs|sexual", re.IGNORECASE
)


def words_of(question: Question) -> str:
    options = " ".join(str(option.label) for option in question.options)
    return f"{question.label} {question.hint or ''} {question.more or ''} {options}"


def test_codes_are_short_and_unique() -> None:
    codes = [code for question in QUESTIONS for code in question.codes]
    assert len(codes) == len(set(codes))
    assert all(CODE.fullmatch(code) and len(code) <= LONGEST_CODE for code in codes)
    assert [group.code for group in GROUPS] == ["pain", "tried", "safety", "imaging", "travel", "needs"]
    assert all(len(group.code) <= LONGEST_GROUP for group in GROUPS)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.code)
def test_answers_of_a_question_are_codes(question: Question) -> None:
    codes = [option.code for option in question.options]
    assert len(codes) == len(set(codes))
    assert all(CODE.fullmatch(code) for code in codes)
    assert bool(codes) == (question.kind in {Kind.CHOICE, Kind.SEVERAL, Kind.REGIONS})
    assert not question.more or question.kind in {Kind.CHOICE, Kind.SEVERAL}


def test_safety_questions_can_be_answered_with_yes_no_or_unknown() -> None:
    for question in SAFETY.questions:
        if question.kind is Kind.CHOICE:
            assert [option.code for option in question.options][:3] == ["yes", "no", "unknown"]
            assert question.more
    by_code = SAFETY.by_code
    assert "not-applicable" in {option.code for option in by_code["pregnancy"].options}
    assert {"iodine-contrast", "gadolinium", "latex"} <= {option.code for option in by_code["allergy_to"].options}
    asked = {"pregnancy", "blood_thinners", "bleeding", "diabetes", "allergy", "infection", "implant", "claustrophobia"}
    assert asked <= set(by_code)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_brand_is_named(language: str) -> None:
    with translation.override(language):
        assert [words_of(question) for question in QUESTIONS if BRANDS.search(words_of(question))] == []


def test_signs_of_an_emergency_are_never_a_question() -> None:
    """Advice must not wait for a form; numbing medicine is no sign."""
    assert [words_of(question) for question in QUESTIONS if EMERGENCY.search(words_of(question))] == []
    assert "kidney" not in " ".join(map(words_of, QUESTIONS)).lower()


def test_groups_follow_each_other() -> None:
    walked: list[Group] = []
    group: Group | None = GROUPS[0]
    while group:
        walked.append(group)
        group = group_after(group)
    assert tuple(walked) == GROUPS


# The body map


def points(path: str) -> list[tuple[int, int]]:
    return [(int(x), int(y)) for x, y in re.findall(r"(-?\d+) (-?\d+)", path)]


def test_left_and_right_are_the_patients_own_and_mirror_each_other() -> None:
    by_code = {region.code: region for region in REGIONS}
    for code, left in by_code.items():
        if not code.endswith("-left"):
            continue
        right = by_code[code.removesuffix("left") + "right"]
        for area, other in zip(left.areas, right.areas, strict=True):
            centre, sign = (FRONT_CENTRE, 1) if area.clip == "front" else (BACK_CENTRE, -1)
            # Seen from the front, the patient's left is on the viewer's right.
            assert all((x - centre) * sign > 0 for x, _y in points(area.shape)), code
            assert points(other.shape) == [(2 * centre - x, y) for x, y in points(area.shape)], code


def test_regions_do_not_overlap() -> None:
    """A tap on the drawing means one region: no point lies in two shapes."""
    shapes = [(region.code, points(area.shape)) for region in REGIONS for area in region.areas]
    for x in range(5, 400, 3):
        for y in range(75, 510, 3):
            assert len([code for code, shape in shapes if _holds(shape, x + 0.5, y + 0.5)]) <= 1, (x, y)


def _holds(shape: list[tuple[int, int]], x: float, y: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in zip(shape, shape[1:] + shape[:1], strict=True):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def test_crosses_lie_in_their_regions() -> None:
    for region in REGIONS:
        for area in region.areas:
            (x, y), *_rest = points(area.cross)
            assert _holds(points(area.shape), x + 6, y + 6), region.code


@pytest.mark.parametrize("language", LANGUAGES)
def test_figures_are_a_sound_drawing(language: str) -> None:
    with translation.override(language):
        svg = render_to_string("inquiries/private/body_map_figures.svg")
    root = ET.fromstring(re.sub(r"\s+", " ", svg))
    assert root.get("viewBox") == "0 0 400 540"
    assert len(svg.encode()) < 12_000
    assert 'style="' not in svg
    assert 'fill="' not in svg
    for view in {area.clip for region in REGIONS for area in region.areas}:
        assert f'id="body-map-{view}"' in svg


def test_marked_regions_are_all_regions() -> None:
    marked = marked_regions(["neck", "gone-since"])
    assert len(marked) == len(REGIONS)
    assert [item.region.code for item in marked if item.is_marked] == ["neck"]


# Answers

values = st.one_of(st.text(max_size=8), st.lists(st.sampled_from(["neck", "sitting", "x"]), max_size=3))
answers = st.dictionaries(st.sampled_from([*(c for q in PAIN.questions for c in q.codes), "older"]), values)


def filled(given_answers: Answers) -> Answers:
    return {code: value for code, value in given_answers.items() if value}


@given(answers)
def test_stored_answers_come_back(given_answers: Answers) -> None:
    assert from_text(as_text(given_answers)) == given_answers
    assert all(isinstance(value, get_args(Value)[0] | list) for value in from_text(as_text(given_answers)).values())


@given(answers, answers)
def test_blank_answers_leave_what_is_stored(earlier: Answers, new: Answers) -> None:
    result = merged(PAIN, earlier, new)
    assert result == {**filled(earlier), **filled(new)}  # no question of this group has words beside it
    assert merged(PAIN, earlier, {}) == filled(earlier)


@given(answers, answers)
def test_shown_answers_are_replaced(earlier: Answers, new: Answers) -> None:
    result = replaced(PAIN, earlier, new)
    kept = {"older": earlier["older"]} if "older" in earlier else {}
    assert result == {**kept, **filled(new)}


def test_words_go_with_the_answer_that_they_belong_to() -> None:
    earlier: Answers = {"diabetes": "yes", "diabetes_more": "tablets", "bleeding": "no"}
    assert merged(SAFETY, earlier, {"diabetes": "no"}) == {"diabetes": "no", "bleeding": "no"}
    assert merged(SAFETY, earlier, {"diabetes": "yes"}) == earlier
    assert merged(SAFETY, earlier, {"diabetes_more": "insulin"}) == {**earlier, "diabetes_more": "insulin"}


def test_what_an_older_form_stored_is_kept_as_words() -> None:
    assert from_text('{"a": 3, "b": null, "c": [1, "x"], "d": {"e": 1}}') == {
        "a": "3",
        "c": ["1", "x"],
        "d": "{'e': 1}",
    }
