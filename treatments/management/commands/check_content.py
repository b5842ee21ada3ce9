"""manage.py check_content: name every claim that stands against what is published."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from treatments.claim_rules import NoClaimRulesError
from treatments.content_files import CONTENT, ContentError, SectionText, language_files, read_toml
from treatments.enums import PublicationState
from treatments.models import GlossaryTerm, SharedSection, SitePage, Testimonial, TreatmentPage
from treatments.publishing import (
    PAGE_TEXTS,
    Standing,
    WithText,
    claims_of_sections,
    claims_of_testimonial,
    claims_of_texts,
    known_sources,
    refusal,
    rules_refusal,
)


@dataclass(frozen=True)
class _Place:
    """What stands together in one place, in one language."""

    name: str
    language: str
    texts: Mapping[str, Any] = field(default_factory=dict)
    sections: Sequence[WithText] = ()
    testimonial: str = ""
    is_draft: bool = False

    def claims(self, sources: frozenset[str]) -> list[Standing]:
        """Return what stands against it. Raises NoClaimRulesError for a language without rules."""
        found = claims_of_texts(self.texts, self.language)
        found += claims_of_sections(self.sections, self.language, sources)
        return found + [Standing(finding, "text") for finding in claims_of_testimonial(self.testimonial, self.language)]


class Command(BaseCommand):
    """Check that no published text claims too much, or states a number or an effect without a source."""

    help = (
        "Check every page, shared section, glossary term and testimonial in the database (drafts are named, but only "
        "what visitors see makes the command fail), or with --files the texts that come with the project."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what to check."""
        parser.add_argument("--files", action="store_true", help="check treatments/content instead of the database")
        parser.add_argument("--language", help="check only this language, for example hr")

    def handle(self, *args: object, **options: object) -> None:  # noqa: ARG002  # Django's signature
        """Check, name what was found, and fail if visitors could read it."""
        try:
            places = list(_places_in_files(CONTENT) if options["files"] else _places_in_database())
            sources = frozenset(read_toml(CONTENT / "sources.toml")) if options["files"] else known_sources()
        except ContentError as error:
            raise CommandError(str(error)) from error
        places = [place for place in places if options["language"] in {None, place.language}]
        refused, public, drafts = set(), 0, 0
        for place in places:
            try:
                found = place.claims(sources)
            except (NoClaimRulesError, ContentError) as error:
                refused.add(rules_refusal(error))
                continue
            for standing in found:
                self._name(place, standing)
            public += 0 if place.is_draft else len(found)
            drafts += len(found) if place.is_draft else 0
        for message in sorted(refused):
            self.stderr.write(message)
        if options["verbosity"]:
            checked = sum(len(place.sections) for place in places)
            languages = ", ".join(sorted({place.language for place in places})) or "-"
            more = f", {drafts} in drafts" if drafts else ""
            self.stdout.write(f"Claims: {checked} sections checked ({languages}), {public} findings{more}.")
        if public or refused:
            message = "The content cannot be published as it is; see above."
            raise CommandError(message)

    def _name(self, place: _Place, standing: Standing) -> None:
        """Write where a finding stands, its rule, and what is wrong."""
        where = ", ".join(part for part in (place.name, standing.section, standing.field) if part)
        draft = " (draft)" if place.is_draft else ""
        self.stderr.write(f"{where}{draft}: {standing.finding.kind}: {refusal(standing)}")


def _places_in_files(content: Path) -> Iterator[_Place]:
    """Yield what the content files hold; all of it is published when it is loaded."""
    for folder in sorted({path.parent for path in content.rglob("*.md")}):
        for file in language_files(folder):
            name = f"{folder.relative_to(content.parent)}/{file.language}.md"
            yield _Place(name, file.language, file.front, file.sections)
    for path in sorted((content / "glossary").glob("*.toml")):
        terms = [SectionText(key, term["term"], term["explanation"]) for key, term in read_toml(path).items()]
        yield _Place(f"{path.relative_to(content.parent)}", path.stem, {}, terms)


def _places_in_database() -> Iterator[_Place]:
    """Yield what the rows hold."""
    public = set()
    for pages in (
        TreatmentPage.objects.order_by("language", "treatment__position"),
        SitePage.objects.order_by("language", "key"),
    ):
        for page in pages.prefetch_related("sections"):
            texts = {name: getattr(page, name, "") for name in PAGE_TEXTS}
            if page.is_public:
                public.add(page.language)
            sections: Sequence[WithText] = list(page.sections.all())
            yield _Place(str(page), page.language, texts, sections, is_draft=not page.is_public)
    for section in SharedSection.objects.order_by("language", "position"):
        draft = section.language not in public
        yield _Place("shared sections", section.language, {}, [section], is_draft=draft)
    for term in GlossaryTerm.objects.order_by("language", "key"):
        explained = SectionText(term.key, term.term, term.explanation)
        yield _Place("glossary", term.language, {}, [explained], is_draft=term.language not in public)
    for testimonial in Testimonial.objects.all():
        draft = testimonial.state != PublicationState.PUBLISHED
        yield _Place(
            f"testimonial {testimonial.pk}", testimonial.language, testimonial=testimonial.text, is_draft=draft
        )
