"""Keeps the processes of the embedded mode alive as one tree: none outlives it, none stays dead unnoticed."""

import ctypes
import logging
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import FrameType

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.1
GRACE_SECONDS = 10
FIRST_DELAY_SECONDS = 0.2
MAX_DEATHS = 5
DEATH_WINDOW_SECONDS = 30
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child between fork and exec must not import.
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


class KeepsDyingError(Exception):
    """A process died so often that restarting it again would only hide a fault."""


def die_with_parent(parent: int) -> None:
    """Let the kernel kill this process as soon as `parent` is gone (Linux), so that none is orphaned."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


@dataclass
class Process:
    """One program that should always run, and its recent deaths."""

    name: str
    command: Sequence[str]
    pass_fds: Sequence[int] = ()
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False)
    _deaths: deque[float] = field(default_factory=partial(deque, maxlen=MAX_DEATHS), init=False)
    _start_at: float = field(default=0.0, init=False)

    def keep_alive(self) -> None:
        """Start the program when it is due; note when it has died, and when to start it again.

        Raises KeepsDyingError after MAX_DEATHS within DEATH_WINDOW_SECONDS.
        """
        if self._child is None:
            if time.monotonic() >= self._start_at:
                self._start()
        elif self._child.poll() is not None:
            self._note_death(self._child.returncode)

    def signal(self, number: signal.Signals) -> None:
        """Send `number` to the program and everything it started."""
        if self._child is not None:
            _signal_group(self._child.pid, number)

    def has_ended(self) -> bool:
        """Tell whether nothing of the program runs any more."""
        return self._child is None or self._child.poll() is not None

    def _start(self) -> None:
        """Start the program in a session of its own: Ctrl-C reaches it only through the supervisor."""
        self._child = subprocess.Popen(  # noqa: S603 - our own commands
            self.command,
            stdin=subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - no thread runs here
        )

    def _note_death(self, code: int) -> None:
        """Sweep up what the dead program left behind and plan its next start."""
        self.signal(signal.SIGKILL)
        self._child = None
        now = time.monotonic()
        self._deaths.append(now)
        recent = sum(now - death < DEATH_WINDOW_SECONDS for death in self._deaths)
        if recent >= MAX_DEATHS:
            message = (
                f"The {self.name} died {recent} times within {DEATH_WINDOW_SECONDS} seconds "
                f"({_describe(code)}); the lines above tell why. Everything was stopped."
            )
            raise KeepsDyingError(message)
        delay = FIRST_DELAY_SECONDS * 2 ** (recent - 1)
        self._start_at = now + delay
        logger.error("The %s died (%s); it starts again in %.1f s.", self.name, _describe(code), delay)


def run(processes: Sequence[Process], on_stop: Callable[[], None]) -> None:
    """Keep `processes` alive until a stop signal, then call `on_stop` and end them all.

    Raises KeepsDyingError, with everything ended, when one of them cannot stay up.
    """
    stops: list[int] = []

    def note_stop(number: int, _frame: FrameType | None) -> None:
        stops.append(number)

    for number in STOP_SIGNALS:
        signal.signal(number, note_stop)
    try:
        while not stops:
            for process in processes:
                process.keep_alive()
            time.sleep(POLL_SECONDS)
    finally:
        on_stop()
        _end(processes, is_urgent=lambda: len(stops) > 1)


def _end(processes: Sequence[Process], is_urgent: Callable[[], bool]) -> None:
    """Ask every process to end; kill what is left after GRACE_SECONDS, or at once when it `is_urgent`."""
    for process in processes:
        process.signal(signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while not all(process.has_ended() for process in processes):
        if time.monotonic() > deadline or is_urgent():
            break
        time.sleep(POLL_SECONDS)
    for process in processes:
        process.signal(signal.SIGKILL)


def _signal_group(group: int, number: signal.Signals) -> None:
    """Send `number` to a process group that may be gone."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):  # macOS says "permission" for a group of zombies
        return


def _describe(code: int) -> str:
    """Say how a process ended."""
    return f"exit code {code}" if code >= 0 else signal.Signals(-code).name
