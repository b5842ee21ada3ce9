"""What may be published: which claims stand against a page, and how an editor is told.

A page is its title, answer, description and other names, its own sections, and the sections that all pages share.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from treatments.claim_rules import NoClaimRulesError, rules_for
from treatments.claims import Finding, Kind, Reason, find_claims, find_outcome_claims
from treatments.content_files import ContentError
from treatments.enums import PublicationState
from treatments.models import Page, SharedSection, Source, TreatmentPage

# Texts of a page in which no source can be cited
PAGE_TEXTS = ("title", "answer", "description", "also_called")
_LONGEST_SENTENCE = 240
REASONS = {
    Reason.CURE: gettext_lazy("None of these treatments cures."),
    Reason.PAIN_FREE: gettext_lazy("Freedom from pain cannot be promised."),
    Reason.LIFE: gettext_lazy("A treatment for pain does not change a life, and is no miracle or breakthrough."),
    Reason.GUARANTEE: gettext_lazy("No success is certain, and none lasts for ever."),
    Reason.EXAGGERATED: gettext_lazy("The studies show a small or uncertain effect."),
    Reason.SAFE: gettext_lazy("Every treatment has risks; name them with their numbers."),
    Reason.GENTLE: gettext_lazy("This plays down what the treatment is; say what is done."),
    Reason.PRECISE: gettext_lazy("Precision of the needle is not proven to help more."),
    Reason.BEST: gettext_lazy("Nobody can prove to be the best."),
    Reason.SURGERY: gettext_lazy("Nobody can promise that an operation will not be needed."),
    Reason.SPEED: gettext_lazy("A quick recovery cannot be promised."),
    Reason.COMPARISON: gettext_lazy("The treatment is not proven to be better than other care, and experts disagree."),
    Reason.SCAN: gettext_lazy("Back pain without warning signs needs no picture at first."),
    Reason.PRESSURE: gettext_lazy("Nobody is pressed to decide about a treatment."),
    Reason.UNFOUNDED: gettext_lazy("Nobody found where this comes from."),
    Reason.BRAND: gettext_lazy("Prescription medicines and devices are not advertised by name; say what kind it is."),
}


class WithText(Protocol):
    """A section, as a row or a file holds it."""

    @property
    def key(self) -> str:
        """Its name within the page."""

    @property
    def heading(self) -> str:
        """What stands above it."""

    @property
    def body(self) -> str:
        """Its text in Markdown."""


@dataclass(frozen=True)
class Standing:
    """A finding and where it stands: a field of a page, or a section and its field."""

    finding: Finding
    field: str
    section: str = ""


def known_sources() -> frozenset[str]:
    """Return the keys of the sources that are records."""
    return frozenset(Source.objects.values_list("key", flat=True))


def claims_of_texts(texts: Mapping[str, Any], language: str) -> list[Standing]:
    """Return what stands against the texts of a page in which no source can be cited.

    Raises NoClaimRulesError for a language without rules.
    """
    rules = rules_for(language)
    return [
        Standing(finding, name)
        for name in PAGE_TEXTS
        for finding in find_claims(str(texts.get(name) or ""), rules, known_sources=frozenset())
    ]


def claims_of_section(
    heading: str, body: str, language: str, sources: frozenset[str], *, key: str = ""
) -> list[Standing]:
    """Return what stands against a section. Raises NoClaimRulesError for a language without rules."""
    rules = rules_for(language)
    return [
        *(
            Standing(found, "heading", key)
            for found in find_claims(heading, rules, following=body, known_sources=sources)
        ),
        *(Standing(found, "body", key) for found in find_claims(body, rules, known_sources=sources)),
    ]


def claims_of_sections(sections: Iterable[WithText], language: str, sources: frozenset[str]) -> Iterator[Standing]:
    """Yield what stands against sections. Raises NoClaimRulesError for a language without rules."""
    for section in sections:
        yield from claims_of_section(section.heading, section.body, language, sources, key=section.key)


def claims_of_page(page: Page) -> list[Standing]:
    """Return what stands against a stored page, the sections that it shares with others included.

    Raises NoClaimRulesError for a language without rules.
    """
    sources = known_sources()
    texts = {name: getattr(page, name, "") for name in PAGE_TEXTS}
    found = claims_of_texts(texts, page.language)
    own: Iterable[WithText] = page.sections.all()  # type: ignore[attr-defined]  # both kinds of pages have them
    found += claims_of_sections(own, page.language, sources)
    if isinstance(page, TreatmentPage):
        found += claims_of_sections(SharedSection.objects.filter(language=page.language), page.language, sources)
    return found


def claims_of_testimonial(text: str, language: str) -> list[Finding]:
    """Return what a patient's words must not say in public. Raises NoClaimRulesError for a language without rules."""
    return find_outcome_claims(text, rules_for(language))


def is_shared_section_public(language: str) -> bool:
    """Tell whether visitors read the shared sections of a language."""
    return TreatmentPage.objects.filter(language=language, state=PublicationState.PUBLISHED).exists()


def refusal(standing: Standing) -> str:
    """Return what is wrong and what to do, in the reader's language."""
    return finding_refusal(standing.finding, can_cite=standing.field == "body")


def finding_refusal(finding: Finding, *, can_cite: bool) -> str:
    """Return which words of which sentence break which rule, in the reader's language."""
    values = {"match": finding.match, "sentence": Truncator(finding.sentence).chars(_LONGEST_SENTENCE)}
    if finding.kind == Kind.OUTCOME:
        message = _("“%(match)s” speaks of a result: “%(sentence)s” Patients may be quoted about the service only.")
    elif finding.kind == Kind.FORBIDDEN_WORD:
        reason = REASONS[finding.reason] if finding.reason else ""
        message = _("“%(match)s” must not be said: “%(sentence)s” %(reason)s")
        values["reason"] = str(reason)
    elif finding.kind == Kind.UNSOURCED_NUMBER and can_cite:
        message = _(
            "“%(match)s” is a number without a source: “%(sentence)s” Cite a source as [^KEY] in this paragraph, "
            "after the number, or leave it out."
        )
    elif finding.kind == Kind.UNSOURCED_NUMBER:
        message = _(
            "“%(match)s” is a number, and no source can be cited here: “%(sentence)s” Say it in a section, with its "
            "source."
        )
    elif can_cite:
        message = _(
            "“%(match)s” states an effect without a source: “%(sentence)s” Cite a source as [^KEY] in this paragraph, "
            "after the sentence, or say that the effect is not certain."
        )
    else:
        message = _(
            "“%(match)s” states an effect, and no source can be cited here: “%(sentence)s” Say it in a section, with "
            "its source, or say that the effect is not certain."
        )
    return message % values


def rules_refusal(error: NoClaimRulesError | ContentError) -> str:
    """Return why nothing of a language can be published, in the reader's language."""
    if isinstance(error, NoClaimRulesError):
        return _(
            "There are no rules for claims in this language (%(language)s), so nothing in it can be published. "
            "docs/content.md says how to write them."
        ) % {"language": error.language}
    return _("The rules for claims cannot be read, so nothing can be published: %(error)s") % {"error": error}
