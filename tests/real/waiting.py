"""Waiting for something real to happen: never longer than said, never blind."""

import time
from collections.abc import Callable
from typing import TypeVar

STEP_SECONDS = 0.05

Result = TypeVar("Result")


def eventually(
    check: Callable[[], Result], seconds: float, why: Callable[[], str] | str = "", step: float = STEP_SECONDS
) -> Result:
    """Return the first true result of `check`, asked every `step` seconds, or fail after `seconds` with `why`.

    An AssertionError of `check` counts as "not yet"; the last one is shown in the failure.
    """
    deadline = time.monotonic() + seconds
    while True:
        last = ""
        try:
            if result := check():
                return result
        except AssertionError as error:
            last = str(error)
        if time.monotonic() > deadline:
            reason = why() if callable(why) else why
            raise AssertionError(f"not within {seconds} s: {reason}\n{last}".rstrip())
        time.sleep(step)
