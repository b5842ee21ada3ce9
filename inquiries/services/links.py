"""Private links: made with the inquiry, renewed, withdrawn, and sent to whoever asks by the address on file."""

import logging
import uuid
from datetime import datetime, timedelta

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordinators.models import User
from inquiries.enums import EmailKind, EventKind
from inquiries.links import LINK_LIFE, link_is_open, private_token
from inquiries.models import Inquiry, LinkRequest, OutgoingEmail, PrivateLink
from inquiries.sealing import SealError
from inquiries.sealing.blind import contact_digest
from inquiries.services.errors import TriageError
from inquiries.services.events import lock, write_event
from inquiries.services.outbox import put_or_repeat
from inquiries.tokens import token_digest

logger = logging.getLogger(__name__)

REQUESTS_PER_HOUR = 5
REQUEST_WINDOW = timedelta(hours=1)
# More inquiries of one address than this are somebody else's joke.
LINKS_PER_REQUEST = 5
ANSWERED_AT_ONCE = 100
# However many networks ask: the same link is not sent to a mailbox more often.
SENT_AGAIN_AFTER = timedelta(minutes=10)


def make_link(inquiry: Inquiry) -> PrivateLink:
    """Give a new inquiry its private link."""
    link_id = uuid.uuid4()
    return PrivateLink.objects.create(
        id=link_id,
        inquiry=inquiry,
        digest=token_digest(private_token(link_id, 1)),
        expires_at=inquiry.received_at + LINK_LIFE,
    )


@transaction.atomic
def renew_link(inquiry: Inquiry, *, by: User) -> None:
    """Give the inquiry a new version of its link and send it if there is an address; the old one opens nothing.

    Raises TriageError while it would go to an address that nobody has confirmed.
    """
    locked = lock(inquiry)
    if locked.person_is_doubtful:
        raise TriageError(_("The contact data were changed. First confirm who the patient is."))
    _renew(locked)
    write_event(locked, EventKind.LINK_RENEWED, by)
    if locked.email:
        put_or_repeat(EmailKind.LINK, locked)


@transaction.atomic
def revoke_link(inquiry: Inquiry, *, by: User) -> None:
    """Let the link open nothing any more; the patient can have a new one by e-mail."""
    locked = lock(inquiry)
    PrivateLink.objects.filter(inquiry=locked).update(revoked_at=timezone.now())
    write_event(locked, EventKind.LINK_REVOKED, by)


def request_link(email: str, *, language: str, network_digest: str) -> None:
    """Note that somebody asks for a link. Nothing is looked up now, so that the answer tells nothing by its time."""
    recent = LinkRequest.objects.from_network(network_digest, since=timezone.now() - REQUEST_WINDOW).count()
    if recent < REQUESTS_PER_HOUR:
        LinkRequest.objects.create(email=email, language=language, network_digest=network_digest)


def answer_link_requests() -> None:
    """Send the links that were asked for, to the addresses on file."""
    for request_id in list(LinkRequest.objects.unanswered().values_list("pk", flat=True)[:ANSWERED_AT_ONCE]):
        try:
            with transaction.atomic():
                rows = LinkRequest.objects.select_for_update(of=("self",))
                request = rows.filter(pk=request_id, handled_at__isnull=True).first()
                if request:
                    _answer(request)
        except Inquiry.DoesNotExist:
            # Erased while we waited for its lock; the next sweep finds what is left.
            continue
        except (DatabaseError, SealError) as error:
            # Tried again by the next sweep; it must not stand in the way of everybody's e-mails.
            logger.exception("link request not answered", extra={"error": type(error).__name__})


def _answer(request: LinkRequest) -> None:
    """Send the newest inquiries of the address their links, renewed where they have run out or were withdrawn."""
    now = timezone.now()
    digest = contact_digest(email=request.email, phone="")
    inquiries = Inquiry.objects.leading().not_quarantined().of_person([digest]).order_by("-received_at")
    # Locked in an order of their own, the same for all who lock several.
    for found in sorted(inquiries[:LINKS_PER_REQUEST], key=lambda item: item.pk):
        inquiry = lock(found)
        if link_is_open(inquiry.private_link, now):
            if not _was_just_sent(inquiry, now):
                put_or_repeat(EmailKind.LINK, inquiry)
        elif not inquiry.person_is_doubtful:
            # Who changed the address through a link that was then withdrawn must not get a new one there.
            _renew(inquiry)
            write_event(inquiry, EventKind.LINK_RENEWED)
            put_or_repeat(EmailKind.LINK, inquiry)
    request.handled_at = now
    request.save(update_fields=["handled_at"])


def _was_just_sent(inquiry: Inquiry, now: datetime) -> bool:
    """Return whether the mailbox got the link a moment ago."""
    sent = OutgoingEmail.objects.filter(inquiry=inquiry, kind=EmailKind.LINK, sent_at__gt=now - SENT_AGAIN_AFTER)
    return sent.exists()


def _renew(inquiry: Inquiry) -> None:
    """Put the link one version on."""
    link = PrivateLink.objects.select_for_update(of=("self",)).get(inquiry=inquiry)
    link.version += 1
    link.digest = token_digest(private_token(link.pk, link.version))
    link.expires_at = timezone.now() + LINK_LIFE
    link.revoked_at = None
    link.save()
