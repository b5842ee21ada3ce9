"""What an export says about an inquiry: codes in words, and patients' own data only where they were asked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from coordinators.roster import get_policy
from inquiries.countries import country_name
from inquiries.details.readable import ReadAnswer, readable_answers
from inquiries.enums import ContactBy, Outcome, Status
from inquiries.exports.cells import safe_cell
from inquiries.models import Inquiry
from inquiries.readable import language_name
from treatments.titles import treatment_titles

Line = list[str]
BATCH = 500


def headings(*, with_health_data: bool) -> Line:
    """Return the names of the columns in the active language."""
    names = [
        _("Reference"), _("Received"), _("Answer in"), _("Country"), _("Status"), _("Coordinator"), _("Reply by"),
        _("First contact attempt"), _("Outcome"),
    ]  # fmt: skip
    if with_health_data:
        names += [
            _("Name"),
            _("E-mail"),
            _("Phone"),
            _("Contact by"),
            _("Treatment"),
            _("Message"),
            _("Details for the doctor"),
        ]
    return names


def batches(keys: Sequence[UUID], *, with_health_data: bool, language: str) -> Iterator[list[Line]]:
    """Yield the lines of these inquiries, some hundred at a time, so that few are ever in memory.

    Each batch is made whole in the reader's language: nobody else's is active between two of them.
    """
    zone = get_policy().zone
    for part in _batched(keys):
        with translation.override(language):
            yield _lines(part, zone, with_health_data=with_health_data)


def _batched(keys: Sequence[UUID]) -> Iterator[Sequence[UUID]]:
    """Yield the keys in parts."""
    for start in range(0, len(keys), BATCH):
        yield keys[start : start + BATCH]


def _lines(keys: Sequence[UUID], zone: ZoneInfo, *, with_health_data: bool) -> list[Line]:
    """Return the lines of one batch; what was erased meanwhile has none."""
    rows = Inquiry.objects.select_related("coordinator")
    if with_health_data:
        rows = rows.prefetch_related("medical_answers")
    else:
        rows = rows.defer("name", "email", "phone", "message")
    found = rows.in_bulk(list(keys))
    titles = treatment_titles() if with_health_data else {}
    return [
        [safe_cell(cell) for cell in _cells(found[key], zone, titles if with_health_data else None)]
        for key in keys
        if key in found
    ]


def _cells(inquiry: Inquiry, zone: ZoneInfo, titles: dict[int, str] | None) -> Line:
    """Return one line; with the treatments' titles also what the patient wrote."""
    cells = [
        inquiry.reference,
        _moment(inquiry.received_at, zone),
        capfirst(language_name(inquiry.preferred_language)),
        country_name(inquiry.country),
        capfirst(str(Status(inquiry.status).label)),
        inquiry.coordinator.display_name if inquiry.coordinator else "",
        _moment(inquiry.reply_due_at, zone),
        _moment(inquiry.first_contact_at, zone),
        capfirst(str(Outcome(inquiry.outcome).label)) if inquiry.outcome else "",
    ]
    if titles is None:
        return cells
    treatment = titles[inquiry.treatment_id] if inquiry.treatment_id else _("I don't know yet")
    contact_by = ", ".join(str(ContactBy(code).label) for code in inquiry.contact_by)
    return [
        *cells,
        inquiry.name,
        inquiry.email,
        inquiry.phone,
        contact_by,
        treatment,
        inquiry.message,
        _details(inquiry, zone),
    ]


def _details(inquiry: Inquiry, zone: ZoneInfo) -> str:
    """Return the medical answers, one a line."""
    groups = readable_answers(inquiry, zone)
    return "\n".join(f"{group.title}: {_answer(answer)}" for group in groups for answer in group.answers)


def _answer(answer: ReadAnswer) -> str:
    """Return a question with what was chosen and written."""
    return f"{answer.label} {', '.join(filter(None, [*answer.chosen, answer.words]))}"


def _moment(moment: datetime | None, zone: ZoneInfo) -> str:
    """Return a moment on the clinic's clock so that every spreadsheet sorts it."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}" if moment else ""
