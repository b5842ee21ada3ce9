"""Data for search engines agree with the page, and cannot break out of their place."""

import json
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import html5lib
import pytest
from django.test import Client as Browser
from django.utils import translation

from coordinators.demo import create_demo_team
from tests.pages import LANGUAGES
from treatments.models import Clinic, PageSection, SitePage, TreatmentPage
from treatments.reading import read_treatment_page
from treatments.structured_data import SCHEMA, Crumb, Where, as_script, breadcrumbs

pytestmark = pytest.mark.django_db

SITE = "http://127.0.0.1:8000"
DATA = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)
# Addresses, codes and days, which a page writes in its reader's way
NOT_WORDS = {
    "@context", "@type", "@id", "url", "item", "inLanguage", "procedureType", "dayOfWeek", "dateCreated",
    "lastReviewed", "addressCountry",
}  # fmt: skip
NEVER = {"aggregateRating", "review", "ratingValue", "offers", "price", "priceRange", "award", "outcome"}
XHTML = "{http://www.w3.org/1999/xhtml}"
INLINE = {"a", "strong", "em", "b", "i", "code", "span", "sup", "bdi", "abbr", "dfn", "time"}
HOSTILE = "</script><script>alert(1)</script><!-- & ]]> \u2028 \"'\\"


@pytest.fixture(autouse=True)
def _demo() -> None:
    create_demo_team()


def nodes(html: str) -> list[dict[str, Any]]:
    """Return the data of a page."""
    blocks = DATA.findall(html)
    assert len(blocks) == 1
    data = json.loads(blocks[0])
    assert data["@context"] == SCHEMA
    graph: list[dict[str, Any]] = data["@graph"]
    return graph


def node(html: str, kind: str) -> dict[str, Any]:
    """Return the one piece of data of a kind."""
    found = [item for item in nodes(html) if item["@type"] == kind]
    assert len(found) == 1
    return found[0]


