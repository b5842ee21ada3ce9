"""How complete the translations are: every section of the source, and how each language stands to it."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

from treatments.models import Page, PageSection, Section, SharedSection, SitePage, SitePageSection, TreatmentPage
from treatments.translations import Freshness, freshness


@dataclass(frozen=True)
class _Placed:
    """A section, what it belongs to and in which language it is written."""

    owner: int | str
    language: str
    subject: str
    section: Section


@dataclass(frozen=True)
class CoverageCell:
    """One language's text of a section: its row, where there is one, and how it stands to the source."""

    language: str
    freshness: Freshness
    section: Section | None


@dataclass(frozen=True)
class CoverageRow:
    """A section of the source and its translations, in the order of the site's languages."""

    subject: str
    key: str
    heading: str
    is_safety: bool
    cells: list[CoverageCell]

    @property
    def is_whole(self) -> bool:
        """Whether every language says what the source says."""
        return all(cell.freshness is Freshness.FRESH for cell in self.cells)


@dataclass(frozen=True)
class Gap:
    """A text that is missing or stale."""

    language: str
    subject: str
    heading: str
    key: str
    is_safety: bool
    freshness: Freshness


def translation_languages() -> list[str]:
    """Return the languages that texts are translated into."""
    return [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]


def coverage() -> list[CoverageRow]:
    """Return the sections of the treatments, the shared ones, and those of the other pages."""
    return [*_treatment_rows(), *_shared_rows(), *_site_rows()]


def gaps() -> list[Gap]:
    """Return every text that is missing or stale, those about safety first."""
    found = [
        Gap(cell.language, row.subject, row.heading, row.key, row.is_safety, cell.freshness)
        for row in coverage()
        for cell in row.cells
        if cell.freshness is not Freshness.FRESH
    ]
    return sorted(found, key=lambda gap: not gap.is_safety)


def overdue_pages(day: date) -> list[Page]:
    """Return the public pages whose review is overdue on `day`."""
    return [
        *TreatmentPage.objects.review_overdue(day).select_related("treatment"),
        *SitePage.objects.review_overdue(day),
    ]


def _treatment_rows() -> list[CoverageRow]:
    """Return the sections of the treatment pages."""
    sections = PageSection.objects.select_related("page").order_by("page__treatment__position", "position", "id")
    return _rows(
        [_Placed(section.page.treatment_id, section.page.language, section.page.title, section) for section in sections]
    )


def _shared_rows() -> list[CoverageRow]:
    """Return the sections that all treatment pages share."""
    sections = SharedSection.objects.order_by("position", "id")
    return _rows([_Placed("", section.language, str(_("All treatment pages")), section) for section in sections])


def _site_rows() -> list[CoverageRow]:
    """Return the sections of the other pages."""
    sections = SitePageSection.objects.select_related("page").order_by("page__id", "position", "id")
    return _rows(
        [_Placed(section.page.key, section.page.language, section.page.title, section) for section in sections]
    )


def _rows(placed: list[_Placed]) -> list[CoverageRow]:
    """Return a row for each section of the source."""
    there = {(item.owner, item.section.key, item.language): item.section for item in placed}
    return [
        CoverageRow(
            subject=item.subject,
            key=item.section.key,
            heading=item.section.heading,
            is_safety=item.section.is_safety,
            cells=[
                _cell(language, there.get((item.owner, item.section.key, language)), item.section)
                for language in translation_languages()
            ],
        )
        for item in placed
        if item.language == settings.LANGUAGE_CODE
    ]


def _cell(language: str, section: Section | None, source: Section) -> CoverageCell:
    return CoverageCell(language, freshness(section, source), section)
