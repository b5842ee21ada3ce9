"""What a visitor reads: pages put together from rows, ready for a template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from treatments.facts import Fact, key_facts
from treatments.markdown import Citations
from treatments.models import Page, Section, SharedSection, SitePage, Source, TreatmentPage
from treatments.outline import BODY, EXPECTATION, QUESTIONS, Slot


@dataclass(frozen=True)
class ReadSection:
    """A section as a visitor sees it."""

    key: str
    heading: str
    html: SafeString
    is_safety: bool


@dataclass(frozen=True)
class ReadSource:
    """A source with its number on this page."""

    number: int
    anchor: str
    title: str
    publisher: str
    year: int | None
    url: str
    language: str
    note: str


@dataclass(frozen=True)
class Review:
    """Who read the page as a doctor, and when; an empty reviewer means nobody yet."""

    reviewer: str
    reviewed_on: date | None
    review_due_on: date | None
    written_on: date


@dataclass(frozen=True)
class Teaser:
    """A treatment as it is shown on another page."""

    code: str
    title: str
    answer: str
    url: str


@dataclass(frozen=True)
class ReadTreatmentPage:
    """A treatment page as a visitor sees it."""

    code: str
    title: str
    answer: str
    description: str
    also_called: str
    facts: list[Fact]
    expectation: ReadSection | None
    sections: list[ReadSection]
    questions: list[ReadSection]
    sources: list[ReadSource]
    review: Review
    others: list[Teaser]


@dataclass(frozen=True)
class ReadSitePage:
    """A site page as a visitor sees it."""

    key: str
    title: str
    answer: str
    description: str
    sections: list[ReadSection]
    sources: list[ReadSource]
    review: Review


def read_treatment_page(page: TreatmentPage) -> ReadTreatmentPage:
    """Put the page together from its own and the shared sections, in the order of the outline."""
    own = {section.key: section for section in page.sections.all()}
    shared = {section.key: section for section in SharedSection.objects.filter(language=page.language)}
    citations = Citations()

    def read(slots: Iterable[Slot]) -> list[ReadSection]:
        found = ((shared if slot.shared else own).get(slot.key) for slot in slots)
        return [_read_section(section, citations) for section in found if section]

    expectation = read([EXPECTATION])
    sections = read(BODY)
    questions = read(QUESTIONS)
    return ReadTreatmentPage(
        code=page.treatment.code,
        title=page.title,
        answer=page.answer,
        description=page.description,
        also_called=page.also_called,
        facts=key_facts(page.treatment),
        expectation=expectation[0] if expectation else None,
        sections=sections,
        questions=questions,
        sources=_read_sources(citations),
        review=_review(page),
        others=[teaser for teaser in teasers(page.language) if teaser.code != page.treatment.code],
    )


def read_site_page(page: SitePage) -> ReadSitePage:
    """Put a site page together from its sections."""
    citations = Citations()
    sections = [_read_section(section, citations) for section in page.sections.order_by("position", "id")]
    return ReadSitePage(
        key=page.key,
        title=page.title,
        answer=page.answer,
        description=page.description,
        sections=sections,
        sources=_read_sources(citations),
        review=_review(page),
    )


def teasers(language: str) -> list[Teaser]:
    """Return all published treatments of a language, in the clinic's order."""
    pages = TreatmentPage.objects.published().in_language(language)
    return [Teaser(page.treatment.code, page.title, page.answer, page.get_absolute_url()) for page in pages]


def _read_section(section: Section, citations: Citations) -> ReadSection:
    return ReadSection(section.key, section.heading, citations.render(section.body), section.is_safety)


def _read_sources(citations: Citations) -> list[ReadSource]:
    """Return the cited sources in the order of their numbers."""
    sources = Source.objects.filter(key__in=citations.numbers)
    numbered = sorted(sources, key=lambda source: citations.numbers[source.key])
    return [
        ReadSource(
            number=citations.numbers[source.key],
            anchor=f"source-{source.key}",
            title=source.title,
            publisher=source.publisher,
            year=source.year,
            url=source.url,
            language=source.language,
            note=source.note,
        )
        for source in numbered
    ]


def _review(page: Page) -> Review:
    return Review(page.reviewer, page.reviewed_on, page.review_due_on, page.written_on)
