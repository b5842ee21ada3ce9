"""One inquiry on one screen: the patient's story, the promise, who answers and why, what happened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.explanation import Explanation, explain
from coordinators.models import Coordinator, User
from coordinators.roster import clinic_place, get_policy
from inquiries.admin.beside import known_beside
from inquiries.admin.history import line
from inquiries.admin.presence import recent_visitors
from inquiries.admin.related import related_inquiries
from inquiries.admin.words import badges, clock, is_overdue
from inquiries.details.readable import readable_answers
from inquiries.enums import (
    EmailStatus,
    PromiseEnding,
    Sender,
)
from inquiries.files.listing import listed_for_staff
from inquiries.inbox import next_waiting
from inquiries.models import Assignment, Inquiry, Message, OutgoingEmail, ReplyPromise
from inquiries.moments import in_short, in_words, promise
from inquiries.readable import language_name, parsed_phone, readable_choices
from inquiries.services.inbound import unfiled_of
from inquiries.services.triage import ONCE_ONLY
from inquiries.text import has_mixed_scripts

# Every look is written down; older ones are in the record.
READERS_AT_MOST = 50


@dataclass(frozen=True)
class Phone:
    """A number as typed and, where it could be read, as it is dialled."""

    typed: str
    international: str
    dialled: str


@dataclass(frozen=True)
class ReadAssignment:
    """One assignment: who got it, when, by which rule or by whom, and what the rule saw."""

    coordinator: str
    at: str
    made_by: str
    rule: str
    explanation: Explanation


@dataclass(frozen=True)
class ReadEmail:
    """One e-mail of the inquiry and where it is."""

    pk: str
    kind: str
    recipient: str
    status: str
    state: str
    can_resend: bool
    at: str
    attempts: int
    error: str


@dataclass(frozen=True)
class ReadPromise:
    """One promised time and what became of it."""

    coordinator: str
    due: str
    ending: str
    is_broken: bool


@dataclass(frozen=True)
class Next:
    """The inquiry to turn to next."""

    url: str
    reference: str
    clock: str


@dataclass(frozen=True)
class Addition:
    """An inquiry that the same patient sent about the same treatment."""

    reference: str
    at: str
    language: str
    language_name: str
    message: str
    contact: str


@dataclass(frozen=True)
class ReadMessage:
    """One message of the patient or the clinic."""

    who: str
    is_from_patient: bool
    at: str
    language: str
    language_name: str
    text: str


def detail_context(inquiry: Inquiry, user: User) -> dict[str, Any]:
    """Return what the screen of one inquiry shows to `user`."""
    now, zone = timezone.now(), get_policy().zone
    emails = list(inquiry.emails.select_related("coordinator", "user").order_by("created_at", "id"))
    names = dict(Coordinator.objects.values_list("pk", "display_name"))
    due = promise(inquiry.reply_due_at, clinic_zone=zone, patient_zone=inquiry.time_zone)
    additions = list(inquiry.additions.order_by("received_at"))
    prefetch_related_objects([inquiry, *additions], "medical_answers")
    beside = known_beside([inquiry])[inquiry.pk]
    readers = list(inquiry.events.reads()[: READERS_AT_MOST + 1]) if user.is_manager else []
    return {
        "inquiry": inquiry,
        "badges": badges(inquiry, now, beside),
        "next": _next(user, inquiry, now),
        "clock": clock(inquiry, now, beside),
        "visitors": recent_visitors(inquiry, user, now),
        "related": related_inquiries(inquiry, user, zone),
        "is_late": is_overdue(inquiry, now),
        "choices": readable_choices(inquiry),
        "name_is_mixed": has_mixed_scripts(inquiry.name),
        "phone": _phone(inquiry),
        "mail_link": f"mailto:{quote(inquiry.email, safe='@')}?subject={inquiry.reference}" if inquiry.email else "",
        "received": in_words(inquiry.received_at.astimezone(zone)),
        "place": clinic_place(),
        "due": in_words(due.at) if due else "",
        "due_for_patient": in_words(due.patient_at) if due and due.patient_at else "",
        "promises": [_read_promise(item, zone) for item in _promises(inquiry)],
        "additions": [_addition(item, zone) for item in additions],
        "answered": [(row, readable_answers(row, zone)) for row in (inquiry, *additions)],
        "files": listed_for_staff(inquiry),
        "unfiled": unfiled_of(inquiry),
        "letters": [_read_message(item, zone) for item in _messages([inquiry, *additions])],
        "assignments": [_read_assignment(item, zone) for item in _assignments(inquiry)],
        "emails": [_read_email(email, zone) for email in emails],
        "timeline": [line(event, zone, names) for event in inquiry.events.timeline()],
        "readers": [line(event, zone, names) for event in readers[:READERS_AT_MOST]],
        "is_readers_cut": len(readers) > READERS_AT_MOST,
        "record_url": _record_url(inquiry) if user.is_manager else "",
    }


def _record_url(inquiry: Inquiry) -> str:
    """Return where managers see who opened this inquiry or took it out, page by page."""
    query = urlencode({"reference": inquiry.reference})
    return f"{reverse('admin:inquiries_inquiryevent_changelist')}?{query}"


def _promises(inquiry: Inquiry) -> list[ReplyPromise]:
    """Return every promised time, the newest first."""
    return list(inquiry.promises.select_related("coordinator").order_by("-made_at"))


def _read_promise(item: ReplyPromise, zone: ZoneInfo) -> ReadPromise:
    """Return a promised time in words."""
    return ReadPromise(
        coordinator=item.coordinator.display_name if item.coordinator else _("nobody"),
        due=_at(item.due_at, zone),
        ending=str(item.get_ending_display()) if item.ending else _("running"),
        is_broken=item.ending == PromiseEnding.BROKEN,
    )


def _addition(inquiry: Inquiry, zone: ZoneInfo) -> Addition:
    """Return what the same patient sent again."""
    return Addition(
        reference=inquiry.reference,
        at=_at(inquiry.received_at, zone),
        language=inquiry.language,
        language_name=language_name(inquiry.language),
        message=inquiry.message,
        contact=", ".join(part for part in (inquiry.name, inquiry.email, inquiry.phone) if part),
    )


def _messages(inquiries: list[Inquiry]) -> list[Message]:
    """Return what patient and clinic wrote to each other, the oldest first."""
    return list(Message.objects.in_order().filter(inquiry__in=inquiries).select_related("author"))


def _read_message(message: Message, zone: ZoneInfo) -> ReadMessage:
    """Return a message as the desk shows it: the words as written, with their language."""
    return ReadMessage(
        who=message.author.name if message.author else str(message.get_sender_display()),
        is_from_patient=message.sender == Sender.PATIENT,
        at=_at(message.at, zone),
        language=message.language,
        language_name=language_name(message.language),
        text=message.text,
    )


def _phone(inquiry: Inquiry) -> Phone | None:
    """Return the phone number, if one was given."""
    if not inquiry.phone:
        return None
    number = parsed_phone(inquiry.phone, inquiry.country)
    if number is None:
        return Phone(inquiry.phone, "", "")
    return Phone(inquiry.phone, str(number.as_international), str(number.as_e164))


def _assignments(inquiry: Inquiry) -> list[Assignment]:
    """Return every assignment, the newest first."""
    return list(inquiry.assignments.select_related("coordinator", "made_by").order_by("-made_at", "-id"))


def _read_assignment(assignment: Assignment, zone: ZoneInfo) -> ReadAssignment:
    """Return an assignment in words."""
    return ReadAssignment(
        coordinator=assignment.coordinator.display_name if assignment.coordinator else _("nobody"),
        at=_at(assignment.made_at, zone),
        made_by=assignment.made_by.name if assignment.made_by else "",
        rule=str(assignment.get_rule_display()) if assignment.rule else "",
        explanation=explain(assignment.trace),
    )


def _next(user: User, inquiry: Inquiry, now: datetime) -> Next | None:
    """Return the inquiry to turn to next."""
    found = next_waiting(user, inquiry)
    if found is None:
        return None
    return Next(reverse("admin:inquiries_inquiry_change", args=[found.pk]), found.reference, clock(found, now))


def _read_email(email: OutgoingEmail, zone: ZoneInfo) -> ReadEmail:
    """Return an e-mail in words."""
    return ReadEmail(
        pk=str(email.pk),
        kind=str(email.get_kind_display()),
        recipient=email.coordinator.display_name if email.coordinator else email.user.name if email.user else "",
        status=str(email.get_status_display()),
        state=email.status.lower(),
        can_resend=email.status in {EmailStatus.SENT, EmailStatus.FAILED} and email.kind not in ONCE_ONLY,
        at=_at(email.sent_at or email.created_at, zone),
        attempts=email.attempts,
        error=email.last_error,
    )


def _at(moment: datetime, zone: ZoneInfo) -> str:
    """Return a moment on the clinic's clock."""
    return in_short(moment.astimezone(zone))
