"""The steps of triage as small forms: each checks what was typed and calls one service."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator, User
from inquiries.enums import ContactResult, Outcome, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.services import triage

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LIMIT = 4000


class NoteField(forms.CharField):
    """Free words of the staff; kept sealed."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401  # Django's signature
        super().__init__(max_length=NOTE_LIMIT, **kwargs)


class Step(forms.Form):
    """One step of triage for one inquiry; `title` heads its form, `done` is said afterwards."""

    name: ClassVar[str]
    title: ClassVar["_StrPromise"]
    button: ClassVar["_StrPromise"]
    done: ClassVar["_StrPromise"]

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


STEPS: tuple[type[Step], ...] = (TakeOver, Release, LogContact, Assign, Close, Reopen, Resend)
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
