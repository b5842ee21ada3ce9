"""Data for search engines, for templates."""

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from treatments.models import Clinic
from treatments.reading import ReadSitePage, ReadTreatmentPage, Teaser
from treatments.structured_data import (
    Crumb,
    Hours,
    Where,
    as_script,
    clinic_node,
    site_page_nodes,
    treatment_nodes,
)

register = template.Library()


@register.simple_tag(takes_context=True)
def treatment_data(context: template.Context, page: ReadTreatmentPage) -> SafeString:
    """Return the data of a treatment page."""
    where = _where(context)
    parents = [_home(), Crumb(_("Treatments"), settings.SITE_URL + reverse("treatments:list"))]
    return as_script(treatment_nodes(page, where, _clinic(context), [*parents, Crumb(page.title, where.url)]))


@register.simple_tag(takes_context=True)
def site_page_data(context: template.Context, page: ReadSitePage) -> SafeString:
    """Return the data of a page about several treatments, such as the guide."""
    where = _where(context)
    return as_script(site_page_nodes(page, where, _clinic(context), [_home(), Crumb(page.title, where.url)]))


@register.simple_tag(takes_context=True)
def clinic_data(context: template.Context, hours: Hours | None, treatments: list[Teaser] | None = None) -> SafeString:
    """Return the data of the clinic, with the treatments that the page lists; nothing before it is set up."""
    clinic = _clinic(context)
    return as_script([clinic_node(clinic, settings.SITE_URL, hours, treatments or ())]) if clinic else SafeString()


def _where(context: template.Context) -> Where:
    """Return where the page that is shown stands."""
    return Where(str(context["canonical_url"]), settings.SITE_URL, get_language() or settings.LANGUAGE_CODE)


def _clinic(context: template.Context) -> Clinic | None:
    """Return the clinic of the frame; None before it is set up."""
    return context.get("clinic") or None


def _home() -> Crumb:
    """Return the first step of every way."""
    return Crumb(_("Home"), settings.SITE_URL + reverse("treatments:home"))
