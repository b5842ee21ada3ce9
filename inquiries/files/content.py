"""What a file is, told by its content: the browser's word and the name decide nothing.

Photos are opened and written anew, so nothing but the picture remains of them. A PDF stays byte for byte what the
patient sent; it must begin and end as one and be nothing else at the same time. A PDF with a password is taken: most
are only locked against printing and open without one, and refusing those would lose honest reports.
"""

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import filetype  # type: ignore[import-untyped]  # the library has no types

from inquiries.enums import FileKind
from inquiries.files.photos import rewritten
from inquiries.files.problems import MAX_BYTES, FileRefusedError, Problem

HEIC = "HEIC"
_KINDS = {
    "application/pdf": FileKind.PDF.value,
    "image/jpeg": FileKind.JPEG.value,
    "image/png": FileKind.PNG.value,
    "image/heic": HEIC,
}
_SCAN_IMAGES = frozenset({"application/dicom", "application/zip"})
# Ten-bit photos and those of some other phones, which the library does not know.
_MORE_HEIC = frozenset({b"ftypheix", b"ftypheim", b"ftypheis", b"ftypmif1"})
_EXTENSIONS = frozenset({".pdf", ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".heic", ".heif", ".hif"})
_EXTENSION = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")
_HEAD_BYTES = 4096
# A PDF says where its table of contents lies, then ends; readers look for that in its last kilobyte.
_PDF_HEAD = re.compile(rb"%PDF-\d\.\d")
_PDF_END = re.compile(rb"startxref\s+(\d{1,10})\s+%%EOF[\s\x00]*\Z")
_PDF_TAIL_BYTES = 2048
# A zip ends with a record that counts the bytes after it: a file that ends so is (also) a zip.
_ZIP_END, _ZIP_END_BYTES, _ZIP_COMMENT_AT = b"PK\x05\x06", 22, 20
_ZIP_TAIL_BYTES = _ZIP_END_BYTES + 0xFFFF


@dataclass(frozen=True, repr=False)
class CheckedFile:
    """A file that is taken, as it is kept."""

    kind: FileKind
    data: bytes
    was_converted: bool


def recognise(name: str, data: bytes) -> str:
    """Return what `data` is: a value of FileKind, or HEIC. Raises FileRefusedError for anything else."""
    if not data:
        raise FileRefusedError(Problem.EMPTY)
    if len(data) > MAX_BYTES:
        raise FileRefusedError(Problem.TOO_LARGE)
    head = data[:_HEAD_BYTES]
    found = filetype.guess_mime(head)
    kind = HEIC if head[4:12] in _MORE_HEIC else _KINDS.get(found)
    if kind is None:
        raise FileRefusedError(Problem.SCAN_IMAGES if found in _SCAN_IMAGES else Problem.WRONG_TYPE)
    if not _name_fits(name):
        raise FileRefusedError(Problem.WRONG_NAME)
    return kind


def checked(kind: str, data: bytes) -> CheckedFile:
    """Return what is kept of a recognised file. Raises FileRefusedError when it does not open as that."""
    if kind == FileKind.PDF:
        if not _is_whole_pdf(data):
            raise FileRefusedError(Problem.DAMAGED)
        if _is_zip_too(data):
            raise FileRefusedError(Problem.WRONG_TYPE)
        return CheckedFile(FileKind.PDF, data, was_converted=False)
    if kind == HEIC:
        return CheckedFile(FileKind.JPEG, rewritten(data, source="HEIF", target="JPEG"), was_converted=True)
    return CheckedFile(FileKind(kind), rewritten(data, source=kind, target=kind), was_converted=False)


def _name_fits(name: str) -> bool:
    """Return whether the name promises nothing else, such as a program or a page; phones name files as they like."""
    extension = PurePosixPath(name).suffix.lower()
    return extension in _EXTENSIONS or not _EXTENSION.fullmatch(extension)


def _is_whole_pdf(data: bytes) -> bool:
    """Return whether a PDF begins and ends as one, with nothing before and nothing after it."""
    end = _PDF_END.search(data[-_PDF_TAIL_BYTES:])
    return bool(_PDF_HEAD.match(data)) and end is not None and int(end[1]) < len(data)


def _is_zip_too(data: bytes) -> bool:
    """Return whether other programs would open the same bytes as a zip."""
    tail = data[-_ZIP_TAIL_BYTES:]
    at = tail.find(_ZIP_END)
    while at >= 0:
        comment = tail[at + _ZIP_COMMENT_AT : at + _ZIP_END_BYTES]
        if at + _ZIP_END_BYTES + int.from_bytes(comment, "little") == len(tail):
            return True
        at = tail.find(_ZIP_END, at + 1)
    return False
