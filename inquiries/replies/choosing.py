"""Which reply templates fit an inquiry, in which language they stand, and what their placeholders become."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils import timezone, translation

from coordinators.models import Coordinator, User
from inquiries.links import link_is_open, private_url
from inquiries.models import Inquiry, PrivateLink, ReplyTemplate
from inquiries.readable import treatment_title
from inquiries.replies.placeholders import Placeholder, fill
from treatments.models import Clinic


@dataclass(frozen=True)
class Reply:
    """A template's words, filled in; `is_fallback` when there are none in the language that was wanted."""

    text: str
    language: str
    is_fallback: bool


def offered_templates(inquiry: Inquiry) -> list[ReplyTemplate]:
    """Return the templates in use for the inquiry's treatment or for all, with their words."""
    fitting = Q(treatment__isnull=True) | Q(treatment=inquiry.treatment_id)
    rows = ReplyTemplate.objects.filter(fitting, is_active=True).exclude(texts=None)
    return list(rows.prefetch_related("texts").order_by("position", "name"))


def has_words_in(template: ReplyTemplate, language: str) -> bool:
    """Return whether the template speaks the language; its words are fetched already."""
    return any(words.language == language for words in template.texts.all())


def template_name(template: ReplyTemplate, language: str) -> str:
    """Return what the template is called at a desk in this language; its words are fetched already."""
    own = (words.name for words in template.texts.all() if words.language == language and words.name)
    return next(own, template.name)


def reply_in(template: ReplyTemplate, inquiry: Inquiry, *, by: User, wanted: str, also: str = "") -> Reply | None:
    """Return the template in the language that is wanted, else in `also`, the site's first or any; filled in."""
    texts = {words.language: words.text for words in template.texts.all()}
    for language in (wanted, also, settings.LANGUAGE_CODE, *sorted(texts)):
        if language in texts:
            words = texts[language].replace("\r\n", "\n").strip()
            filled = fill(words, values_for(inquiry, by=by, language=language))
            return Reply(filled, language, is_fallback=language != wanted)
    return None


def values_for(inquiry: Inquiry, *, by: User, language: str) -> dict[str, str]:
    """Return what each placeholder becomes; empty where there is nothing to fill in."""
    clinic = Clinic.objects.first()
    writer = Coordinator.objects.filter(user=by).values_list("display_name", flat=True).first()
    with translation.override(language):
        treatment = treatment_title(inquiry.treatment) if inquiry.treatment else ""
    return {
        Placeholder.NAME: inquiry.name,
        Placeholder.REFERENCE: inquiry.reference,
        Placeholder.TREATMENT: treatment,
        Placeholder.COORDINATOR: writer or by.name,
        Placeholder.CLINIC: clinic.name if clinic else "",
        Placeholder.ADDRESS: f"{clinic.street}, {clinic.postcode} {clinic.city}" if clinic else "",
        Placeholder.PHONE: clinic.phone if clinic else "",
        Placeholder.EMAIL: clinic.email if clinic else "",
        Placeholder.PRIVATE_LINK: _private_link(inquiry, language),
    }


def _private_link(inquiry: Inquiry, language: str) -> str:
    """Return the address of the private page while it opens."""
    link = PrivateLink.objects.filter(inquiry=inquiry).first()
    return private_url(inquiry, language=language) if link and link_is_open(link, timezone.now()) else ""
