"""Choices of the treatments room, stored as codes and shown in the reader's language."""

from django.conf import settings
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Guidance(TextChoices):
    """How the doctor sees where the needle goes."""

    XRAY = "XRAY", _("live X-ray")
    CT = "CT", _("CT scan")
    MRI = "MRI", _("MRI scan")
    ULTRASOUND = "ULTRASOUND", _("ultrasound")


class Anaesthesia(TextChoices):
    """What keeps the patient comfortable."""

    LOCAL = "LOCAL", _("numbing of the skin; you stay awake")
    LOCAL_SEDATION_RARE = (
        "LOCAL_SEDATION_RARE",
        _("numbing of the skin; you stay awake, light sedation is rare"),
    )


class Radiation(TextChoices):
    """Whether the pictures use X-rays."""

    YES = "YES", _("yes, a small amount")
    DEPENDS = "DEPENDS", _("depends on the pictures used: MRI and ultrasound use none")


class PublicationState(TextChoices):
    """Whether visitors can see a page."""

    DRAFT = "DRAFT", _("draft")
    PUBLISHED = "PUBLISHED", _("published")


class Speciality(TextChoices):
    """What a doctor is trained in."""

    PAIN = "PAIN", _("pain medicine and anaesthesia")
    RADIOLOGY = "RADIOLOGY", _("interventional radiology")
    ORTHOPAEDICS = "ORTHOPAEDICS", _("orthopaedics")
    NEUROSURGERY = "NEUROSURGERY", _("neurosurgery")
    REHABILITATION = "REHABILITATION", _("physical medicine and rehabilitation")


class FactKind(TextChoices):
    """What a number about the clinic counts; numbers about success are not among them (FACTS.md §9)."""

    FOUNDED = "FOUNDED", _("The clinic opened in")
    DOCTORS = "DOCTORS", _("Doctors who do these treatments")
    TREATMENTS = "TREATMENTS", _("Treatments of the spine in the last calendar year")
    COUNTRIES = "COUNTRIES", _("Countries our patients came from in the last calendar year")


def language_choices() -> list[tuple[str, str]]:
    """Return the site's languages; a callable, so that a new language needs no migration."""
    return list(settings.LANGUAGES)
