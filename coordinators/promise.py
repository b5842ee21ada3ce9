"""By when the clinic answers: counted in its own working hours."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from coordinators.models import ReplyPolicy


@dataclass(frozen=True)
class OfficeHours:
    """Working time as local wall-clock hours on ISO weekdays (1 is Monday)."""

    weekdays: frozenset[int]
    opens: time
    closes: time
    zone: ZoneInfo

    @classmethod
    def of(cls, policy: ReplyPolicy) -> "OfficeHours":
        """Return the hours of the clinic's policy."""
        return cls(frozenset(map(int, policy.weekdays)), policy.opens_at, policy.closes_at, policy.zone)

    def spans_from(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the working spans (start, end; UTC) from `moment` on, the running one cut to what is left of it."""
        day = moment.astimezone(self.zone).date()
        while True:
            if day.isoweekday() in self.weekdays:
                start = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
                end = datetime.combine(day, self.closes, self.zone).astimezone(UTC)
                if end > moment:
                    yield max(start, moment), end
            day += timedelta(days=1)


def reply_by(received_at: datetime, hours: OfficeHours, working_hours: float) -> datetime:
    """Return the moment (UTC) at which `working_hours` of working time have passed since `received_at`.

    Real elapsed time is counted, so a clock change inside working time neither adds nor takes an hour.
    """
    left = timedelta(hours=working_hours)
    for start, end in hours.spans_from(received_at.astimezone(UTC)):
        if end - start >= left:
            return start + left
        left -= end - start
    raise AssertionError  # spans_from never ends: a policy has at least one working day
