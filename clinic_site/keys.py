"""Secrets outside the code: from the environment, or from key files that only their owner can read."""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

SECRET_KEY_BYTES = 48
FIELD_KEY_BYTES = 32


def read_secret(name: str, file: Path) -> str:
    """Return the secret called `name` from the environment, else from `file`.

    Raises ImproperlyConfigured, with a hint, when neither holds it.
    """
    if value := os.environ.get(name, "").strip():
        return value
    if file.is_file():
        return file.read_text(encoding="ascii").strip()
    message = f"{name} is not set. Set it in the environment, or run script/server once: it makes {file.name}."
    raise ImproperlyConfigured(message)


def make_missing_secrets(folder: Path) -> None:
    """Write the key files of the embedded mode where they are missing; an existing key is never replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    _write_once(folder / "secret_key", secrets.token_urlsafe(SECRET_KEY_BYTES))
    field_key = base64.urlsafe_b64encode(secrets.token_bytes(FIELD_KEY_BYTES))
    _write_once(folder / "field_encryption_keys", field_key.decode("ascii"))


def _write_once(file: Path, value: str) -> None:
    """Write `value` to `file`, readable only to its owner, unless the file exists."""
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as stream:
        stream.write(value)
