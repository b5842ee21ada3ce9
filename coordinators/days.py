"""Days as people write them."""

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import pgettext


def day_in_words(day: date) -> str:
    """Return day, month and year in the active language."""
    return date_format(day, pgettext("date format", "j F Y"))
