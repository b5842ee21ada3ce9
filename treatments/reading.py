"""What a visitor reads: pages put together from rows, ready for a template."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import get_language, get_language_info

from treatments.facts import Fact, key_facts
from treatments.glossary import glossary_of
from treatments.markdown import PageText
from treatments.models import Page, Section, SharedSection, SitePage, Source, TreatmentPage
from treatments.outline import BODY, BRIEFS, EXPECTATION, QUESTIONS, Slot
from treatments.reviews import is_outdated
from treatments.translations import Freshness, freshness, is_source, sections_of, source_page


class Note(StrEnum):
    """What a visitor must know about a section's language."""

    NONE = ""
    STALE = "stale"
    SOURCE = "source"
    # About safety and stale, while the source itself is not public: nobody may rely on either wording.
    REVISED = "revised"


@dataclass(frozen=True)
class ReadSection:
    """A section as a visitor sees it, in the language that it is shown in."""

    key: str
    heading: str
    html: SafeString
    is_safety: bool
    body: str
    language: str
    note: Note = Note.NONE

    @property
    def direction(self) -> str:
        """Which way its language is written, for `dir`."""
        return "rtl" if get_language_info(self.language)["bidi"] else "ltr"


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
    is_outdated: bool = False


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


@dataclass(frozen=True)
class Text:
    """A section's words as they will be shown: which row, in which language, with which note."""

    section: Section
    language: str
    note: Note


def read_treatment_page(page: TreatmentPage) -> ReadTreatmentPage:
    """Put the page together from its own and the shared sections, in the order of the outline."""
    texts = texts_of_treatment(page)
    writer = PageText(glossary_of(page.language))

    def read(slots: Iterable[Slot]) -> list[ReadSection]:
        return _read_slots(texts, slots, page.language, writer)

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
        sources=read_sources(writer),
        review=_review(page),
        others=[teaser for teaser in teasers(page.language) if teaser.code != page.treatment.code],
    )


def read_briefs(page: TreatmentPage, writer: PageText) -> dict[str, ReadSection]:
    """Return what the page says in the table that compares all treatments, by key."""
    return {section.key: section for section in _read_slots(texts_of_treatment(page), BRIEFS, page.language, writer)}


def read_site_page(page: SitePage, writer: PageText | None = None) -> ReadSitePage:
    """Put a site page together from its sections; a page that shows more numbers its sources with the same `writer`."""
    writer = writer or PageText(None if page.key == SitePage.GLOSSARY else glossary_of(page.language))
    texts = _texts(sections_of(page), _source_sections(page), page.language, _has_public_source(page))
    return ReadSitePage(
        key=page.key,
        title=page.title,
        answer=page.answer,
        description=page.description,
        sections=[_read_section(text, page.language, writer) for text in texts.values()],
        sources=read_sources(writer),
        review=_review(page),
    )


def teasers(language: str) -> list[Teaser]:
    """Return all published treatments of a language, in the clinic's order."""
    pages = TreatmentPage.objects.published().in_language(language)
    return [Teaser(page.treatment.code, page.title, page.answer, page.get_absolute_url()) for page in pages]


def read_sources(writer: PageText) -> list[ReadSource]:
    """Return the sources that `writer` met, in the order of their numbers."""
    sources = Source.objects.filter(key__in=writer.numbers)
    numbered = sorted(sources, key=lambda source: writer.numbers[source.key])
    return [
        ReadSource(
            number=writer.numbers[source.key],
            anchor=f"source-{source.key}",
            title=source.title,
            publisher=source.publisher,
            year=source.year,
            url=source.url,
            language=source.language,
            # What a source supports is noted in the source language only; other pages do without.
            note=source.note if is_source(get_language() or "") else "",
        )
        for source in numbered
    ]


def texts_of_treatment(page: TreatmentPage) -> dict[str, Text]:
    """Return the words of a treatment page's sections, its own and the shared ones, by key."""
    shared = SharedSection.objects.filter(language__in=[page.language, settings.LANGUAGE_CODE])
    own_shared = [section for section in shared if section.language == page.language]
    source_shared = [section for section in shared if not is_source(page.language) and is_source(section.language)]
    return _texts(sections_of(page), _source_sections(page), page.language, _has_public_source(page)) | _texts(
        own_shared, source_shared, page.language, is_source_public=True
    )


def _source_sections(page: Page) -> Iterable[Section]:
    """Return the sections of the page that `page` was translated from, public or not."""
    source = source_page(page)
    return sections_of(source) if source else ()


def _has_public_source(page: Page) -> bool:
    """Return whether visitors can see the page that `page` was translated from."""
    source = source_page(page)
    return source is not None and source.is_public


def _texts(own: Iterable[Section], source: Iterable[Section], language: str, is_source_public: bool) -> dict[str, Text]:
    """Return what visitors see of each section: medical safety never stands there unmarked once it no longer holds."""
    sources = {section.key: section for section in source}
    texts = {}
    for section in own:
        origin = sources.pop(section.key, None)
        if freshness(section, origin) is not Freshness.STALE:
            texts[section.key] = Text(section, language, Note.NONE)
        elif not section.is_safety:
            texts[section.key] = Text(section, language, Note.STALE)
        elif origin is not None and is_source_public:
            texts[section.key] = Text(origin, settings.LANGUAGE_CODE, Note.SOURCE)
        else:
            texts[section.key] = Text(section, language, Note.REVISED)
    missing = (section for section in sources.values() if section.is_safety and is_source_public)
    return texts | {section.key: Text(section, settings.LANGUAGE_CODE, Note.SOURCE) for section in missing}


def _read_slots(
    texts: dict[str, Text], slots: Iterable[Slot], page_language: str, writer: PageText
) -> list[ReadSection]:
    """Return the sections that stand in `slots`."""
    return [_read_section(texts[slot.key], page_language, writer) for slot in slots if slot.key in texts]


def _read_section(text: Text, page_language: str, writer: PageText) -> ReadSection:
    section = text.section
    return ReadSection(
        key=section.key,
        heading=section.heading,
        html=writer.render(section.body, link_words=text.language == page_language),
        is_safety=section.is_safety,
        body=section.body,
        language=text.language,
        note=text.note,
    )


def _review(page: Page) -> Review:
    return Review(page.reviewer, page.reviewed_on, page.review_due_on, page.written_on, is_outdated(page))
