"""Whom an inquiry can be given to: a menu that says who fits it, who is away, and how much each has."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db.models import prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, npgettext, pgettext

from coordinators.assignment import Candidate, Question
from coordinators.models import Coordinator
from coordinators.roster import candidates
from inquiries.models import Inquiry
from inquiries.readable import language_name
from inquiries.services.assigning import current_loads, question_of
from treatments.admin.typed import ModelChoiceField

Option = tuple[str, str]
Choices = list[tuple[str, str | list[Option]]]


class ColleagueField(ModelChoiceField[Coordinator]):
    """Somebody who answers patients; the team is read when the menu is drawn, and only then."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        words = {"required": gettext_lazy("Choose who should answer.")}
        team = Coordinator.objects.active().order_by("display_name")
        super().__init__(team, label=gettext_lazy("Coordinator"), error_messages=words, **kwargs)

    def offer_for(self, inquiries: Sequence[Inquiry]) -> None:
        """Put first who speaks the language and knows the treatment of all these inquiries."""
        # A menu is walked through more than once.
        self.choices = cache(lambda: colleagues(inquiries))


def colleagues(inquiries: Sequence[Inquiry]) -> Choices:
    """Return the team as a menu for these inquiries, in a number of queries that does not grow."""
    prefetch_related_objects(list(inquiries), "treatment")
    questions = {question_of(inquiry) for inquiry in inquiries}
    team = [item for item in candidates(timezone.now(), current_loads()) if item.is_active]
    team.sort(key=lambda item: (item.is_absent, item.open_load, item.name.casefold(), item.id))
    fitting = [item for item in team if all(_fits(item, question) for question in questions)]
    others = [_option(item) for item in team if item not in fitting]
    menu: Choices = [("", "–"), *map(_option, fitting)]
    one, many = _("Without this language or treatment"), _("Without one of these languages or treatments")
    return [*menu, (one if len(questions) == 1 else many, others)] if others else menu


def unspoken(coordinator: Coordinator, inquiries: Sequence[Inquiry]) -> str:
    """Return which of these inquiries' languages the coordinator does not speak, in words; nothing if there is none."""
    spoken = set(coordinator.languages.values_list("language", flat=True))
    missing = sorted({question_of(inquiry).language for inquiry in inquiries} - spoken)
    text = _("%(name)s does not speak %(language)s.")
    return " ".join(text % {"name": coordinator.display_name, "language": language_name(code)} for code in missing)


def _fits(candidate: Candidate, question: Question) -> bool:
    """Return whether somebody speaks the language and knows the treatment, here or away."""
    knows = question.treatment is None or question.treatment in candidate.treatments
    return knows and question.language in candidate.languages


def _option(candidate: Candidate) -> Option:
    """Return one of the team: what they speak, how much they have, until when they are away."""
    number = candidate.open_load
    words = [
        ", ".join(sorted(candidate.languages)),
        npgettext("inquiries", "%(count)d open", "%(count)d open", number) % {"count": number},
        _away(candidate),
    ]
    return str(candidate.id), f"{candidate.name}: {' · '.join(filter(None, words))}"


def _away(candidate: Candidate) -> str:
    """Return until when somebody is away, or an empty text."""
    if not candidate.is_absent or candidate.away_until is None:
        return ""
    return _("away until %(day)s") % {"day": date_format(candidate.away_until, pgettext("date format", "j M"))}
