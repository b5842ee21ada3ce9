"""What the staff are told by e-mail: the reference, the clock and the way to the desk.

How much a hand-over may carry is the clinic's recorded choice (`MailDetailChoice`); the default is a notice.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes
from django.utils.formats import date_format
from django.utils.http import urlsafe_base64_encode
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordinators.models import ReplyPolicy, User
from coordinators.roster import clinic_place, clinic_today
from inquiries.countries import country_name
from inquiries.emails.addressee import NoRecipientError
from inquiries.emails.letter import Button, Facts, Letter, Listing, Part, Quote, Words
from inquiries.enums import ErasedBy, MailDetail, Status
from inquiries.models import Inquiry, MailDetailChoice, OutgoingEmail
from inquiries.moments import in_short, in_words, promise
from inquiries.readable import language_name, readable_choices, treatment_title
from treatments.coverage import gaps, overdue_pages
from treatments.models import Clinic

Row = tuple[str, str]


@dataclass(frozen=True)
class _Clock:
    """The clinic's clock, and the time that an inquiry's patient was told."""

    inquiry: Inquiry
    policy: ReplyPolicy
    due_at: datetime | None

    @property
    def received(self) -> Row:
        """When the inquiry came."""
        return _("Received"), f"{in_words(self._here(self.inquiry.received_at))} ({clinic_place()})"

    @property
    def is_answered(self) -> bool:
        """Whether the patient waits for no first answer any more."""
        return self.inquiry.status == Status.CONTACTED

    @property
    def is_late(self) -> bool:
        """Whether the time is over, and the patient still waits."""
        return self.due_at is not None and self.due_at < timezone.now() and not self.is_answered

    @property
    def reply_by(self) -> Row:
        """By when the patient was told to hear from us, on both clocks; a time that is over is not asked for."""
        if self.is_answered:
            return _("Status"), _("in contact already")
        promised = promise(self.due_at, clinic_zone=self.policy.zone, patient_zone=self.inquiry.time_zone)
        if promised is None:
            return _("Reply by"), _("no time could be promised; please answer soon")
        text = f"{in_words(promised.at)} ({clinic_place()})"
        if promised.patient_at:
            note = _("patient's clock")
            text += f" – {in_words(promised.patient_at)} ({note})"
        if self.is_late:
            late = _("late")
            return _("Promised by"), f"{text} – {late}"
        return _("Reply by"), text

    def subject(self, beginning: str) -> str:
        """Return a subject that tells at a glance what is asked, in which language, and by when."""
        known = dict(settings.LANGUAGES)
        # A patient who wants a language that the site does not speak gets the page's.
        wanted = self.inquiry.preferred_language
        language = wanted if wanted in known else self.inquiry.language
        words = [
            beginning % {"reference": self.inquiry.reference},
            language.upper(),
            country_name(self.inquiry.country),
        ]
        if self.is_answered:
            words.append(_("in contact already"))
        elif self.is_late:
            words.append(_("late"))
        elif self.due_at:
            words.append(_("reply by %(moment)s") % {"moment": in_short(self._here(self.due_at))})
        return " · ".join(words)

    def _here(self, moment: datetime) -> datetime:
        """Return a moment on the clinic's clock."""
        return moment.astimezone(self.policy.zone)


def handover(email: OutgoingEmail) -> Letter:
    """Return the notice to whoever answers an inquiry, new or not, with as much of it as the clinic chose."""
    inquiry = _inquiry(email)
    # An e-mail that had to wait may reach somebody whose inquiry it is no more, or who has left: it is a notice then.
    user = email.coordinator.user if email.coordinator_id == inquiry.coordinator_id and email.coordinator else None
    level = mail_detail_level() if user and user.is_active and user.handles_inquiries else MailDetail.NOTICE
    if inquiry.assignments.count() > 1:
        heading, beginning = _("An inquiry is yours now"), _("Inquiry %(reference)s is yours now")
        text = _came_from(inquiry)
    else:
        heading, beginning = _("There is a new inquiry for you"), _("New inquiry %(reference)s")
        text = _("There is a new inquiry for you: %(reference)s.") % {"reference": inquiry.reference}
    subject = _clock(inquiry).subject(beginning)
    parts: list[Part] = [Words(text), _facts(inquiry)]
    if inquiry.is_flagged:
        problem = _("Nobody fits") if inquiry.reply_due_at else _("No time promised")
        subject = f"{problem}: {subject}"
        parts.append(_why_flagged(inquiry))
    return staff_letter(
        subject,
        heading,
        *parts,
        *_patient_data(inquiry, level),
        _desk(inquiry, _("Sign in and read it")),
        Words(_("Please do not answer this e-mail: it would not reach the patient."), is_quiet=True),
    )


