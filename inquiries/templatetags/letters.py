"""How e-mails show a reference: whole, and from left to right in every language."""

import re

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from inquiries.references import PREFIX

register = template.Library()

_REFERENCE = re.compile(rf"({PREFIX}-\w{{4}}-\w{{4}})")
_KEPT = '<span dir="ltr" style="white-space:nowrap;">{}</span>'


@register.filter
def whole_references(text: str) -> SafeString:
    """Return `text`, escaped, with no reference in it broken over two lines."""
    # The pattern's group makes every second piece a reference.
    pieces = enumerate(_REFERENCE.split(text))
    return format_html_join("", "{}", ((format_html(_KEPT, piece) if place % 2 else piece,) for place, piece in pieces))
