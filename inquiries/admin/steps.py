"""The steps of triage as small forms: each checks what was typed and calls one service."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator, User
from inquiries.enums import ContactResult, ErasedBy, Outcome, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.references import normal_reference
from inquiries.services import contact, erasure, links, messages, triage

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LIMIT = 4000
ANSWER_LIMIT = 8000


class NoteField(forms.CharField):
    """Free words of the staff; kept sealed."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(max_length=NOTE_LIMIT, **kwargs)


class Step(forms.Form):
    """One step of triage for one inquiry; `title` heads its form, `done` is said afterwards. Rare steps stand apart."""

    name: ClassVar[str]
    title: ClassVar["_StrPromise"]
    button: ClassVar["_StrPromise"]
    done: ClassVar["_StrPromise"]
    is_rare: ClassVar[bool] = False

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, prefix=self.name, label_suffix="")
        self.inquiry = inquiry
        self.user = user

    @property
    def fits(self) -> bool:
        """Return whether the step makes sense now; the service decides when it is taken."""
        return True

    @property
    def is_single_button(self) -> bool:
        """Return whether there is nothing to fill in."""
        return not self.fields

    @abstractmethod
    def perform(self) -> None:
        """Take the step. Raises TriageError when it does not fit any more."""


class TakeOver(Step):
    """Answer the inquiry oneself."""

    name = "take-over"
    title = button = _("Take over")
    done = _("You answer this inquiry now.")

    @property
    def fits(self) -> bool:
        """Return whether the person is a coordinator and does not have it yet."""
        mine = Coordinator.objects.filter(user=self.user).first()
        return mine is not None and mine.pk != self.inquiry.coordinator_id and self.inquiry.status != Status.CLOSED

    def perform(self) -> None:
        """Give the inquiry to the person."""
        triage.take_over(self.inquiry, by=self.user)


class Assign(Step):
    """Give the inquiry to a colleague."""

    name = "assign"
    title = _("Assign to somebody")
    button = _("Assign")
    done = _("The inquiry has a new owner, who is told by e-mail.")

    coordinator = forms.ModelChoiceField(
        label=_("Coordinator"),
        queryset=Coordinator.objects.active().order_by("display_name"),
        error_messages={"required": _("Choose who should answer.")},
    )
    reason = NoteField(label=_("Reason"), required=False)

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is open."""
        return self.inquiry.status != Status.CLOSED

    def perform(self) -> None:
        """Give the inquiry to the chosen coordinator."""
        values = self.cleaned_data
        triage.assign_to(self.inquiry, values["coordinator"], by=self.user, reason=values["reason"])


class LogContact(Step):
    """Log an attempt to reach the patient."""

    name = "contact"
    title = _("Log a contact attempt")
    button = _("Log it")
    done = _("The contact attempt is logged.")

    result = forms.ChoiceField(
        label=_("What came of it?"),
        choices=ContactResult,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    note = NoteField(label=_("Note"), required=False)

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is open."""
        return self.inquiry.status != Status.CLOSED

    def perform(self) -> None:
        """Log the attempt."""
        values = self.cleaned_data
        triage.log_contact(self.inquiry, ContactResult(values["result"]), by=self.user, note=values["note"])


class Close(Step):
    """Bring the inquiry to its end."""

    name = "close"
    title = _("Close the inquiry")
    button = _("Close")
    done = _("The inquiry is closed.")

    outcome = forms.ChoiceField(
        label=_("How did it end?"),
        choices=[("", "–"), *Outcome.choices],
        error_messages={"required": _("Choose how it ended.")},
    )
    note = NoteField(label=_("Note"), required=False)

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is open."""
        return self.inquiry.status != Status.CLOSED

    def perform(self) -> None:
        """Close the inquiry."""
        values = self.cleaned_data
        triage.close(self.inquiry, Outcome(values["outcome"]), by=self.user, note=values["note"])


class Reopen(Step):
    """Open a closed inquiry again."""

    name = "reopen"
    title = _("Reopen the inquiry")
    button = _("Reopen")
    done = _("The inquiry is open again.")

    reason = NoteField(label=_("Reason"), required=False)

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is closed."""
        return self.inquiry.status == Status.CLOSED

    def perform(self) -> None:
        """Open the inquiry."""
        triage.reopen(self.inquiry, by=self.user, reason=self.cleaned_data["reason"])


