"""A page as visitors will see it, before they can: the public template with what is saved, in any state."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from treatments.models import SitePage, TreatmentPage
from treatments.reading import read_treatment_page
from treatments.site_pages import kind_of


def preview_treatment_page(request: HttpRequest, page: TreatmentPage) -> HttpResponse:
    """Show a treatment page as it is saved."""
    with translation.override(page.language):
        read = read_treatment_page(page)
    return _preview(request, page, "treatments/treatment_page.html", {"page": read})


def preview_site_page(request: HttpRequest, page: SitePage) -> HttpResponse:
    """Show a site page as it is saved."""
    kind = kind_of(page)
    with translation.override(page.language):
        context = kind.context(page, "")
    return _preview(request, page, kind.template, context)


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
