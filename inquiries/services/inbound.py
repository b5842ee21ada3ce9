"""Replies to our e-mails: collected from the clinic's mailbox and filed with their inquiries (docs/adr/0021).

Each e-mail is dealt with in a transaction of its own and moved only after that is committed. Whoever dies in between
finds it again and knows it by its digest: nothing is lost, and nothing is filed twice.
"""

import logging
import time
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coordinators.models import ReplyPolicy
from inquiries.enums import PATIENT_KINDS, EmailKind, EmailStatus, EventKind, InboundVerdict
from inquiries.mailbox.address import mailbox_address
from inquiries.mailbox.bounces import Bounce
from inquiries.mailbox.imap import Mailbox, MailboxAwayError, open_mailbox
from inquiries.mailbox.reading import IncomingMail, identity_of, read_mail
from inquiries.models import Heartbeat, InboundMail, Inquiry, OutgoingEmail
from inquiries.references import normal_reference
from inquiries.sealing.blind import keyed_digest, normal_email
from inquiries.services.assigning import answer_language
from inquiries.services.events import lock, write_event
from inquiries.services.limits import TooOftenError
from inquiries.services.messages import receive_message
from inquiries.services.outbox import put_or_repeat
from inquiries.services.undelivered import mark_refusing, went_to_present_address, write_undelivered

logger = logging.getLogger(__name__)

# A round ends well before its task would be stopped; what is left comes in the next one.
ROUND_SECONDS = 30
ROUND_MAILS = 300
FLAGGED_AT_MOST = 500
# For so long a machine's e-mail is known again; a mailbox that stays away longer may show it a second time.
MACHINES_KNOWN_FOR = timedelta(days=90)

FOR_A_PERSON = (InboundVerdict.UNKNOWN, InboundVerdict.BROKEN)
FROM_MACHINES = (InboundVerdict.AUTOMATIC, InboundVerdict.BOUNCE)

# What an e-mail was, and whose
_Result = tuple[InboundVerdict, Inquiry | None]


def unfiled_count() -> int:
    """Return how many e-mails wait in the clinic's mailbox for a person: nobody's, doubtful, or not to be filed."""
    return _unfiled().count()


def unfiled_of(inquiry: Inquiry) -> int:
    """Return how many e-mails wait there that belong to this inquiry, or to what was added to it."""
    return _unfiled().filter(Q(inquiry=inquiry) | Q(inquiry__joined_to=inquiry)).count()


def collect() -> int:
    """Deal with what waits in the clinic's mailbox, and return how many e-mails that were.

    A server that is away is logged; everything waits there for the next round.
    """
    address = mailbox_address()
    if address is None:
        return 0
    handled = 0
    end = time.monotonic() + ROUND_SECONDS
    try:
        with open_mailbox(address) as mailbox:
            waiting = [*_flagged_by_persons(mailbox), *mailbox.waiting()]
            for uid in waiting[:ROUND_MAILS]:
                if time.monotonic() > end:
                    break
                handled += _deal_with(mailbox, uid)
            _tidy(mailbox)
    except MailboxAwayError as error:
        logger.warning("mailbox did not answer", extra={"error": str(error), "count": handled})
        return handled
    Heartbeat.objects.update_or_create(name=Heartbeat.MAILBOX, defaults={"beat_at": timezone.now()})
    return handled


def file_mail(mail: IncomingMail) -> InboundVerdict:
    """Do what one e-mail calls for, once, and return what it was.

    One that was left for a person is looked at again: its inquiry may have got the sender's address meanwhile.
    """
    return _once(mail, _act_on)


def leave_for_a_person(mail: IncomingMail) -> InboundVerdict:
    """Record that an e-mail could not be dealt with, so that it is counted; return what it was if it was after all."""
    return _once(mail, _given_up)


