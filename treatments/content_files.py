"""Content files: Markdown with TOML front matter, as they lie in `treatments/content/`."""

import hashlib
import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENT = Path(__file__).resolve().parent / "content"
_HEADING = re.compile(r"^## (?P<heading>.+?) \{#(?P<key>[a-z0-9-]+)\}$", re.MULTILINE)
_ANY_HEADING = re.compile(r"^## ", re.MULTILINE)
CITATION = re.compile(r"\[\^([A-Za-z0-9-]+)\]")
ILLUSTRATION = re.compile(r"!\[\]\(illustration:([a-z-]+)\)")
_FENCE = "+++\n"
FRONT_NAMES = frozenset({"title", "slug", "answer", "description", "also_called", "written_on"})


class ContentError(Exception):
    """A content file is not of the form that docs/content.md describes."""


@dataclass(frozen=True)
class SectionText:
    """A section as a file holds it."""

    key: str
    heading: str
    body: str


@dataclass(frozen=True)
class ContentFile:
    """A page as a file holds it: front matter and sections."""

    language: str
    front: dict[str, Any]
    sections: tuple[SectionText, ...]


def read_content_file(path: Path) -> ContentFile:
    """Return the page in `path`, whose name is its language. Raises ContentError with the file's name."""
    text = path.read_text(encoding="utf-8")
    if not text.startswith(_FENCE) or text.count(_FENCE) < 2:  # noqa: PLR2004  # the fence opens and closes
        message = f"{path}: the file must start with front matter between two +++ lines."
        raise ContentError(message)
    _empty, front, body = text.split(_FENCE, 2)
    try:
        values = tomllib.loads(front)
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: {error}"
        raise ContentError(message) from error
    if unknown := set(values) - FRONT_NAMES:
        message = f"{path}: unknown in the front matter: {', '.join(sorted(unknown))}."
        raise ContentError(message)
    return ContentFile(path.stem, values, tuple(_sections(path, body)))


def language_files(folder: Path) -> list[ContentFile]:
    """Return the pages of a folder, one per language."""
    return [read_content_file(path) for path in sorted(folder.glob("*.md"))]


def read_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file as a dictionary. Raises ContentError with the file's name."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        message = f"{path}: {error}"
        raise ContentError(message) from error


def cited(text: str) -> list[str]:
    """Return the keys of the sources that `text` cites, in order."""
    return CITATION.findall(text)


def text_digest(heading: str, body: str) -> str:
    """Return a digest of a section's words, the same however its lines end."""
    text = f"{heading.strip()}\n{body.strip()}".replace("\r\n", "\n")
    return hashlib.sha256(text.encode()).hexdigest()


def digest(values: dict[str, Any]) -> str:
    """Return a digest of values, the same whatever their order."""
    text = json.dumps(values, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _sections(path: Path, body: str) -> Iterator[SectionText]:
    """Yield the sections of a page. Raises ContentError for text outside a section or a key that comes twice."""
    headings = list(_HEADING.finditer(body))
    if body[: headings[0].start() if headings else None].strip():
        message = f"{path}: text before the first '## Heading {{#key}}'."
        raise ContentError(message)
    if len({match["key"] for match in headings}) != len(headings):
        message = f"{path}: a section key comes twice."
        raise ContentError(message)
    if len(headings) != len(_ANY_HEADING.findall(body)):
        message = f"{path}: a heading without its {{#key}}."
        raise ContentError(message)
    ends = [match.start() for match in headings[1:]] + [len(body)]
    for match, end in zip(headings, ends, strict=False):
        yield SectionText(match["key"], match["heading"], body[match.end() : end].strip())
