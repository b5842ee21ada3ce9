"""Logs: one JSON object a line, and nothing in it that a patient wrote or that opens a page."""

import json
import logging
import uuid
from typing import Any

import pytest

from clinic_site.logs import JsonFormatter

CANARY = "Kanarienvogel"
TOKEN = "Zq3_x-" * 6


def line_for(message: str, *args: object, error: BaseException | None = None, **extra: object) -> str:
    """Return the line that a call of a logger gives."""
    lines: list[str] = []

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    logger = logging.Logger("clinic_site.test")  # noqa: LOG001  # one that nothing else hears
    handler = Keep()
    handler.setFormatter(JsonFormatter())
    logger.addHandler(handler)
    logger.warning(message, *args, extra=extra, exc_info=error)
    [line] = lines
    return line


def entry_for(message: str, *args: object, error: BaseException | None = None, **extra: object) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(line_for(message, *args, error=error, **extra))
    return entry


def fail_with(message: str) -> None:
    raise ValueError(message)


def test_line_is_one_json_object() -> None:
    line = line_for("two\nlines of %s", "text\nand more")
    assert "\n" not in line
    entry = json.loads(line)
    assert entry["message"] == "two lines of text and more"
    assert (entry["level"], entry["logger"]) == ("warning", "clinic_site.test")
    assert entry["at"].endswith("+00:00")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Not Found: /en/inquiry/received/{TOKEN}/", "Not Found: /en/inquiry/received/…/"),
        (f"/admin/password/MQ/{TOKEN}/ and {TOKEN}", "/admin/password/MQ/…/ and …"),
        ("a" * 32, "…"),
        ("a" * 31, "a" * 31),
        ("/en/treatments/facet-joint-injection/", "/en/treatments/facet-joint-injection/"),
    ],
)
def test_secret_in_a_message_is_masked(text: str, shown: str) -> None:
    assert entry_for("%s", text)["message"] == shown


def test_exception_shows_its_class_and_places_but_never_its_message() -> None:
    try:
        try:
            fail_with(f"{CANARY} inside")
        except ValueError as cause:
            raise RuntimeError(CANARY) from cause
    except RuntimeError as error:
        error.add_note(CANARY)
        line = line_for("something broke", error=error)
    assert CANARY not in line
    entry = json.loads(line)
    assert entry["exception"] == "RuntimeError"
    assert any("test_logs.py:" in place and "test_exception_shows" in place for place in entry["where"])


def test_extras_are_kept_by_name_and_unknown_ones_are_dropped() -> None:
    key = uuid.uuid4()
    entry = entry_for("x", inquiry_id=key, milliseconds=12, kind="HANDOVER", patient=CANARY, body={"name": CANARY})
    assert (entry["inquiry_id"], entry["milliseconds"], entry["kind"]) == (str(key), 12, "HANDOVER")
    assert not {"patient", "body"} & set(entry)
    assert CANARY not in json.dumps(entry)
