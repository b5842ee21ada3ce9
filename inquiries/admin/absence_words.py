"""What the page says about a planned absence: the cells that change, the open inquiries, and who cannot take them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.cover import cover_of, cover_words
from coordinators.coverage import Cell, Change
from coordinators.enums import Cover
from coordinators.explanation import language_label
from coordinators.models import Absence, Coordinator
from inquiries.admin.team import cell_words, day_words, promise_words, titles_by_code, treatments_words
from inquiries.moments import in_words
from inquiries.readable import treatment_title
from inquiries.services.foresight import FORESEEN_DAYS, Foresight, Misfits, OpenInquiry

# So many open inquiries are named one by one.
NAMED = 20


@dataclass(frozen=True)
class ChangedLine:
    """Cells of one day and language that change in the same way."""

    day: str
    language: str
    treatments: str
    before: str
    after: str
    promise_before: str
    promise_after: str
    is_hole: bool


@dataclass(frozen=True)
class ChangedGroup:
    """Cells of one language after which the same people are left, or nobody; the lines are told on request."""

    language: str
    treatments: str
    days: int
    who: str
    is_hole: bool
    lines: list[ChangedLine]


@dataclass(frozen=True)
class ShownInquiry:
    """One open inquiry of the absent person; nothing the patient said."""

    reference: str
    language: str
    treatment: str
    state: str
    is_late: bool


def foresight_words(absence: Absence, foresight: Foresight, unfit: Misfits | None) -> dict[str, Any]:
    """Return what the page says about a planned absence; `unfit` is what its replacement cannot take."""
    named, titles, now = foresight.open_inquiries[:NAMED], titles_by_code(), timezone.now()
    return {
        "foresight": foresight,
        "breaking": _groups(foresight.breaking, titles),
        "shifting": list(_lines(foresight.shifting, titles)),
        "cover_words": cover_words(absence),
        "is_covered": cover_of(absence) == Cover.COVERED,
        "foreseen_days": FORESEEN_DAYS,
        "open_inquiries": [_shown_inquiry(item, titles, now) for item in named],
        "others_open": len(foresight.open_inquiries) - len(named),
        "misfits": _misfit_words(unfit, absence.replacement, len(foresight.open_inquiries), titles) if unfit else [],
    }


def _shown_inquiry(item: OpenInquiry, titles: Mapping[str, str], now: datetime) -> ShownInquiry:
    """Return an open inquiry in words: what a replacement must be able to take, and who waits until when."""
    is_late = item.is_waiting and item.due_at is not None and item.due_at < now
    return ShownInquiry(
        reference=item.reference,
        language=capfirst(language_label(item.language)),
        treatment=titles[item.treatment] if item.treatment else treatment_title(None),
        state=_state_words(item, is_late=is_late),
        is_late=is_late,
    )


def _state_words(item: OpenInquiry, *, is_late: bool) -> str:
    """Return how far an open inquiry has come; a time only for somebody who still waits."""
    if not item.is_waiting:
        return _("in contact")
    if item.due_at is None:
        return _("waiting, no time promised")
    moment = {"moment": in_words(timezone.localtime(item.due_at))}
    return _("overdue: reply was due by %(moment)s") % moment if is_late else _("waiting: reply by %(moment)s") % moment


def _misfit_words(unfit: Misfits, replacement: Coordinator | None, total: int, titles: Mapping[str, str]) -> list[str]:
    """Return what of so many open inquiries the replacement cannot take."""
    who = {"name": replacement, "total": total}
    languages, treatments = unfit.languages.items(), unfit.treatments.items()
    speaks = ngettext(
        "%(name)s does not speak %(language)s: %(count)d of %(total)d inquiry",
        "%(name)s does not speak %(language)s: %(count)d of %(total)d inquiries",
        total,
    )
    knows = ngettext(
        "%(name)s does not know this treatment, %(treatment)s: %(count)d of %(total)d inquiry",
        "%(name)s does not know this treatment, %(treatment)s: %(count)d of %(total)d inquiries",
        total,
    )
    return [
        *(speaks % (who | {"language": language_label(code), "count": count}) for code, count in languages),
        *(knows % (who | {"treatment": titles[code], "count": count}) for code, count in treatments),
    ]


def _groups(changes: Iterable[Change], titles: Mapping[str, str]) -> list[ChangedGroup]:
    """Return the changed cells by language and by who is left, those with nobody first."""
    alike: defaultdict[tuple[str, str, bool], list[Change]] = defaultdict(list)
    for change in changes:
        who = _left_words(change.after, change.place.language)
        alike[change.place.language, who, change.after.is_hole].append(change)
    groups = [
        ChangedGroup(
            language=capfirst(language_label(language)),
            treatments=treatments_words(_codes(found, titles), titles),
            days=len({change.place.day for change in found}),
            who=who,
            is_hole=is_hole,
            lines=list(_lines(found, titles)),
        )
        for (language, who, is_hole), found in alike.items()
    ]
    return sorted(groups, key=lambda group: not group.is_hole)


def _codes(changes: Iterable[Change], titles: Mapping[str, str]) -> list[str]:
    """Return the treatments that are concerned, in the clinic's order."""
    concerned = {change.place.treatment for change in changes}
    return [code for code in titles if code in concerned]


def _left_words(cell: Cell, language: str) -> str:
    """Return who is left for an inquiry, in words."""
    words = cell_words(cell, language)
    if cell.hangs_on_one:
        words = _("only %(name)s") % {"name": words}
    return f"{words}; {promise_words(None)}" if cell.due_at is None else words


def _lines(changes: Iterable[Change], titles: Mapping[str, str]) -> Iterable[ChangedLine]:
    """Return the changed cells day by day; treatments to which the same happens share a line."""
    alike: defaultdict[Any, list[str]] = defaultdict(list)
    for change in sorted(changes, key=lambda change: change.place.day):
        alike[change.place.day, change.place.language, change.before, change.after].append(change.place.treatment)
    for (day, language, before, after), codes in alike.items():
        yield ChangedLine(
            day=day_words(day),
            language=language_label(language),
            treatments=treatments_words(codes, titles),
            before=cell_words(before, language),
            after=cell_words(after, language),
            promise_before=promise_words(before.due_at),
            promise_after=promise_words(after.due_at),
            is_hole=after.is_hole,
        )
