"""What a brochure and a card say: the words of a treatment page as plain data, ready to be set."""

from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.formats import date_format
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django_countries import countries

from treatments import safety
from treatments.brochure.pictures import front_drawing, icon, qr_code, treatment_drawing
from treatments.brochure.tree import Node, Tree
from treatments.content_files import digest
from treatments.emergency import CountryNumbers, numbers_of, out_of_hours_of
from treatments.facts import Fact
from treatments.models import Clinic, TreatmentPage
from treatments.reading import Note, ReadSection, ReadSource, ReadTreatmentPage, Review

# The section of questions for the doctor gets a page to write on.
ASK = "questions"
_NOTES = {
    Note.REVISED: gettext_lazy("This part is about safety and is being revised. Please ask us before you rely on it."),
    Note.STALE: gettext_lazy("The original of this part has changed. The translation will follow."),
    Note.SOURCE: gettext_lazy(
        "This part is about safety. Its translation is not up to date, so you see it in the original language."
    ),
}


def page_version(page: ReadTreatmentPage) -> str:
    """Return what identifies the words of a page: the same on the page and on its brochures."""
    sections = [page.expectation, *page.sections, *page.questions]
    values: dict[str, Any] = {
        "page": [page.code, page.title, page.answer, page.also_called],
        "facts": [asdict(fact) for fact in page.facts],
        "sections": [
            [section.key, section.heading, section.body, section.language, str(section.note)]
            for section in sections
            if section
        ],
        "sources": [asdict(source) for source in page.sources],
        "review": asdict(page.review),
    }
    short = digest(values)[:8].upper()
    return f"{short[:4]}-{short[4:]}"


def brochure_data(row: TreatmentPage, page: ReadTreatmentPage, clinic: Clinic | None) -> Node:
    """Return everything that a brochure says, in the active language, which is the page's."""
    url = settings.SITE_URL + row.get_absolute_url()
    tree = Tree({_key(source): source.number for source in page.sources}, url, treatment_drawing)
    sections = [_section(section, tree) for section in page.sections]
    return {
        "language": row.language,
        "rtl": get_language_bidi(),
        "title": page.title,
        "answer": page.answer,
        "description": page.description,
        "also": _("Also called: %(names)s.") % {"names": page.also_called} if page.also_called else "",
        "version": page_version(page),
        "changed_on": max(day for day in (page.review.written_on, page.review.reviewed_on) if day).isoformat(),
        "url": url,
        "shown_url": _shown(url),
        "qr": qr_code(url),
        "mark": icon("spine"),
        "front": front_drawing(sections),
        "facts": [_fact(fact) for fact in page.facts],
        "expectation": _section(page.expectation, tree) if page.expectation else None,
        "sections": [section for section in sections if section["key"] != ASK],
        "questions": [_section(section, tree) for section in page.questions],
        "ask": next((section for section in sections if section["key"] == ASK), None),
        "sources": [_source(source) for source in page.sources],
        "review": _review(page.review),
        "is_reviewed": bool(page.review.reviewer),
        "disclaimer": [str(line) for line in safety.DISCLAIMER],
        "safety": _safety_card(clinic),
        "clinic": _clinic(clinic) if clinic else None,
        "icons": {name: icon(name) for name in ("alert", "phone", "mail", "place", "note")},
        "words": _words(page_version(page)),
    }


def card_data(row: TreatmentPage, page: ReadTreatmentPage, clinic: Clinic | None) -> Node:
    """Return what the picture says that stands for a page where its address is shared."""
    tree = Tree({}, "", treatment_drawing)
    return {
        "language": row.language,
        "title": page.title,
        "kicker": _("Information for patients"),
        "clinic": clinic.name if clinic else "",
        "shown_url": _shown(settings.SITE_URL),
        "mark": icon("spine"),
        "front": front_drawing([_section(section, tree) for section in page.sections]),
    }


def _key(source: ReadSource) -> str:
    """Return the key that sections cite a source by."""
    return source.anchor.removeprefix("source-")


def _shown(url: str) -> str:
    """Return an address as people write it."""
    parts = urlsplit(url)
    return parts.netloc + parts.path.rstrip("/")


def _section(section: ReadSection, tree: Tree) -> Node:
    """Return a section with the marks that the page shows with it."""
    return {
        "key": section.key,
        "heading": section.heading,
        "language": section.language,
        "is_safety": section.is_safety,
        "note": str(_NOTES.get(section.note, "")),
        "blocks": tree.blocks(section.body),
    }


