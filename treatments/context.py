"""The frame around every public page: clinic, menus, languages."""

from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from treatments.models import Clinic, SitePage
from treatments.siblings import siblings_of_route


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
        "menu": SimpleLazyObject(lambda: _menu(request)),
        "legal_menu": SimpleLazyObject(lambda: _legal_menu(request)),
        "privacy_url": SimpleLazyObject(privacy_url),
        "siblings": SimpleLazyObject(lambda: siblings_of_route("treatments:home")),
        "canonical_url": f"{settings.SITE_URL}{request.path}",
        "x_default_url": f"{settings.SITE_URL}/",
    }


def privacy_url() -> str:
    """Return where the privacy notice stands in the active language; an empty text while there is none."""
    notices = SitePage.objects.published().in_language(get_language() or settings.LANGUAGE_CODE)
    notice = notices.filter(key=SitePage.PRIVACY).first()
    return notice.get_absolute_url() if notice else ""


def _menu(request: HttpRequest) -> list[MenuItem]:
    links = [(_("Treatments"), reverse("treatments:list")), (_("Send an inquiry"), reverse("inquiries:form"))]
    return [MenuItem(title, url, request.path == url) for title, url in links]


def _legal_menu(request: HttpRequest) -> list[MenuItem]:
    pages = SitePage.objects.published().in_language(get_language() or settings.LANGUAGE_CODE)
    pages = pages.exclude(key__in=[SitePage.HOME, SitePage.TREATMENTS]).order_by("id")
    links = [(page.title, page.get_absolute_url()) for page in pages]
    return [MenuItem(title, url, request.path == url) for title, url in links]
