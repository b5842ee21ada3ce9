"""Addresses without a language, and the pages that say that something went wrong."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from clinic_site.desk_errors import desk_forbidden, desk_not_found, is_at_the_desk
from treatments.models import SitePage, TreatmentPage
from treatments.siblings import Sibling, siblings_of_route, siblings_of_site_page, siblings_of_treatment_page


@require_safe
def choose_language(request: HttpRequest) -> HttpResponse:
    """Send the visitor to the first page in the language that the browser asks for."""
    with translation.override(translation.get_language_from_request(request)):
        response = HttpResponseRedirect(reverse("treatments:home"))
    patch_vary_headers(response, ["Accept-Language"])
    return response


@require_safe
@cache_control(public=True, max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """Tell crawlers what to leave alone: the desk."""
    context = {"sitemap_url": settings.SITE_URL + reverse("sitemap")}
    return render(request, "robots.txt", context, content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(public=True, max_age=3600)
def sitemap(request: HttpRequest) -> HttpResponse:
    """List every public page with its siblings in the other languages."""
    context = {"entries": list(_sitemap_entries()), "x_default_url": f"{settings.SITE_URL}/"}
    return render(request, "sitemap.xml", context, content_type="application/xml; charset=utf-8")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer a request that no form of ours sends."""
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer a request that is not allowed."""
    if is_at_the_desk(request):
        return desk_forbidden(request)
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Answer an address that does not exist, in the visitor's language."""
    if is_at_the_desk(request):
        return desk_not_found(request)
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when something broke; needs neither the database nor the frame."""
    return render(request, "500.html", status=500)


def _sitemap_entries() -> list[tuple[Sibling, list[Sibling]]]:
    """Return every public address with its siblings."""
    groups = [siblings_of_route(route) for route in ("treatments:home", "treatments:list", "inquiries:form")]
    groups += [
        siblings_of_treatment_page(page)
        for page in TreatmentPage.objects.published().in_language(settings.LANGUAGE_CODE)
    ]
    groups += [
        siblings_of_site_page(page)
        for page in SitePage.objects.published()
        .in_language(settings.LANGUAGE_CODE)
        .exclude(key__in=[SitePage.HOME, SitePage.TREATMENTS])
        .order_by("id")
    ]
    return [(sibling, group) for group in groups for sibling in group]
