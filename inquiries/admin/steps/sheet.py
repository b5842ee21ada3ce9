"""The desk's own sheet: notes, checklist, next date."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.admin.fields import check_year
from coordinators.models import User
from coordinators.roster import clinic_today
from inquiries.admin.steps.base import NoteField, Step
from inquiries.checklist import CheckItem, in_order
from inquiries.models import DeskSheet, Inquiry
from inquiries.services import desk_sheet


class SaveSheet(Step):
    """Save the desk's notes, checklist and next date; of two who do so at once, the second sees both."""

    name = "sheet"
    stands_alone = True
    title = _("Notes")
    button = _("Save the notes")
    done = _("The notes are saved.")
    # What somebody else saved while this was being written
    faster: DeskSheet | None = None

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    notes = NoteField(label=_("Internal notes"), required=False)
    checklist = forms.MultipleChoiceField(
        label=_("Done so far"), choices=CheckItem, required=False, widget=forms.CheckboxSelectMultiple
    )
    follow_up_on = forms.DateField(
        label=_("Look at it again on"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter a day of the calendar.")},
    )

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.stored = desk_sheet.sheet_of(inquiry)
        self.initial = {
            "version": self.stored.version,
            "notes": self.stored.notes,
            "checklist": self.stored.checklist,
            "follow_up_on": self.stored.follow_up_on,
        }

    @property
    def faster_checklist(self) -> list[str]:
        """What the other has ticked, in the reader's language."""
        return [str(CheckItem(code).label) for code in in_order(self.faster.checklist)] if self.faster else []

    def clean_follow_up_on(self) -> date | None:
        """Refuse a new day that is over, or in another century; one that stands there since earlier stays."""
        day: date | None = self.cleaned_data["follow_up_on"]
        if day and day != self.stored.follow_up_on:
            check_year(day)
            if day < clinic_today():
                raise forms.ValidationError(_("This day is over. Choose today or later."), code="past")
        return day

    def clean_notes(self) -> str:
        """Keep line ends as everywhere else, so that equal notes are equal."""
        notes: str = self.cleaned_data["notes"]
        return notes.replace("\r\n", "\n")

    def perform(self) -> None:
        """Save the sheet. Raises SheetChangedError when somebody was faster; saving once more then counts."""
        values = self.cleaned_data
        try:
            desk_sheet.save_sheet(
                self.inquiry,
                by=self.user,
                version=values["version"],
                notes=values["notes"],
                checklist=values["checklist"],
                follow_up_on=values["follow_up_on"],
            )
        except desk_sheet.SheetChangedError as error:
            self.faster = error.current
            data: Any = self.data.copy()  # type: ignore[attr-defined]  # a request's data
            data[self.add_prefix("version")] = str(error.current.version)
            self.data = data
            raise
