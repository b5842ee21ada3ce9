"""Passing a page on, for templates."""

from django import template
from django.utils.translation import get_language

from treatments.sharing import ShareLink, og_locale, share_links

register = template.Library()


@register.simple_tag
def ways_to_share(url: str, title: str) -> list[ShareLink]:
    """Return the links that pass the page at `url` on."""
    return share_links(url, title)


@register.simple_tag
def page_locale() -> str:
    """Return the page's language as social networks write it."""
    return og_locale(get_language() or "")


@register.filter
def locale_of(language: str) -> str:
    """Return a language as social networks write it."""
    return og_locale(language)
