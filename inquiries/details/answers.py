"""Stored answers as data: how they are written down, and what a new save does to earlier ones. Pure functions."""

import json
from collections.abc import Mapping

from inquiries.details.questions import Group

Value = str | list[str]
Answers = dict[str, Value]


def as_text(answers: Mapping[str, Value]) -> str:
    """Return answers as they are stored (sealed); the same answers always give the same text."""
    return json.dumps(answers, ensure_ascii=False, sort_keys=True)


def from_text(text: str) -> Answers:
    """Return stored answers. What an older form stored in another shape is kept as words."""
    stored = json.loads(text)
    return {
        str(code): [str(part) for part in value] if isinstance(value, list) else str(value)
        for code, value in stored.items()
        if value is not None
    }


def merged(group: Group, earlier: Mapping[str, Value], new: Mapping[str, Value]) -> Answers:
    """Return earlier answers with new ones laid over them, for a form that did not show the earlier ones.

    What was left blank stays as it is. But words beside a choice belong to that choice: when another one is chosen,
    they go with it.
    """
    result = {code: value for code, value in earlier.items() if value}
    for question in group.questions:
        is_changed = bool(new.get(question.code)) and new[question.code] != result.get(question.code)
        if is_changed and question.more:
            result.pop(question.more_code, None)
    result.update({code: value for code, value in new.items() if value})
    return result


def replaced(group: Group, earlier: Mapping[str, Value], new: Mapping[str, Value]) -> Answers:
    """Return new answers in place of earlier ones, for a form that showed them.

    What the form no longer asks was not shown, so it stays.
    """
    asked = {code for question in group.questions for code in question.codes}
    kept = {code: value for code, value in earlier.items() if code not in asked}
    return {**kept, **{code: value for code, value in new.items() if value}}
