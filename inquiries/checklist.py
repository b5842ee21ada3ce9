"""What a coordinator ticks off: codes, so that each reads the list in their own language."""

from collections.abc import Iterable

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class CheckItem(TextChoices):
    """One thing that is usually done on the way to an outcome; nothing depends on it."""

    READ = "READ", _("read everything")
    CALLED = "CALLED", _("called")
    IMAGES_ASKED = "IMAGES_ASKED", _("asked for images and reports")
    DOCTOR_ASKED = "DOCTOR_ASKED", _("asked the doctor")
    PRICE_TOLD = "PRICE_TOLD", _("told the price")
    APPOINTMENT_OFFERED = "APPOINTMENT_OFFERED", _("offered an appointment")


def in_order(codes: Iterable[str]) -> list[str]:
    """Return the known ones among `codes`, each once, in the order of the list."""
    ticked = set(codes)
    return [item.value for item in CheckItem if item.value in ticked]
