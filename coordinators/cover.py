"""Who answers while somebody is away."""

from datetime import timedelta

from coordinators.calendar import merged, without
from coordinators.enums import Cover
from coordinators.models import Absence
from coordinators.roster import away_span, get_policy

_DAY = timedelta(days=1)


def cover_of(absence: Absence) -> Cover:
    """Return how far the absence's replacement covers it."""
    replacement = absence.replacement
    if replacement is None:
        return Cover.NOBODY
    if not replacement.is_active:
        return Cover.INACTIVE
    policy = get_policy()
    # Two clocks may be a day apart.
    theirs = replacement.absences.between(absence.starts_on - _DAY, absence.ends_on + _DAY)
    span = away_span(absence, absence.coordinator, policy)
    left = without([span], merged(away_span(other, replacement, policy) for other in theirs))
    if not left:
        return Cover.AWAY
    return Cover.COVERED if left == [span] else Cover.PARTLY


def cover_words(absence: Absence) -> str:
    """Return in words who covers the absence."""
    return str(cover_of(absence).label) % {"name": absence.replacement}
