"""The history of an inquiry in words: what happened, when, and who did it."""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from coordinators.enums import Rule
from inquiries.enums import EmailKind, EventKind, Outcome, QuarantineReason
from inquiries.models import InquiryEvent
from inquiries.moments import in_short

ALARMING = (
    EventKind.EMAIL_FAILED, EventKind.EMAIL_REFUSED, EventKind.QUARANTINED, EventKind.PROMISE_BROKEN,
    EventKind.CONTACT_CHANGED, EventKind.BOUNCED,
)  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the history."""

    at: str
    what: str
    detail: str
    who: str
    note: str
    is_alarm: bool


def line(event: InquiryEvent, zone: ZoneInfo, names: Mapping[int, str]) -> Line:
    """Return a line of the history in words."""
    return Line(
        at=in_short(event.at.astimezone(zone)),
        what=_what(event),
        detail=_details(event, names),
        who=event.actor.name if event.actor else "",
        note=event.note,
        is_alarm=event.kind in ALARMING,
    )


def _what(event: InquiryEvent) -> str:
    """Return what happened; contact data are changed by the patient, or at the desk."""
    if event.kind == EventKind.CONTACT_CHANGED and event.actor:
        return _("contact data corrected at the desk")
    return str(event.get_kind_display())


def _details(event: InquiryEvent, names: Mapping[int, str]) -> str:
    """Return an event's codes in words."""
    details = event.details
    words = [str(event.get_contact_result_display()) if event.contact_result else "", details.get("reference", "")]
    if "coordinator" in details:
        words.append(names.get(details["coordinator"], _("nobody")))
    codes = (("rule", Rule), ("outcome", Outcome), ("reason", QuarantineReason), ("kind", EmailKind))
    words += [str(choices(details[key]).label) for key, choices in codes if details.get(key)]
    if details.get("cause") == "virus":
        words.append(_("a virus was found in it"))
    if details.get("attachments"):
        words.append(_("files were attached and not taken; the private page takes them"))
    if details.get("is_cut"):
        words.append(_("only its beginning is kept"))
    return ", ".join(word for word in words if word)
