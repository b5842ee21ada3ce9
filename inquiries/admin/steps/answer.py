"""Writing to the patient, from a template or freely."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.utils import ErrorDict
from django.utils.functional import cached_property
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordinators.models import User
from inquiries.admin.steps.base import MailingStep
from inquiries.emails.patient import answer_mail_level
from inquiries.enums import AnswerMailLevel
from inquiries.models import Inquiry, ReplyTemplate
from inquiries.readable import language_name
from inquiries.replies.choosing import Reply, has_words_in, offered_templates, reply_in, template_name
from inquiries.replies.placeholders import unfilled
from inquiries.services import messages
from inquiries.services.assigning import OTHER_LANGUAGE, answer_language

ANSWER_LIMIT = 8000
ON_THE_PAGE = _("It waits on the private page. The e-mail only says that it is there; it carries none of this.")
IN_THE_MAIL = _("It is sent in the e-mail, and stands on the private page. The clinic has chosen so.")


class WriteAnswer(MailingStep):
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
        messages.write_answer(self.inquiry, self.cleaned_data["text"], by=self.user, seen=self.seen)

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
        name = template_name(template, get_language() or self.user.language)
        if has_words_in(template, self.language):
            return name
        return _("%(name)s (not in the patient's language)") % {"name": name}

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
