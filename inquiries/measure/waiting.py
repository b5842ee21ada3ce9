"""Who waits now: in one sentence, by coordinator, and e-mails that have not left."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.models import Coordinator
from inquiries.inbox import owner_url, view_url
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.moments import span
from inquiries.querysets import CONTACTED_RANK, InquiryQuerySet
from inquiries.watch import SLOW_MAIL


@dataclass(frozen=True)
class Verdict:
    """Whether anybody waits too long, in words; what comes next, if anything does."""

    sentence: str
    next: str
    # Who waits longest, if anybody waits too long
    oldest: "Oldest | None" = None
    url: str = ""

    @property
    def is_alarm(self) -> bool:
        """Whether anybody waits too long."""
        return self.oldest is not None


@dataclass(frozen=True)
class Oldest:
    """The inquiry that waits longest, where it is, and who should have answered."""

    reference: str
    url: str
    owner: str


@dataclass(frozen=True)
class CoordinatorLoad:
    """What one person has on the desk; every open inquiry is late, waiting or in contact."""

    name: str
    url: str
    late: int
    waiting: int
    in_contact: int

    @property
    def total(self) -> int:
        """How many inquiries are open."""
        return self.late + self.waiting + self.in_contact


@dataclass(frozen=True)
class Undelivered:
    """E-mails that have not left: how many, and for how many minutes the oldest has waited."""

    number: int
    minutes: int
    url: str

    @property
    def is_alarm(self) -> bool:
        """Whether something is wrong with the mail."""
        return self.minutes >= SLOW_MAIL.total_seconds() // 60


def verdict(rows: InquiryQuerySet, now: datetime) -> Verdict:
    """Return whether anybody among these inquiries waits too long; who is held in quarantine was promised nothing."""
    late = rows.overdue(now)
    number = late.aggregate(count=Count("pk"))["count"]
    fields = ("reference", "reply_due_at", "coordinator__display_name")
    oldest = late.select_related("coordinator").only(*fields).longest_waiting_first().first()
    waiting = rows.waiting().filter(reply_due_at__gte=now).aggregate(count=Count("pk"), next=Min("reply_due_at"))
    upcoming = ""
    if waiting["count"]:
        words = ngettext(
            "%(count)d patient waits within the promised time; the next answer is due in %(span)s.",
            "%(count)d patients wait within the promised time; the next answer is due in %(span)s.",
            waiting["count"],
        )
        upcoming = words % {"count": waiting["count"], "span": span(waiting["next"] - now)}
    if oldest is None or oldest.reply_due_at is None:
        return Verdict(_("Nobody waits too long."), upcoming)
    words = ngettext(
        "%(count)d patient waits longer than promised: %(span)s too long.",
        "%(count)d patients wait longer than promised, the oldest %(span)s too long.",
        number,
    )
    sentence = words % {"count": number, "span": span(now - oldest.reply_due_at)}
    return Verdict(sentence, upcoming, _oldest(oldest), view_url("overdue"))


def _oldest(inquiry: Inquiry) -> Oldest:
    """Return what is told of the inquiry that waits longest."""
    owner = inquiry.coordinator.display_name if inquiry.coordinator else _("nobody")
    return Oldest(inquiry.reference, reverse("admin:inquiries_inquiry_change", args=[inquiry.pk]), owner)


def loads(now: datetime) -> list[CoordinatorLoad]:
    """Return what everybody has on the desk, whoever has people waiting too long first; nobody's own line last."""
    late = _owners(Inquiry.objects.overdue(now))
    waiting = _owners(Inquiry.objects.filter(inbox_rank__lt=CONTACTED_RANK)) - late
    in_contact = _owners(Inquiry.objects.filter(inbox_rank=CONTACTED_RANK))
    found = {pk: (late[pk], waiting[pk], in_contact[pk]) for pk in {*late, *waiting, *in_contact}}
    team = Coordinator.objects.order_by("display_name").values_list("pk", "display_name", "user__is_active")
    lines = [
        CoordinatorLoad(name, owner_url(pk), *found.get(pk, (0, 0, 0)))
        for pk, name, active in team
        if active or pk in found
    ]
    lines.sort(key=lambda line: (-line.late, -line.total))
    return [*lines, CoordinatorLoad(_("nobody"), owner_url(None), *found[None])] if None in found else lines


def _owners(rows: InquiryQuerySet) -> "Counter[int | None]":
    """Return how many of these few everybody has; counted here, for SQLite would go through all that ever were."""
    return Counter(rows.values_list("coordinator", flat=True))


def undelivered(now: datetime) -> Undelivered:
    """Return which e-mails have not left yet, but for those that wait on purpose, for more of the same."""
    due = OutgoingEmail.objects.on_the_way().exclude(attempts=0, next_attempt_at__gt=now)
    unsent = due.aggregate(count=Count("pk"), oldest=Min("created_at"))
    minutes = int((now - unsent["oldest"]).total_seconds() // 60) if unsent["oldest"] else 0
    return Undelivered(unsent["count"], minutes, reverse("admin:inquiries_outgoingemail_changelist"))