class Release(Step):
    """Let a quarantined inquiry go on."""

    name = "release"
    title = button = _("Release from quarantine")
    done = _("The inquiry is released; its e-mails are on their way.")

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is held."""
        return self.inquiry.is_quarantined and self.inquiry.status != Status.CLOSED

    def perform(self) -> None:
        """Release the inquiry."""
        triage.release(self.inquiry, by=self.user)


class Resend(Step):
    """Send one of the inquiry's e-mails again; its button stands beside the e-mail."""

    name = "resend"
    title = button = _("Send again")
    done = _("The e-mail is sent again.")

    email = forms.ModelChoiceField(queryset=OutgoingEmail.objects.none(), widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        emails = self.fields["email"]
        if isinstance(emails, forms.ModelChoiceField):
            emails.queryset = OutgoingEmail.objects.filter(inquiry=inquiry)

    @property
    def fits(self) -> bool:
        """Return False: it is not among the steps of the inquiry as a whole."""
        return False

    def perform(self) -> None:
        """Send the e-mail again."""
        triage.resend(self.cleaned_data["email"], by=self.user)


class WriteAnswer(Step):
    """Write to the patient; the text waits on the private page."""

    name = "answer"
    title = _("Write to the patient")
    button = _("Put it on the private page")
    done = _("The answer waits on the patient's private page. An e-mail says that it is there.")

    text = forms.CharField(
        label=_("Your answer"),
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text=_("In the patient's language. The e-mail only says that an answer waits; it carries none of this."),
        error_messages={"required": _("Write your answer.")},
    )

    @property
    def fits(self) -> bool:
        """Return whether the patient can be told by e-mail."""
        return self.inquiry.is_open and bool(self.inquiry.email) and not self.inquiry.is_quarantined

    def perform(self) -> None:
        """Store the answer."""
        messages.write_answer(self.inquiry, self.cleaned_data["text"], by=self.user)


class AskForDetails(Step):
    """Ask the patient to answer the medical questions."""

    name = "ask-details"
    title = button = _("Ask for medical details")
    done = _("The patient is asked by e-mail to add details on the private page.")

    @property
    def fits(self) -> bool:
        """Return whether the patient can be asked by e-mail."""
        return self.inquiry.is_open and bool(self.inquiry.email) and not self.inquiry.is_quarantined

    def perform(self) -> None:
        """Ask."""
        triage.ask_for_details(self.inquiry, by=self.user)


class TellNotReached(Step):
    """Tell the patient in writing that nobody could reach them."""

    name = "not-reached"
    title = button = _("Write that we could not reach them")
    done = _("The patient is told by e-mail that we could not reach them.")

    @property
    def fits(self) -> bool:
        """Return whether somebody has tried to reach the patient."""
        has_email = self.inquiry.is_open and bool(self.inquiry.email)
        return has_email and self.inquiry.events.filter(contact_result__in=triage.NOT_REACHED_RESULTS).exists()

    def perform(self) -> None:
        """Tell the patient."""
        triage.tell_not_reached(self.inquiry, by=self.user)


class ConfirmPerson(Step):
    """Say that the person with the changed contact data is the patient."""

    name = "confirm-person"
    title = _("Confirm who the patient is")
    button = _("I have made sure that it is the patient")
    done = _("The person is confirmed. The patient can read back what was entered.")

    confirmed = forms.BooleanField(
        label=_("I have spoken with the patient and made sure that the new contact data are theirs."),
        error_messages={"required": _("Tick the box when you have made sure.")},
    )

    @property
    def fits(self) -> bool:
        """Return whether contact data were changed and nobody has confirmed them."""
        return self.inquiry.person_is_doubtful

    def perform(self) -> None:
        """Confirm the person."""
        contact.confirm_person(self.inquiry, by=self.user)


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
    is_rare = True
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
            raise triage.TriageError(_("Only a manager erases an inquiry."))
        erasure.erase(self.inquiry, ErasedBy.STAFF, by=self.user)


STEPS: tuple[type[Step], ...] = (
    TakeOver, Release, ConfirmPerson, WriteAnswer, LogContact, AskForDetails, TellNotReached, Assign, Close, Reopen,
    RenewLink, RevokeLink, Erase, Resend,
)  # fmt: skip
STEPS_BY_NAME = {step.name: step for step in STEPS}


def steps_for(inquiry: Inquiry, user: User, tried: Step | None = None) -> Sequence[Step]:
    """Return the steps that fit the inquiry now; one that was tried and refused keeps what was typed."""
    fresh = [step(inquiry=inquiry, user=user) for step in STEPS]
    steps = [tried if tried and tried.name == step.name else step for step in fresh]
    return [step for step in steps if step is tried or step.fits]


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
