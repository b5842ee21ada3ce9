"""The form with which a patient adds one file."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inquiries.files.problems import Problem, explain
from inquiries.form_errors import error_links

ACCEPTED = "application/pdf,image/jpeg,image/png,image/heic,image/heif,.heic,.heif"


class UploadForm(forms.Form):
    """One file; what it must be stands beside the field before it is chosen."""

    file = forms.FileField(
        label=_("Choose a file"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": _("Choose a file first. If the connection broke off, choose it once more."),
            "empty": Problem.EMPTY.label,
        },
    )

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """The errors as (id of the input, message), for the summary on top."""
        return error_links(self)

    def refuse(self, problem: Problem) -> None:
        """Say at the field why the file is not taken."""
        self.errors.pop("file", None)
        self.add_error("file", forms.ValidationError(explain(problem), code=problem.value))
