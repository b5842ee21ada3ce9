"""Everything that the database holds of one inquiry, as plain data: for the patient who asks for it (GDPR Art. 15, 20).

The tables themselves say what they hold (`PersonalData`), and whatever hangs on an inquiry is found by its key: a new
table or field is part of the export without anybody thinking of it. What is left out is named, with the reason.
"""

import json
from typing import Any

from django.db import models

from coordinators.models import Coordinator
from inquiries.models import ConsentText, Inquiry, MedicalAnswers
from treatments.models import Treatment

# About other people: which of the staff read, decided or was passed over; and another inquiry, which has its own link.
LEFT_OUT: dict[str, frozenset[str]] = {
    "Inquiry": frozenset({"closed_by", "joined_to"}),
    "InquiryEvent": frozenset({"inquiry", "actor", "details"}),
    "Assignment": frozenset({"inquiry", "made_by", "trace"}),
    "DeskSheet": frozenset({"inquiry", "updated_by"}),
    "Message": frozenset({"inquiry", "author"}),
    "OutgoingEmail": frozenset({"inquiry", "user", "tombstone"}),
}
_OWNER = frozenset({"inquiry"})


def tables_of_inquiries() -> list[type[models.Model]]:
    """Return the tables whose rows hang on an inquiry."""
    related = {relation.related_model for relation in Inquiry._meta.related_objects}
    return sorted((model for model in related if model is not Inquiry), key=lambda model: model.__name__)


def exported_fields(model: type[models.Model]) -> list[str]:
    """Return the fields of a table that are handed out: all that it declares, but for those that are left out."""
    declared: Any = model.PersonalData  # type: ignore[attr-defined]  # every table has one; a test says so
    left_out = LEFT_OUT.get(model.__name__, _OWNER)
    return [name for name in (*declared.personal, *declared.neutral) if name not in left_out]


def everything_about(inquiry: Inquiry) -> dict[str, list[dict[str, object]]]:
    """Return the rows of one inquiry by table, the inquiry itself first."""
    found = {"Inquiry": [_row(inquiry)]}
    for model in tables_of_inquiries():
        rows = model._default_manager.filter(inquiry=inquiry).order_by("pk")
        found[model.__name__] = [_row(row) for row in rows]
    return found


def _row(row: models.Model) -> dict[str, object]:
    return {name: _value(row, name) for name in exported_fields(type(row))}


def _value(row: models.Model, name: str) -> object:
    """Return one field as data that JSON knows, or that Django's encoder knows."""
    value = getattr(row, name)
    if isinstance(row, MedicalAnswers) and name == "answers":
        return json.loads(value)
    match value:
        case Coordinator():
            return value.display_name
        case Treatment():
            return value.code
        case ConsentText():
            return {"version": value.version, "language": value.language, "text": value.text}
        case models.Model():
            return str(value.pk)
    return value
