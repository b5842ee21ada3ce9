"""Who waits now: in one sentence, by coordinator, and e-mails that have not left."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import BooleanField, Count, Min, Q
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.models import Coordinator
from inquiries.enums import Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.querysets import InquiryQuerySet
from inquiries.watch import SLOW_MAIL

_MINUTES_PER_HOUR = 60
_HOURS_SHOWN_AS_DAYS = 48


@dataclass(frozen=True)
class Verdict:
    """Whether anybody waits too long, in words; what comes next, if anything does."""

    sentence: str
    next: str
    is_alarm: bool


@dataclass(frozen=True)
class CoordinatorLoad:
    """What one person has on the desk; every open inquiry is late, waiting or in contact."""

    name: str
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
    """Return whether anybody among these inquiries waits too long."""
    late = rows.overdue(now).aggregate(count=Count("pk"), oldest=Min("reply_due_at"))
    waiting = rows.waiting().filter(reply_due_at__gte=now).aggregate(count=Count("pk"), next=Min("reply_due_at"))
    upcoming = ""
    if waiting["count"]:
        words = ngettext(
            "%(count)d patient waits within the promised time; the next answer is due in %(span)s.",
            "%(count)d patients wait within the promised time; the next answer is due in %(span)s.",
            waiting["count"],
        )
        upcoming = words % {"count": waiting["count"], "span": span(waiting["next"] - now)}
    if not late["count"]:
        return Verdict(_("Nobody waits too long."), upcoming, is_alarm=False)
    words = ngettext(
        "%(count)d patient waits longer than promised: %(span)s too long.",
        "%(count)d patients wait longer than promised, the oldest %(span)s too long.",
        late["count"],
    )
    sentence = words % {"count": late["count"], "span": span(now - late["oldest"])}
    return Verdict(sentence, upcoming, is_alarm=True)


def loads(now: datetime) -> list[CoordinatorLoad]:
    """Return what everybody has on the desk, whoever has people waiting too long first; nobody's own line last."""
    is_waiting = Q(status=Status.WAITING)
    counts = {
        "total": Count("pk"),
        "waiting": Count("pk", filter=is_waiting),
        "late": Count("pk", filter=is_waiting & Q(reply_due_at__lt=now)),
    }
    rows = Inquiry.objects.open().values("coordinator").annotate(**counts).order_by()
    found = {
        row["coordinator"]: (row["late"], row["waiting"] - row["late"], row["total"] - row["waiting"]) for row in rows
    }
    team = Coordinator.objects.order_by("display_name").values_list("pk", "display_name", "user__is_active")
    lines = [CoordinatorLoad(name, *found.get(pk, (0, 0, 0))) for pk, name, active in team if active or pk in found]
    lines.sort(key=lambda line: (-line.late, -line.total))
    return [*lines, CoordinatorLoad(_("nobody"), *found[None])] if None in found else lines


def undelivered(now: datetime) -> Undelivered:
    """Return which e-mails have not left yet, but for those that wait on purpose, for more of the same."""
    due = OutgoingEmail.objects.filter(_is_unsent()).exclude(attempts=0, next_attempt_at__gt=now)
    unsent = due.aggregate(count=Count("pk"), oldest=Min("created_at"))
    minutes = int((now - unsent["oldest"]).total_seconds() // 60) if unsent["oldest"] else 0
    return Undelivered(unsent["count"], minutes, reverse("admin:inquiries_outgoingemail_changelist"))


def _is_unsent() -> RawSQL:
    """Return the condition of the outbox's own index, word for word: SQLite uses it for no other."""
    return RawSQL("status IN ('PENDING', 'SENDING')", (), output_field=BooleanField())  # fixed words


def span(length: timedelta) -> str:
    """Return a span of time to the minute; from two days on in days."""
    minutes = int(length.total_seconds() // 60)
    hours = minutes // _MINUTES_PER_HOUR
    if hours >= _HOURS_SHOWN_AS_DAYS:
        return ngettext("%(count)d day", "%(count)d days", hours // 24) % {"count": hours // 24}
    if hours and minutes % _MINUTES_PER_HOUR:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % _MINUTES_PER_HOUR}
    if hours:
        return ngettext("%(count)d h", "%(count)d h", hours) % {"count": hours}
    return ngettext("%(count)d min", "%(count)d min", minutes) % {"count": minutes}
