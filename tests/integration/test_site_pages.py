"""Pages that show more than words: the comparison, the glossary, search, the clinic."""

import re
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from coordinators.demo import create_demo_team
from coordinators.enums import Role
from coordinators.models import User
from tests.pages import LANGUAGES
from treatments.markdown import PageText
from treatments.models import Clinic, ClinicFact, GlossaryTerm, SitePage, TreatmentPage
from treatments.models import Testimonial as Quote  # pytest would take a name with Test for tests
from treatments.search import find

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo() -> None:
    create_demo_team()


def url_of(key: str, language: str = "en") -> str:
    return SitePage.objects.get(key=key, language=language).get_absolute_url()


def show(client: Client, key: str, language: str = "en", **query: str) -> str:
    response = client.get(url_of(key, language), query)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", LANGUAGES)
def test_comparison_has_every_treatment_and_every_answer(client: Client, language: str) -> None:
    html = show(client, "compare", language)
    table = html[html.index("<table") : html.index("</table>")]
    titles = list(TreatmentPage.objects.in_language(language).values_list("title", flat=True))
    assert [title for title in titles if title in table] == titles
    rows = re.findall(r"<tr role=\"row\">(.*?)</tr>", table[table.index("<tbody") :], flags=re.DOTALL)
    assert len(rows) == 12
    assert all(row.count("<td") == len(titles) for row in rows)
    assert all(re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td.*?</td>", table, flags=re.DOTALL))
    assert "source-" in table, "what is said about evidence cites its sources"


@pytest.mark.parametrize("language", LANGUAGES)
def test_glossary_explains_every_term_and_pages_link_each_once(client: Client, language: str) -> None:
    html = show(client, "glossary", language)
    keys = list(GlossaryTerm.objects.filter(language=language).values_list("key", flat=True))
    assert len(keys) == 26
    assert all(f'id="{key}"' in html for key in keys)
    for page in TreatmentPage.objects.in_language(language):
        links = re.findall(
            rf'class="term" href="{re.escape(url_of("glossary", language))}#([a-z-]+)"',
            str(client.get(page.get_absolute_url()).content.decode()),
        )
        assert len(links) == len(set(links)) > 3
        assert set(links) <= set(keys)


def test_words_are_not_linked_in_headings_links_and_citations(client: Client) -> None:
    with translation.override("en"):
        from_page = client.get(
            TreatmentPage.objects.get(language="en", slug__startswith="facet-joint-inj").get_absolute_url()
        )
    html = from_page.content.decode()
    assert not re.search(r"<h[1-6][^>]*>[^<]*<a class=\"term\"", html)
    assert "[^" not in html


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("blood thinners", "en", "What if you take blood thinners?"),
        ("ZIVAC", "hr", "Je li živac zauvijek nestao?"),
        ("živac", "hr", "Je li živac zauvijek nestao?"),
        ("schrittmacher", "de", ""),
        ("bloedverdunners", "nl", ""),
    ],
)
def test_search_needs_no_accents_and_capitals(client: Client, query: str, language: str, expected: str) -> None:
    html = show(client, "search", language, q=query)
    hits = html[html.index('class="hits"') :]
    assert "<mark>" in hits
    assert expected in hits


def test_search_finds_words_with_another_ending_and_inside_compounds() -> None:
    assert {hit.url for hit in find("injekcija", "hr")} & {hit.url for hit in find("injekcije", "hr")}
    assert find("gelenk", "de")


def test_search_knows_only_the_visitors_language_and_published_pages() -> None:
    assert all(hit.url.startswith("/de/") for hit in find("Spritze", "de"))
    TreatmentPage.objects.filter(language="en").update(state="DRAFT")
    assert find("facet joint", "en"), "other pages speak of it, too"
    assert not [hit.url for hit in find("facet joint", "en") if re.search(r"/treatments/[a-z]", hit.url)]


def test_the_very_word_comes_before_words_that_begin_with_it() -> None:
    hits = find("numb", "en")
    assert all("numb</mark>" in hit.snippet.lower() or hit.heading for hit in hits[:3])
    assert not hits[0].heading.startswith("What do the numbers")


def test_search_without_an_answer_offers_a_person(client: Client) -> None:
    html = show(client, "search", q="xylophone")
    with translation.override("en"):
        assert reverse("inquiries:form") in html[html.index('class="hits"') :]
    assert 'class="hits"' not in show(client, "search", q="  ")


