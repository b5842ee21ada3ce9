"""Public pages: the same bytes for every visitor, cacheable by anybody."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from treatments.brochure.content import page_version
from treatments.brochure.store import BROCHURE, CARD, LARGE_PRINT, Kind, made
from treatments.compression import compressed
from treatments.models import SitePage, TreatmentPage
from treatments.reading import read_treatment_page
from treatments.siblings import Sibling, siblings_of_route, siblings_of_site_page, siblings_of_treatment_page
from treatments.site_pages import kind_of

View = TypeVar("View", bound=Callable[..., HttpResponse])


def public(view: View) -> View:
    """Send the page compressed, for anybody to keep: a minute only, so that a correction is soon seen.

    A view that says `no-store` keeps its word.
    """

    @wraps(view)
    def send(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401  # any view's
        response = view(request, *args, **kwargs)
        if "no-store" not in response.get("Cache-Control", ""):
            patch_cache_control(response, public=True, max_age=60)
        return response

    return compressed(cast("View", send))


@require_safe
@public
def home(request: HttpRequest) -> HttpResponse:
    """Show the first page of a language."""
    return _site_page(request, SitePage.HOME, "treatments:home")


@require_safe
@public
def treatment_list(request: HttpRequest) -> HttpResponse:
    """Show all treatments of a language."""
    return _site_page(request, SitePage.TREATMENTS, "treatments:list")


@require_safe
@public
def treatment(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one treatment page."""
    page = _treatment_page(slug)
    read = read_treatment_page(page)
    context = {"page": read, "page_version": page_version(read), "siblings": siblings_of_treatment_page(page)}
    return render(request, "treatments/treatment_page.html", context)


@require_safe
@cache_control(public=True, max_age=60)
def brochure(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Send a treatment page as a brochure."""
    return _file(slug, BROCHURE)


@require_safe
@cache_control(public=True, max_age=60)
def large_print(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Send a treatment page as a brochure in large print."""
    return _file(slug, LARGE_PRINT)


@require_safe
@cache_control(public=True, max_age=60)
def card(request: HttpRequest, slug: str) -> HttpResponse:  # noqa: ARG001  # Django's signature
    """Send the picture that stands for a treatment page where its address is shared."""
    response = _file(slug, CARD)
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
@public
def site_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show any other page: a guide, the clinic, the privacy notice."""
    pages = SitePage.objects.published().in_language(get_language() or "")
    page = get_object_or_404(pages.exclude(key__in=[SitePage.HOME, SitePage.TREATMENTS]), slug=slug)
    response = _show(request, page, siblings_of_site_page(page))
    if page.key == SitePage.SEARCH and request.GET:
        # What somebody looks for is nobody else's business: no cache keeps it, no search engine lists it.
        patch_cache_control(response, no_store=True, private=True)
        response.headers["X-Robots-Tag"] = "noindex"
    return response


def _site_page(request: HttpRequest, key: str, route: str) -> HttpResponse:
    """Show a site page that stands at an address of its own."""
    page = get_object_or_404(SitePage.objects.published().in_language(get_language() or ""), key=key)
    return _show(request, page, siblings_of_route(route))


def _show(request: HttpRequest, page: SitePage, siblings: list[Sibling]) -> HttpResponse:
    """Render a site page as its kind asks."""
    kind = kind_of(page)
    return render(request, kind.template, kind.context(page, request.GET.get("q", "")) | {"siblings": siblings})


def _treatment_page(slug: str) -> TreatmentPage:
    """Return the treatment page that visitors can see at `slug` in the active language."""
    return get_object_or_404(TreatmentPage.objects.published().in_language(get_language() or ""), slug=slug)


def _file(slug: str, kind: Kind) -> HttpResponse:
    """Send a file made of a treatment page; search engines are told to list the page instead."""
    page = _treatment_page(slug)
    file = made(kind, page)
    name = f"{page.slug}-{kind.name}.{kind.suffix}"
    return HttpResponse(
        file.content,
        content_type=kind.content_type,
        headers={
            "ETag": f'"{file.digest}"',
            "Content-Disposition": f'inline; filename="{name}"',
            "Content-Language": page.language,
            "Link": f'<{settings.SITE_URL}{page.get_absolute_url()}>; rel="canonical"',
        },
    )
