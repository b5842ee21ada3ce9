"""Every public address, for tests that walk the whole site."""

import re
import xml.etree.ElementTree as ET

from django.conf import settings
from django.test import Client

LANGUAGES = tuple(code for code, _name in settings.LANGUAGES)
_NAMESPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}


def public_paths(client: Client) -> list[str]:
    """Return the paths that the sitemap lists."""
    tree = ET.fromstring(client.get("/sitemap.xml").content)
    urls = [element.text or "" for element in tree.findall("s:url/s:loc", _NAMESPACE)]
    return [re.sub(r"^https?://[^/]+", "", url) for url in urls]