def test_search_shows_what_was_typed_as_text_only(client: Client) -> None:
    html = show(client, "search", q="<script>alert(1)</script> facet")
    assert "<script>alert" not in html
    assert "&lt;script&gt;" in html


def test_nobody_keeps_what_somebody_searched(client: Client) -> None:
    response = client.get(url_of("search"), {"q": "numb"})
    assert response.headers["Cache-Control"] == "no-store, private"
    assert response.headers["X-Robots-Tag"] == "noindex"
    assert "public" in client.get(url_of("search")).headers["Cache-Control"]


def test_clinic_page_names_doctors_numbers_and_their_sources(client: Client) -> None:
    html = show(client, "clinic", "de")
    assert "Dr. Iva Primjer" in html
    for fact in ClinicFact.objects.all():
        assert fact.source in html
    assert "31. Oktober 2026" in html


def test_number_without_a_source_is_refused() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ClinicFact.objects.update(source="")


def quote(**values: object) -> Quote:
    given = {
        "language": "en", "text": "Everybody took time for me.", "shown_name": "A. B.",
        "received_on": date(2026, 5, 1),
    }  # fmt: skip
    return Quote.objects.create(**{**given, **values})


CONSENT = {"consent_on": date(2026, 5, 2), "consent_note": "Folder 3", "moderator": "Edi Demo"}


def test_testimonials_are_off_by_default_and_need_consent_and_moderation(client: Client) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        quote(state="PUBLISHED")
    quote(state="PUBLISHED", **CONSENT)
    quote(text="A draft.")
    assert "Everybody took time" not in show(client, "clinic")
    Clinic.objects.update(shows_testimonials=True)
    html = show(client, "clinic")
    assert "Everybody took time" in html
    assert "A draft." not in html


def test_desk_refuses_a_testimonial_without_consent_and_keeps_what_was_typed(client: Client) -> None:
    client.force_login(User.objects.get(role=Role.EDITOR))
    data = {
        "language": "en", "text": "They listened.", "shown_name": "C.", "received_on": "2026-05-01",
        "consent_note": "", "moderator": "", "state": "PUBLISHED",
    }  # fmt: skip
    response = client.post(reverse("admin:treatments_testimonial_add"), data)
    assert response.status_code == 200
    assert "They listened." in response.content.decode()
    assert not Quote.objects.exists()
    kept = data | {"consent_on": "2026-05-02", "consent_note": "Folder 3", "moderator": "Edi Demo"}
    assert client.post(reverse("admin:treatments_testimonial_add"), kept).status_code == 302


def test_desk_refuses_a_testimonial_about_a_result(client: Client) -> None:
    client.force_login(User.objects.get(role=Role.EDITOR))
    data = {
        "language": "en", "text": "After one injection my pain was gone.", "shown_name": "C.",
        "received_on": "2026-05-01", "state": "PUBLISHED", **{name: str(value) for name, value in CONSENT.items()},
    }  # fmt: skip
    response = client.post(reverse("admin:treatments_testimonial_add"), data)
    assert "speaks of a result" in response.content.decode()
    assert not Quote.objects.exists()


def test_forms_of_a_term_are_typed_one_a_line(client: Client) -> None:
    client.force_login(User.objects.get(role=Role.EDITOR))
    data = {
        "language": "en",
        "key": "cushion",
        "term": "cushion",
        "forms": "Cushion\ncushions\n\n",
        "explanation": "Soft.",
    }
    assert client.post(reverse("admin:treatments_glossaryterm_add"), data).status_code == 302
    term = GlossaryTerm.objects.get(key="cushion")
    assert term.forms == ["cushion", "cushions"]
    assert "cushions" in client.get(reverse("admin:treatments_glossaryterm_change", args=[term.pk])).content.decode()


def test_tables_name_their_columns_for_phones_and_screen_readers() -> None:
    html = PageText().render("| | CT | MRI |\n|---|---|---|\n| Time | short | long |")
    assert '<th role="rowheader" scope="row">Time</th>' in html
    assert '<td role="cell" data-label="MRI">long</td>' in html
    assert "<th></th>" not in html.replace(' role="columnheader" scope="col"', ""), "an empty corner heads nothing"


def test_no_picture_comes_from_elsewhere() -> None:
    html = PageText().render("![x](https://tracker.example/pixel.png) ![](illustration:no-such-thing)\n\nText.")
    assert "<img" not in html
    assert "tracker" not in html
    assert "illustration" not in html
