"""Opening an inquiry that is not one's own, by its reference and with a reason."""

from django import forms
from django.utils.translation import gettext_lazy as _

from inquiries.admin.steps.base import NOTE_LIMIT


class OpenByReference(forms.Form):
    """Which inquiry, and why a person must see it although it is not theirs."""

    reference = forms.CharField(
        label=_("Reference"),
        max_length=20,
        widget=forms.TextInput(attrs={"placeholder": "ZG-7KM4-XW2P", "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the inquiry's reference.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=NOTE_LIMIT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with the inquiry; managers see it."),
        error_messages={"required": _("Enter why you need to see it.")},
    )
