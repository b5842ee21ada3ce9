"""By when the clinic answers: counted in the working time of whoever answers."""

from datetime import UTC, datetime, timedelta

from coordinators.calendar import Calendar


def reply_by(received_at: datetime, calendar: Calendar, working_hours: float) -> datetime | None:
    """Return the moment (UTC) at which `working_hours` of working time have passed since `received_at`.

    None if the calendar has not so much working time before its horizon: what cannot be kept is not promised.
    Real elapsed time is counted, so a clock change inside working time neither adds nor takes an hour.
    """
    left = timedelta(hours=working_hours)
    for start, end in calendar.spans_from(received_at.astimezone(UTC)):
        if end - start >= left:
            return start + left
        left -= end - start
    return None
