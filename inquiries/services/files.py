"""Patients' files: taken in, read, removed. Their bytes lie sealed in the storage `patient_files`.

Bytes are written before the row and deleted before the row. A crash while adding leaves sealed bytes without a row,
which `delete_orphans` clears away; a crash while deleting leaves a row that is deleted by trying again. What a patient
wants gone is never left behind where no row points to it (docs/adr/0020).
"""

import logging
import secrets
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from coordinators.models import User
from inquiries.enums import EventKind, Scan
from inquiries.files.content import CheckedFile, checked, recognise
from inquiries.files.problems import MAX_FILES, FileRefusedError, Problem
from inquiries.files.scanner import ScannerAwayError, has_virus
from inquiries.models import Inquiry, PatientFile
from inquiries.sealing import SealError, seal_bytes, unseal_bytes
from inquiries.services.events import lock, write_event
from inquiries.services.notices import tell_coordinator
from inquiries.text import one_line

logger = logging.getLogger(__name__)

NAME_LENGTH = 150
ORPHAN_AGE = timedelta(days=1)


class FileGoneError(Exception):
    """A file is listed, but its bytes are not there or do not open."""


def add_file(inquiry: Inquiry, upload: "UploadedFile[Any]") -> PatientFile:
    """Take in a file and return it; the same file sent again is returned as it is, so a repeat does no harm.

    Raises FileRefusedError when it is not taken, and Inquiry.DoesNotExist when the inquiry was erased meanwhile.
    """
    name, data = upload.name or "", upload.read()
    kind = recognise(name, data)
    was_scanned = _is_clean(data)
    taken = checked(kind, data)
    twin = _twin(inquiry, taken)
    return twin or _keep(inquiry, taken, name, was_scanned=was_scanned)


def remove_file(file: PatientFile) -> None:
    """Remove a file at the patient's wish."""
    _delete(file, "patient")


def delete_files_of(inquiry: Inquiry) -> int:
    """Delete every file of an inquiry, without a word in its history, and return how many there were."""
    files = list(inquiry.files.all())
    for file in files:
        _storage().delete(file.stored_name)
    inquiry.files.filter(pk__in=[file.pk for file in files]).delete()
    return len(files)


def read_file(file: PatientFile, *, by: User) -> bytes:
    """Return a file's bytes for one of the staff, and write down who read it. Raises FileGoneError."""
    data = stored_bytes(file)
    write_event(_leading(file.inquiry), EventKind.FILE_READ, by, details={"file": str(file.pk)})
    return data


def stored_bytes(file: PatientFile) -> bytes:
    """Return a file's bytes. Raises FileGoneError."""
    try:
        with _storage().open(file.stored_name) as stored:
            return unseal_bytes(stored.read(), _place(file.pk))
    except (OSError, SealError) as error:
        logger.exception("file cannot be opened", extra={"inquiry_id": file.inquiry_id, "error": type(error).__name__})
        raise FileGoneError from error


def rescan() -> dict[str, int]:
    """Let the scanner look at what it has not seen, and return the number of clean and of removed files."""
    counts = {"clean": 0, "removed": 0}
    for file in PatientFile.objects.not_scanned().in_order().select_related("inquiry"):
        try:
            infected = has_virus(stored_bytes(file))
        except FileGoneError:
            continue
        except ScannerAwayError:
            break
        if infected and _delete(file, "virus"):
            tell_coordinator(file.inquiry)
            counts["removed"] += 1
        elif not infected:
            # By update: a save would seal the name again, and a file that was removed meanwhile stays removed.
            marked = PatientFile.objects.not_scanned().filter(pk=file.pk)
            counts["clean"] += marked.update(scan=Scan.CLEAN, scanned_at=timezone.now())
    return counts


def delete_orphans() -> int:
    """Delete stored bytes that no row points to and that nobody can be adding now; return how many there were."""
    storage = _storage()
    names = set(_stored_names(storage))
    names -= set(PatientFile.objects.values_list("stored_name", flat=True))
    before = timezone.now() - ORPHAN_AGE
    orphans = [name for name in names if storage.get_modified_time(name) < before]
    for name in orphans:
        storage.delete(name)
    return len(orphans)


