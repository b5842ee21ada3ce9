"""Treatments by the titles that patients know, in the reader's language."""

from django.conf import settings
from django.utils.translation import get_language

from treatments.models import Treatment, TreatmentPage


def treatment_titles() -> dict[int, str]:
    """Return each treatment's title in the active language, else in the source language, else its code."""
    titles = {treatment.pk: treatment.code for treatment in Treatment.objects.order_by("position")}
    for language in (settings.LANGUAGE_CODE, get_language() or settings.LANGUAGE_CODE):
        pages = TreatmentPage.objects.filter(language=language)
        titles.update(pages.values_list("treatment_id", "title"))
    return titles