@transaction.atomic
def _once(mail: IncomingMail, act: Callable[[IncomingMail], _Result]) -> InboundVerdict:
    """Do something with an e-mail that nobody has dealt with, and record what it was."""
    # Locked in the order of a submission; two collectors take turns.
    ReplyPolicy.objects.select_for_update(of=("self",)).get()
    digest = _digest(mail.identity)
    known = InboundMail.objects.filter(message_id_digest=digest).first()
    if known and known.verdict not in FOR_A_PERSON:
        return InboundVerdict(known.verdict)
    verdict, inquiry = act(mail)
    values = {"verdict": verdict, "inquiry": inquiry, "handled_at": timezone.now()}
    InboundMail.objects.update_or_create(message_id_digest=digest, defaults=values)
    logger.info("e-mail collected", extra={"kind": verdict.value, "inquiry_id": inquiry.pk if inquiry else ""})
    return verdict


def _deal_with(mailbox: Mailbox, uid: str) -> bool:
    """Deal with one e-mail and put it where it belongs, so that it waits no more; return whether it was there."""
    data = mailbox.fetch(uid)
    if data is None:
        return False
    mail = read_mail(data)
    try:
        verdict = file_mail(mail)
    except (OperationalError, InterfaceError):
        # The database is away: so it would be for the others.
        raise
    except Exception as error:  # it would fail again every minute: a person is told of it, and the others go on
        logger.exception("e-mail could not be filed", extra={"error": type(error).__name__})
        verdict = leave_for_a_person(mail)
    if verdict in FOR_A_PERSON:
        mailbox.flag(uid)
    else:
        mailbox.put_away(uid)
    return True


def _given_up(_mail: IncomingMail) -> _Result:
    """Do nothing with an e-mail: whatever was tried failed."""
    return InboundVerdict.BROKEN, None


def _act_on(mail: IncomingMail) -> _Result:
    """Do what an e-mail calls for; return what it was, and whose."""
    if OutgoingEmail.objects.filter(message_id=mail.message_id).exists():
        # Our own, to a mailbox that is also somebody's: no reply, and nothing to take away unread.
        return InboundVerdict.UNKNOWN, None
    if mail.bounce:
        return _take_back(mail.bounce)
    if mail.is_broken:
        return InboundVerdict.BROKEN, None
    inquiry, email = _find(mail)
    if mail.is_automatic or mail.may_be_automatic:
        # A mail server's free words, or what may be a patient's after all: only a person sees what they mean.
        is_unclear = mail.is_from_daemon or (inquiry is not None and not mail.is_automatic)
        return (InboundVerdict.UNKNOWN, inquiry) if is_unclear else (InboundVerdict.AUTOMATIC, None)
    if inquiry is None or not mail.sender or mail.sender != normal_email(inquiry.email):
        return InboundVerdict.UNKNOWN, inquiry
    return _file(mail, inquiry, email)


def _find(mail: IncomingMail) -> tuple[Inquiry | None, OutgoingEmail | None]:
    """Return the inquiry that an e-mail belongs to, and the e-mail of ours that it answers, if it says so.

    A Message-ID of ours cannot be guessed, and goes before a reference in the subject.
    """
    ours = OutgoingEmail.objects.select_related("inquiry").filter(
        message_id__in=mail.answers, kind__in=PATIENT_KINDS, inquiry__isnull=False
    )
    by_id = {email.message_id: email for email in ours}
    answered = next((by_id[message_id] for message_id in mail.answers if message_id in by_id), None)
    if answered:
        return answered.inquiry, answered
    named = list(Inquiry.objects.filter(reference__in=mail.references))
    own = [inquiry for inquiry in named if mail.sender and normal_email(inquiry.email) == mail.sender]
    return next(iter(own or named), None), None


def _file(mail: IncomingMail, inquiry: Inquiry, email: OutgoingEmail | None) -> _Result:
    """File an e-mail as the patient's message: the clock starts, and the coordinator is told.

    A flood is left for a person: the patient may have written some of it.
    """
    language = answer_language(inquiry.preferred_language, inquiry.language)
    text = mail.text
    if not text:
        with translation.override(language):
            text = _("(This e-mail had no text.)")
    try:
        receive_message(inquiry, text, language=language)
    except TooOftenError:
        # More than one person writes. What comes from others must not wait behind it.
        logger.warning("e-mail left for a person: too many within the hour", extra={"inquiry_id": inquiry.pk})
        return InboundVerdict.UNKNOWN, inquiry
    leading = lock(inquiry.joined_to) if inquiry.joined_to else inquiry
    details = {
        "found_by": "reply" if email else "reference",
        "attachments": mail.attachments,
        "is_cut": mail.text_was_cut,
    }
    write_event(leading, EventKind.REPLY_FILED, details=details)
    return InboundVerdict.FILED, inquiry