def reseal_files() -> int:
    """Seal every file with the newest key and return how many there were; it may be run again at any time."""
    count = 0
    for key in list(PatientFile.objects.values_list("pk", flat=True)):
        with transaction.atomic():
            file = PatientFile.objects.select_for_update(of=("self",)).filter(pk=key).first()
            if file is None:
                continue
            try:
                old, new = file.stored_name, _store(file.pk, stored_bytes(file))
            except FileGoneError:
                continue
            count += 1
            PatientFile.objects.filter(pk=key).update(stored_name=new)
            transaction.on_commit(partial(_storage().delete, old))
    return count


def _keep(inquiry: Inquiry, taken: CheckedFile, name: str, *, was_scanned: bool) -> PatientFile:
    """Store bytes, then row; where the row cannot be, the bytes go again."""
    file = PatientFile(
        inquiry=inquiry,
        kind=taken.kind,
        original_name=one_line(name)[:NAME_LENGTH],
        size=len(taken.data),
        was_converted=taken.was_converted,
        scan=Scan.CLEAN if was_scanned else Scan.NOT_SCANNED,
        scanned_at=timezone.now() if was_scanned else None,
    )
    try:
        file.stored_name = _store(file.pk, taken.data)
    except OSError as error:
        logger.exception("file not stored", extra={"inquiry_id": inquiry.pk, "error": type(error).__name__})
        raise FileRefusedError(Problem.NOT_STORED) from error
    try:
        with transaction.atomic():
            locked = lock(inquiry)
            if locked.files.count() >= MAX_FILES:
                raise FileRefusedError(Problem.TOO_MANY)
            file.save(force_insert=True)
            leading = _leading(locked)
            write_event(leading, EventKind.FILE_ADDED, details={"file": str(file.pk)})
            tell_coordinator(leading)
    except BaseException:
        _storage().delete(file.stored_name)
        raise
    logger.info("file added", extra={"inquiry_id": inquiry.pk, "kind": taken.kind})
    return file


def _is_clean(data: bytes) -> bool:
    """Return whether the scanner found nothing; False when it is away. Raises FileRefusedError for a virus."""
    try:
        infected = has_virus(data)
    except ScannerAwayError:
        return False
    if infected:
        raise FileRefusedError(Problem.INFECTED)
    return True


def _twin(inquiry: Inquiry, taken: CheckedFile) -> PatientFile | None:
    """Return the file that was sent before with the same content, if any."""
    for file in inquiry.files.filter(kind=taken.kind, size=len(taken.data)):
        try:
            if secrets.compare_digest(stored_bytes(file), taken.data):
                return file
        except FileGoneError:
            continue
    return None


def _delete(file: PatientFile, cause: str) -> bool:
    """Delete bytes, then row, and write it down; return whether it was still there."""
    _storage().delete(file.stored_name)
    with transaction.atomic():
        gone, _rows = PatientFile.objects.filter(pk=file.pk).delete()
        if gone:
            details = {"file": str(file.pk), "cause": cause}
            write_event(_leading(file.inquiry), EventKind.FILE_REMOVED, details=details)
    return bool(gone)


def _leading(inquiry: Inquiry) -> Inquiry:
    """Return the inquiry that the desk shows: the earlier one where this was added to it."""
    return inquiry.joined_to or inquiry


def _store(file_id: UUID, data: bytes) -> str:
    """Store sealed bytes under a random name and return it."""
    name: str = _storage().save(secrets.token_hex(16), ContentFile(seal_bytes(data, _place(file_id))))
    return name


def _place(file_id: UUID) -> str:
    """Return what a file's bytes are bound to."""
    return f"{PatientFile._meta.db_table}|bytes|{file_id}"


def _storage() -> Storage:
    """Return where the sealed bytes lie."""
    return storages["patient_files"]


def _stored_names(storage: Storage) -> list[str]:
    """Return the names of everything stored; a storage that was never written to holds nothing."""
    try:
        _folders, names = storage.listdir("")
    except FileNotFoundError:
        return []
    return list(names)
