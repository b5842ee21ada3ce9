"""What an export says about an inquiry: codes in words, and patients' own data only where they were asked for."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from coordinators.roster import get_policy
from inquiries.countries import country_name
from inquiries.details.readable import ReadAnswer, readable_answers
from inquiries.enums import ContactBy, Outcome, PromiseEnding, Status
from inquiries.models import Inquiry, ReplyPromise
from inquiries.readable import language_name, treatment_title
from treatments.titles import treatment_titles

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

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


@dataclass(frozen=True)
class _Clinic:
    """What the cells of a batch need besides the inquiry: the clinic's clock, and what treatments are called."""

    zone: ZoneInfo
    titles: Mapping[int, str]


@dataclass(frozen=True)
class _Field:
    """One column: its heading, its width, and what stands in it."""

    heading: "_StrPromise"
    width: int
    cell: Callable[[Inquiry, _Clinic], Cell]


def columns(*, with_health_data: bool) -> list[Column]:
    """Return the columns in the active language."""
    return [Column(capfirst(str(field.heading)), field.width) for field in _fields(with_health_data=with_health_data)]


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
    clinic = _Clinic(zone, treatment_titles() if with_health_data else {})
    fields = _fields(with_health_data=with_health_data)
    return [[field.cell(found[key], clinic) for field in fields] for key in keys if key in found]


def _fields(*, with_health_data: bool) -> tuple[_Field, ...]:
    """Return the columns of an export."""
    return (*_NEUTRAL, *_HEALTH) if with_health_data else _NEUTRAL


def _owner(inquiry: Inquiry) -> str:
    """Return who has the inquiry; nothing where nobody has."""
    return inquiry.coordinator.display_name if inquiry.coordinator else ""


def _outcome(inquiry: Inquiry) -> str:
    """Return how the inquiry ended; nothing while it is open."""
    return capfirst(str(Outcome(inquiry.outcome).label)) if inquiry.outcome else ""


def _is_held(inquiry: Inquiry) -> str:
    """Return whether the inquiry waits in quarantine."""
    return pgettext("answer", "Yes") if inquiry.is_quarantined else pgettext("answer", "No")


def _treatment(inquiry: Inquiry, titles: Mapping[int, str]) -> str:
    """Return the treatment's title, or that the patient does not know yet."""
    return titles[inquiry.treatment_id] if inquiry.treatment_id else treatment_title(None)


def _ways(inquiry: Inquiry) -> str:
    """Return how the patient would like to be contacted."""
    return ", ".join(str(ContactBy(code).label) for code in inquiry.contact_by)


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
    return str(PromiseEnding(worst).label) if worst else gettext("running")


def _moment(moment: datetime | None, zone: ZoneInfo) -> Cell:
    """Return a moment on the clinic's clock to the minute; spreadsheets know no time zones."""
    return moment.astimezone(zone).replace(second=0, microsecond=0, tzinfo=None) if moment else ""


_NEUTRAL = (
    _Field(_("Reference"), _CODE, lambda inquiry, _clinic: inquiry.reference),
    _Field(_("Received"), _MOMENT, lambda inquiry, clinic: _moment(inquiry.received_at, clinic.zone)),
    _Field(_("Answer in"), _CODE, lambda inquiry, _clinic: capfirst(language_name(inquiry.preferred_language))),
    _Field(_("Country"), _MOMENT, lambda inquiry, _clinic: country_name(inquiry.country)),
    _Field(_("Status"), _WORDS, lambda inquiry, _clinic: capfirst(str(Status(inquiry.status).label))),
    _Field(_("Coordinator"), _WORDS, lambda inquiry, _clinic: _owner(inquiry)),
    _Field(_("Reply by"), _MOMENT, lambda inquiry, clinic: _moment(inquiry.reply_due_at, clinic.zone)),
    _Field(_("promised time"), _WORDS, lambda inquiry, _clinic: capfirst(_ending(inquiry.promises.all()))),
    _Field(_("First contact attempt"), _MOMENT, lambda inquiry, clinic: _moment(inquiry.first_contact_at, clinic.zone)),
    _Field(_("Closed on"), _MOMENT, lambda inquiry, clinic: _moment(inquiry.closed_at, clinic.zone)),
    _Field(_("Outcome"), _WORDS, lambda inquiry, _clinic: _outcome(inquiry)),
    _Field(_("Quarantine"), _CODE, lambda inquiry, _clinic: _is_held(inquiry)),
)
# The patient's own data and words
_HEALTH = (
    _Field(_("Name"), _WORDS, lambda inquiry, _clinic: inquiry.name),
    _Field(_("E-mail"), _WORDS, lambda inquiry, _clinic: inquiry.email),
    _Field(_("Phone"), _MOMENT, lambda inquiry, _clinic: inquiry.phone),
    _Field(_("Contact by"), _WORDS, lambda inquiry, _clinic: _ways(inquiry)),
    _Field(_("Treatment"), _WORDS, lambda inquiry, clinic: _treatment(inquiry, clinic.titles)),
    _Field(_("Message"), _TEXT, lambda inquiry, _clinic: inquiry.message),
    _Field(_("Details for the doctor"), _TEXT, lambda inquiry, clinic: _details(inquiry, clinic.zone)),
)
