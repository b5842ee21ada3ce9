"""Choices of the coordinators room, stored as codes and shown in the reader's language."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person of the staff may do."""

    COORDINATOR = "COORDINATOR", _("coordinator")
    MANAGER = "MANAGER", _("manager")
    EDITOR = "EDITOR", _("editor")


class Rule(TextChoices):
    """Which rule chose the coordinator."""

    LANGUAGE_AND_TREATMENT = "LANGUAGE_AND_TREATMENT", _("speaks the language and knows the treatment")
    TREATMENT = "TREATMENT", _("knows the treatment; nobody who speaks the language is free")
    FALLBACK = "FALLBACK", _("nobody fits: the clinic's fallback")
    NOBODY = "NOBODY", _("nobody fits and no fallback is set")


class Refusal(TextChoices):
    """Why a candidate was passed over."""

    INACTIVE = "INACTIVE", _("does not take inquiries now")
    ABSENT = "ABSENT", _("is away")
    TREATMENT = "TREATMENT", _("does not know the treatment")
    LANGUAGE = "LANGUAGE", _("does not speak the language")
    LOAD = "LOAD", _("has more open inquiries")
    TURN = "TURN", _("as many open inquiries, but was given one more recently")
