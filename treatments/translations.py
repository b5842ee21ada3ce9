"""Which translations still say what the source says, section by section (FEATURES.md N6).

A translated section keeps the digest of the source section that it was made from. What changed in the source since then
makes exactly that section stale. Dates and saves prove nothing: only the words count.
"""

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
    """Return how `section` stands to `source`; a text without a source of its own is nobody's translation."""
    if section is None:
        return Freshness.MISSING
    if source is None:
        return Freshness.FRESH
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


def stale_keys(page: Page) -> set[str]:
    """Return which sections of `page` its source has left behind."""
    source = source_page(page)
    if source is None:
        return set()
    origins = {section.key: section for section in sections_of(source)}
    own = sections_of(page)
    return {section.key for section in own if freshness(section, origins.get(section.key)) is Freshness.STALE}


@transaction.atomic
def confirm(section: Section) -> bool:
    """Note that `section` says what its source says now; return whether there was a source to match."""
    source = source_of(section)
    if source is None:
        return False
    section.matches(source)
    section.save(update_fields=["made_from", "made_from_heading", "made_from_body"])
    return True


def changes(before: str, after: str) -> list[Change]:
    """Return what happened to a text, word by word."""
    old, new = before.split(), after.split()
    found = []
    for kind, old_start, old_end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            found.append(Change("same", " ".join(old[old_start:old_end])))
            continue
        if old_end > old_start:
            found.append(Change("gone", " ".join(old[old_start:old_end])))
        if new_end > new_start:
            found.append(Change("new", " ".join(new[new_start:new_end])))
    return found
