"""Markdown to safe HTML, with sources cited as `[^KEY]`."""

import re
from functools import lru_cache

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from treatments.content_files import CITATION

# CommonMark with raw HTML off: whatever an editor types, no tag of theirs reaches a visitor.
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=2000)
def _html(text: str) -> str:
    """Return Markdown as HTML, its citations still as written; the same text is rendered once."""
    return str(_MARKDOWN.render(text))


class Citations:
    """Numbers the sources of one page in the order in which they are first cited."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def render(self, text: str) -> SafeString:
        """Return `text` as HTML whose citations are numbered links to the page's list of sources."""
        html = _html(text)
        # markdown-it escapes everything it does not write itself, and a key holds letters, digits and hyphens only.
        return mark_safe(CITATION.sub(self._link, html))  # noqa: S308  # see the line above

    def _link(self, match: re.Match[str]) -> str:
        """Return the numbered link that stands for one citation."""
        key = match.group(1)
        number = self.numbers.setdefault(key, len(self.numbers) + 1)
        return format_html(
            '<sup class="cite"><a href="#source-{}" aria-label="{}">{}</a></sup>',
            key,
            _("Source %(number)d") % {"number": number},
            number,
        )
