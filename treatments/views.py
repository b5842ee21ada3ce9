"""Public pages: the same bytes for every visitor, cacheable by anybody."""

from collections.abc import Callable
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from treatments.models import SitePage, TreatmentPage
from treatments.reading import read_site_page, read_treatment_page, teasers
from treatments.siblings import siblings_of_route, siblings_of_site_page, siblings_of_treatment_page

View = TypeVar("View", bound=Callable[..., HttpResponse])


def public(view: View) -> View:
    """Send the page compressed, for anybody to keep: a minute only, so that a correction is soon seen."""
    return cache_control(public=True, max_age=60)(gzip_page(view))


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Show the first page of a language."""
    return _site_page(request, SitePage.HOME, "treatments/home.html", "treatments:home")


@require_safe
@public
def treatment_list(request: HttpRequest) -> HttpResponse:
    """Show all treatments of a language."""
    return _site_page(request, SitePage.TREATMENTS, "treatments/treatment_list.html", "treatments:list")


@require_safe
@public
def treatment(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one treatment page."""
    pages = TreatmentPage.objects.published().in_language(get_language() or "")
    page = get_object_or_404(pages, slug=slug)
    context = {"page": read_treatment_page(page), "siblings": siblings_of_treatment_page(page)}
    return render(request, "treatments/treatment_page.html", context)


@require_safe
@public
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a page about the site itself, such as the privacy notice."""
    pages = SitePage.objects.published().in_language(get_language() or "")
    page = get_object_or_404(pages.exclude(key__in=[SitePage.HOME, SitePage.TREATMENTS]), slug=slug)
    context = {"page": read_site_page(page), "siblings": siblings_of_site_page(page)}
    return render(request, "treatments/site_page.html", context)


def _site_page(request: HttpRequest, key: str, template: str, route: str) -> HttpResponse:
    """Show a site page that lists the treatments."""
    language = get_language() or ""
    page = get_object_or_404(SitePage.objects.published().in_language(language), key=key)
    context = {
        "page": read_site_page(page),
        "treatments": teasers(language),
        "siblings": siblings_of_route(route),
    }
    return render(request, template, context)
