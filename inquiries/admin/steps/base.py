"""A step of triage: a small form that checks what was typed and calls one service."""

from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.translation import gettext as _

from coordinators.models import User
from inquiries.models import Inquiry
from inquiries.services.errors import TriageError
from inquiries.services.seen import ChangedMeanwhileError

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

NOTE_LIMIT = 4000
# The hidden field of every form of the screen
SEEN = "seen"


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
    # How its button looks: not what one usually comes for; not to be undone.
    is_quiet: ClassVar[bool] = False
    is_dangerous: ClassVar[bool] = False
    # Not in the list of steps: it has a place of its own on the screen.
    stands_alone: ClassVar[bool] = False

    def __init__(self, data: Any = None, *, inquiry: Inquiry, user: User) -> None:  # noqa: ANN401  # a request's data
        super().__init__(data, prefix=self.name, label_suffix="")
        self.inquiry = inquiry
        self.user = user
        # The newest that stood on the page it was taken from (docs/adr/0025); None without a page.
        self.seen: str | None = data.get(SEEN, "") if data else None

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

    @property
    def leads_away(self) -> bool:
        """Return whether the person has no more business with the inquiry once the step was taken."""
        return False

    def take(self) -> bool:
        """Take the step if it is filled in; return False, and keep with the form why, where it cannot be taken."""
        if not self.is_valid() or self.is_draft:
            return False
        try:
            self.perform()
        except ChangedMeanwhileError as error:
            # The page that follows shows what came in: the next press counts as having seen it.
            self.seen = None
            self.add_error(None, str(error))
        except TriageError as error:
            self.add_error(None, str(error))
        except Inquiry.DoesNotExist:
            self.add_error(None, _("This inquiry is erased."))
        return not self.errors

    @abstractmethod
    def perform(self) -> None:
        """Call the service. Raises TriageError when the step does not fit any more."""


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
