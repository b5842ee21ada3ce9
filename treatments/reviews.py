"""What a doctor's review stands for: the words that were there when it was given."""

from treatments.content_files import digest
from treatments.models import Page, SharedSection, TreatmentPage
from treatments.translations import sections_of


def words_digest(page: Page) -> str:
    """Return what identifies everything that `page` says in words, the sections that it shares included."""
    values = {"page": [page.title, page.answer, getattr(page, "also_called", "")]}
    values |= {f"own {section.key}": [section.digest] for section in sections_of(page)}
    if isinstance(page, TreatmentPage):
        shared = SharedSection.objects.filter(language=page.language)
        values |= {f"shared {section.key}": [section.digest] for section in shared}
    return digest(values)


def sign(page: Page) -> None:
    """Note that the review on `page` is about the words as they are now; without a reviewer there is none."""
    page.reviewed_digest = words_digest(page) if page.reviewer else ""
    page.save(update_fields=["reviewed_digest"])


def is_outdated(page: Page) -> bool:
    """Return whether the words changed after a doctor read them."""
    return bool(page.reviewer and page.reviewed_digest) and page.reviewed_digest != words_digest(page)
