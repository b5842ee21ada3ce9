"""Runs Typst: plain data and a template of this folder in, a file out."""

import json
import logging
from functools import lru_cache
from hashlib import sha256
from importlib import resources
from importlib.metadata import version
from pathlib import Path

import typst

from treatments.brochure.tree import Node

logger = logging.getLogger(__name__)

_FOLDER = Path(__file__).resolve().parent
_CARD_DENSITY = 144.0  # twice as many pixels as points: 1200 x 630


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    """Return the fonts that come with the libraries; those of the machine would make every machine's brochure another.

    Kept for the life of the process: finding them takes longer than setting a page.
    """
    folder = resources.files("font_source_sans_pro") / "files"
    return typst.Fonts(include_system_fonts=False, font_paths=[str(folder)])


@lru_cache(maxsize=1)
def layout_digest() -> str:
    """Return what identifies the look: the templates and the libraries that set them."""
    parts = [path.read_bytes() for path in sorted(_FOLDER.glob("*.typ"))]
    parts += [version(name).encode() for name in ("typst", "segno", "font-source-sans-pro")]
    return sha256(b"\0".join(parts)).hexdigest()


def brochure_pdf(data: Node, *, large: bool) -> bytes:
    """Return the brochure as a tagged PDF that any reading aid understands (PDF/UA-1).

    Typst refuses what would break the standard, for example a letter that no font has. A patient still gets the
    brochure then; the log tells the clinic.
    """
    inputs = {"data": json.dumps(data), "size": "large" if large else "usual"}
    compiler = _compiler("brochure.typ", inputs)
    try:
        return _bytes(compiler.compile(format="pdf", pdf_standards=["ua-1"]))
    except typst.TypstError as error:
        logger.warning("brochure breaks PDF/UA-1", extra={"problem": error.message})
        return _bytes(compiler.compile(format="pdf"))


def card_png(data: Node) -> bytes:
    """Return the card as a picture of 1200 by 630 pixels."""
    compiler = _compiler("card.typ", {"data": json.dumps(data)})
    return _bytes(compiler.compile(format="png", ppi=_CARD_DENSITY))


def _compiler(template: str, inputs: dict[str, str]) -> typst.Compiler:
    """Return a compiler that sees this folder, the bundled fonts and `inputs`, and nothing else."""
    return typst.Compiler(input=str(_FOLDER / template), root=str(_FOLDER), font_paths=_fonts(), sys_inputs=inputs)


def _bytes(made: bytes | list[bytes] | None) -> bytes:
    """Return the one file that was made."""
    if not isinstance(made, bytes):
        message = f"Typst made {type(made).__name__} instead of one file"
        raise TypeError(message)
    return made
