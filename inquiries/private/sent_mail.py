"""The e-mails that a patient was sent, in the patient's words: what each was for and when, never what it said."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import pgettext_lazy

from inquiries.enums import PATIENT_KINDS, EmailKind, EmailStatus
from inquiries.models import Inquiry, OutgoingEmail

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_SHOWN = 10
_CONFIRMATION = pgettext_lazy("e-mail to you", "Confirmation of your inquiry")

# The first two are called the same: which one it was tells whether the clinic knew the address (docs/adr/0018).
_NAMES: "dict[str, StrOrPromise]" = {
    EmailKind.CONFIRMATION: _CONFIRMATION,
    EmailKind.ADDITION: _CONFIRMATION,
    EmailKind.ANSWER_WAITING: pgettext_lazy("e-mail to you", "An answer is waiting"),
    EmailKind.PROMISE_MOVED: pgettext_lazy("e-mail to you", "A new time for our answer"),
    EmailKind.DETAILS_WANTED: pgettext_lazy("e-mail to you", "A request for details"),
    EmailKind.NOT_REACHED: pgettext_lazy("e-mail to you", "We could not reach you"),
    EmailKind.ACCESS_CODE: pgettext_lazy("e-mail to you", "A code"),
    EmailKind.LINK: pgettext_lazy("e-mail to you", "Your private link"),
    EmailKind.ADDRESS_CHANGED: pgettext_lazy("e-mail to you", "Contact data changed"),
}


@dataclass(frozen=True)
class SentMail:
    """One e-mail that has left."""

    name: "StrOrPromise"
    sent_at: datetime


def sent_to(inquiry: Inquiry) -> list[SentMail]:
    """Return the newest e-mails that the patient was sent about `inquiry`, the oldest of them first."""
    own = Q(inquiry=inquiry) & ~Q(kind=EmailKind.ADDITION)
    # An inquiry that was added to another was confirmed by an e-mail of that one.
    addition = Q(kind=EmailKind.ADDITION, about=inquiry.pk)
    sent = OutgoingEmail.objects.filter(own | addition, kind__in=PATIENT_KINDS, status=EmailStatus.SENT)
    rows = list(sent.order_by("-sent_at").values_list("kind", "sent_at")[:_SHOWN])
    return [SentMail(_NAMES[kind], sent_at) for kind, sent_at in reversed(rows) if sent_at]
