"""The record of the wordings that patients agreed to."""

from inquiries.consent.wordings import current_wording
from inquiries.models import ConsentText


def keep_wording(language: str) -> ConsentText:
    """Return the row of the current wording as it is shown in `language`, made or completed where necessary.

    Its digest is its key: a language whose words stay the same in a new version keeps the row of the version that
    brought them.
    """
    wording = current_wording(language)
    kept, _created = ConsentText.objects.get_or_create(
        digest=wording.digest,
        defaults={"version": wording.version, "language": wording.language, "text": wording.text},
    )
    if not kept.text:
        kept.text = wording.text
        kept.save(update_fields=["text"])
    return kept
