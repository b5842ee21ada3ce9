"""The steps of triage as small forms: each checks what was typed and calls one service."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordinators.models import Coordinator, User
from inquiries.checklist import CheckItem, in_order
from inquiries.emails.patient import answer_mail_level
from inquiries.enums import AnswerMailLevel, ContactResult, ErasedBy, Outcome, Status
from inquiries.form_fields import LineField
from inquiries.models import DeskSheet, Inquiry, OutgoingEmail, ReplyTemplate
from inquiries.readable import language_name
from inquiries.references import normal_reference
from inquiries.replies.choosing import Reply, has_words_in, offered_templates, reply_in
from inquiries.replies.placeholders import unfilled
from inquiries.services import contact, desk_sheet, erasure, links, messages, triage
from inquiries.services.assigning import OTHER_LANGUAGE, answer_language

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LIMIT = 4000
ANSWER_LIMIT = 8000
ON_THE_PAGE = _("It waits on the private page. The e-mail only says that it is there; it carries none of this.")
IN_THE_MAIL = _("It is sent in the e-mail, and stands on the private page. The clinic has chosen so.")


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
    # Not in the list of steps: it has a place of its own on the screen.
    stands_alone: ClassVar[bool] = False

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

    @property
    def is_draft(self) -> bool:
        """Return whether the button only prepares the form, and the step is not to be taken yet."""
        return False

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


class WriteAnswer(Step):
    """Write to the patient, from a template or freely. Inserting and previewing send nothing."""

    name = "answer"
    stands_alone = True
    title = _("Write to the patient")
    button = _("Send the answer")
    done = _("The answer waits on the patient's private page. An e-mail tells the patient.")

    template = forms.ChoiceField(label=_("Template"), required=False)
    # Which template stands in the text: choosing another one replaces it while nothing was changed.
    inserted = forms.CharField(required=False, widget=forms.HiddenInput)
    text = forms.CharField(
        label=_("Your answer"),
        max_length=ANSWER_LIMIT,
        widget=forms.Textarea(attrs={"rows": 10, "dir": "auto"}),
        error_messages={"required": _("Write your answer.")},
    )

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.language = answer_language(inquiry.preferred_language, inquiry.language)
        text = self.fields["text"]
        text.help_text = str(IN_THE_MAIL if self.is_mailed_in_full else ON_THE_PAGE)
        # When the page comes back with a draft or a mistake, the answer is far down: lead there.
        text.widget.attrs |= {"lang": self.language, "autofocus": self.is_bound}
        template = self.fields["template"]
        if isinstance(template, forms.ChoiceField):
            template.choices = [("", "–"), *((str(item.pk), self._label(item)) for item in self.templates)]

    @property
    def fits(self) -> bool:
        """Return whether the patient can be told by e-mail."""
        return self.inquiry.is_open and bool(self.inquiry.email) and not self.inquiry.is_quarantined

    @property
    def is_draft(self) -> bool:
        """Return whether a template is to be inserted, or the answer only looked at."""
        return self._pressed("insert") or self._pressed("preview")

    @cached_property
    def templates(self) -> list[ReplyTemplate]:
        """Every template that fits the inquiry."""
        return offered_templates(self.inquiry)

    @property
    def is_other_language(self) -> bool:
        """Whether the patient wants a language that the site does not speak."""
        return self.inquiry.preferred_language == OTHER_LANGUAGE

    @property
    def language_name(self) -> str:
        """The language to answer in, in the reader's language."""
        return language_name(self.language)

    @cached_property
    def is_mailed_in_full(self) -> bool:
        """Whether the e-mail will carry the answer itself."""
        return answer_mail_level() == AnswerMailLevel.FULL and not self.inquiry.person_is_doubtful

    @property
    def preview(self) -> str:
        """The answer as the patient will read it; empty while there is nothing to look at."""
        return self._typed("text") if self.is_bound else ""

    @property
    def missing_language(self) -> str:
        """The language in which the inserted template stands, where it is not the patient's; else empty."""
        reply = self._reply(self._typed("inserted"), self.language, also=self.inquiry.language)
        return language_name(reply.language) if reply and reply.is_fallback else ""

    @property
    def own_preview(self) -> Reply | None:
        """The inserted template in the language of the desk, where that is not the patient's."""
        own = get_language() or self.user.language
        return self._reply(self._typed("inserted"), own) if own != self.language else None

    @property
    def own_language_name(self) -> str:
        """The language of `own_preview`."""
        return language_name(self.own_preview.language) if self.own_preview else ""

    def full_clean(self) -> None:
        """Check what was typed; a draft is only filled in, and told what is still missing."""
        if not self.is_draft:
            super().full_clean()
            return
        self._errors = ErrorDict(renderer=self.renderer)
        self.cleaned_data = {}
        if self._pressed("insert"):
            self._insert()
        if left := unfilled(self._typed("text")):
            self.add_error("text", self._left_open(left))

    def clean_text(self) -> str:
        """Refuse an answer with a placeholder that nobody has filled in."""
        text: str = self.cleaned_data["text"]
        if left := unfilled(text):
            raise self._left_open(left)
        return text

    def perform(self) -> None:
        """Store the answer."""
        messages.write_answer(self.inquiry, self.cleaned_data["text"], by=self.user)

    def _insert(self) -> None:
        """Put the chosen template into the text; what was written by hand stays above it."""
        chosen = self._reply(self._typed("template"), self.language, also=self.inquiry.language)
        if chosen is None:
            self.add_error("template", _("Choose a template first."))
            return
        before = self._reply(self._typed("inserted"), self.language, also=self.inquiry.language)
        written = self._typed("text")
        is_untouched = before is not None and written == before.text
        text = chosen.text if not written or is_untouched else f"{written}\n\n{chosen.text}"
        data: Any = self.data.copy()  # type: ignore[attr-defined]  # a request's data
        data[self.add_prefix("text")] = text
        data[self.add_prefix("inserted")] = self._typed("template")
        self.data = data

    def _reply(self, key: str, wanted: str, also: str = "") -> Reply | None:
        """Return one of the fitting templates, filled in."""
        template = next((item for item in self.templates if str(item.pk) == key), None)
        return reply_in(template, self.inquiry, by=self.user, wanted=wanted, also=also) if template else None

    def _label(self, template: ReplyTemplate) -> str:
        """Return a template's name, and that it does not speak the patient's language where that is so."""
        if has_words_in(template, self.language):
            return template.name
        return _("%(name)s (not in the patient's language)") % {"name": template.name}

    def _left_open(self, left: Sequence[str]) -> forms.ValidationError:
        """Return the words for placeholders that are not filled in."""
        words = _("Fill this in, or take it out, before you send: %(placeholders)s")
        return forms.ValidationError(words, code="unfilled", params={"placeholders": ", ".join(left)})

    def _typed(self, name: str) -> str:
        """Return what was posted in a field, with the line ends that templates have."""
        value = self.data.get(self.add_prefix(name)) or ""
        return str(value).replace("\r\n", "\n").strip()

    def _pressed(self, button: str) -> bool:
        """Return whether the form was sent by this button."""
        return self.is_bound and self.add_prefix(button) in self.data


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


