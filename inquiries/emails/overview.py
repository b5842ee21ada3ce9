"""Overviews and alarms for the staff: numbers, references and the way to the desk; nothing about any patient.

They are made when they are sent: who has lost the right to read them meanwhile gets none.
"""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from coordinators.models import User
from coordinators.roster import get_policy
from inquiries.alarms import Cause, Finding, concerned, find
from inquiries.emails.addressee import NoRecipientError
from inquiries.emails.letter import Button, Facts, Letter, Link, Links, Panel, Part, Words
from inquiries.emails.staff import reader_of, staff_letter
from inquiries.models import OutgoingEmail
from inquiries.moments import in_short, in_words, span
from inquiries.overviews import ManagersView, Neglected, managers_view, own_counts

_INBOX = "admin:inquiries_inquiry_changelist"
_OUTBOX = "admin:inquiries_outgoingemail_changelist"
_COVERAGE = "admin:coordinators_coverage"


def digest(email: OutgoingEmail) -> Letter:
    """Return how much waits for a coordinator today: numbers only."""
    user = _reader(email, lambda person: person.handles_inquiries)
    counts = own_counts(user, timezone.now())
    rows = (
        (_("Waiting for your first answer"), counts.waiting),
        (_("To be answered today"), counts.due_today),
        (_("Longer than promised"), counts.overdue),
        (_("Not opened yet"), counts.unopened),
        (_("Next date today or before"), counts.follow_ups),
        (_("With an e-mail that did not arrive"), counts.failed_mail),
    )
    shown = tuple((label, str(number)) for label, number in rows if number)
    return staff_letter(
        _("Your inquiries this morning, %(day)s") % {"day": _today()},
        _("Your inquiries this morning"),
        Facts(shown) if shown else Words(_("Nothing waits for you any more.")),
        Button(_("Open your inquiries"), _address(_INBOX, "mine")),
        _how_to_stop(),
        reader=user,
    )


def manager_digest(email: OutgoingEmail) -> Letter:
    """Return what needs a manager: what is late first, whose it is, and the way to each."""
    user = _reader(email, lambda person: person.is_manager)
    view = managers_view(timezone.now())
    zone = get_policy().zone
    late = tuple(_late(item) for item in view.late)
    unopened = tuple(_unopened(item, zone) for item in view.unopened)
    also = _also(view)
    parts: list[Part] = []
    if late:
        parts.append(Links(_("Longer than promised, the longest first:"), late))
    if unopened:
        parts.append(Links(_("Not opened, though half of the promised time has passed:"), unopened))
    if not late and not unopened:
        parts.append(Words(_("Nothing is late, and nothing has waited unopened for long.")))
    if view.is_cut:
        parts.append(Words(_("There are more. The inbox shows all of them.")))
    if also:
        parts.append(Links(_("Also at the desk:"), also))
    return staff_letter(
        _managers_subject(view),
        _("All inquiries this morning"),
        *parts,
        Button(_("Open the inbox"), _address(_INBOX, "overdue" if late else "unopened" if unopened else "")),
        _how_to_stop(),
        reader=user,
    )


def alarm(email: OutgoingEmail) -> Letter:
    """Return what is wrong, how much of it, and where to look; or that it has passed meanwhile."""
    user = _reader(email, lambda person: person.is_manager)
    if email.topic not in Cause:
        raise NoRecipientError
    cause = Cause(email.topic)
    now = timezone.now()
    finding = find(cause, now)
    noticed = in_words(email.created_at.astimezone(get_policy().zone))
    lines = [_IN_WORDS[cause](finding), *_whom_to_ask(cause)] if finding else [_passed()]
    label, address = _where(cause)
    named = tuple(_link(pk, reference) for pk, reference in concerned(cause, now)) if finding else ()
    return staff_letter(
        _("Alarm: %(cause)s") % {"cause": cause.label},
        str(cause.label),
        Panel(tuple(lines), is_alarm=finding is not None),
        *((Links(_("It is about:"), named),) if named else ()),
        Facts(((_("Noticed"), noticed),)),
        Button(label, address),
        Words(_("You get this at most once an hour for each cause."), is_quiet=True),
        _how_to_stop(),
        reader=user,
    )


def _unsent(finding: Finding) -> str:
    text = _("The oldest e-mail has waited for %(span)s.")
    return text % {"span": _minutes(finding)}


def _patient_mail(finding: Finding) -> str:
    text = ngettext(
        "%(count)d patient could not be reached by e-mail. Please phone.",
        "%(count)d patients could not be reached by e-mail. Please phone.",
        finding.number,
    )
    return text % {"count": finding.number}


def _broken_twice(finding: Finding) -> str:
    text = ngettext(
        "%(count)d patient was promised an answer twice and still waits for it.",
        "%(count)d patients were promised an answer twice and still wait for it.",
        finding.number,
    )
    return text % {"count": finding.number}


def _no_owner(finding: Finding) -> str:
    text = ngettext(
        "%(count)d inquiry has nobody who answers it. Please give it to somebody.",
        "%(count)d inquiries have nobody who answers them. Please give them to somebody.",
        finding.number,
    )
    return text % {"count": finding.number}


def _sweep(finding: Finding) -> str:
    text = _("E-mails that are due have not been looked for in %(span)s.")
    return text % {"span": _minutes(finding)}


def _clock(finding: Finding) -> str:
    text = _("The promised times have not been watched for %(span)s.")
    return text % {"span": _minutes(finding)}


def _retention(finding: Finding) -> str:
    text = ngettext(
        "Records should have been erased %(count)d day ago.",
        "Records should have been erased %(count)d days ago.",
        finding.number,
    )
    return text % {"count": finding.number}