def _fact(fact: Fact) -> Node:
    return {"label": fact.label, "value": capfirst(fact.value), "icon": icon(fact.key)}


def _source(source: ReadSource) -> Node:
    details = [source.publisher, str(source.year or "")]
    return {
        "number": source.number,
        "title": source.title,
        "details": ", ".join(detail for detail in details if detail),
        "url": source.url,
        "language": source.language,
    }


def _review(review: Review) -> list[str]:
    """Return the lines that say who checked the page, the most important first."""
    day_format = pgettext("date format", "j F Y")
    lines = [_("No doctor has checked this page yet.")]
    if review.reviewer and review.reviewed_on:
        day = date_format(review.reviewed_on, day_format)
        lines = [_("Checked by %(reviewer)s on %(day)s.") % {"reviewer": review.reviewer, "day": day}]
        if review.is_outdated:
            lines.append(_("The text has been changed since then. A new check is still to come."))
    lines.append(_("Written on %(day)s.") % {"day": date_format(review.written_on, day_format)})
    if review.review_due_on:
        lines.append(_("Next check due on %(day)s.") % {"day": date_format(review.review_due_on, day_format)})
    return lines


def _safety_card(clinic: Clinic | None) -> Node:
    """Return the safety card: the same sentences and numbers as on the page."""
    patient_countries = clinic.patient_countries if clinic else []
    drawn = treatment_drawing("saddle-area")
    return {
        "title": str(safety.CARD_TITLE),
        "now": {
            "title": strip_tags(str(safety.EMERGENCY_TITLE)),
            "signs": [str(sign) for sign in safety.EMERGENCY_SIGNS],
            "drawing": drawn,
            "after": [str(safety.NUMB_LEG)],
            "do_not_wait": str(safety.DO_NOT_WAIT),
            "numbers_title": strip_tags(_('<a href="tel:112">112</a> works in every country of the European Union.')),
            "numbers": [_numbers(numbers) for numbers in numbers_of(patient_countries)],
        },
        "soon": {
            "title": str(safety.URGENT_TITLE),
            "signs": [str(sign) for sign in safety.URGENT_SIGNS],
            "after": [str(safety.LATE_SIGNS)],
            "numbers_title": _("When practices are closed:"),
            "numbers": [
                {"country": item.country, "numbers": item.number.written if item.number else item.service}
                for item in out_of_hours_of(patient_countries)
            ],
            "last": strip_tags(_('If you reach nobody, call <a href="tel:112">112</a>.')),
        },
        "before": {
            "title": str(safety.DOCTOR_FIRST_TITLE),
            "signs": [str(sign) for sign in safety.SEE_A_DOCTOR_FIRST],
        },
    }


def _numbers(numbers: CountryNumbers) -> Node:
    return {"country": numbers.country, "numbers": " · ".join(number.written for number in numbers.ambulance)}


def _clinic(clinic: Clinic) -> Node:
    return {
        "name": clinic.name,
        "operator": clinic.operator,
        "address": [clinic.street, f"{clinic.postcode} {clinic.city}", str(countries.name(clinic.country))],
        "phone": clinic.phone,
        "email": clinic.email,
        "demo": _("This is a demonstration. The clinic and its people are invented.") if clinic.is_demo else "",
    }


def _words(version: str) -> Node:
    """Return the brochure's own words; names in braces are filled in where pages are counted."""
    return {
        "kicker": _("Information for patients"),
        "contents": _("In this brochure"),
        "facts": _("At a glance"),
        "safety_mark": _("For your safety"),
        "questions": _("Questions people ask"),
        "sources": _("Sources"),
        "review": _("Who checked this page"),
        "disclaimer": str(safety.DISCLAIMER_TITLE),
        "contact": _("How to reach us"),
        "qr": _("QR code with the address of this page"),
        "scan": _("Scan the code to read this page online, always in its newest version."),
        "version": _("Version %(version)s") % {"version": version},
        "page_of": _("Page %(number)s of %(total)s") % {"number": "{number}", "total": "{total}"},
        "warning": _("Numb between the legs, trouble peeing, or a leg that gets weaker?"),
        "warning_page": _("See when to call 112 now: page %(number)s") % {"number": "{number}"},
        "own_questions": _("Your own questions"),
        "notes": _("Room for your notes"),
        "appointment": _("Your appointment"),
        "appointment_lines": [_("Day and time"), _("Doctor"), _("Who takes you home")],
        "keep": _("Keep this page where you can see it."),
    }
