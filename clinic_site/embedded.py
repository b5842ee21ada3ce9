"""`python -m clinic_site.embedded [--port N]`: the embedded mode, without an environment set up by anybody.

Settings read the port and the keys when they are imported, so both are prepared here, before Django wakes up.
"""

import argparse
import os
import sys
from pathlib import Path

from clinic_site.keys import make_missing_secrets

# Everything below DATA_DIR is for its owner alone: folders here, files by the umask.
FOLDERS = ("keys", "mail", "broker", "broker-control", "static")
LAST_PORT = 65535


def main(arguments: list[str]) -> None:
    """Prepare the environment that settings read, then run `manage.py serve`."""
    parser = argparse.ArgumentParser(prog="script/server", description="Run the clinic site on this machine.")
    default = os.environ.get("PORT") or "8000"
    parser.add_argument("--port", type=_port, default=default, help="where to listen (default: %(default)s)")
    os.environ["PORT"] = str(parser.parse_args(arguments).port)
    try:
        prepare_data_dir()
        _serve()
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        sys.exit(f"The site cannot be set up: {error}.")


def _port(text: str) -> int:
    """Return `text` as a port number."""
    if not (text.isdecimal() and 0 < int(text) <= LAST_PORT):
        message = f"{text!r} is not a port between 1 and {LAST_PORT}"
        raise argparse.ArgumentTypeError(message)
    return int(text)


def prepare_data_dir() -> None:
    """Make the data folder, its rooms and its keys, readable only to their owner."""
    os.umask(0o077)
    root = Path(__file__).resolve().parent.parent
    data_dir = Path(os.environ.setdefault("DATA_DIR", str(root / "var"))).resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    for folder in (data_dir, *(data_dir / name for name in FOLDERS)):
        folder.mkdir(exist_ok=True)
        folder.chmod(0o700)
    make_missing_secrets(data_dir / "keys")


def _serve() -> None:
    """Become `manage.py serve`, whose settings now find everything they read."""
    manage = Path(__file__).resolve().parent.parent / "manage.py"
    os.execv(sys.executable, [sys.executable, str(manage), "serve"])  # noqa: S606  # our own interpreter and file


if __name__ == "__main__":
    main(sys.argv[1:])
