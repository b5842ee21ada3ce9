"""Keeps brochures and cards as files, so that each is made once for each version of what it says.

Files, and not Django's cache: they are large, both web processes share them, and they outlive a restart. A file's name
tells its content, and it appears whole or not at all, so that no process can read another's half-written one. Each
node of a larger installation keeps its own.
"""

import contextlib
import logging
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.utils import translation

from treatments.brochure.content import brochure_data, card_data
from treatments.brochure.tree import Node
from treatments.brochure.typesetting import brochure_pdf, card_png, layout_digest
from treatments.content_files import digest
from treatments.models import Clinic, TreatmentPage
from treatments.reading import read_treatment_page

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is made of a treatment page."""

    name: str
    suffix: str
    content_type: str
    data: Callable[[TreatmentPage], Node]
    make: Callable[[Node], bytes]


@dataclass(frozen=True)
class Made:
    """A file ready to be sent, and what identifies its content."""

    content: bytes
    digest: str


def _brochure(page: TreatmentPage) -> Node:
    return brochure_data(page, read_treatment_page(page), Clinic.objects.first())


def _card(page: TreatmentPage) -> Node:
    return card_data(page, read_treatment_page(page), Clinic.objects.first())


BROCHURE = Kind("brochure", "pdf", "application/pdf", _brochure, lambda data: brochure_pdf(data, large=False))
LARGE_PRINT = Kind("large-print", "pdf", "application/pdf", _brochure, lambda data: brochure_pdf(data, large=True))
CARD = Kind("card", "png", "image/png", _card, card_png)


def made(kind: Kind, page: TreatmentPage) -> Made:
    """Return the file of a kind for a page as it reads now: kept from an earlier visitor, or made."""
    with translation.override(page.language):
        data = kind.data(page)
    name = sha256(f"{layout_digest()}{digest(data)}".encode()).hexdigest()[:32]
    path = _folder() / f"{page.pk}-{kind.name}-{name}.{kind.suffix}"
    with contextlib.suppress(FileNotFoundError):
        return Made(path.read_bytes(), name)
    content = kind.make(data)
    try:
        _keep(path, content)
        _drop_older(path)
    except OSError:
        # A full disk costs time, not the brochure.
        logger.exception("brochure not kept")
    return Made(content, name)


def _folder() -> Path:
    """Return the folder of kept files; it may be emptied at any time."""
    return Path(settings.DATA_DIR) / "brochures"


def _keep(path: Path, content: bytes) -> None:
    """Write a file that others see only once it is whole."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Named like its kind, so that one whose writer was killed goes with the older versions.
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=_family(path))
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(name).replace(path)


def _drop_older(path: Path) -> None:
    """Remove the files that `path` takes the place of."""
    for other in path.parent.glob(f"{_family(path)}*"):
        if other != path:
            other.unlink(missing_ok=True)


def _family(path: Path) -> str:
    """Return what the names of a file and its older versions begin with."""
    return path.name.rpartition("-")[0] + "-"
