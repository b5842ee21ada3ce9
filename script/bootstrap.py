"""Behind script/server and script/test: prepares the virtual environment, then hands over to it.

Standard library only; an old Python reads far enough to answer with a sentence instead of a traceback.
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the one place that an older Python may reach
    sys.exit("The clinic site needs Python 3.11 or newer; this is Python %d.%d." % sys.version_info[:2])  # noqa: UP031  # runs on old Pythons, too

from virtual_environment import BASE_LOCK, DEV_LOCK, ROOT, SetupError, prepare

TARGETS = {
    "server": ([BASE_LOCK], ["-m", "clinic_site.embedded"]),
    "test": ([BASE_LOCK, DEV_LOCK], ["script/checks.py"]),
}


def main(command: str, arguments: list[str]) -> None:
    """Prepare what `command` needs, then become it: this process ends here."""
    locks, target = TARGETS[command]
    try:
        python = prepare(locks)
    except SetupError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit(130)
    os.chdir(ROOT)
    os.execv(python, [str(python), *target, *arguments])  # noqa: S606 - no shell wanted


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
