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

    RETURNING = "RETURNING", _("has answered this patient before")
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
    KNOWN = "KNOWN", _("a colleague knows the patient already")
    TURN = "TURN", _("as many open inquiries, but was given one more recently")


class Cover(TextChoices):
    """Who answers while a coordinator is away, as the absence's form says it."""

    COVERED = "COVERED", _("%(name)s covers, in their own working hours.")
    PARTLY = "PARTLY", _("%(name)s covers, but is away too during part of this time. Nobody answers then.")
    AWAY = "AWAY", _("%(name)s is away too during all of this time. Nobody covers: whoever waits will wait longer.")
    INACTIVE = "INACTIVE", _("%(name)s does not take inquiries now. Nobody covers: whoever waits will wait longer.")
    NOBODY = "NOBODY", _("Nobody covers: whoever waits for an answer will wait longer.")
