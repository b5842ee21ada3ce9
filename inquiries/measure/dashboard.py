"""The desk's first page: for everybody one sentence, for managers how the clinic answers and where patients stop."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language_bidi, pgettext
from django.utils.translation import gettext as _

from coordinators.models import ReplyPolicy, User
from coordinators.roster import clinic_today
from inquiries.enums import FunnelStep
from inquiries.inbox import visible_inquiries
from inquiries.measure.charts import Bar, Chart, Sketch
from inquiries.measure.first_replies import DAYS, FirstReplies, first_replies
from inquiries.measure.funnel import Funnel, read_funnel
from inquiries.measure.waiting import CoordinatorLoad, Undelivered, Verdict, loads, undelivered, verdict
from inquiries.moments import hours_and_minutes
from inquiries.services.inbound import unfiled_count


@dataclass(frozen=True)
class Speed:
    """How fast the clinic answers, in words and drawn."""

    figures: FirstReplies
    days: int
    lines: list[tuple[str, str]]
    chart: Chart


@dataclass(frozen=True)
class Dashboard:
    """What a manager sees."""

    undelivered: Undelivered
    # E-mails in the clinic's mailbox that no rule could file: a person must read them there
    unfiled: int
    loads: list[CoordinatorLoad]
    loads_chart: Chart
    speed: Speed | None
    funnel: Funnel
    funnel_chart: Chart
    weeks_chart: Chart
    mistakes_chart: Chart

    @property
    def number_heading(self) -> list[str]:
        """The heading of a table with one number a line."""
        return [_("Number")]


def own_verdict(user: User) -> Verdict:
    """Return whether anybody whom `user` looks after waits too long: all for managers, else their own patients."""
    rows = visible_inquiries(user)
    return verdict(rows if user.is_manager else rows.owned_by(user), timezone.now())


def read_dashboard() -> Dashboard:
    """Return the managers' figures, in a number of queries that does not grow."""
    now, today, policy = timezone.now(), clinic_today(), ReplyPolicy.objects.first()
    everybody, funnel = loads(now), read_funnel(today)
    return Dashboard(
        undelivered=undelivered(now),
        unfiled=unfiled_count(),
        loads=everybody,
        loads_chart=_draw_loads(everybody),
        speed=_speed(first_replies(policy, today, now)) if policy else None,
        funnel=funnel,
        funnel_chart=_draw_funnel(funnel),
        weeks_chart=_draw_weeks(funnel),
        mistakes_chart=_draw_mistakes(funnel),
    )


def _sketch(key: str, title: str, description: str, *legend: tuple[str, str]) -> Sketch:
    """Return a chart to be drawn in the reader's direction."""
    return Sketch(key, title, description, is_mirrored=get_language_bidi(), legend=legend)


def _draw_loads(lines: list[CoordinatorLoad]) -> Chart:
    """Draw what everybody has on the desk."""
    sketch = _sketch(
        "loads",
        _("Open inquiries by coordinator"),
        _("One bar for each coordinator: first those that wait too long, then those that wait, then those in contact."),
        ("late", _("waiting too long")),
        ("waiting", _("waiting within the promise")),
        ("calm", _("in contact")),
    )
    return sketch.bars(
        [
            Bar(line.name, str(line.total), (("late", line.late), ("waiting", line.waiting), ("calm", line.in_contact)))
            for line in lines
        ]
    )


def _speed(figures: FirstReplies) -> Speed:
    """Return how fast the clinic answers; without enough answers only the promise is told."""
    bars = [Bar(_("Promised within"), hours_and_minutes(figures.promised), [("promise", figures.promised)])]
    if figures.is_telling:
        times = ((_("Half answered within"), figures.median), (_("Nine of ten answered within"), figures.slowest_tenth))
        bars = [*(_draw_time(label, minutes, figures) for label, minutes in times if figures.tells(minutes)), *bars]
    sketch = _sketch(
        "speed",
        _("Time to the first answer, in working hours"),
        _("Three bars from nothing: half of the patients, nine of ten, and what is promised."),
    )
    lines = [(bar.label, _("%(span)s of working time") % {"span": bar.value}) for bar in bars]
    return Speed(figures, DAYS, lines, sketch.bars(bars))


def _draw_time(label: str, minutes: int | None, figures: FirstReplies) -> Bar:
    """Return the bar of a time, late when it is more than promised; one that is not over yet is as long as the wait."""
    drawn = figures.longest_wait if minutes is None else minutes
    words = hours_and_minutes(drawn)
    if minutes is None:
        words = pgettext("time to the first answer", "more than %(span)s") % {"span": words}
    return Bar(label, words, [("late" if drawn > figures.promised else "kept", drawn)])


def _draw_funnel(funnel: Funnel) -> Chart:
    """Draw the steps of the whole funnel."""
    sketch = _sketch(
        "funnel",
        _("From the page to the outcome"),
        _("One bar for each step. Pages read and forms opened are at least so many; all others are exact."),
        ("bound", _("at least")),
        ("kept", _("exact")),
    )
    bars = []
    for step in funnel.steps:
        value = f"{step.cell} · {step.share}" if step.share else str(step.cell)
        bars.append(Bar(step.label, value, [("bound" if step.cell.is_lower_bound else "kept", step.cell.number)]))
    return sketch.bars(bars)


def _draw_weeks(funnel: Funnel) -> Chart:
    """Draw the inquiries of each week and how many of them were answered."""
    sketch = _sketch(
        "weeks",
        _("Inquiries week by week"),
        _("Two columns for each week: inquiries sent, and those of them with a first reply. Small weeks look alike."),
        ("waiting", capfirst(str(FunnelStep.SENT.label))),
        ("kept", capfirst(str(FunnelStep.FIRST_REPLY.label))),
    )
    groups = [
        (
            week.label,
            [
                ("waiting", week.cell(FunnelStep.SENT).drawn),
                ("kept", week.cell(FunnelStep.FIRST_REPLY).drawn),
            ],
        )
        for week in funnel.by_week
    ]
    return sketch.columns(groups, every=3)


def _draw_mistakes(funnel: Funnel) -> Chart:
    """Draw which mistakes send the form back."""
    sketch = _sketch(
        "mistakes",
        _("What stops people"),
        _("One bar for each mistake that sent the form back, the most frequent first."),
    )
    bars = [Bar(line.label, str(line.cells[0]), [("warn", line.cells[0].drawn)]) for line in funnel.mistakes]
    return sketch.bars(bars)
