"""Passing a page on: plain links, nothing of another site loaded, the same facts wherever the page is shared."""

import gzip
import html
import re
import struct
from urllib.parse import parse_qs, urlsplit

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from coordinators.demo import create_demo_team
from tests.pages import LANGUAGES, public_paths
from treatments.models import TreatmentPage
from treatments.sharing import og_locale, share_links

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
HOSTS = ["", "wa.me", "www.facebook.com", "www.linkedin.com", "x.com"]
JAVASCRIPT_BYTES = 5_000


@pytest.fixture(autouse=True)
def _demo() -> None:
    create_demo_team()


def properties(text: str) -> dict[str, str]:
    """Return the Open Graph and Twitter properties of a page; a repeated one as it stands last."""
    pattern = r'<meta (?:property|name)="((?:og|twitter):[^"]+)" content="([^"]*)">'
    return {name: html.unescape(value) for name, value in re.findall(pattern, text)}


def treatment_paths() -> list[str]:
    return [page.get_absolute_url() for page in TreatmentPage.objects.published().filter(language__in=LANGUAGES)]


@pytest.mark.parametrize("title", ["Facet joint injection", 'A & B "C" <D> 100 % #1?', "Križobolja – što sada?"])
def test_every_link_carries_title_and_address_whole(title: str) -> None:
    url = f"{SITE}/en/treatments/x/"
    links = share_links(url, title)
    assert [urlsplit(link.url).hostname or "" for link in links] == HOSTS
    for link in links:
        assert "+" not in link.url
        query = parse_qs(urlsplit(link.url).query, strict_parsing=True)
        carried = " ".join(value for values in query.values() for value in values)
        assert url in carried
        if "facebook" not in link.url and "linkedin" not in link.url:
            assert title in carried


def test_treatment_pages_can_be_passed_on_without_a_script(client: Client) -> None:
    for path in treatment_paths():
        page = client.get(path).content.decode()
        box = page[page.index('<section class="fine share"') :]
        box = box[: box.index("</section>")]
        links = re.findall(r'<a href="([^"]+)" rel="([^"]+)">', box)
        assert [urlsplit(link).hostname or "" for link, _rel in links] == HOSTS, path
        assert {rel for _link, rel in links} == {"noreferrer noopener"}
        assert all(re.search(r"\bhidden\b", button) for button in re.findall(r"<button\b[^>]*>", box))
        assert 'role="status"' in box


def test_all_scripts_together_are_small() -> None:
    packed = [gzip.compress(path.read_bytes()) for path in (settings.BASE_DIR / "static" / "js").glob("*.js")]
    assert sum(map(len, packed)) < JAVASCRIPT_BYTES


def test_every_public_page_says_what_it_is_when_shared(client: Client) -> None:
    for path in public_paths(client):
        page = client.get(path).content.decode()
        found = properties(page)
        assert {"og:type", "og:title", "og:description", "og:url", "og:site_name", "og:locale"} <= set(found), path
        assert all(found.values()), path
        assert found["og:url"] == f"{SITE}{path}"
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert heading
        assert found["og:title"] == html.unescape(heading[1].strip())
        description = re.search(r'<meta name="description" content="([^"]*)">', page)
        assert description
        assert found["og:description"] == html.unescape(description[1])
        others = re.findall(r'<meta property="og:locale:alternate" content="([^"]+)">', page)
        siblings = set(re.findall(r'rel="alternate" hreflang="(\w+)"', page)) - {"x-default", path.split("/")[1]}
        assert sorted(others) == sorted(og_locale(code) for code in siblings), path
        assert page.count('property="og:title"') == 1, path


def test_treatment_pages_show_their_card(client: Client) -> None:
    for path in treatment_paths():
        found = properties(client.get(path).content.decode())
        assert found["og:image"] == f"{SITE}{path}card.png"
        assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
        assert found["og:title"] in found["og:image:alt"]
        assert found["twitter:card"] == "summary_large_image"
        assert found["og:type"] == "article"


def test_card_can_be_fetched_where_the_page_says(client: Client) -> None:
    path = properties(client.get(treatment_paths()[0]).content.decode())["og:image"].removeprefix(SITE)
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/png")
    # A PNG's size stands in its first bytes.
    assert struct.unpack(">II", answer.content[16:24]) == (1200, 630)


def test_pages_that_are_nobodys_to_share_say_nothing(client: Client) -> None:
    assert properties(client.get("/en/no-such-page/").content.decode()) == {}


def test_hostile_title_stays_a_title(client: Client) -> None:
    page = TreatmentPage.objects.get(language="en", treatment__code="facet-infiltration")
    page.title = '"><script>alert(1)</script>&'
    page.save()
    text = client.get(page.get_absolute_url()).content.decode()
    assert "<script>alert" not in text
    assert properties(text)["og:title"] == page.title


def test_language_without_a_chosen_country_stands_alone() -> None:
    assert og_locale("en") == "en_GB"
    for language in LANGUAGES:
        assert og_locale(language).split("_")[0] == language
    with translation.override("de"):
        assert og_locale("en") == "en_GB"
    assert og_locale("ar") == "ar"


def test_way_to_a_page_ends_with_the_page_itself(client: Client) -> None:
    for path in public_paths(client):
        page = client.get(path).content.decode()
        crumbs = re.search(r'<nav class="crumbs".*?</nav>', page, re.DOTALL)
        if path.count("/") == 2:
            assert crumbs is None
            continue
        assert crumbs, path
        steps = re.findall(r"<li>(.*?)</li>", crumbs[0], re.DOTALL)
        heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
        assert heading
        assert steps[-1] == f'<span aria-current="page">{heading[1].strip()}</span>', path
        assert all(step.startswith("<a ") for step in steps[:-1])