def handover_fallback(email: OutgoingEmail) -> Letter:
    """Return the notice to the clinic's mailbox: nobody was reached with this inquiry."""
    inquiry = _inquiry(email)
    words = {"reference": inquiry.reference}
    if inquiry.coordinator:
        text = _(
            "The notice of inquiry %(reference)s to %(name)s could not be delivered. "
            "Please make sure that somebody answers."
        ) % {**words, "name": inquiry.coordinator.display_name}
    else:
        text = _("Inquiry %(reference)s has no coordinator. Please give it to somebody.") % words
    return staff_letter(
        _clock(inquiry).subject(_("Please look: inquiry %(reference)s")),
        _("Please look at this inquiry"),
        Words(text),
        _facts(inquiry),
        _desk(inquiry, _("Sign in and read it")),
    )


def reminder(email: OutgoingEmail) -> Letter:
    """Return the reminder to whoever answers: the promised time comes near."""
    inquiry = _inquiry(email)
    return staff_letter(
        _clock(inquiry).subject(_("Reminder: inquiry %(reference)s")),
        _("A patient is waiting for your answer"),
        Words(
            _("Inquiry %(reference)s still waits for your answer. The patient was told this time:")
            % {"reference": inquiry.reference}
        ),
        Facts((_clock(inquiry).reply_by,)),
        Words(_("If you cannot make it, please give the inquiry to a colleague now.")),
        _desk(inquiry, _("Sign in and answer")),
    )


def escalation(email: OutgoingEmail) -> Letter:
    """Return the request to a colleague or manager to step in: a promise is about to break, or has broken."""
    inquiry = _inquiry(email)
    # The promise in question; by the time this is sent, the inquiry may have another owner and another time.
    asked = inquiry.promises.filter(pk=email.about).select_related("coordinator").first() if email.about else None
    owner, due = (asked.coordinator, asked.due_at) if asked else (inquiry.coordinator, inquiry.reply_due_at)
    clock = _Clock(inquiry, ReplyPolicy.objects.get(), due)
    who = ((_("Who was to answer"), owner.display_name),) if owner else ()
    return staff_letter(
        clock.subject(_("Please step in: inquiry %(reference)s")),
        _("Please step in"),
        Words(_("Inquiry %(reference)s is still not answered.") % {"reference": inquiry.reference}),
        Facts((*who, clock.reply_by, clock.received)),
        Words(_("Please make sure that the patient hears from us soon.")),
        _desk(inquiry, _("Sign in and answer")),
    )


def patient_added(email: OutgoingEmail) -> Letter:
    """Return the notice that the patient has added something; what it is stands on the desk."""
    inquiry = _inquiry(email)
    return staff_letter(
        _("The patient added something: %(reference)s") % {"reference": inquiry.reference},
        _("The patient added something"),
        Words(_("There is something new in inquiry %(reference)s.") % {"reference": inquiry.reference}),
        _desk(inquiry, _("Sign in and read it")),
    )


def withdrawn(email: OutgoingEmail) -> Letter:
    """Return the notice that an inquiry is erased and nobody needs to answer it."""
    tombstone = email.tombstone
    if tombstone is None:
        raise NoRecipientError
    reasons = {
        ErasedBy.PATIENT: _("The patient withdrew inquiry %(reference)s."),
        ErasedBy.STAFF: _("Inquiry %(reference)s was erased at the patient's wish."),
        ErasedBy.RETENTION: _("The time for which we keep inquiry %(reference)s has ended."),
    }
    return staff_letter(
        _("Withdrawn and erased: %(reference)s") % {"reference": tombstone.reference},
        _("An inquiry is erased"),
        Words(reasons[ErasedBy(tombstone.reason)] % {"reference": tombstone.reference}),
        Words(_("Everything that belonged to it is erased. Nobody needs to answer it any more.")),
        Facts(
            (
                (_("Received"), date_format(tombstone.received_on, pgettext("date format", "j F Y"))),
                (_("Erased"), in_words(tombstone.erased_at.astimezone(ReplyPolicy.objects.get().zone))),
            )
        ),
        Words(_("Please do not contact the patient about it any more, and destroy your own notes.")),
    )


def invitation(email: OutgoingEmail) -> Letter:
    """Return the letter with which a new person of the staff chooses a password."""
    user = reader_of(email)
    clinic = Clinic.objects.first()
    heading = _("Your access to the clinic's desk")
    subject = _("Your access to the desk of %(name)s") % {"name": clinic.name} if clinic else heading
    return staff_letter(
        subject,
        heading,
        Words(_("You have been given access to the clinic's desk. Please choose your own password here:")),
        Button(_("Choose a password"), password_link(user)),
        Words(_("The link works once, for three days. After that, ask a manager for a new one.")),
        reader=user,
    )


def password_reset(email: OutgoingEmail) -> Letter:
    """Return the letter with which a person of the staff chooses a new password."""
    user = reader_of(email)
    heading = _("A new password for the clinic's desk")
    return staff_letter(
        heading,
        heading,
        Words(_("You can choose a new password for the clinic's desk here:")),
        Button(_("Choose a password"), password_link(user)),
        Words(_("The link works once, for three days. If you did not ask for it, tell a manager.")),
        reader=user,
    )


