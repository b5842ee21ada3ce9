"""Who answers, for public pages."""

from dataclasses import dataclass

from django import template
from django.utils.dates import WEEKDAYS
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coordinators.models import ReplyPolicy
from coordinators.roster import Member, clinic_place, members_for

register = template.Library()


@dataclass(frozen=True)
class Office:
    """The clinic's hours: the ISO weekdays, and all of it in words."""

    days: list[int]
    weekdays: str
    opens: str
    closes: str
    place: str


@register.simple_tag
def team() -> list[Member]:
    """Return the coordinators who speak the page's language."""
    return members_for(get_language() or "")


@register.simple_tag
def reply_hours() -> int | None:
    """Return within how many working hours the team answers, or None before the clinic is set up."""
    policy = ReplyPolicy.objects.first()
    return policy.reply_hours if policy else None


@register.simple_tag
def office_hours() -> Office | None:
    """Return the clinic's hours in words, or None before the clinic is set up."""
    policy = ReplyPolicy.objects.first()
    if policy is None:
        return None
    days = sorted(map(int, policy.weekdays))
    return Office(
        days=days,
        weekdays=_weekdays(days),
        opens=f"{policy.opens_at:%H:%M}",
        closes=f"{policy.closes_at:%H:%M}",
        place=clinic_place(),
    )


def _weekdays(days: list[int]) -> str:
    """Return ISO weekdays in words, a run of three or more as a span."""
    names = [str(WEEKDAYS[day - 1]) for day in days]
    if len(days) > 2 and days == list(range(days[0], days[-1] + 1)):  # noqa: PLR2004  # shorter runs read better as a list
        return _("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]}
    return ", ".join(names)
