"""Who else has just opened an inquiry, so that two people do not answer it at once."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from coordinators.models import User
from inquiries.models import Inquiry

PRESENT_FOR = timedelta(minutes=15)


@dataclass(frozen=True)
class Visitor:
    """A colleague who opened the inquiry some minutes ago."""

    name: str
    minutes: int

    @property
    def words(self) -> str:
        """Who and when, in a sentence."""
        if not self.minutes:
            return _("%(name)s opened this a moment ago.") % {"name": self.name}
        sentence = ngettext(
            "%(name)s opened this %(count)d minute ago.", "%(name)s opened this %(count)d minutes ago.", self.minutes
        )
        return sentence % {"name": self.name, "count": self.minutes}


def recent_visitors(inquiry: Inquiry, user: User, now: datetime) -> list[Visitor]:
    """Return the others who opened the inquiry within the last minutes, whoever came last first."""
    reads = inquiry.events.reads().filter(at__gt=now - PRESENT_FOR).exclude(actor=user).exclude(actor=None)
    # One row for each of them, however often they came
    people = reads.values_list("actor", "actor__name").annotate(last=Max("at")).order_by("-last")
    return [Visitor(name, int((now - last).total_seconds() // 60)) for _actor, name, last in people]
