"""The treatments side by side: what each page says in short, and the typed facts of each."""

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from treatments.facts import key_facts
from treatments.markdown import PageText
from treatments.models import TreatmentPage
from treatments.outline import BRIEFS
from treatments.reading import ReadSection, Teaser, read_briefs

# Which rows stand above the typed facts; the others stand below them.
_FIRST = ("brief-goal", "brief-done")


@dataclass(frozen=True)
class Cell:
    """What one treatment's page says in one row; `language` is set where it is not the page's."""

    treatment: str
    content: SafeString | str
    language: str = ""


@dataclass(frozen=True)
class ComparisonRow:
    """One question and its answer for each treatment."""

    key: str
    label: str
    cells: list[Cell]


@dataclass(frozen=True)
class Comparison:
    """The columns and the rows of the table."""

    treatments: list[Teaser]
    rows: list[ComparisonRow]


def compare_treatments(language: str, writer: PageText) -> Comparison:
    """Return the published treatments of `language` side by side; `writer` numbers the sources."""
    pages = list(TreatmentPage.objects.published().in_language(language))
    columns = [Teaser(page.treatment.code, page.title, page.answer, page.get_absolute_url()) for page in pages]
    briefs = {row.key: row for row in _brief_rows(pages, writer)}
    rows = [*(briefs.pop(key) for key in _FIRST if key in briefs), *_fact_rows(pages), *briefs.values()]
    return Comparison(columns, rows)


def _brief_rows(pages: list[TreatmentPage], writer: PageText) -> list[ComparisonRow]:
    """Return the rows written in words; the label is what the pages call it."""
    read = [read_briefs(page, writer) for page in pages]
    rows = []
    for slot in BRIEFS:
        label = next((sections[slot.key].heading for sections in read if slot.key in sections), "")
        cells = [_brief(page, sections.get(slot.key)) for page, sections in zip(pages, read, strict=True)]
        if label:
            rows.append(ComparisonRow(slot.key, label, cells))
    return rows


def _brief(page: TreatmentPage, section: ReadSection | None) -> Cell:
    """Return a page's words for one row; a dash where it has none."""
    if section is None:
        return Cell(page.title, "–")
    return Cell(page.title, section.html, "" if section.language == page.language else section.language)


def _fact_rows(pages: list[TreatmentPage]) -> list[ComparisonRow]:
    """Return the typed facts; a treatment without such a fact has no fixed answer."""
    facts = [{fact.key: fact for fact in key_facts(page.treatment)} for page in pages]
    labels = {fact.key: fact.label for of_page in facts for fact in of_page.values()}
    return [
        ComparisonRow(
            key,
            label,
            [
                Cell(page.title, of_page[key].value if key in of_page else _("no fixed time"))
                for page, of_page in zip(pages, facts, strict=True)
            ],
        )
        for key, label in labels.items()
    ]
