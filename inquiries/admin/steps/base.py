"""A step of triage: a small form that checks what was typed and calls one service."""

from abc import abstractmethod
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms

from coordinators.models import User
from inquiries.enums import EventKind
from inquiries.models import Inquiry
from inquiries.services.seen import THREAD, ChangedMeanwhileError, newest

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LIMIT = 4000


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

    @property
    def said(self) -> str:
        """Return what is said once the step was taken."""
        return str(self.done)

    @abstractmethod
    def perform(self) -> None:
        """Take the step. Raises TriageError when it does not fit any more."""


class WellReadStep(Step):
    """A step that is refused when something came in which was not on the page that it was taken from."""

    kinds: ClassVar[Collection[EventKind]] = THREAD

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, inquiry=inquiry, user=user)
        self.initial = {**self.initial, "seen": newest(inquiry, self.kinds)}

    @abstractmethod
    def act(self, seen: str | None) -> None:
        """Call the service, with what was on the page. Raises TriageError."""

    def perform(self) -> None:
        """Take the step; after a refusal the page shows what is new, and the next press counts as having seen it."""
        name = self.add_prefix("seen")
        try:
            self.act(self.data.get(name))
        except ChangedMeanwhileError:
            self.data = {**self.data, name: newest(self.inquiry, self.kinds)}
            raise


class OpenStep(Step):
    """A step for an inquiry that is not closed."""

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is open."""
        return self.inquiry.is_open


class MailingStep(Step):
    """A step that tells the patient something by e-mail."""

    @property
    def fits(self) -> bool:
        """Return whether the inquiry is open and its patient may be told by e-mail."""
        return self.inquiry.is_open and bool(self.inquiry.email) and not self.inquiry.is_quarantined