def review_report(email: OutgoingEmail) -> Letter:
    """Return what editors have to look after, as it is when the report is sent."""
    names = dict(settings.LANGUAGES)
    heading = _("Pages that need you this week")
    parts: list[Part] = []
    if overdue := overdue_pages(clinic_today()):
        items = tuple(
            f"{page}, {date_format(page.review_due_on, 'SHORT_DATE_FORMAT')}" for page in overdue if page.review_due_on
        )
        parts.append(Listing(_("The review of these pages is overdue:"), items))
    if missing := gaps():
        safety = _("safety")
        mark = f" ({safety})"
        items = tuple(
            f"{capfirst(names[gap.language])}: {gap.subject}, {gap.heading}{mark if gap.is_safety else ''}"
            for gap in missing
        )
        title = _("These sections are missing, or their source has changed since they were translated:")
        parts.append(Listing(title, items))
    desk = Button(_("See what changed"), settings.SITE_URL + reverse("admin:treatments_translations"))
    return staff_letter(heading, heading, *parts, desk, reader=reader_of(email))


def mail_detail_level() -> MailDetail:
    """Return how much the clinic lets into coordinators' e-mails; a notice only, unless it chose otherwise."""
    newest = MailDetailChoice.objects.order_by("-chosen_at", "-pk").values_list("level", flat=True).first()
    return MailDetail(newest or MailDetail.NOTICE)


def password_link(user: User) -> str:
    """Return the link under which a person sets their password; it dies with its first use."""
    uid = urlsafe_base64_encode(force_bytes(user.pk))
    token = default_token_generator.make_token(user)
    return settings.SITE_URL + reverse("admin-set-password", kwargs={"uidb64": uid, "token": token})


def staff_letter(subject: str, heading: str, *parts: Part, reader: User | None = None) -> Letter:
    """Return a letter to the staff, signed with the clinic's name."""
    clinic = Clinic.objects.first()
    return Letter(
        subject=subject,
        heading=heading,
        parts=parts,
        greeting=_("Good day %(name)s,") % {"name": reader.name} if reader else "",
        house=clinic.name if clinic else "",
    )


def _inquiry(email: OutgoingEmail) -> Inquiry:
    """Return the inquiry that the e-mail is about; constraints hold that there is one."""
    if email.inquiry is None:
        raise NoRecipientError
    return email.inquiry


def reader_of(email: OutgoingEmail) -> User:
    """Return the person that the e-mail is about; constraints hold that there is one."""
    if email.user is None:
        raise NoRecipientError
    return email.user


def _clock(inquiry: Inquiry) -> _Clock:
    """Return the clock for what the patient is told now."""
    return _Clock(inquiry, ReplyPolicy.objects.get(), inquiry.reply_due_at)


def _facts(inquiry: Inquiry) -> Facts:
    """Return what whoever answers must know before signing in."""
    clock = _clock(inquiry)
    return Facts(
        (
            clock.received,
            clock.reply_by,
            (_("Answer in"), language_name(inquiry.preferred_language)),
            (_("Country"), country_name(inquiry.country)),
        )
    )


def _came_from(inquiry: Inquiry) -> str:
    """Return that an inquiry has moved, and who had it before, if anybody had."""
    before = inquiry.assignments.select_related("coordinator").order_by("-made_at", "-pk")
    earlier = (made.coordinator for made in before if made.coordinator)
    name = next((person.display_name for person in earlier if person != inquiry.coordinator), "")
    words = {"reference": inquiry.reference, "name": name}
    if not name:
        return _("Inquiry %(reference)s is yours now.") % words
    return _("Inquiry %(reference)s is yours now. Before, %(name)s had it.") % words


def _why_flagged(inquiry: Inquiry) -> Words:
    """Return why a person must look at who answers."""
    if inquiry.reply_due_at is None:
        return Words(_("The calendar has no working time for this inquiry. Please look at who can answer, and when."))
    return Words(
        _("No coordinator fits this inquiry. You get it as the clinic's fallback. Please give it to the right person.")
    )


def _patient_data(inquiry: Inquiry, level: MailDetail) -> tuple[Part, ...]:
    """Return what the clinic lets into e-mails: nothing, contact data, or also what was asked."""
    if level == MailDetail.NOTICE:
        return ()
    contact = Facts(
        (
            (_("Name"), inquiry.name),
            (_("E-mail"), inquiry.email or "–"),
            (_("Phone"), inquiry.phone or "–"),
            (_("Contact by"), readable_choices(inquiry).contact_by),
        )
    )
    if level == MailDetail.CONTACT:
        return (contact,)
    treatment = Facts(((_("Treatment"), treatment_title(inquiry.treatment)),))
    return contact, treatment, Quote(_("Message"), inquiry.message or "–")


def _desk(inquiry: Inquiry, label: str) -> Button:
    """Return the way to the inquiry on the desk."""
    path = reverse("admin:inquiries_inquiry_change", args=[inquiry.pk])
    return Button(label, settings.SITE_URL + path)
