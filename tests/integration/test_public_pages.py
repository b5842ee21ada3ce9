"""Public pages: the same bytes for everybody, no cookie, no third party, valid, in the visitor's language."""

import gzip
import re
from collections import Counter

import brotli
import html5lib
import pytest
from django.test import Client
from django.utils import translation

from coordinators.demo import create_demo_team
from tests.pages import LANGUAGES, public_paths
from treatments.enums import PublicationState
from treatments.models import PageSection, SitePage, Treatment, TreatmentPage
from treatments.outline import BRIEFS, OPTIONAL_KEYS, QUESTIONS, SLOTS
from treatments.reading import read_treatment_page

pytestmark = pytest.mark.django_db

EXTERNAL = re.compile(r"""(?:src|href|action|srcset|data|poster)=["'](?:https?:)?//(?P<host>[^/"']+)""")
RESOURCE = re.compile(
    r"""<(?:script|img|iframe|link|source|video|audio|object|embed|use)\b[^>]*?(?:src|href)=["'](?P<url>[^"']+)"""
)


@pytest.fixture(autouse=True)
def _demo() -> None:
    create_demo_team()


def texts(client: Client) -> dict[str, str]:
    return {path: client.get(path).content.decode() for path in public_paths(client)}


def test_sitemap_lists_every_page_in_every_language(client: Client) -> None:
    paths = public_paths(client)
    assert len(paths) == len(set(paths)) == len(LANGUAGES) * (3 + 4 + 10)
    assert Counter(path.split("/")[1] for path in paths) == dict.fromkeys(LANGUAGES, 17)


def test_every_page_answers_the_same_bytes_to_everybody_without_a_cookie(client: Client) -> None:
    for path in public_paths(client):
        response = client.get(path)
        other = Client(headers={"User-Agent": "Other", "Accept-Language": "fr", "Cookie": "a=b"}).get(path)
        assert response.status_code == 200, path
        assert response.content == other.content, path
        assert not response.cookies, path
        assert "public" in response.headers["Cache-Control"], path
        assert "Cookie" not in response.headers.get("Vary", ""), path
        assert "Accept-Language" not in response.headers.get("Vary", ""), path
        assert client.head(path).status_code == 200, path


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=1.0, gzip;q=0.8", "br"),
        ("gzip, br;q=0", "gzip"),
        ("gzip", "gzip"),
        ("", None),
        ("brotli, library", None),
    ],
)
def test_page_is_sent_compressed_to_who_can_read_that(client: Client, accepted: str, encoding: str | None) -> None:
    page = TreatmentPage.objects.get(language="de", treatment__code="facet-denervation").get_absolute_url()
    plain, packed = client.get(page), client.get(page, headers={"Accept-Encoding": accepted})
    assert packed.headers.get("Content-Encoding") == encoding
    assert "Accept-Encoding" in packed.headers["Vary"]
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert unpack(packed.content) == plain.content
    if encoding:
        assert len(packed.content) < len(plain.content) / 3
        assert int(packed.headers["Content-Length"]) == len(packed.content)
    assert "Accept-Encoding" in packed.headers["Vary"]


def test_every_page_has_a_strict_policy_and_keeps_to_it(client: Client) -> None:
    for path in public_paths(client):
        response = client.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "same-origin"
        html = response.content.decode()
        assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html), path
        # A block of data is never run.
        for script in re.findall(r'<script\b(?! type="application/ld\+json")[^>]*>([^<]*)</script>', html):
            assert not script.strip(), path
        for match in RESOURCE.finditer(html):
            assert match["url"].startswith(("/static/", "#")) or 'rel="' in match.group(0), (
                path,
                match.group(0),
            )


def test_every_page_is_valid_html_with_one_heading_and_unique_ids(client: Client) -> None:
    for path, html in texts(client).items():
        parser = html5lib.HTMLParser(strict=True)
        parser.parse(html)
        assert len(re.findall(r"<h1\b", html)) == 1, path
        ids = re.findall(r'\sid="([^"]+)"', html)
        assert not [name for name, count in Counter(ids).items() if count > 1], path
        for target in re.findall(r'href="#([^"]+)"', html):
            assert target in ids, (path, target)
        for target in re.findall(r'\sfor="([^"]+)"', html):
            assert target in ids, (path, target)
        described = [name for names in re.findall(r'aria-describedby="([^"]+)"', html) for name in names.split()]
        assert set(described) <= set(ids), path


def test_every_page_names_its_language_and_its_siblings(client: Client) -> None:
    for path, html in texts(client).items():
        language = path.split("/")[1]
        assert f'<html lang="{language}"' in html, path
        alternates = dict(re.findall(r'<link rel="alternate" hreflang="([^"]+)" href="[^"]*?//[^/]+([^"]+)"', html))
        assert set(alternates) == {*LANGUAGES, "x-default"}, path
        assert alternates[language] == path
        for sibling in LANGUAGES:
            back = client.get(alternates[sibling]).content.decode()
            assert f'hreflang="{language}" href="http://127.0.0.1:8000{path}"' in back, (path, sibling)
        assert f'<link rel="canonical" href="http://127.0.0.1:8000{path}"' in html, path


