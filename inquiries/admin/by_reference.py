"""Opening an inquiry that is not one's own, by its reference and with a reason."""

import logging

from django import forms
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from coordinators.models import User
from inquiries.admin.steps.base import NOTE_LIMIT

logger = logging.getLogger(__name__)

TOO_OFTEN = _("Too many attempts. Please try again in 15 minutes.")
# Whoever reads a reference from a letter mistypes it a few times; more is guessing.
MISSES = 20
MISSES_SECONDS = 15 * 60


def has_guessed_too_often(user: User) -> bool:
    """Return whether the person has tried too many references that there are not."""
    return int(cache.get(f"reference-misses:{user.pk}", 0)) >= MISSES


def note_miss(user: User) -> None:
    """Count, and log, that the person tried a reference that there is not."""
    logger.warning("reference not found", extra={"user_id": user.pk})
    key = f"reference-misses:{user.pk}"
    cache.add(key, 0, MISSES_SECONDS)
    cache.incr(key)


class OpenByReference(forms.Form):
    """Which inquiry, and why a person must see it although it is not theirs."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "ZG-7KM4-XW2P", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the inquiry's reference.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the inquiry; managers see it."),
        error_messages={"required": _("Enter why you need to see it.")},
    )
