"""Mail without a mail server: each message becomes one file that a signed-in manager can read."""

import os
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

SUFFIX = ".eml"


class KeptMailBackend(BaseEmailBackend):
    """Keeps every message under DATA_DIR/mail, readable only to its owner."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Keep `email_messages` and return how many were kept."""
        kept = 0
        for message in email_messages:
            if not message.recipients():
                continue
            try:
                _write(mail_folder(), message.message().as_bytes())
            except OSError:
                if not self.fail_silently:
                    raise
            else:
                kept += 1
        return kept


def mail_folder() -> Path:
    """Return the folder of kept messages."""
    return Path(settings.DATA_DIR) / "mail"


def kept_files() -> list[Path]:
    """Return the kept messages, newest first: their names begin with the moment they were kept."""
    return sorted(mail_folder().glob(f"*{SUFFIX}"), reverse=True)


def _write(folder: Path, content: bytes) -> None:
    """Write one message under a new name; a reader never sees half of it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
    draft = folder / f"{name}.draft"
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    draft.rename(folder / f"{name}{SUFFIX}")
