"""Forms of the private page."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inquiries.form_errors import error_links
from inquiries.form_fields import LineField, TextField
from inquiries.text import one_line

MESSAGE_LENGTH = 1500
_EMAIL_INVALID = gettext_lazy("Enter one e-mail address, for example name@example.com.")
_EMAIL_LONG = gettext_lazy("Enter an e-mail address of at most %(limit_value)d characters.")


class PrivateForm(forms.Form):
    """A form of the private pages; the template writes the form's tag, its hidden inputs and its button."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(*args, **kwargs)
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True

    @property
    def error_links(self) -> list[tuple[str, str]]:
        """The errors as (id of the input, message), for the summary on top."""
        return error_links(self)


class LinkRequestForm(PrivateForm):
    """Where a new private link goes to."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        help_text=gettext_lazy("The one that you gave us in your inquiry."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
        error_messages={
            "required": gettext_lazy("Enter your e-mail address."),
            "invalid": _EMAIL_INVALID,
            "max_length": _EMAIL_LONG,
        },
    )

    def clean_email(self) -> str:
        """Return the address without what turns the direction of writing."""
        return one_line(self.cleaned_data["email"])


class ContactForm(PrivateForm):
    """A corrected address or number; what is left empty stays as it is."""

    email = forms.EmailField(
        label=gettext_lazy("New e-mail address"),
        required=False,
        max_length=254,
        help_text=gettext_lazy("Leave this empty if your address stays as it is."),
        widget=forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "dir": "ltr"}),
        error_messages={"invalid": _EMAIL_INVALID, "max_length": _EMAIL_LONG},
    )
    phone = LineField(
        label=gettext_lazy("New phone number"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Leave this empty if your number stays as it is."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel", "dir": "ltr"}),
        error_messages={"max_length": gettext_lazy("Enter a phone number of at most %(limit_value)d characters.")},
    )

    def clean_email(self) -> str:
        """Return the address without what turns the direction of writing."""
        return one_line(self.cleaned_data["email"])

    def clean(self) -> dict[str, Any]:
        """Check that something was entered."""
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("email") and not cleaned.get("phone"):
            message = _("Enter a new e-mail address or a new phone number.")
            self.add_error("email", forms.ValidationError(message, code="required"))
        return cleaned


class MessageForm(PrivateForm):
    """A message to whoever answers."""

    text = TextField(
        label=gettext_lazy("Your message"),
        max_length=MESSAGE_LENGTH,
        help_text=gettext_lazy("At most 1,500 characters."),
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={
            "required": gettext_lazy("Write your message."),
            "max_length": gettext_lazy(
                "Shorten your message to %(limit_value)d characters; it has %(show_value)d now."
            ),
        },
    )


class CodeForm(PrivateForm):
    """The code that was sent to the address on file."""

    code = forms.CharField(
        label=gettext_lazy("Code from our e-mail"),
        max_length=40,
        help_text=gettext_lazy("Eight digits. Blanks do not matter."),
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "spellcheck": "false", "dir": "ltr"}
        ),
        error_messages={
            "required": gettext_lazy("Enter the code from our e-mail."),
            "max_length": gettext_lazy("Enter the eight digits of the code."),
        },
    )


class ErasureForm(PrivateForm):
    """The patient's word that everything is to be erased."""

    confirm = forms.BooleanField(
        label=gettext_lazy("Yes, withdraw my consent and erase everything. I know that this cannot be undone."),
        error_messages={"required": gettext_lazy("Tick the box if you want everything to be erased.")},
    )
