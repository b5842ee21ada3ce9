"""The form of one group of questions, made from the questions themselves."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy, pgettext

from inquiries.details.answers import Answers, Value
from inquiries.details.body_map import REGION_BY_CODE, Region
from inquiries.details.form_fields import DayField, MonthField
from inquiries.details.questions import Group, Kind, Question
from inquiries.form_errors import error_links
from inquiries.form_fields import TextField

TEXT_LENGTH = 1000
PREFIX = "q"  # so that no question is ever named like another hidden input of the page


@dataclass(frozen=True)
class Asked:
    """A question on the page: its input, and the input for free words beside it if there is one."""

    question: Question
    field: forms.BoundField
    more: forms.BoundField | None


@dataclass(frozen=True)
class RegionChoice:
    """A region of the body map with its checkbox."""

    region: Region
    id: str
    value: str
    is_checked: bool


class DetailsForm(forms.Form):
    """The questions of one group; nothing is required, and nothing is chosen beforehand.

    `shown` are earlier answers, for a page that may show them: then the form stands for all answers of the group.
    """

    def __init__(
        self, group: Group, data: QueryDict | None = None, *, shown: Mapping[str, Value] | None = None
    ) -> None:
        super().__init__(data, prefix=PREFIX, initial=dict(shown or {}))
        self.group = group
        for question in group.questions:
            self.fields[question.code] = _field(question, shown)
            if question.more:
                self.fields[question.more_code] = _text_field(question.more)

    def asked(self) -> Iterator[Asked]:
        """Return the questions in their order."""
        for question in self.group.questions:
            yield Asked(question, self[question.code], self[question.more_code] if question.more else None)

    def regions(self) -> Iterator[RegionChoice]:
        """Return the regions of the body map with their checkboxes."""
        for question in self.group.questions:
            if question.kind is Kind.REGIONS:
                for box in self[question.code].subwidgets:
                    region = REGION_BY_CODE.get(box.data["value"])
                    if region:
                        yield RegionChoice(region, box.id_for_label, region.code, bool(box.data["selected"]))

    def clean(self) -> dict[str, Any]:
        """Check that a journey does not end before it begins."""
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("earliest") and cleaned.get("latest") and cleaned["latest"] < cleaned["earliest"]:
            message = gettext_lazy("Enter a day that is not before the earliest one.")
            self.add_error("latest", forms.ValidationError(message, code="order"))
        return cleaned

    @property
    def answers(self) -> Answers:
        """The valid form's answers, without those that were left blank."""
        return {code: value for code, value in self.cleaned_data.items() if value}

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """The errors as (id of the input, message), in the order of the form, for the summary on top."""
        return error_links(self)


def _field(question: Question, shown: Mapping[str, Value] | None) -> forms.Field:
    """Return the input for a question."""
    texts: dict[str, Any] = {"label": question.label, "help_text": question.hint or "", "required": False}
    match question.kind:
        case Kind.CHOICE:
            return forms.ChoiceField(
                choices=_choices(question, shown), widget=forms.RadioSelect, error_messages=_OFFERED, **texts
            )
        case Kind.SEVERAL | Kind.REGIONS:
            return forms.MultipleChoiceField(
                choices=_choices(question, shown), widget=forms.CheckboxSelectMultiple, error_messages=_OFFERED, **texts
            )
        case Kind.MONTH:
            return MonthField(**texts)
        case Kind.DAY:
            return DayField(**texts)
        case Kind.TEXT:
            return _text_field(question.label)


def _text_field(label: Any) -> TextField:  # noqa: ANN401  # a lazy text
    """Return an input for free words. Its placeholder is blank: the style sheet sees by it whether it is empty."""
    return TextField(
        label=label,
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": " "}),
        error_messages={
            "max_length": gettext_lazy("Shorten your text to %(limit_value)d characters; it has %(show_value)d now.")
        },
    )


_OFFERED = {"invalid_choice": gettext_lazy("Choose one of the answers on the page.")}


def _choices(question: Question, shown: Mapping[str, Value] | None) -> list[tuple[str, Any]]:
    """Return the answers to choose from.

    Beside an earlier answer there is a way to take it back, and what an older form offered stays.
    """
    choices: list[tuple[str, Any]] = [(option.code, option.label) for option in question.options]
    if shown is None:
        return choices
    earlier = shown.get(question.code, [])
    known = {code for code, _label in choices}
    stored = [earlier] if isinstance(earlier, str) else earlier
    choices += [(code, code) for code in stored if code and code not in known]
    if question.kind is Kind.CHOICE:
        choices.append(("", pgettext("choice", "No answer")))
    return choices