def _take_back(bounce: Bounce) -> _Result:
    """Record that an e-mail of ours came back for good; one that is only late changes nothing."""
    email = OutgoingEmail.objects.filter(message_id__in=bounce.message_ids).first() or _sent_to(bounce)
    if email is None:
        return InboundVerdict.UNKNOWN, None
    inquiry = lock(email.inquiry) if email.inquiry else None
    if not bounce.is_final:
        return InboundVerdict.BOUNCE, inquiry
    # Read only now, under the lock; a repeat that waits to be sent is another attempt, and its own bounce would come.
    returned = OutgoingEmail.objects.select_for_update(of=("self",)).filter(pk=email.pk, status=EmailStatus.SENT)
    error = f"came back {bounce.status}".strip()
    if not returned.update(status=EmailStatus.FAILED, sent_at=None, failed_at=timezone.now(), last_error=error):
        return InboundVerdict.BOUNCE, inquiry
    if inquiry:
        _tell_of_bounce(inquiry, email, bounce)
    logger.error("e-mail came back", extra={"email_id": email.pk, "kind": email.kind, "error": bounce.status})
    return InboundVerdict.BOUNCE, inquiry


def _tell_of_bounce(inquiry: Inquiry, email: OutgoingEmail, bounce: Bounce) -> None:
    """Write into the history that an e-mail came back; a patient's mailbox that takes none means: please phone."""
    details = {"email": str(email.pk), "kind": email.kind, "status": bounce.status}
    if went_to_present_address(email, inquiry, email.sent_at):
        write_undelivered(inquiry, EventKind.BOUNCED, details)
        mark_refusing(inquiry, timezone.now())
        return
    write_undelivered(inquiry, EventKind.EMAIL_FAILED, details)
    if email.kind == EmailKind.HANDOVER:
        put_or_repeat(EmailKind.HANDOVER_FALLBACK, inquiry)


def _sent_to(bounce: Bounce) -> OutgoingEmail | None:
    """Return the last e-mail to the patient whom a report names, where it brings our reference but no Message-ID."""
    if bounce.message_ids or not bounce.reference:
        return None
    inquiry = Inquiry.objects.filter(reference=normal_reference(bounce.reference)).first()
    if inquiry is None or normal_email(inquiry.email) not in bounce.recipients:
        return None
    return inquiry.emails.filter(kind__in=PATIENT_KINDS, status=EmailStatus.SENT).order_by("-sent_at").first()


def _flagged_by_persons(mailbox: Mailbox) -> list[str]:
    """Return flagged e-mails that were never looked at, and forget those that a person has taken out of the inbox."""
    flagged = mailbox.set_aside()
    if len(flagged) == unfiled_count():
        return []
    found = {uid: _digest(identity_of(headers)) for uid, headers in mailbox.headers(flagged[:FLAGGED_AT_MOST])}
    if len(flagged) <= FLAGGED_AT_MOST:
        _unfiled().exclude(message_id_digest__in=found.values()).delete()
    left = set(_unfiled().filter(message_id_digest__in=found.values()).values_list("message_id_digest", flat=True))
    return [uid for uid, digest in found.items() if uid and digest not in left]


def _tidy(mailbox: Mailbox) -> None:
    """Delete what has been dealt with for long enough: the inquiry holds what it said."""
    now = timezone.now()
    old = InboundMail.objects.filter(verdict__in=FROM_MACHINES, handled_at__lt=now - MACHINES_KNOWN_FOR)
    old.filter(inquiry__isnull=True).delete()
    mailbox.clear((now - timedelta(days=settings.IMAP_KEEP_DAYS)).date())


def _unfiled() -> QuerySet[InboundMail]:
    """Return the e-mails that were left for a person."""
    return InboundMail.objects.filter(verdict__in=FOR_A_PERSON)


def _digest(identity: tuple[str, ...]) -> str:
    """Return the digest under which an e-mail is known again."""
    return keyed_digest("inbound-mail", *identity)