class CorrectContact(Step):
    """Correct the contact data for the patient, who asked on the phone for example."""

    name = "correct-contact"
    is_rare = True
    title = _("Correct the contact data")
    button = _("Save")
    done = _("The contact data are corrected. The old address is told; the new one gets the private link.")

    email = forms.EmailField(
        label=_("E-mail address"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter one e-mail address, for example name@example.com.")},
    )
    phone = LineField(label=_("Phone number"), required=False, max_length=60)
    confirmed = forms.BooleanField(
        label=_("I have spoken with the patient and made sure that the new contact data are theirs."),
        error_messages={"required": _("Tick the box when you have made sure.")},
    )

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.initial = {"email": inquiry.email, "phone": inquiry.phone}

    def clean(self) -> dict[str, Any]:
        """Refuse to leave the patient without any way to be reached."""
        values = super().clean() or {}
        if not self.errors and not (values.get("email") or values.get("phone")):
            self.add_error("email", _("Enter an e-mail address or a phone number."))
        return values

    def perform(self) -> None:
        """Store what was corrected."""
        values = self.cleaned_data
        contact.change_contact(self.inquiry, email=values["email"], phone=values["phone"], by=self.user)


class RenewLink(Step):
    """Give the patient a new private link; the old one is worth nothing then."""

    name = "renew-link"
    is_rare = True
    title = button = _("Make a new private link")
    done = _("There is a new private link. The old one opens nothing any more.")

    def perform(self) -> None:
        """Renew the link. Raises TriageError while it would go to an address that nobody has confirmed."""
        if self.inquiry.person_is_doubtful:
            raise triage.TriageError(_("The contact data were changed. First confirm who the patient is."))
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
    CorrectContact, RenewLink, RevokeLink, Erase, Resend, SaveSheet,
)  # fmt: skip
STEPS_BY_NAME = {step.name: step for step in STEPS}


def steps_for(inquiry: Inquiry, user: User, tried: Step | None = None) -> Sequence[Step]:
    """Return the steps that fit the inquiry now; one that was tried and refused keeps what was typed."""
    fresh = [step(inquiry=inquiry, user=user) for step in STEPS]
    steps = [tried if tried and tried.name == step.name else step for step in fresh]
    return [step for step in steps if step is tried or step.fits]


def step_context(inquiry: Inquiry, user: User, tried: Step | None = None) -> dict[str, Any]:
    """Return the steps as the screen needs them: in a list, and by name those that have a place of their own."""
    steps = steps_for(inquiry, user, tried)
    placed = {step.name: step for step in steps if step.stands_alone}
    return {"steps": [step for step in steps if not step.stands_alone], "tried": tried, **placed}


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
