"""Overviews and alarms for the staff: numbers, references and the way to the desk; nothing about any patient.

They are made when they are sent: who has lost the right to read them meanwhile gets none.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from coordinators.models import User
from coordinators.roster import get_policy
from inquiries.alarms import Cause, Finding, find
from inquiries.emails.addressee import NoRecipientError
from inquiries.emails.letter import Button, Facts, Letter, Listing, Panel, Part, Words
from inquiries.emails.staff import reader_of, staff_letter
from inquiries.models import OutgoingEmail
from inquiries.moments import in_words, span
from inquiries.overviews import Neglected, managers_view, own_counts

_INBOX = "admin:inquiries_inquiry_changelist"
_OUTBOX = "admin:inquiries_outgoingemail_changelist"


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
    """Return what is late or unopened, by whoever answers: references and for how long."""
    user = _reader(email, lambda person: person.is_manager)
    view = managers_view(timezone.now())
    parts: list[Part] = [
        Listing(_("%(name)s:") % {"name": name or _("Nobody")}, tuple(_neglect(item) for item in items))
        for name, items in view.by_coordinator.items()
    ]
    if view.is_empty:
        parts.append(Words(_("Nothing is late, and everything has been opened.")))
    if view.is_cut:
        parts.append(Words(_("There are more. The inbox shows all of them.")))
    return staff_letter(
        _("Late and unopened inquiries, %(day)s") % {"day": _today()},
        _("Late and unopened inquiries"),
        *parts,
        Button(_("Open the inbox"), _address(_INBOX, "overdue" if _any_late(view.by_coordinator) else "unopened")),
        _how_to_stop(),
        reader=user,
    )


def alarm(email: OutgoingEmail) -> Letter:
    """Return what is wrong, how much of it, and where to look; or that it has passed meanwhile."""
    user = _reader(email, lambda person: person.is_manager)
    if email.topic not in Cause:
        raise NoRecipientError
    cause = Cause(email.topic)
    finding = find(cause, timezone.now())
    noticed = in_words(email.created_at.astimezone(get_policy().zone))
    state = _IN_WORDS[cause](finding) if finding else _("This has passed meanwhile. Nothing is left to do.")
    label, address = _where(cause)
    return staff_letter(
        _("Alarm: %(cause)s") % {"cause": cause.label},
        str(cause.label),
        Panel((state,), is_alarm=finding is not None),
        Facts(((_("Noticed"), noticed),)),
        Button(label, address),
        Words(_("You get this at most once an hour for each cause."), is_quiet=True),
        _how_to_stop(),
        reader=user,
    )


def _unsent(finding: Finding) -> str:
    text = _("The oldest e-mail has waited for %(span)s. Is the mail server working?")
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
    text = _("E-mails that are due have not been looked for in %(span)s. Is the scheduler running?")
    return text % {"span": _minutes(finding)}


def _clock(finding: Finding) -> str:
    text = _("The promised times have not been watched for %(span)s. Is the scheduler running?")
    return text % {"span": _minutes(finding)}


def _retention(finding: Finding) -> str:
    text = ngettext(
        "Records should have been erased %(count)d day ago. Is the scheduler running?",
        "Records should have been erased %(count)d days ago. Is the scheduler running?",
        finding.number,
    )
    return text % {"count": finding.number}


def _quarantine(finding: Finding) -> str:
    text = _("%(count)d inquiries came into quarantine within an hour. Please look: there may be real patients.")
    return text % {"count": finding.number}


def _mailbox(finding: Finding) -> str:
    text = _("Patients' replies have not been collected for %(span)s. Is the mailbox working?")
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
    Cause.NO_OWNER: "unassigned",
    Cause.QUARANTINE: "quarantine",
}


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


def _neglect(item: Neglected) -> str:
    """Return a line about one inquiry."""
    words = [item.reference]
    if item.late_for is not None:
        words.append(_("%(span)s longer than promised") % {"span": span(item.late_for)})
    if item.unopened_for is not None:
        words.append(_("not opened for %(span)s") % {"span": span(item.unopened_for)})
    return ", ".join(words)


def _any_late(lines: Mapping[str, list[Neglected]]) -> bool:
    """Return whether anything is late."""
    return any(item.late_for is not None for items in lines.values() for item in items)


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
