"""Telling somebody about a page: plain links, so that nothing of another site is loaded before a reader chooses one."""

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlencode

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext


@dataclass(frozen=True)
class ShareLink:
    """A way to pass a page on: what the link says, and where it leads."""

    name: str
    url: str


def share_links(url: str, title: str) -> list[ShareLink]:
    """Return the ways to pass on the page at `url`."""
    letter = _query(subject=title, body=f"{title}\n{url}")
    message = _query(text=f"{title} {url}")
    return [
        ShareLink(_("E-mail"), f"mailto:?{letter}"),
        ShareLink("WhatsApp", f"https://wa.me/?{message}"),
        ShareLink("Facebook", f"https://www.facebook.com/sharer/sharer.php?{_query(u=url)}"),
        ShareLink("LinkedIn", f"https://www.linkedin.com/sharing/share-offsite/?{_query(url=url)}"),
        ShareLink("X", f"https://x.com/intent/post?{_query(text=title, url=url)}"),
    ]


@lru_cache(maxsize=64)
def og_locale(language: str) -> str:
    """Return the language as social networks write it, for example de_DE; a translator chooses the country."""
    with translation.override(language):
        chosen = pgettext("language and country for social networks, for example de_DE", "en_GB")
    plain = translation.to_locale(language)
    return chosen if chosen.split("_")[0] == plain.split("_")[0] else plain


def _query(**values: str) -> str:
    """Return values as a query; blanks as %20, since mail programs show a plus sign as it is."""
    return urlencode(values, quote_via=quote)
