"""Loading the texts that come with the project; what an editor changed is never overwritten.

Each loaded row remembers the digest of what the file said. A row whose values still have that digest is untouched and
follows the file; a row with another digest was edited and stays.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q

from treatments.content_files import CONTENT, ContentFile, SectionText, digest, language_files, read_toml
from treatments.enums import PublicationState
from treatments.models import (
    PageSection,
    SharedSection,
    SitePage,
    SitePageSection,
    Source,
    Treatment,
    TreatmentPage,
)

_WRITTEN_ON = date(2026, 11, 21)
# What a doctor or the database writes, never a file
_NEVER_LOADED = ("id", "reviewer", "reviewed_on", "review_due_on", "updated_at", "loaded_digest", "loaded_keys")

Row = TypeVar("Row", Source, Treatment, TreatmentPage, SitePage, PageSection, SharedSection, SitePageSection)
Owned = TypeVar("Owned", PageSection, SitePageSection)


@dataclass
class LoadReport:
    """How many rows were made, followed their file, were already the same, or were kept as an editor left them."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: list[str] = field(default_factory=list)


@transaction.atomic
def load_content(folder: Path = CONTENT) -> LoadReport:
    """Load sources, treatments, pages and shared sections from `folder`."""
    report = LoadReport()
    for key, values in read_toml(folder / "sources.toml").items():
        _load(Source, {"key": key}, values, report)
    for facts in sorted(folder.glob("*/treatment.toml")):
        _load_treatment(facts, report)
    for file in language_files(folder / "shared"):
        _load_sections(SharedSection, {"language": file.language}, file.sections, report)
    for page_folder in sorted(path for path in (folder / "pages").iterdir() if path.is_dir()):
        for file in language_files(page_folder):
            site_page = _load(
                SitePage, {"key": page_folder.name, "language": file.language}, _page_values(file), report
            )
            _load_page_sections(SitePageSection, site_page, file.sections, report)
    return report


def _load_treatment(facts: Path, report: LoadReport) -> None:
    """Load one treatment: its typed facts and its page in each language."""
    treatment = _load(Treatment, {"code": facts.parent.name}, read_toml(facts), report)
    for file in language_files(facts.parent):
        page = _load(TreatmentPage, {"treatment": treatment, "language": file.language}, _page_values(file), report)
        _load_page_sections(PageSection, page, file.sections, report)


def _page_values(file: ContentFile) -> dict[str, Any]:
    """Return the values of a page's row; the project's own texts are public and not reviewed by a doctor yet."""
    written_on = file.front.get("written_on", _WRITTEN_ON)
    return {**file.front, "state": PublicationState.PUBLISHED, "written_on": written_on}


def _load_page_sections(
    model: type[Owned],
    page: TreatmentPage | SitePage,
    sections: Iterable[SectionText],
    report: LoadReport,
) -> None:
    """Load a page's sections; one that was loaded before and is gone was deleted by an editor, and stays away."""
    there = set(page.sections.values_list("key", flat=True))
    deleted = set(page.loaded_keys) - there
    wanted = [section for section in sections if section.key not in deleted]
    _load_sections(model, {"page": page}, wanted, report)
    loaded = sorted(deleted | {section.key for section in wanted})
    if loaded != page.loaded_keys:
        page.loaded_keys = loaded
        page.save(update_fields=["loaded_keys"])


def _load_sections(
    model: type[Row], owner: dict[str, Any], sections: Iterable[SectionText], report: LoadReport
) -> None:
    """Load sections in their order; a section that left the file is removed unless an editor changed it."""
    keys = []
    for position, section in enumerate(sections):
        values = {"position": position, "heading": section.heading, "body": section.body}
        _load(model, {**owner, "key": section.key}, values, report)
        keys.append(section.key)
    rows: models.Manager[Row] = model._default_manager
    for row in rows.filter(Q(**owner), ~Q(key__in=keys)):
        if row.loaded_digest and row.loaded_digest == _digest_of(row, ["position", "heading", "body"]):
            row.delete()


def _load(model: type[Row], identity: dict[str, Any], values: dict[str, Any], report: LoadReport) -> Row:
    """Make or update one row, unless an editor changed it, and return it."""
    rows: models.Manager[Row] = model._default_manager
    row = rows.filter(Q(**identity)).first()
    values = _completed(model, identity, values)
    wanted = digest(values)
    if row is None:
        report.created += 1
        return rows.create(**identity, **values, loaded_digest=wanted)
    if row.loaded_digest == wanted:
        report.unchanged += 1
    elif row.loaded_digest == _digest_of(row, values):
        for name, value in values.items():
            setattr(row, name, value)
        row.loaded_digest = wanted
        row.save()
        report.updated += 1
    else:
        report.kept.append(str(row))
    return row


def _completed(model: type[Row], identity: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """Return `values` with the default of every fact that the file leaves out: dropping one is a change, too."""
    left_alone = {*identity, *_NEVER_LOADED}
    fields = (field for field in model._meta.concrete_fields if field.name not in left_alone)
    return {field.name: field.get_default() for field in fields} | values


def _digest_of(row: models.Model, names: Iterable[str]) -> str:
    """Return the digest of what the row says now."""
    return digest({name: getattr(row, name) for name in names})
