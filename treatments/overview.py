"""Which pages there are, in which languages and states: an editor's first page."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from treatments.models import Page, SitePage, TreatmentPage
from treatments.titles import treatment_titles


@dataclass(frozen=True)
class PageCell:
    """A page in one language: its state and where it is edited."""

    state: str
    state_name: str
    url: str


@dataclass(frozen=True)
class PageRow:
    """One subject and its page in each language of the site, None where it is missing."""

    title: str
    cells: list[PageCell | None]


def page_overview() -> list[PageRow]:
    """Return the treatments' pages and then the site's, a row for each subject."""
    treatment_pages = {
        (page.treatment_id, page.language): _cell(page, "treatmentpage") for page in TreatmentPage.objects.all()
    }
    site_pages = {(page.key, page.language): _cell(page, "sitepage") for page in SitePage.objects.order_by("id")}
    languages = [code for code, _name in settings.LANGUAGES]
    titles = {key: key for key, _language in site_pages}
    titles.update(SitePage.objects.in_language(get_language() or settings.LANGUAGE_CODE).values_list("key", "title"))
    return [
        *(
            PageRow(title, [treatment_pages.get((pk, code)) for code in languages])
            for pk, title in treatment_titles().items()
        ),
        *(PageRow(title, [site_pages.get((key, code)) for code in languages]) for key, title in titles.items()),
    ]


def _cell(page: Page, model_name: str) -> PageCell:
    """Return a page as a cell of the overview."""
    url = reverse(f"admin:treatments_{model_name}_change", args=[page.pk])
    return PageCell(page.state.lower(), str(page.get_state_display()), url)
