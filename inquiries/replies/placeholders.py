"""Placeholders in reply templates: a closed list, filled by plain replacement. Editors' text is never run as code."""

import re
from collections.abc import Mapping

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

# Not longer: whole pages of opening braces would be searched to their end for each of them.
_PLACEHOLDER = re.compile(r"\{\{(.{0,100}?)\}\}", re.DOTALL)
_STRAY = re.compile(r"\{\{|\}\}")


class Placeholder(TextChoices):
    """What a template may ask to be filled in; the codes are what stands between the braces."""

    NAME = "name", _("the patient's name")
    REFERENCE = "reference", _("the inquiry's reference")
    TREATMENT = "treatment", _("the treatment that the inquiry is about")
    COORDINATOR = "coordinator", _("the name of whoever writes the answer")
    CLINIC = "clinic", _("the clinic's name")
    ADDRESS = "address", _("the clinic's postal address")
    PHONE = "phone", _("the clinic's phone number")
    EMAIL = "email", _("the clinic's e-mail address")
    PRIVATE_LINK = "private_link", _("the address of the patient's private page")
    # Nobody but the writer knows these: they stay in the text, and the answer is not sent before they are filled in.
    APPOINTMENT = "appointment", _("day and time of an appointment; you fill it in yourself")
    PRICE = "price", _("a price; you fill it in yourself")
    NEW_DATE = "new_date", _("a day by which the patient hears from you; you fill it in yourself")

    @property
    def written(self) -> str:
        """The placeholder as it stands in a template."""
        return f"{{{{ {self.value} }}}}"


def unknown_placeholders(text: str) -> list[str]:
    """Return what stands in braces in `text` and is no placeholder, as written; also braces without a partner."""
    strange = [match[0] for match in _PLACEHOLDER.finditer(text) if match[1].strip() not in Placeholder.values]
    return list(dict.fromkeys(strange + _STRAY.findall(_PLACEHOLDER.sub("", text))))


def unfilled(text: str) -> list[str]:
    """Return whatever still stands in braces in an answer that is about to be sent."""
    open_ones = [match[0] for match in _PLACEHOLDER.finditer(text)]
    return list(dict.fromkeys(open_ones + _STRAY.findall(_PLACEHOLDER.sub("", text))))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its placeholders filled in one pass; one without a value stays, so that it is seen."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1].strip()) or match[0], text)
