"""Loading the texts that come with the project; what an editor changed is never overwritten.

Each loaded row remembers the digest of what the file said. A row whose values still have that digest is untouched and
follows the file; a row with another digest was edited and stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, auto
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from treatments.content_files import CONTENT, ContentFile, SectionText, digest, language_files, read_toml
from treatments.enums import PublicationState
from treatments.made_from import digest_of, read_record
from treatments.models import (
    GlossaryTerm,
    PageSection,
    SharedSection,
    SitePage,
    SitePageSection,
    Source,
    Treatment,
    TreatmentPage,
)
from treatments.translations import source_of

_WRITTEN_ON = date(2026, 11, 21)
# What a doctor or the database writes, never a file
_NEVER_LOADED = (
    *("id", "reviewer", "reviewed_on", "review_due_on", "updated_at", "loaded_digest", "loaded_keys"),
    *("made_from", "made_from_heading", "made_from_body", "reviewed_digest"),
)

Row = TypeVar(
    "Row", Source, GlossaryTerm, Treatment, TreatmentPage, SitePage, PageSection, SharedSection, SitePageSection
)
Owned = TypeVar("Owned", PageSection, SitePageSection)
AnySection = TypeVar("AnySection", PageSection, SharedSection, SitePageSection)


class Outcome(Enum):
    """What became of a row."""

    CREATED = auto()
    UPDATED = auto()
    UNCHANGED = auto()
    KEPT = auto()


@dataclass
class LoadReport:
    """How many rows were made, followed their file, were already the same, or were kept as an editor left them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Origin:
    """What the sections of one file were made from: digests by key, and the source's words where they are the same."""

    digests: dict[str, str]
    source: dict[str, SectionText]


@transaction.atomic
def load_content(folder: Path = CONTENT) -> LoadReport:
    """Load sources, glossary, treatments, pages and shared sections from `folder`."""
    report = LoadReport()
    for key, values in read_toml(folder / "sources.toml").items():
        _load(Source, {"key": key}, values, report)
    for path in sorted(folder.glob("glossary/*.toml")):
        for key, values in read_toml(path).items():
            _load(GlossaryTerm, {"language": path.stem, "key": key}, values, report)
    for facts in sorted(folder.glob("*/treatment.toml")):
        treatment = _load(Treatment, {"code": facts.parent.name}, read_toml(facts), report)
        for file in _files(facts.parent):
            page = _load(TreatmentPage, {"treatment": treatment, "language": file.language}, _page_values(file), report)
            _load_page_sections(PageSection, page, file, _origin(folder, facts.parent, file), report)
    for file in _files(folder / "shared"):
        origin = _origin(folder, folder / "shared", file)
        _load_sections(SharedSection, {"language": file.language}, file.sections, origin, report)
    for page_folder in sorted(path for path in (folder / "pages").iterdir() if path.is_dir()):
        for file in _files(page_folder):
            identity = {"key": page_folder.name, "language": file.language}
            site_page = _load(SitePage, identity, _page_values(file), report)
            _load_page_sections(SitePageSection, site_page, file, _origin(folder, page_folder, file), report)
    return report


def _files(folder: Path) -> list[ContentFile]:
    """Return the files of a folder, the source language first: translations are compared with it."""
    return sorted(language_files(folder), key=lambda file: file.language != settings.LANGUAGE_CODE)


def _origin(content: Path, folder: Path, file: ContentFile) -> Origin | None:
    """Return what the sections of `file` were made from; None for the source language itself."""
    if file.language == settings.LANGUAGE_CODE:
        return None
    source = next((other for other in _files(folder) if other.language == settings.LANGUAGE_CODE), None)
    digests = read_record(file.language, content).get(folder.relative_to(content).as_posix(), {})
    return Origin(digests, {section.key: section for section in source.sections} if source else {})


def _page_values(file: ContentFile) -> dict[str, Any]:
    """Return the values of a page's row; the project's own texts are public and not reviewed by a doctor yet."""
    written_on = file.front.get("written_on", _WRITTEN_ON)
    return {**file.front, "state": PublicationState.PUBLISHED, "written_on": written_on}


