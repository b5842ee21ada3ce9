"""Which pages there are, in which languages and states: an editor's first page."""

from dataclasses import dataclass

from django.conf import settings

from treatments.models import SitePage, TreatmentPage
from treatments.titles import treatment_titles


@dataclass(frozen=True)
class PageRow:
    """One subject and its page in each language of the site, None where it is missing."""

    title: str
    pages: list[TreatmentPage | SitePage | None]


def page_overview() -> list[PageRow]:
    """Return the treatments' pages and then the site's, a row for each subject."""
    treatment_pages = {(page.treatment_id, page.language): page for page in TreatmentPage.objects.all()}
    site_pages = {(page.key, page.language): page for page in SitePage.objects.order_by("id")}
    languages = [code for code, _name in settings.LANGUAGES]
    rows = [
        PageRow(title, [treatment_pages.get((pk, language)) for language in languages])
        for pk, title in treatment_titles().items()
    ]
    keys = dict.fromkeys(key for key, _language in site_pages)
    return rows + [PageRow(key, [site_pages.get((key, language)) for language in languages]) for key in keys]
