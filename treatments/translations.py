"""Which translations still say what the source says, section by section (FEATURES.md N6).

A translated section keeps the digest of the source section that it was made from. What changed in the source since then
makes exactly that section stale. Dates and saves prove nothing: only the words count.
"""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from treatments.models import Page, PageSection, Section, SharedSection, SitePage, SitePageSection, TreatmentPage


class Freshness(StrEnum):
    """How a translated section stands to its source."""

    SOURCE = "source"
    FRESH = "fresh"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class Change:
    """A run of words of the source: the same as before, new, or gone."""

    kind: str
    words: str


def is_source(language: str) -> bool:
    """Return whether texts are written in `language` first."""
    return language == settings.LANGUAGE_CODE


def freshness(section: Section | None, source: Section | None) -> Freshness:
    """Return how `section` stands to `source`; a text that was never made from another is nobody's translation."""
    if section is None:
        return Freshness.MISSING
    if source is None:
        return Freshness.STALE if section.made_from else Freshness.FRESH
    return Freshness.STALE if section.is_stale(source) else Freshness.FRESH


def source_page(page: Page) -> Page | None:
    """Return the page that `page` is a translation of; None where it is the source, or there is none."""
    if is_source(page.language):
        return None
    if isinstance(page, TreatmentPage):
        return TreatmentPage.objects.filter(treatment=page.treatment_id, language=settings.LANGUAGE_CODE).first()
    if isinstance(page, SitePage):
        return SitePage.objects.filter(key=page.key, language=settings.LANGUAGE_CODE).first()
    return None


def source_of(section: Section) -> Section | None:
    """Return the section that `section` is a translation of; None where it is the source, or there is none."""
    if isinstance(section, SharedSection):
        if is_source(section.language):
            return None
        return SharedSection.objects.filter(language=settings.LANGUAGE_CODE, key=section.key).first()
    if isinstance(section, (PageSection, SitePageSection)):
        source = source_page(section.page)
        return sections_of(source).filter(key=section.key).first() if source else None
    return None


def sections_of(page: Page) -> "QuerySet[PageSection] | QuerySet[SitePageSection]":
    """Return a page's own sections in their order."""
    if isinstance(page, TreatmentPage):
        return page.sections.order_by("position", "id")
    if isinstance(page, SitePage):
        return page.sections.order_by("position", "id")
    message = f"{type(page).__name__} has no sections"
    raise TypeError(message)


def stale_sections(page: Page) -> dict[str, str]:
    """Return the keys of the sections of `page` that its source has left behind, with the source's digests."""
    source = source_page(page)
    if source is None:
        return {}
    origins = {section.key: section for section in sections_of(source)}
    return {
        section.key: origins[section.key].digest
        for section in sections_of(page)
        if section.key in origins and section.is_stale(origins[section.key])
    }


def translations_behind(page: Page) -> int:
    """Return how many sections of other languages this page, as their source, has left behind."""
    return sum(len(stale_sections(other)) for other in translations_of(page)) if is_source(page.language) else 0


def translations_of(page: Page) -> list[Page]:
    """Return the same page in the other languages."""
    if isinstance(page, TreatmentPage):
        return list(
            TreatmentPage.objects.filter(treatment=page.treatment_id)
            .exclude(language=page.language)
            .order_by("language")
        )
    if isinstance(page, SitePage):
        return list(SitePage.objects.filter(key=page.key).exclude(language=page.language).order_by("language"))
    return []


@transaction.atomic
def confirm(section: Section, seen: str) -> bool:
    """Note that `section` says what its source says, if that is still what a person has `seen` (its digest)."""
    source = source_of(section)
    if source is None or source.digest != seen:
        return False
    section.matches(source)
    section.save(update_fields=["made_from", "made_from_heading", "made_from_body"])
    return True


def changes(before: str, after: str) -> list[Change]:
    """Return what happened to a text, word by word; its lines stay lines."""
    old, new = (re.findall(r"\n+|[^\S\n]*\S+", text.replace("\r\n", "\n")) for text in (before, after))
    found = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", "".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            found.append(Change("gone", "".join(old[old_start:old_end])))
        if new_end > new_start:
            found.append(Change("new", "".join(new[new_start:new_end])))
    return found