def words(data: Any, key: str = "") -> Iterator[str]:
    """Yield every text in `data` that a reader should find on the page."""
    if isinstance(data, dict):
        assert not NEVER & set(data)
        for name, value in data.items():
            if name not in NOT_WORDS:
                yield from words(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from words(value, key)
    elif isinstance(data, str):
        yield data


def keys(data: Any) -> Iterator[str]:
    """Yield the name of everything in `data`."""
    if isinstance(data, dict):
        yield from data
    for value in data.values() if isinstance(data, dict) else data if isinstance(data, list) else ():
        yield from keys(value)


def blanks(text: str) -> str:
    return " ".join(text.split())


def visible(html: str) -> str:
    """Return what a visitor reads in the body: no scripts, drawings and numbers of sources."""

    def read(element: Any) -> str:
        tag = str(element.tag).removeprefix(XHTML)
        if tag in {"script", "svg", "figure"} or "cite" in (element.get("class") or "").split():
            return ""
        inside = (element.text or "") + "".join(read(child) + (child.tail or "") for child in element)
        return inside if tag in INLINE else f" {inside} "

    body = html5lib.parse(html).find(f"{XHTML}body")
    return blanks(read(body))


def treatment_pages() -> list[TreatmentPage]:
    return list(TreatmentPage.objects.published().filter(language__in=LANGUAGES))


def facet_page() -> TreatmentPage:
    return TreatmentPage.objects.get(language="en", treatment__code="facet-infiltration")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_the_data_stands_on_the_treatment_page(client: Browser, language: str) -> None:
    for page in TreatmentPage.objects.published().in_language(language):
        html = client.get(page.get_absolute_url()).content.decode()
        graph = nodes(html)
        assert [item["@type"] for item in graph] == ["MedicalWebPage", "MedicalProcedure", "BreadcrumbList", "FAQPage"]
        text = visible(html)
        found = list(words(graph))
        assert len(found) > 20
        assert [word for word in found if blanks(word) not in text] == []
        procedure = node(html, "MedicalProcedure")
        with translation.override(language):
            own = {section.key for section in read_treatment_page(page).sections if section.language == language}
        asked = {
            "preparation": {"prepare"},
            "howPerformed": {"steps"},
            "followup": {"after-hours", "after-days", "after"},
        }
        for name, wanted in asked.items():
            assert len(procedure.get(name, [])) == len(wanted & own), name
        assert {"howPerformed", "alternateName"} <= set(procedure)
        assert procedure["procedureType"] == f"{SCHEMA}/PercutaneousProcedure"


def test_data_of_the_page_name_the_page(client: Browser) -> None:
    for page in treatment_pages():
        html = client.get(page.get_absolute_url()).content.decode()
        data = node(html, "MedicalWebPage")
        assert data["url"] == f"{SITE}{page.get_absolute_url()}"
        assert data["inLanguage"] == page.language
        assert data["dateCreated"] == page.written_on.isoformat()
        assert data["publisher"]["name"] == "Klinika Primjer"
        known = {item["@id"] for item in nodes(html)}
        assert {data["about"]["@id"], data["breadcrumb"]["@id"]} <= known


def test_page_is_called_reviewed_only_after_a_doctor_read_it(client: Browser) -> None:
    page = facet_page()
    data = node(client.get(page.get_absolute_url()).content.decode(), "MedicalWebPage")
    assert not {"lastReviewed", "reviewedBy"} & set(data)
    page.reviewer, page.reviewed_on = "Dr Ana Primjer", date(2026, 10, 3)
    page.save()
    html = client.get(page.get_absolute_url()).content.decode()
    data = node(html, "MedicalWebPage")
    assert (data["lastReviewed"], data["reviewedBy"]["name"]) == ("2026-10-03", "Dr Ana Primjer")
    assert "Dr Ana Primjer" in visible(html)
    assert "3 October 2026" in visible(html)


def test_questions_and_answers_are_those_of_the_page(client: Browser) -> None:
    for page in treatment_pages():
        with translation.override(page.language):
            read = read_treatment_page(page)
        questions = node(client.get(page.get_absolute_url()).content.decode(), "FAQPage")["mainEntity"]
        shown = [question.heading for question in read.questions if question.language == page.language]
        assert [question["name"] for question in questions] == shown
        assert all(question["acceptedAnswer"]["text"] for question in questions)


def test_breadcrumbs_are_the_ones_at_the_head_of_the_page(client: Browser) -> None:
    for page in treatment_pages():
        html = client.get(page.get_absolute_url()).content.decode()
        steps = node(html, "BreadcrumbList")["itemListElement"]
        head = html[html.index('class="crumbs"') : html.index("</nav>", html.index('class="crumbs"'))]
        assert [step["name"] for step in steps] == [
            blanks(re.sub(r"<[^>]+>", "", item)) for item in re.findall(r"<li>(.*?)</li>", head, re.DOTALL)
        ]
        assert [step["position"] for step in steps] == [1, 2, 3]
        linked = [f"{SITE}{url}" for url in re.findall(r'href="([^"]+)"', head)]
        assert [step["item"] for step in steps] == [*linked, f"{SITE}{page.get_absolute_url()}"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_first_page_tells_how_to_reach_the_clinic(client: Browser, language: str) -> None:
    html = client.get(f"/{language}/").content.decode()
    data = node(html, "MedicalClinic")
    text = visible(html)
    assert [word for word in words(data) if blanks(word) not in text] == []
    assert data["address"]["addressCountry"] == "HR"
    hours = data["openingHoursSpecification"]
    assert hours["dayOfWeek"] == [f"{SCHEMA}/{day}" for day in ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"]]
    assert (hours["opens"], hours["closes"]) == ("08:00", "16:00")
    assert len(data["availableService"]) == 4


def site_page(key: str) -> str:
    """Return the path of a site page in English."""
    return SitePage.objects.get(language="en", key=key).get_absolute_url()


def test_guide_says_what_it_is(client: Browser) -> None:
    html = client.get(site_page(SitePage.GUIDE)).content.decode()
    assert [item["@type"] for item in nodes(html)] == ["MedicalWebPage", "BreadcrumbList"]
    text = visible(html)
    assert [word for word in words(nodes(html)) if blanks(word) not in text] == []


def test_page_about_the_clinic_tells_the_same_as_the_first_page(client: Browser) -> None:
    html = client.get(site_page(SitePage.CLINIC)).content.decode()
    data = node(html, "MedicalClinic")
    text = visible(html)
    assert [word for word in words(data) if blanks(word) not in text] == []
    first = node(client.get("/en/").content.decode(), "MedicalClinic")
    assert data == {name: value for name, value in first.items() if name != "availableService"}


def test_place_is_told_only_when_it_was_entered(client: Browser) -> None:
    Clinic.objects.update(latitude=None, longitude=None)
    assert "geo" not in node(client.get("/en/").content.decode(), "MedicalClinic")
    Clinic.objects.update(latitude=Decimal("45.81500"), longitude=Decimal("15.98190"))
    place = node(client.get("/en/").content.decode(), "MedicalClinic")["geo"]
    assert (place["latitude"], place["longitude"]) == (45.815, 15.9819)


def test_nothing_is_said_before_there_is_a_clinic(client: Browser) -> None:
    Clinic.objects.all().delete()
    assert not DATA.search(client.get("/en/").content.decode())
    assert "publisher" not in node(client.get(facet_page().get_absolute_url()).content.decode(), "MedicalWebPage")


def test_hostile_texts_stay_inside_the_data(client: Browser) -> None:
    page = facet_page()
    TreatmentPage.objects.filter(pk=page.pk).update(title=HOSTILE, answer=HOSTILE)
    PageSection.objects.filter(page=page, key="faq-1").update(heading=HOSTILE, body=HOSTILE)
    Clinic.objects.update(name=HOSTILE)
    for path in (page.get_absolute_url(), "/en/"):
        html = client.get(path).content.decode()
        assert "<script>alert" not in html
        block = DATA.search(html)
        assert block
        assert not set(block[1]) & set("<>&\u2028\u2029")
    html = client.get(page.get_absolute_url()).content.decode()
    assert node(html, "MedicalProcedure")["name"] == HOSTILE
    assert node(html, "FAQPage")["mainEntity"][0]["name"] == HOSTILE


def test_any_text_survives_the_way_into_the_page_and_back() -> None:
    where = Where(f"{SITE}/en/", SITE, "en")
    text = as_script([breadcrumbs([Crumb(HOSTILE, where.url)], where)])
    data = DATA.search(text)
    assert data
    assert json.loads(data[1])["@graph"][0]["itemListElement"][0]["name"] == HOSTILE


def test_ratings_prices_and_results_are_never_invented(client: Browser) -> None:
    others = ["/en/", site_page(SitePage.GUIDE), site_page(SitePage.CLINIC)]
    for path in [*others, *(page.get_absolute_url() for page in treatment_pages())]:
        assert not NEVER & set(keys(nodes(client.get(path).content.decode())))


def test_text_that_fell_back_to_another_language_is_left_out(client: Browser) -> None:
    page = TreatmentPage.objects.get(language="de", treatment__code="facet-infiltration")
    PageSection.objects.filter(page=page, key="after").delete()
    html = client.get(page.get_absolute_url()).content.decode()
    english = PageSection.objects.get(page=facet_page(), key="after")
    start = english.body.split(".")[0][:40]
    assert start not in json.dumps(nodes(html), ensure_ascii=False)
