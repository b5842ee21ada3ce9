"""A page as visitors will see it, before they can: the public template with what is saved, in any state."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from treatments.models import SitePage, TreatmentPage
from treatments.reading import read_treatment_page
from treatments.site_pages import kind_of


def preview_page(request: HttpRequest, page: TreatmentPage | SitePage) -> HttpResponse:
    """Show a page as it is saved."""
    with translation.override(page.language):
        template, context = _public(page)
    return _preview(request, page, template, context)


def _public(page: TreatmentPage | SitePage) -> tuple[str, dict[str, object]]:
    """Return the template that visitors see, and what it shows."""
    if isinstance(page, TreatmentPage):
        return "treatments/treatment_page.html", {"page": read_treatment_page(page)}
    kind = kind_of(page)
    return kind.template, kind.context(page, "")


def _preview(
    request: HttpRequest, page: TreatmentPage | SitePage, template: str, context: dict[str, object]
) -> HttpResponse:
    """Render a public template in the page's language, under a note in the editor's."""
    note = {
        "preview_note": _("Preview: this is what is saved now. Visitors see it only when the page is published."),
        "preview_language": translation.get_language(),
        "public_template": template,
        "siblings": [],
    }
    with translation.override(page.language):
        response = render(request, "admin/treatments/preview.html", context | note)
    response.headers["Cache-Control"] = "no-store, private"
    response.headers["X-Robots-Tag"] = "noindex"
    return response
