"""What a page says, as schema.org data for search engines: only what a visitor reads there too, never a promise.

Everything here is a pure function from what was read to plain data. Ratings, prices and results have no place in it.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.safestring import SafeString, mark_safe

from treatments.markdown import plain_text
from treatments.models import Clinic
from treatments.reading import ReadSection, ReadSitePage, ReadTreatmentPage, Review, Teaser

SCHEMA = "https://schema.org"

# Which sections of a treatment page answer what schema.org asks about a procedure
_PREPARATION = ("prepare",)
_HOW_PERFORMED = ("steps",)
_FOLLOW_UP = ("after-hours", "after-days", "after")

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# So that no text can end the element that the data stand in
_ESCAPES = {ord(sign): f"\\u{ord(sign):04X}" for sign in "<>&\u2028\u2029"}

Node = dict[str, object]


@dataclass(frozen=True)
class Where:
    """Where a page stands: its own address, the site's, and its language."""

    url: str
    site_url: str
    language: str


@dataclass(frozen=True)
class Crumb:
    """A step on the way to a page."""

    name: str
    url: str


class Hours(Protocol):
    """When the clinic is open: ISO weekdays, and times as HH:MM."""

    @property
    def days(self) -> Sequence[int]:
        """Return the weekdays, 1 for Monday."""

    @property
    def opens(self) -> str:
        """Return when it opens."""

    @property
    def closes(self) -> str:
        """Return when it closes."""


def treatment_nodes(
    page: ReadTreatmentPage, where: Where, clinic: Clinic | None, crumbs: Iterable[Crumb]
) -> list[Node]:
    """Return what a treatment page is, the procedure that it describes, its questions, and the way to it."""
    nodes = [
        _web_page(page.title, page.answer, page.review, where, clinic) | {"about": {"@id": f"{where.url}#procedure"}},
        _procedure(page, where),
        breadcrumbs(crumbs, where),
    ]
    questions = _in_language(page.questions, where.language)
    return [*nodes, _questions(questions, where)] if questions else nodes


def site_page_nodes(page: ReadSitePage, where: Where, clinic: Clinic | None, crumbs: Iterable[Crumb]) -> list[Node]:
    """Return what a page about several treatments is, and the way to it."""
    return [_web_page(page.title, page.answer, page.review, where, clinic), breadcrumbs(crumbs, where)]


def clinic_node(clinic: Clinic, site_url: str, hours: Hours | None, treatments: Iterable[Teaser] = ()) -> Node:
    """Return the clinic: where it is, how to reach it, when it is open, what it offers."""
    services = [
        {"@type": "MedicalProcedure", "name": treatment.title, "url": site_url + treatment.url}
        for treatment in treatments
    ]
    return {
        **_clinic_name(clinic, site_url),
        "telephone": clinic.phone,
        "email": clinic.email,
        "address": {
            "@type": "PostalAddress",
            "streetAddress": clinic.street,
            "postalCode": clinic.postcode,
            "addressLocality": clinic.city,
            "addressCountry": clinic.country,
        },
        **_place(clinic),
        **({"openingHoursSpecification": _opening_hours(hours)} if hours else {}),
        **({"availableService": services} if services else {}),
    }


def breadcrumbs(crumbs: Iterable[Crumb], where: Where) -> Node:
    """Return the way to a page, as its head shows it."""
    return {
        "@type": "BreadcrumbList",
        "@id": f"{where.url}#breadcrumbs",
        "itemListElement": [
            {"@type": "ListItem", "position": position, "name": crumb.name, "item": crumb.url}
            for position, crumb in enumerate(crumbs, start=1)
        ],
    }


def as_script(nodes: Sequence[Node]) -> SafeString:
    """Return `nodes` as a block of data in a page; browsers never run it, and no text in it can end it early."""
    data = {"@context": SCHEMA, "@graph": nodes}
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)
    return mark_safe(f'<script type="application/ld+json">{text}</script>')  # noqa: S308  # every <, > and & is escaped


def _web_page(title: str, answer: str, review: Review, where: Where, clinic: Clinic | None) -> Node:
    """Return a page about medicine; a review only where a doctor made one."""
    node: Node = {
        "@type": "MedicalWebPage",
        "@id": f"{where.url}#page",
        "url": where.url,
        "name": title,
        "description": answer,
        "inLanguage": where.language,
        "dateCreated": review.written_on.isoformat(),
        "breadcrumb": {"@id": f"{where.url}#breadcrumbs"},
    }
    if clinic:
        node["publisher"] = _clinic_name(clinic, where.site_url)
    if review.reviewer and review.reviewed_on and not review.is_outdated:
        node["lastReviewed"] = review.reviewed_on.isoformat()
        node["reviewedBy"] = {"@type": "Person", "name": review.reviewer}
    return node


def _procedure(page: ReadTreatmentPage, where: Where) -> Node:
    """Return the procedure in the words of the page's own sections."""
    parts = {"preparation": _PREPARATION, "howPerformed": _HOW_PERFORMED, "followup": _FOLLOW_UP}
    sections = _in_language(page.sections, where.language)
    texts = {name: [_text(section) for section in sections if section.key in keys] for name, keys in parts.items()}
    return {
        "@type": "MedicalProcedure",
        "@id": f"{where.url}#procedure",
        "name": page.title,
        **({"alternateName": page.also_called.split(", ")} if page.also_called else {}),
        "description": page.answer,
        "procedureType": f"{SCHEMA}/PercutaneousProcedure",
        **{name: found for name, found in texts.items() if found},
    }


def _questions(questions: Iterable[ReadSection], where: Where) -> Node:
    """Return the page's questions with their answers."""
    return {
        "@type": "FAQPage",
        "@id": f"{where.url}#faq",
        "inLanguage": where.language,
        "mainEntity": [
            {
                "@type": "Question",
                "name": question.heading,
                "acceptedAnswer": {"@type": "Answer", "text": _text(question)},
            }
            for question in questions
        ],
    }


def _clinic_name(clinic: Clinic, site_url: str) -> Node:
    """Return the clinic by name, for pages that are about something else."""
    return {"@type": "MedicalClinic", "@id": f"{site_url}/#clinic", "name": clinic.name, "url": f"{site_url}/"}


def _place(clinic: Clinic) -> Node:
    """Return where the clinic lies on the earth, if that was entered."""
    if clinic.latitude is None or clinic.longitude is None:
        return {}
    position = {"latitude": float(clinic.latitude), "longitude": float(clinic.longitude)}
    return {"geo": {"@type": "GeoCoordinates", **position}}


def _opening_hours(hours: Hours) -> Node:
    """Return when the clinic is open."""
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": [f"{SCHEMA}/{_DAYS[day - 1]}" for day in hours.days],
        "opens": hours.opens,
        "closes": hours.closes,
    }


def _in_language(sections: Iterable[ReadSection], language: str) -> list[ReadSection]:
    """Return the sections that stand in the page's language; one that falls back to another would mislead here."""
    return [section for section in sections if section.language == language]


def _text(section: ReadSection) -> str:
    """Return a section's words without marks, sources and drawings."""
    return plain_text(section.body)
