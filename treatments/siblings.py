"""The same page in every language: for the language switch, hreflang and the sitemap."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse
from django.utils import translation

from treatments.models import SitePage, TreatmentPage


@dataclass(frozen=True)
class Sibling:
    """A page's address in one language."""

    language: str
    name: str
    url: str
    current: bool

    @property
    def absolute_url(self) -> str:
        """The address with the site's scheme and host."""
        return settings.SITE_URL + self.url


def siblings_of_route(route: str, **kwargs: str) -> list[Sibling]:
    """Return the addresses of a named route in every language of the site."""
    urls = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            urls[code] = reverse(route, kwargs=kwargs)
    return _in_site_order(urls)


def siblings_of_treatment_page(page: TreatmentPage) -> list[Sibling]:
    """Return the published pages about the same treatment."""
    pages = TreatmentPage.objects.published().filter(treatment=page.treatment_id)
    return _in_site_order({sibling.language: sibling.get_absolute_url() for sibling in pages})


def siblings_of_site_page(page: SitePage) -> list[Sibling]:
    """Return the published pages with the same key."""
    pages = SitePage.objects.published().filter(key=page.key)
    return _in_site_order({sibling.language: sibling.get_absolute_url() for sibling in pages})


def _in_site_order(urls: dict[str, str]) -> list[Sibling]:
    """Return siblings in the order of the site's languages, the current one marked."""
    current = translation.get_language()
    return [Sibling(code, name, urls[code], code == current) for code, name in settings.LANGUAGES if code in urls]