def _load_page_sections(
    model: type[Owned], page: TreatmentPage | SitePage, file: ContentFile, origin: Origin | None, report: LoadReport
) -> None:
    """Load a page's sections; one that was loaded before and is gone was deleted by an editor, and stays away."""
    there = set(page.sections.values_list("key", flat=True))
    deleted = set(page.loaded_keys) - there
    wanted = [section for section in file.sections if section.key not in deleted]
    _load_sections(model, {"page": page}, wanted, origin, report)
    loaded = sorted(deleted | {section.key for section in wanted})
    if loaded != page.loaded_keys:
        page.loaded_keys = loaded
        page.save(update_fields=["loaded_keys"])


def _load_sections(
    model: type[AnySection],
    owner: dict[str, Any],
    sections: Iterable[SectionText],
    origin: Origin | None,
    report: LoadReport,
) -> None:
    """Load sections in their order; a section that left the file is removed unless an editor changed it."""
    keys = []
    for position, section in enumerate(sections):
        values = {"position": position, "heading": section.heading, "body": section.body}
        row, outcome = _load_row(model, {**owner, "key": section.key}, values, report)
        if origin and outcome is not Outcome.KEPT:
            _note_origin(row, origin, outcome)
        keys.append(section.key)
    rows: models.Manager[AnySection] = model._default_manager
    for row in rows.filter(Q(**owner), ~Q(key__in=keys)):
        if row.loaded_digest and row.loaded_digest == _digest_of(row, ["position", "heading", "body"]):
            row.delete()


def _note_origin(row: AnySection, origin: Origin, outcome: Outcome) -> None:
    """Note what a loaded translation was made from, unless an editor compared it with a text of their own since."""
    made_from = origin.digests.get(row.key, "")
    if row.made_from == made_from or (
        outcome is Outcome.UNCHANGED and row.made_from and not _is_current(row, made_from)
    ):
        return
    source = origin.source.get(row.key)
    in_step = source is not None and made_from == digest_of(source)
    row.made_from = made_from
    row.made_from_heading, row.made_from_body = (source.heading, source.body) if source and in_step else ("", "")
    row.save(update_fields=["made_from", "made_from_heading", "made_from_body"])


def _is_current(row: AnySection, made_from: str) -> bool:
    """Return whether the source of `row` says what `made_from` stands for."""
    source = source_of(row)
    return source is not None and source.digest == made_from


def _load(model: type[Row], identity: dict[str, Any], values: dict[str, Any], report: LoadReport) -> Row:
    """Make or update one row, unless an editor changed it, and return it."""
    return _load_row(model, identity, values, report)[0]


def _load_row(
    model: type[Row], identity: dict[str, Any], values: dict[str, Any], report: LoadReport
) -> tuple[Row, Outcome]:
    """Make or update one row, unless an editor changed it; return it and what became of it."""
    rows: models.Manager[Row] = model._default_manager
    row = rows.filter(Q(**identity)).first()
    values = _completed(model, identity, values)
    wanted = digest(values)
    if row is None:
        report.created += 1
        return rows.create(**identity, **values, loaded_digest=wanted), Outcome.CREATED
    if row.loaded_digest == wanted:
        report.unchanged += 1
        return row, Outcome.UNCHANGED
    if row.loaded_digest == _digest_of(row, values):
        for name, value in values.items():
            setattr(row, name, value)
        row.loaded_digest = wanted
        row.save()
        report.updated += 1
        return row, Outcome.UPDATED
    report.kept.append(str(row))
    return row, Outcome.KEPT


def _completed(model: type[Row], identity: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with the default of every fact that the file leaves out: dropping one is a change, too."""
    left_alone = {*identity, *_NEVER_LOADED}
    fields = (field for field in model._meta.concrete_fields if field.name not in left_alone)
    return {field.name: field.get_default() for field in fields} | values


def _digest_of(row: models.Model, names: Iterable[str]) -> str:
    """Return the digest of what the row says now."""
    return digest({name: getattr(row, name) for name in names})