def _quarantine(finding: Finding) -> str:
    text = _("%(count)d inquiries came into quarantine within an hour. Please look: there may be real patients.")
    return text % {"count": finding.number}


def _mailbox(finding: Finding) -> str:
    text = _("Patients' replies have not been collected for %(span)s.")
    return text % {"span": _minutes(finding)}


_IN_WORDS: Mapping[Cause, Callable[[Finding], str]] = {
    Cause.UNSENT: _unsent,
    Cause.PATIENT_MAIL: _patient_mail,
    Cause.BROKEN_TWICE: _broken_twice,
    Cause.NO_OWNER: _no_owner,
    Cause.SWEEP: _sweep,
    Cause.CLOCK: _clock,
    Cause.RETENTION: _retention,
    Cause.QUARANTINE: _quarantine,
    Cause.MAILBOX: _mailbox,
}
_VIEWS = {
    Cause.PATIENT_MAIL: "failed-mail",
    Cause.BROKEN_TWICE: "overdue",
    Cause.NO_OWNER: "needs-a-look",
    Cause.QUARANTINE: "quarantine",
}


def _whom_to_ask(cause: Cause) -> tuple[str, ...]:
    """Return who can mend it, where that is nobody at the desk."""
    if cause in {Cause.SWEEP, Cause.CLOCK, Cause.RETENTION}:
        return (_("Tell whoever looks after the server: the worker or the scheduler does not run."),)
    if cause is Cause.UNSENT:
        return (_("Tell whoever looks after the server: the mail server or the worker does not work."),)
    if cause is Cause.MAILBOX:
        return (_("Tell whoever looks after the server: the clinic's mailbox cannot be read."),)
    return ()


def _passed() -> str:
    """Return that nothing is wrong any more."""
    return _("This has passed meanwhile. Nothing is left to do.")


def _where(cause: Cause) -> tuple[str, str]:
    """Return where a cause is dealt with: a view of the inbox, the outbox, or the desk's first page."""
    if cause in _VIEWS:
        return _("Open the inbox"), _address(_INBOX, _VIEWS[cause])
    if cause is Cause.UNSENT:
        return _("Look at the e-mails"), _address(_OUTBOX)
    return _("Open the desk"), _address("admin:index")


def _minutes(finding: Finding) -> str:
    """Return for how long a finding has lasted that is counted in minutes."""
    return span(timedelta(minutes=finding.number))


def _managers_subject(view: ManagersView) -> str:
    """Return the numbers that matter, or the day if there are none."""
    words = []
    if view.longest_late is not None:
        late = ngettext(
            "%(count)d inquiry too late: %(span)s",
            "%(count)d inquiries too late, the oldest %(span)s",
            view.late_count,
        )
        words.append(late % {"count": view.late_count, "span": span(view.longest_late)})
    if view.unopened_count:
        unopened = ngettext("%(count)d inquiry not opened", "%(count)d inquiries not opened", view.unopened_count)
        words.append(unopened % {"count": view.unopened_count})
    return " · ".join(words) or _("All inquiries this morning, %(day)s") % {"day": _today()}


def _late(item: Neglected) -> Link:
    """Return a line about an inquiry that is late."""
    words = [_("%(span)s longer than promised") % {"span": span(item.late_for or timedelta())}, _owner(item)]
    if item.is_unopened:
        words.append(_("not opened"))
    return _link(item.pk, item.reference, ", ".join(words))


def _unopened(item: Neglected, zone: ZoneInfo) -> Link:
    """Return a line about an inquiry that nobody has opened; hours would count nights and weekends."""
    received = _("received %(moment)s") % {"moment": in_short(item.received_at.astimezone(zone))}
    return _link(item.pk, item.reference, f"{received}, {_owner(item)}")


def _owner(item: Neglected) -> str:
    """Return whose an inquiry is."""
    return item.owner or pgettext("who answers an inquiry", "nobody")


def _link(pk: uuid.UUID, reference: str, note: str = "") -> Link:
    """Return the way to an inquiry on the desk."""
    return Link(reference, settings.SITE_URL + reverse("admin:inquiries_inquiry_change", args=[pk]), note)


def _also(view: ManagersView) -> tuple[Link, ...]:
    """Return what else waits for a person, and who is away; only what there is."""
    lines = (
        (_("In quarantine: %(count)d"), view.in_quarantine, "quarantine"),
        (_("With an e-mail that did not arrive: %(count)d"), view.failed_mail, "failed-mail"),
        (_("Needs a look: %(count)d"), view.needs_a_look, "needs-a-look"),
    )
    found = [Link(text % {"count": number}, _address(_INBOX, name)) for text, number, name in lines if number]
    if view.away:
        found.append(Link(_("Away today: %(names)s") % {"names": ", ".join(view.away)}, _address(_COVERAGE)))
    return tuple(found)


def _reader(email: OutgoingEmail, may_read: Callable[[User], bool]) -> User:
    """Return whom the letter is for. Raises NoRecipientError for somebody who may not read it any more."""
    user = reader_of(email)
    if not may_read(user):
        raise NoRecipientError
    return user


def _how_to_stop() -> Words:
    """Return where a person chooses what they get."""
    text = _("You choose under “My settings” at the desk which of these e-mails you get.")
    return Words(text, is_quiet=True)


def _today() -> str:
    """Return the clinic's date in words."""
    now: datetime = timezone.now().astimezone(get_policy().zone)
    return date_format(now, pgettext("date format", "j F Y"))


def _address(name: str, view: str = "") -> str:
    """Return a full address of the desk."""
    return settings.SITE_URL + reverse(name) + (f"?view={view}" if view else "")
