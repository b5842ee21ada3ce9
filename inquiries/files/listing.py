"""An inquiry's files as patient and staff see them in a list."""

from dataclasses import dataclass

from coordinators.roster import get_policy
from inquiries.enums import FileKind, Scan
from inquiries.models import Inquiry, PatientFile
from inquiries.moments import in_words

MIME_TYPES = {FileKind.PDF: "application/pdf", FileKind.JPEG: "image/jpeg", FileKind.PNG: "image/png"}
_EXTENSIONS = {FileKind.PDF: "pdf", FileKind.JPEG: "jpg", FileKind.PNG: "png"}


@dataclass(frozen=True)
class ListedFile:
    """One file in words; its own name only for those who may read what was entered."""

    pk: str
    number: int
    kind: str
    size: int
    added: str
    was_converted: bool
    scan: str
    is_scanned: bool
    original_name: str


def listed_for_patient(inquiry: Inquiry, *, with_names: bool) -> list[ListedFile]:
    """Return the files that were added through this inquiry's own private link, the oldest first."""
    return _listed(list(inquiry.files.in_order()), with_names=with_names)


def listed_for_staff(inquiry: Inquiry) -> list[ListedFile]:
    """Return the inquiry's files with those of its additions, the oldest first."""
    return _listed(files_of(inquiry), with_names=True)


def files_of(inquiry: Inquiry) -> list[PatientFile]:
    """Return the files that the desk shows with an inquiry, in the order of their numbers."""
    rows = PatientFile.objects.filter(inquiry__in=Inquiry.objects.whole(inquiry.pk))
    return list(rows.select_related("inquiry__joined_to").in_order())


def safe_name(reference: str, number: int, kind: str) -> str:
    """Return the name under which a file is handed out: never the patient's own, which may be anything."""
    return f"{reference}-{number}.{_EXTENSIONS[FileKind(kind)]}"


def _listed(files: list[PatientFile], *, with_names: bool) -> list[ListedFile]:
    """Return files in words, numbered."""
    zone = get_policy().zone
    return [
        ListedFile(
            pk=str(file.pk),
            number=number,
            kind=str(file.get_kind_display()),
            size=file.size,
            added=in_words(file.uploaded_at.astimezone(zone)),
            was_converted=file.was_converted,
            scan=str(file.get_scan_display()),
            is_scanned=file.scan == Scan.CLEAN,
            original_name=file.original_name if with_names else "",
        )
        for number, file in enumerate(files, 1)
    ]
