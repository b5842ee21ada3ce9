"""What some site pages show beside their words: the comparison, the glossary, search, the clinic's people."""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf.locale import LANG_INFO
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from treatments.comparison import compare_treatments
from treatments.enums import PublicationState
from treatments.glossary import glossary_of
from treatments.markdown import PageText
from treatments.models import ClinicFact, Doctor, GlossaryTerm, SitePage, Testimonial
from treatments.reading import read_site_page, teasers
from treatments.search import LONGEST_QUERY, MOST_HITS, find

PLAIN = "treatments/site_page.html"


@dataclass(frozen=True)
class PageKind:
    """A kind of site page: its template, and what that needs for a page and a query."""

    template: str
    context: Callable[[SitePage, str], dict[str, object]]


@dataclass(frozen=True)
class ReadTerm:
    """A word of the glossary as a visitor sees it."""

    key: str
    term: str
    html: SafeString


@dataclass(frozen=True)
class ReadDoctor:
    """A doctor as a visitor sees them."""

    name: str
    speciality: str
    languages: list[str]


def kind_of(page: SitePage) -> PageKind:
    """Return what kind of page `page` is."""
    return KINDS.get(page.key, PageKind(PLAIN, _plain))


def _plain(page: SitePage, _query: str) -> dict[str, object]:
    """Return words alone."""
    return {"page": read_site_page(page)}


def _with_teasers(page: SitePage, _query: str) -> dict[str, object]:
    """Return the words with the treatments beside them."""
    return {"page": read_site_page(page), "treatments": teasers(page.language)}


def _comparison(page: SitePage, _query: str) -> dict[str, object]:
    """Return the table and the words below it, with one count of sources."""
    writer = PageText(glossary_of(page.language))
    comparison = compare_treatments(page.language, writer)
    return {"comparison": comparison, "page": read_site_page(page, writer)}


def _glossary(page: SitePage, _query: str) -> dict[str, object]:
    """Return the words of the trade in the order of the alphabet, with one count of sources."""
    writer = PageText()
    rows = sorted(GlossaryTerm.objects.filter(language=page.language), key=lambda row: row.term.casefold())
    terms = [ReadTerm(row.key, row.term, writer.render(row.explanation)) for row in rows]
    return {"terms": terms, "page": read_site_page(page, writer)}


def _search(page: SitePage, query: str) -> dict[str, object]:
    """Return what was found; an empty query finds nothing and says nothing."""
    query = query.strip()[:LONGEST_QUERY]
    hits = find(query, page.language)
    return {"page": read_site_page(page), "query": query, "hits": hits, "has_more": len(hits) == MOST_HITS}


def _clinic(page: SitePage, _query: str) -> dict[str, object]:
    """Return who works at the clinic, its numbers, and what patients said about the service."""
    doctors = [
        ReadDoctor(
            doctor.name,
            str(doctor.get_speciality_display()),
            [capfirst(LANG_INFO[code]["name_local"]) for code in doctor.languages if code in LANG_INFO],
        )
        for doctor in Doctor.objects.all()
    ]
    said = Testimonial.objects.filter(state=PublicationState.PUBLISHED, language=page.language)
    return {
        "page": read_site_page(page),
        "doctors": doctors,
        "facts": list(ClinicFact.objects.all()),
        "testimonials": list(said),
    }


KINDS = {
    SitePage.HOME: PageKind("treatments/home.html", _with_teasers),
    SitePage.TREATMENTS: PageKind("treatments/treatment_list.html", _with_teasers),
    SitePage.GUIDE: PageKind("treatments/guide.html", _with_teasers),
    SitePage.COMPARE: PageKind("treatments/compare.html", _comparison),
    SitePage.GLOSSARY: PageKind("treatments/glossary.html", _glossary),
    SitePage.SEARCH: PageKind("treatments/search.html", _search),
    SitePage.CLINIC: PageKind("treatments/clinic.html", _clinic),
}
