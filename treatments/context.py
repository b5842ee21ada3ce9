"""The frame around every public page: clinic, menus, languages."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from treatments.models import Clinic, SitePage
from treatments.siblings import siblings_of_route

_MAIN = (SitePage.CLINIC, SitePage.INTERNATIONAL)
_READING = (SitePage.GUIDE, SitePage.COMPARE, SitePage.IMAGING, SitePage.GLOSSARY)


@dataclass(frozen=True)
class MenuItem:
    """A link of a menu."""

    title: str
    url: str
    current: bool


def site_frame(request: HttpRequest) -> dict[str, object]:
    """Return what base.html needs; lazy, so that admin pages and redirects ask the database for nothing."""
    return {
        "clinic": SimpleLazyObject(Clinic.objects.first),
        "menus": SimpleLazyObject(lambda: _menus(request)),
        "privacy_url": SimpleLazyObject(privacy_url),
        "siblings": SimpleLazyObject(lambda: siblings_of_route("treatments:home")),
        "canonical_url": f"{settings.SITE_URL}{request.path}",
        "x_default_url": f"{settings.SITE_URL}/",
    }


def privacy_url() -> str:
    """Return where the privacy notice stands in the active language; an empty text while there is none."""
    notices = SitePage.objects.published().in_language(_language())
    notice = notices.filter(key=SitePage.PRIVACY).first()
    return notice.get_absolute_url() if notice else ""


def _menus(request: HttpRequest) -> dict[str, list[MenuItem]]:
    """Return the menus of the frame: the main one, what to read, what the law asks for, and search."""
    pages = {page.key: page for page in SitePage.objects.published().in_language(_language()).order_by("id")}
    for key in (SitePage.HOME, SitePage.TREATMENTS):
        pages.pop(key, None)

    def items(keys: Iterable[str]) -> list[MenuItem]:
        return [_item(request, pages[key].title, pages[key].get_absolute_url()) for key in keys if key in pages]

    # The short names come first: on a phone they share a line.
    main = [
        _item(request, _("Treatments"), reverse("treatments:list")),
        *items([SitePage.CLINIC]),
        _item(request, _("Send an inquiry"), reverse("inquiries:form")),
        *items([SitePage.INTERNATIONAL]),
    ]
    return {
        "main": main,
        "reading": items(_READING),
        "legal": items(key for key in pages if key not in {*_MAIN, *_READING, SitePage.SEARCH}),
        "search": items([SitePage.SEARCH]),
    }


def _item(request: HttpRequest, title: str, url: str) -> MenuItem:
    return MenuItem(title, url, request.path == url)


def _language() -> str:
    return get_language() or settings.LANGUAGE_CODE
