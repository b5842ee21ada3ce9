"""What an export says about an inquiry: codes in words, and patients' own data only where they were asked for."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordinators.roster import get_policy
from inquiries.countries import country_name
from inquiries.details.readable import ReadAnswer, readable_answers
from inquiries.enums import ContactBy, Outcome, PromiseEnding, Status
from inquiries.models import Inquiry, ReplyPromise
from inquiries.readable import language_name, treatment_title
from treatments.titles import treatment_titles

# A text, or a moment on the clinic's clock
Cell = str | datetime
Line = list[Cell]
BATCH = 500
# Widths of columns in characters; one message must not fill the screen
_CODE, _MOMENT, _WORDS, _TEXT = 14, 19, 24, 50
# Of several promises of one inquiry the first of these counts: one that was broken was not made good by the next.
_WORST_FIRST = (PromiseEnding.BROKEN, PromiseEnding.LATE, "", PromiseEnding.KEPT, PromiseEnding.DROPPED)


@dataclass(frozen=True)
class Column:
    """A column's name in the reader's language, and how wide a sheet shows it."""

    name: str
    width: int


def columns(*, with_health_data: bool) -> list[Column]:
    """Return the columns in the active language."""
    found = [
        Column(_("Reference"), _CODE),
        Column(_("Received"), _MOMENT),
        Column(_("Answer in"), _CODE),
        Column(_("Country"), _MOMENT),
        Column(_("Status"), _WORDS),
        Column(_("Coordinator"), _WORDS),
        Column(_("Reply by"), _MOMENT),
        Column(capfirst(_("promised time")), _WORDS),
        Column(_("First contact attempt"), _MOMENT),
        Column(_("Closed on"), _MOMENT),
        Column(_("Outcome"), _WORDS),
        Column(_("Quarantine"), _CODE),
    ]
    if with_health_data:
        found += [
            Column(_("Name"), _WORDS),
            Column(_("E-mail"), _WORDS),
            Column(_("Phone"), _MOMENT),
            Column(_("Contact by"), _WORDS),
            Column(_("Treatment"), _WORDS),
            Column(_("Message"), _TEXT),
            Column(_("Details for the doctor"), _TEXT),
        ]
    return found


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
    rows = Inquiry.objects.select_related("coordinator").prefetch_related("promises")
    if with_health_data:
        rows = rows.prefetch_related("medical_answers")
    else:
        rows = rows.defer("name", "email", "phone", "message")
    found = rows.in_bulk(list(keys))
    titles = treatment_titles() if with_health_data else {}
    return [_cells(found[key], zone, titles if with_health_data else None) for key in keys if key in found]


def _cells(inquiry: Inquiry, zone: ZoneInfo, titles: dict[int, str] | None) -> Line:
    """Return one line; with the treatments' titles also what the patient wrote."""
    cells: Line = [
        inquiry.reference,
        _moment(inquiry.received_at, zone),
        capfirst(language_name(inquiry.preferred_language)),
        country_name(inquiry.country),
        capfirst(str(Status(inquiry.status).label)),
        inquiry.coordinator.display_name if inquiry.coordinator else "",
        _moment(inquiry.reply_due_at, zone),
        capfirst(_ending(inquiry.promises.all())),
        _moment(inquiry.first_contact_at, zone),
        _moment(inquiry.closed_at, zone),
        capfirst(str(Outcome(inquiry.outcome).label)) if inquiry.outcome else "",
        pgettext("answer", "Yes") if inquiry.is_quarantined else pgettext("answer", "No"),
    ]
    if titles is None:
        return cells
    treatment = titles[inquiry.treatment_id] if inquiry.treatment_id else treatment_title(None)
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


def _ending(promises: Iterable[ReplyPromise]) -> str:
    """Return whether the promised time was kept; nothing where none was promised."""
    endings = {promise.ending for promise in promises}
    worst = next((ending for ending in _WORST_FIRST if ending in endings), None)
    if worst is None:
        return ""
    return str(PromiseEnding(worst).label) if worst else _("running")


def _moment(moment: datetime | None, zone: ZoneInfo) -> Cell:
    """Return a moment on the clinic's clock to the minute; spreadsheets know no time zones."""
    return moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None) if moment else ""
