"""The ledger of erasures: kept apart from the backups, so that what was erased is erased again after a restore.

A line holds the digest of an inquiry's id, when it was erased, why, and (only for the staff's own erasures) by which
account. It tells nothing about a patient.
"""

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from coordinators.models import User
from inquiries.enums import ErasedBy
from inquiries.models import Inquiry, Tombstone
from inquiries.services.erasure import erase, inquiry_digest

logger = logging.getLogger(__name__)

NOBODY = "-"
_DIGEST = re.compile(r"[0-9a-f]{64}")


class LedgerError(Exception):
    """A line of a ledger cannot be read; the message says which."""


@dataclass(frozen=True)
class Erasure:
    """One line of the ledger."""

    digest: str
    erased_at: datetime
    reason: ErasedBy
    by: int | None

    def as_line(self) -> str:
        """Return the line as it is written."""
        by = NOBODY if self.by is None else str(self.by)
        return f"{self.digest} {self.erased_at.isoformat()} {self.reason.value} {by}"


def erasures() -> Iterator[Erasure]:
    """Yield every erasure, the oldest first."""
    rows = Tombstone.objects.order_by("erased_at", "pk")
    for digest, erased_at, reason, by in rows.values_list("inquiry_digest", "erased_at", "reason", "erased_by"):
        yield Erasure(digest, erased_at, ErasedBy(reason), by)


def read_ledger(lines: Iterable[str]) -> list[Erasure]:
    """Return what a ledger holds; blank lines and those that begin with # say nothing. Raises LedgerError."""
    numbered = enumerate((line.strip() for line in lines), start=1)
    return [_read_line(line, number) for number, line in numbered if line and not line.startswith("#")]


def erase_again(ledger: Iterable[Erasure]) -> int:
    """Erase what a restored backup brought back, tell nobody, and return how many inquiries that were."""
    wanted = {erasure.digest: erasure for erasure in ledger}
    back = [key for key in list(Inquiry.objects.values_list("pk", flat=True)) if inquiry_digest(key) in wanted]
    for key in back:
        # Gone meanwhile when it was added to one that came before it in this list.
        inquiry = Inquiry.objects.filter(pk=key).first()
        if inquiry:
            with transaction.atomic():
                additions = [inquiry_digest(addition.pk) for addition in inquiry.additions.all()]
                erase(inquiry, ErasedBy.RETENTION)
                for digest in (inquiry_digest(key), *additions):
                    _restore_record(wanted.get(digest))
    logger.info("erased again", extra={"count": len(back)})
    return len(back)


def _restore_record(erasure: Erasure | None) -> None:
    """Let the new record say when and why the patient's data were first erased."""
    if erasure is None:
        return
    record = Tombstone.objects.get(inquiry_digest=erasure.digest)
    record.erased_at = erasure.erased_at
    who = User.objects.filter(pk=erasure.by).first() if erasure.by else None
    if erasure.reason != ErasedBy.STAFF or who:
        record.reason, record.erased_by = erasure.reason, who if erasure.reason == ErasedBy.STAFF else None
    record.save(update_fields=["erased_at", "reason", "erased_by"])


def _read_line(line: str, number: int) -> Erasure:
    """Return one line of a ledger."""
    try:
        digest, moment, reason, by = line.split()
        erasure = Erasure(digest, datetime.fromisoformat(moment), ErasedBy(reason), None if by == NOBODY else int(by))
    except ValueError as error:
        message = f"Line {number} is no line of a ledger."
        raise LedgerError(message) from error
    if not _DIGEST.fullmatch(digest) or erasure.erased_at.tzinfo is None:
        message = f"Line {number} is no line of a ledger."
        raise LedgerError(message)
    return erasure
