"""Keeping what a patient answers about their health. Kept for people to read; no rule reads it (docs/adr/0003)."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from inquiries.details.answers import Value, as_text, from_text, merged, replaced
from inquiries.details.questions import Group
from inquiries.enums import EventKind
from inquiries.models import Inquiry, MedicalAnswers
from inquiries.services.events import lock, write_event
from inquiries.services.measure import count_details
from inquiries.services.notices import tell_coordinator


@transaction.atomic
def save_answers(inquiry: Inquiry, group: Group, answers: Mapping[str, Value], *, were_shown: bool = False) -> bool:
    """Keep the answers to one group, tell whoever answers, and return whether anything is new.

    `were_shown` says that the form showed the earlier answers: then the new ones stand in their place. Otherwise what
    was left blank stays as it was.
    """
    locked = lock(inquiry)
    row = locked.medical_answers.filter(group=group.code).first()
    earlier = from_text(row.answers) if row else {}
    result = replaced(group, earlier, answers) if were_shown else merged(group, earlier, answers)
    if result == earlier:
        return False
    is_first = not locked.medical_answers.exists()
    row = row or MedicalAnswers(inquiry=locked, group=group.code)
    row.answers = as_text(result)
    row.saved_at = timezone.now()
    row.save()
    write_event(locked, EventKind.DETAILS_SAVED, details={"group": group.code})
    tell_coordinator(locked)
    if is_first:
        count_details(locked)
    return True
