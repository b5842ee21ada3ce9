"""The outline of a treatment page: which sections stand where, and which must never be stale."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Slot:
    """A place on a treatment page: a section's key, whether all pages share its text, whether safety hangs on it."""

    key: str
    shared: bool = False
    safety: bool = False


EXPECTATION = Slot("chance")
BODY = (
    Slot("what"),
    Slot("why"),
    Slot("types"),
    Slot("who"),
    Slot("not-now", safety=True),
    Slot("tell-first", shared=True, safety=True),
    Slot("blood-thinners", shared=True, safety=True),
    Slot("prepare", shared=True),
    Slot("steps"),
    Slot("in-the-room", shared=True),
    Slot("imaging", shared=True),
    Slot("time"),
    Slot("after-hours", shared=True, safety=True),
    Slot("after-days", shared=True, safety=True),
    Slot("after", safety=True),
    Slot("result"),
    Slot("risks", safety=True),
    Slot("next"),
    Slot("alternatives", shared=True),
    Slot("questions", shared=True),
)
QUESTIONS = tuple(Slot(f"faq-{number}") for number in range(1, 9))
# A treatment's cells in the table that compares all of them
BRIEFS = (Slot("brief-goal"), Slot("brief-done"), Slot("brief-activity"), Slot("brief-evidence"))
SLOTS = (EXPECTATION, *BODY, *QUESTIONS, *BRIEFS)
OPTIONAL_KEYS = frozenset({"types"})
SAFETY_KEYS = frozenset(slot.key for slot in SLOTS if slot.safety)
