"""Who the patient is, the way back to the private page, and the end of it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import User
from inquiries.admin.steps.base import Step
from inquiries.enums import ErasedBy
from inquiries.form_fields import LineField
from inquiries.models import Inquiry
from inquiries.readable import parsed_phone
from inquiries.references import normal_reference
from inquiries.services import contact, erasure, links
from inquiries.services.errors import TriageError

MADE_SURE = _("I have spoken with the patient and made sure that the new contact data are theirs.")
TICK_FIRST = _("Tick the box when you have made sure.")


class ConfirmPerson(Step):
    """Say that the person with the contact data on the page is the patient; not after something new came in."""

    name = "confirm-person"
    title = _("Confirm who the patient is")
    button = _("I have made sure that it is the patient")
    done = _("The person is confirmed. The patient can read back what was entered.")

    confirmed = forms.BooleanField(label=MADE_SURE, error_messages={"required": TICK_FIRST})

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.doubtful_additions = list(inquiry.additions.doubtful())
        # Answers go where the inquiry itself says: what was changed for an addition must be carried over by a person.
        self.fields["confirmed"].help_text = " ".join(_elsewhere(addition) for addition in self.doubtful_additions)

    @property
    def fits(self) -> bool:
        """Return whether contact data were changed, here or for an addition, and nobody has confirmed them."""
        return self.inquiry.person_is_doubtful or bool(self.doubtful_additions)

    def perform(self) -> None:
        """Confirm the person."""
        contact.confirm_person(self.inquiry, by=self.user, seen=self.seen)


def _elsewhere(addition: Inquiry) -> str:
    """Return what the patient wrote for an addition, in words."""
    words = _("For %(reference)s, which was added, these are now: %(contact)s. Carry them over if they are right.")
    contact_data = ", ".join(filter(None, (addition.email, addition.phone)))
    return str(words) % {"reference": addition.reference, "contact": contact_data}


class CorrectContact(Step):
    """Correct the contact data for the patient, who asked on the phone for example."""

    name = "correct-contact"
    is_rare = True
    title = _("Correct the contact data")
    button = _("Save")
    done = _("The contact data are corrected. The patient is told by e-mail.")

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter one e-mail address, for example name@example.com.")},
    )
    phone = LineField(label=_("Phone number"), required=False, max_length=60)
    confirmed = forms.BooleanField(label=MADE_SURE, error_messages={"required": TICK_FIRST})

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.initial = {**self.initial, "email": inquiry.email, "phone": inquiry.phone}

    def clean_phone(self) -> str:
        """Refuse a new number that nobody could dial; one that is left as it was stays."""
        typed: str = self.cleaned_data["phone"]
        if typed and typed != self.inquiry.phone and parsed_phone(typed, self.inquiry.country) is None:
            message = _("This number cannot be dialled. Begin with + and the country, for example +385 91 123 4567.")
            raise forms.ValidationError(message, code="unreadable")
        return typed

    def clean(self) -> dict[str, Any]:
        """Refuse to leave the patient without any way to be reached."""
        values = super().clean() or {}
        if not self.errors and not (values.get("email") or values.get("phone")):
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        return values

    def perform(self) -> None:
        """Store what was corrected."""
        values = self.cleaned_data
        contact.change_contact(self.inquiry, email=values["email"], phone=values["phone"], by=self.user, seen=self.seen)


class RenewLink(Step):
    """Give the patient a new private link; the old one is worth nothing then."""

    name = "renew-link"
    is_rare = True
    title = button = _("Make a new private link")
    done = _("There is a new private link. The old one opens nothing any more.")

    def perform(self) -> None:
        """Renew the link."""
        links.renew_link(self.inquiry, by=self.user)


class RevokeLink(Step):
    """Withdraw the private link, when it fell into wrong hands."""

    name = "revoke-link"
    is_rare = True
    title = button = _("Withdraw the private link")
    done = _("The private link opens nothing any more. The patient can ask for a new one by e-mail.")

    def perform(self) -> None:
        """Withdraw the link."""
        links.revoke_link(self.inquiry, by=self.user)


class Erase(Step):
    """Erase everything at the patient's wish; for managers."""

    name = "erase"
    is_rare = is_dangerous = True
    title = _("Erase everything at the patient's wish")
    button = _("Erase for ever")
    done = _("The inquiry and everything that belongs to it is erased.")

    reference = forms.CharField(
        label=_("Type the reference to confirm"),
        max_length=20,
        help_text=_("This cannot be undone. A record without personal data stays."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the inquiry's reference.")},
    )

    @property
    def fits(self) -> bool:
        """Return whether the person manages."""
        return self.user.is_manager

    def clean_reference(self) -> str:
        """Refuse any reference but this inquiry's."""
        typed = normal_reference(self.cleaned_data["reference"])
        if typed != self.inquiry.reference:
            raise forms.ValidationError(_("This is not the reference of this inquiry."))
        return typed

    def perform(self) -> None:
        """Erase the inquiry. Raises TriageError for somebody who does not manage."""
        if not self.user.is_manager:
            raise TriageError(_("Only a manager erases an inquiry."))
        erasure.erase(self.inquiry, ErasedBy.STAFF, by=self.user)