def test_every_page_says_that_the_demo_is_a_demo(client: Client) -> None:
    for path, html in texts(client).items():
        with translation.override(path.split("/")[1]):
            assert (
                translation.gettext("The clinic and its people are invented.") in html or "demo" in html.casefold()
            ), path


def test_first_address_follows_the_browser(client: Client) -> None:
    for header, language in (
        ("de-AT,de;q=0.9", "de"),
        ("hr", "hr"),
        ("nl-BE", "nl"),
        ("fr", "en"),
        ("", "en"),
    ):
        response = client.get("/", headers={"Accept-Language": header})
        assert (response.status_code, response.headers["Location"]) == (302, f"/{language}/")
        assert "Accept-Language" in response.headers["Vary"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_treatment_page_is_complete(client: Client, language: str) -> None:
    needed = [slot.key for slot in SLOTS if slot.key not in OPTIONAL_KEYS and slot not in BRIEFS]
    assert Treatment.objects.count() == 4
    for page in TreatmentPage.objects.published().in_language(language):
        with translation.override(language):
            read = read_treatment_page(page)
        assert read.expectation is not None
        found = [read.expectation.key] + [section.key for section in (*read.sections, *read.questions)]
        assert [key for key in needed if key not in found] == [], page
        assert len(read.questions) == len(QUESTIONS) == 8
        assert read.sources
        assert {fact.key for fact in read.facts} >= {
            "minutes",
            "sessions",
            "guidance",
            "anaesthesia",
            "onset",
            "lasting",
            "radiation",
        }
        html = client.get(page.get_absolute_url()).content.decode()
        assert html.index("112") < html.index('id="inquiry-form"')
        for source in read.sources:
            assert f'id="{source.anchor}"' in html


def test_every_citation_has_a_source(client: Client) -> None:
    for path, html in texts(client).items():
        cited = set(re.findall(r'href="#source-([^"]+)"', html))
        assert cited == {key for key in cited if f'id="source-{key}"' in html}, path


def test_form_on_a_treatment_page_has_the_treatment_chosen(client: Client) -> None:
    html = client.get(
        TreatmentPage.objects.get(language="de", treatment__code="facet-denervation").get_absolute_url()
    ).content.decode()
    assert re.search(r'<input[^>]*value="facet-denervation"[^>]*checked', html)
    assert not re.search(r'<input[^>]*name="preferred_language"[^>]*checked', html)


@pytest.mark.parametrize(
    "address", ["/de/gibt-es-nicht/", "/de/behandlungen/nichts/", "/de/a/b/c/", "/de/%2e%2e/etc/passwd"]
)
def test_missing_page_says_so_in_the_visitors_language(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert '<html lang="de"' in response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/en/treatments/../../etc/passwd",
        "/en/%00/",
        "/%ff%fe/",
        "/en//evil.example/",
        "//evil.example/",
        "/en/treatments/facet%2f..%2fx/",
    ],
)
def test_strange_addresses_get_a_plain_refusal(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code in {301, 302, 400, 404}
    assert "evil.example" not in response.headers.get("Location", "").split("/en/")[0]


def test_poisoned_host_is_refused(client: Client) -> None:
    assert client.get("/en/", headers={"Host": "evil.example"}).status_code == 400
    html = client.get("/en/", headers={"X-Forwarded-Host": "evil.example"}).content.decode()
    assert "evil.example" not in html


def test_draft_is_hidden_from_visitors(client: Client) -> None:
    page = TreatmentPage.objects.get(language="en", treatment__code="facet-denervation")
    TreatmentPage.objects.filter(pk=page.pk).update(state=PublicationState.DRAFT)
    assert client.get(page.get_absolute_url()).status_code == 404
    assert page.get_absolute_url() not in public_paths(client)
    german = TreatmentPage.objects.get(language="de", treatment=page.treatment)
    assert (
        'hreflang="en" href="http://127.0.0.1:8000/en/treatments'
        not in client.get(german.get_absolute_url()).content.decode()
    )


def test_edited_text_is_escaped(client: Client) -> None:
    section = PageSection.objects.filter(page__language="en", key="what").first()
    assert section is not None
    section.body = "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"
    section.save()
    html = client.get(section.page.get_absolute_url()).content.decode()
    assert "<script>alert(1)" not in html
    assert 'href="javascript' not in html
    assert "<strong>bold</strong>" in html


def test_legal_pages_are_linked_from_every_page(client: Client) -> None:
    for language in LANGUAGES:
        html = client.get(f"/{language}/").content.decode()
        for page in SitePage.objects.in_language(language).exclude(key__in=[SitePage.HOME, SitePage.TREATMENTS]):
            assert f'href="{page.get_absolute_url()}"' in html


def test_robots_keeps_crawlers_out_of_the_desk(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
