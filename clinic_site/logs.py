"""Logs hold ids, codes and durations: never what a patient wrote, never an address that opens a page."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from types import TracebackType

# Confirmation and invitation links carry secrets of this shape; whatever logs a path must not log them.
_SECRET = re.compile(r"[A-Za-z0-9_-]{32,}")
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_KEPT_EXTRAS = frozenset({
    "inquiry_id", "email_id", "kind", "route", "method", "status", "milliseconds", "attempt", "error", "count",
    "origin", "task_id", "problem", "user_id",
})  # fmt: skip


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON; of an exception only its class and where it happened, not its message."""
        entry: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": mask(record.getMessage()),
        }
        extras = {key: value for key, value in vars(record).items() if key in _KEPT_EXTRAS and key not in _STANDARD}
        entry.update({key: value if isinstance(value, int | float) else str(value) for key, value in extras.items()})
        if record.exc_info and record.exc_info[0]:
            entry["exception"] = record.exc_info[0].__name__
            entry["where"] = _where(record.exc_info[2])
        return json.dumps(entry, ensure_ascii=False)


def mask(text: str) -> str:
    """Return `text` without secrets and on one line."""
    return _SECRET.sub("…", text).replace("\n", " ")


def _where(trace: TracebackType | None) -> list[str]:
    """Return the innermost calls as `file:line function`: places in the code hold no patient's data."""
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-8:]]
