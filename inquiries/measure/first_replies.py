"""How fast the clinic answers: the median and the slowest tenth, in its own working time."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Sum

from coordinators.models import ReplyPolicy
from coordinators.roster import office_calendar
from inquiries.enums import FunnelStep
from inquiries.measure.cells import SMALLEST_SHOWN
from inquiries.measure.reply_times import answered_within, minutes_waited
from inquiries.models import DailyCount, Inquiry

DAYS = 30
# More than this wait only where the figures do not matter any more.
WAITING_AT_MOST = 2000


@dataclass(frozen=True)
class FirstReplies:
    """Minutes of working time from receipt to first reply.

    `median` and `slowest_tenth` are None where so many are not answered yet: then they are more than the longest wait.
    """

    answered: int
    still_waiting: int
    longest_wait: int
    median: int | None
    slowest_tenth: int | None
    promised: int

    @property
    def is_telling(self) -> bool:
        """Whether there are enough to speak of a median, and it tells something."""
        return self.answered + self.still_waiting >= SMALLEST_SHOWN and self.tells(self.median)

    def tells(self, minutes: int | None) -> bool:
        """Return whether one of the times says something; "more than nothing" would tell nobody anything."""
        return minutes is not None or self.longest_wait > 0


def first_replies(policy: ReplyPolicy, today: date, now: datetime) -> FirstReplies:
    """Return how fast the inquiries of the last days were answered: two queries, none that grows with the years."""
    since = today - timedelta(days=DAYS)
    rows = DailyCount.objects.filter(day__gte=since, step=FunnelStep.FIRST_REPLY)
    answered = Counter[int]()
    for detail, number in rows.values_list("detail").annotate(total=Sum("number")).order_by():
        answered[int(detail)] += number
    waiting = _waiting(policy, since, now)
    return FirstReplies(
        answered=answered.total(),
        still_waiting=waiting.total(),
        longest_wait=max(waiting, default=0),
        median=answered_within(answered, waiting, 50),
        slowest_tenth=answered_within(answered, waiting, 90),
        promised=policy.reply_hours * 60,
    )


def _waiting(policy: ReplyPolicy, since: date, now: datetime) -> Counter[int]:
    """Return for how many minutes those wait who were never answered."""
    start = datetime.combine(since, datetime.min.time(), tzinfo=policy.zone)
    rows = Inquiry.objects.waiting().filter(first_contact_at__isnull=True, received_at__gte=start).order_by()
    moments = rows.values_list("received_at", "released_at")[:WAITING_AT_MOST]
    spans = office_calendar(policy).spans_from(start) if moments else []
    return Counter(minutes_waited(released or received, now, spans) for received, released in moments)
