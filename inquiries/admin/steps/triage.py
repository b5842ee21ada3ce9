"""Who answers, what came of it, how it ended."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator, User
from coordinators.roster import get_policy
from inquiries.admin.steps.base import MailingStep, NoteField, OpenStep, Step
from inquiries.admin.whom import ColleagueField, unspoken
from inquiries.enums import ContactResult, EventKind, Outcome, Status
from inquiries.models import Inquiry, OutgoingEmail
from inquiries.moments import in_short
from inquiries.services import triage


class TakeOver(Step):
    """Answer the inquiry oneself."""

    name = "take-over"
    title = button = _("Take over")
    done = _("You answer this inquiry now.")

    @property
    def fits(self) -> bool:
        """Return whether the person is a coordinator and does not have it yet."""
        mine = Coordinator.objects.filter(user=self.user).first()
        return mine is not None and mine.pk != self.inquiry.coordinator_id and self.inquiry.is_open

    def perform(self) -> None:
        """Give the inquiry to the person."""
        triage.take_over(self.inquiry, by=self.user)


class Assign(OpenStep):
    """Give the inquiry to a colleague."""

    name = "assign"
    title = _("Assign to somebody")
    button = _("Assign")
    done = _("The inquiry has a new owner, who is told by e-mail.")

    coordinator = ColleagueField()
    reason = NoteField(label=_("Reason"), required=False)

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        menu = self.fields["coordinator"]
        if isinstance(menu, ColleagueField):
            menu.offer_for([inquiry])

    @property
    def said(self) -> str:
        """Return what is said once the step was taken, with a word about a language that the new owner lacks."""
        return " ".join(filter(None, [super().said, unspoken(self.cleaned_data["coordinator"], [self.inquiry])]))

    @property
    def leads_away(self) -> bool:
        """Return whether the inquiry is somebody else's now, and the person is not one who manages."""
        return self.cleaned_data["coordinator"].user_id != self.user.pk and not self.user.is_manager

    def perform(self) -> None:
        """Give the inquiry to the chosen coordinator."""
        values = self.cleaned_data
        triage.assign_to(self.inquiry, values["coordinator"], by=self.user, reason=values["reason"])


class Release(Step):
    """Let a quarantined inquiry go on."""

    name = "release"
    title = button = _("Release from quarantine")
    done = _("The inquiry is released; its e-mails are on their way.")

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is held."""
        return self.inquiry.is_quarantined and self.inquiry.is_open

    def perform(self) -> None:
        """Release the inquiry."""
        triage.release(self.inquiry, by=self.user)


class LogContact(OpenStep):
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

    def perform(self) -> None:
        """Log the attempt."""
        values = self.cleaned_data
        result = ContactResult(values["result"])
        triage.log_contact(self.inquiry, result, by=self.user, note=values["note"], seen=self.seen)


class AskForDetails(MailingStep):
    """Ask the patient to answer the medical questions."""

    name = "ask-details"
    is_quiet = True
    title = button = _("Ask for medical details")
    done = _("The patient is asked by e-mail to add details on the private page.")

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        asked = inquiry.events.filter(kind=EventKind.DETAILS_WANTED).order_by("-at").first()
        if asked:
            on = in_short(asked.at.astimezone(get_policy().zone))
            label = _("Ask again: the patient was asked on %(date)s") % {"date": on}
            again = _("Tick the box to send the e-mail once more.")
            self.fields["again"] = forms.BooleanField(label=label, error_messages={"required": again})

    def perform(self) -> None:
        """Ask."""
        triage.ask_for_details(self.inquiry, by=self.user)


class TellNotReached(MailingStep):
    """Tell the patient in writing that nobody could reach them."""

    name = "not-reached"
    is_quiet = True
    title = button = _("Write that we could not reach them")
    done = _("The patient is told by e-mail that we could not reach them.")

    @property
    def fits(self) -> bool:
        """Return whether somebody has tried to reach the patient."""
        return super().fits and self.inquiry.events.filter(contact_result__in=triage.NOT_REACHED_RESULTS).exists()

    def perform(self) -> None:
        """Tell the patient."""
        triage.tell_not_reached(self.inquiry, by=self.user)


class Close(OpenStep):
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

    def perform(self) -> None:
        """Close the inquiry."""
        values = self.cleaned_data
        triage.close(self.inquiry, Outcome(values["outcome"]), by=self.user, note=values["note"], seen=self.seen)


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


class Resend(Step):
    """Send one of the inquiry's e-mails again; its button stands beside the e-mail."""

    name = "resend"
    stands_alone = True
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
