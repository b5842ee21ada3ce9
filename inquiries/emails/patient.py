"""What patients are told by e-mail: never what they wrote, what they asked about, or who they are.

An answer of the clinic's waits on the private page, unless the clinic has chosen and recorded that it travels in the
e-mail (`AnswerMailChoice`).
"""

from datetime import date

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordinators.models import ReplyPolicy
from inquiries.codes import CODE_LIFE, code_as_shown
from inquiries.emails.addressee import NoRecipientError
from inquiries.emails.letter import Button, Code, Letter, Listing, Panel, Part, Quote, Reach, Words
from inquiries.enums import AnswerMailLevel, ErasedBy, EventKind, Sender
from inquiries.links import private_url
from inquiries.models import AnswerMailChoice, Inquiry, Message, OutgoingEmail
from inquiries.moments import in_words
from inquiries.told import tell
from treatments.emergency import numbers_in
from treatments.models import Clinic


def confirmation(email: OutgoingEmail) -> Letter:
    """Return the letter that says: we have your inquiry; this person answers, by then."""
    inquiry = _inquiry(email)
    return _letter(
        pgettext("e-mail", "We have your inquiry"),
        inquiry.reference,
        Words(_("We have received your inquiry. Its reference is %(reference)s.") % {"reference": inquiry.reference}),
        _who_answers(inquiry),
        Listing(
            _("What happens next:"),
            (
                _("We read your inquiry and contact you in the way you chose."),
                _("We talk about what you need. If it helps, we offer you an appointment with a doctor."),
                _("You decide. The inquiry does not bind you to anything."),
            ),
            is_numbered=True,
        ),
        Words(
            _(
                "You have a private page. There you can add details and files, correct your contact data, "
                "or withdraw your inquiry."
            )
        ),
        *_way_in(inquiry, email, _("Add details on your private page")),
        _emergency(inquiry),
        *_reach(_("Did you not send this inquiry, or do you want to withdraw it? Tell us and name the reference:")),
    )


def addition(email: OutgoingEmail) -> Letter:
    """Return the letter that says: your new message joined the inquiry that we already have from you."""
    inquiry = _inquiry(email)
    return _letter(
        _("We added your new message"),
        inquiry.reference,
        Words(
            _("We already have an inquiry from you. Its reference is %(reference)s.") % {"reference": inquiry.reference}
        ),
        Words(_("We added your new message to it, so that everything stays in one place.")),
        *_second_reference(email),
        _who_answers(inquiry),
        *_way_in(inquiry, email, _("Open your private page")),
        _emergency(inquiry),
        *_reach(_("Did you not write to us again? Tell us and name the reference:")),
    )


def answer_waiting(email: OutgoingEmail) -> Letter:
    """Return the letter that says: an answer waits on your private page, behind a code; or the answer itself."""
    inquiry = _inquiry(email)
    answer = _mailed_answer(email, inquiry)
    if answer:
        return _letter(
            _("Our answer to your inquiry"),
            inquiry.reference,
            Words(_("We have answered your inquiry %(reference)s.") % {"reference": inquiry.reference}),
            Quote(_("Our answer"), answer.text),
            Words(_("You also find the answer on your private page. You can write back to us there.")),
            *_way_in(inquiry, email, _("Open your private page")),
        )
    return _letter(
        _("An answer is waiting for you"),
        inquiry.reference,
        Words(_("We have answered your inquiry %(reference)s.") % {"reference": inquiry.reference}),
        Words(_("The answer is on your private page. To protect your data, it is not in this e-mail.")),
        *_how_to_read(inquiry),
        *_way_in(inquiry, email, _("Open your private page")),
    )


def promise_moved(email: OutgoingEmail) -> Letter:
    """Return the letter that says: we did not keep our promise; sorry; this person answers now, by then."""
    inquiry = _inquiry(email)
    return _letter(
        _("We did not answer you in time"),
        inquiry.reference,
        Words(
            _("We promised you an answer to your inquiry %(reference)s. You did not get it in time. We are sorry.")
            % {"reference": inquiry.reference}
        ),
        _who_answers(inquiry),
        *_reach(_("Do you not want to wait any longer? Phone or write to us and name the reference:")),
        *_way_in(inquiry, email, _("Open your private page")),
        _emergency(inquiry),
    )


def details_wanted(email: OutgoingEmail) -> Letter:
    """Return the letter that says: a few answers would help us."""
    inquiry = _inquiry(email)
    return _letter(
        _("A few details would help us"),
        inquiry.reference,
        Words(
            _("We would like to know a little more, so that we can answer your inquiry %(reference)s well.")
            % {"reference": inquiry.reference}
        ),
        Words(_("The questions are on your private page. You can skip every one of them, and stop at any time.")),
        Words(_("Please answer there, and not by e-mail. What you enter there is stored encrypted.")),
        *_way_in(inquiry, email, _("Answer the questions"), "private-details"),
    )


def not_reached(email: OutgoingEmail) -> Letter:
    """Return the letter that says: we tried to contact you and could not."""
    inquiry = _inquiry(email)
    return _letter(
        _("We could not reach you"),
        inquiry.reference,
        Words(
            _("We tried to contact you about your inquiry %(reference)s, but we could not reach you.")
            % {"reference": inquiry.reference}
        ),
        Words(
            _(
                "How should we try again? Write us a message on your private page. "
                "Please also look there whether your phone number and e-mail address are right."
            )
        ),
        *_way_in(inquiry, email, _("Write us a message"), "private-message"),
        *_reach(_("Or phone or write to us and name the reference:")),
        Words(_("If you do not need an answer any more, you can withdraw your inquiry on your private page.")),
    )


def erased(email: OutgoingEmail) -> Letter:
    """Return the letter that says: everything is erased; until then a backup may still hold it."""
    tombstone = email.tombstone
    if tombstone is None:
        raise NoRecipientError
    reasons = {
        ErasedBy.PATIENT: _("You withdrew your inquiry %(reference)s. We have erased it."),
        ErasedBy.STAFF: _("As you wished, we have erased your inquiry %(reference)s."),
        ErasedBy.RETENTION: _("We keep inquiries only for a set time. So we have erased your inquiry %(reference)s."),
    }
    return _letter(
        _("Your inquiry is erased"),
        tombstone.reference,
        Words(reasons[ErasedBy(tombstone.reason)] % {"reference": tombstone.reference}),
        Words(_("Everything that you wrote and sent to us is gone with it. Your private page no longer opens.")),
        Panel(
            (
                _("Our backups may hold a copy until %(day)s.") % {"day": _day(tombstone.backups_gone_on)},
                _("If we ever have to use such a backup, we erase your inquiry again at once."),
            )
        ),
        Words(
            _(
                "We keep only a note that there was an inquiry and that it is erased. "
                "Your name, your contact data and your health are not in it."
            )
        ),
        *_reach(_("Did you not want this? Tell us and name the reference:")),
    )


def access_code(email: OutgoingEmail) -> Letter:
    """Return the letter with the code that opens what was entered; it holds no link, so that it is no use alone."""
    inquiry = _inquiry(email)
    if email.about is None:
        raise NoRecipientError
    return _letter(
        _("Code for your private page"),
        inquiry.reference,
        Words(
            _("This code shows you what is stored about your inquiry %(reference)s. Enter it on your private page:")
            % {"reference": inquiry.reference}
        ),
        Code(code_as_shown(email.about)),
        Words(_("It works once, and only for %(minutes)s minutes.") % {"minutes": _code_minutes()}),
        Words(_("We never ask you for this code: not on the phone, and not by e-mail.")),
        Words(_("Did you not ask for a code? Then ignore this e-mail. Without the code nobody can read anything.")),
    )


def link(email: OutgoingEmail) -> Letter:
    """Return the letter with the private link that somebody asked for."""
    inquiry = _inquiry(email)
    return _letter(
        _("Your private link"),
        inquiry.reference,
        Words(
            _("Here is the link to the private page of your inquiry %(reference)s.") % {"reference": inquiry.reference}
        ),
        *_way_in(inquiry, email, _("Open your private page")),
        Words(_("Please use this link from now on. Older ones may no longer open the page.")),
        Words(_("Did you not ask for a link? Then you need not do anything.")),
    )


def address_changed(email: OutgoingEmail) -> Letter:
    """Return the letter to the old address: contact data were changed. Neither the new ones nor a link stand in it."""
    inquiry = _inquiry(email)
    change = inquiry.events.filter(kind=EventKind.CONTACT_CHANGED).order_by("-at").first()
    if change and change.actor_id:
        what = _("Somebody asked us to change the contact data of your inquiry %(reference)s, and our team did so.")
    else:
        what = _("Somebody changed the contact data of your inquiry %(reference)s on its private page.")
    return _letter(
        _("Your contact data were changed"),
        inquiry.reference,
        Words(what % {"reference": inquiry.reference}),
        Words(_("Was it you? Then you need not do anything.")),
        *_reach(_("Was it not you? Please phone us soon and name the reference:")),
        *_closed_for_now(inquiry),
    )


def answer_mail_level() -> AnswerMailLevel:
    """Return what the clinic lets into e-mails about answers; only that one waits, unless it chose otherwise."""
    newest = AnswerMailChoice.objects.order_by("-chosen_at", "-pk").values_list("level", flat=True).first()
    return AnswerMailLevel(newest or AnswerMailLevel.NOTICE)


def _mailed_answer(email: OutgoingEmail, inquiry: Inquiry) -> Message | None:
    """Return the answer that the e-mail carries, if it may carry one.

    Never to an address that somebody typed through the private link and that nobody has confirmed.
    """
    if email.about is None or inquiry.person_is_doubtful or answer_mail_level() != AnswerMailLevel.FULL:
        return None
    return Message.objects.filter(pk=email.about, inquiry=inquiry, sender=Sender.STAFF).first()


def _closed_for_now(inquiry: Inquiry) -> tuple[Words, ...]:
    """Return that a changed address opens nothing yet; a changed phone number alone closes nothing."""
    if not inquiry.person_is_doubtful:
        return ()
    text = _("What was written before stays closed until one of us has made sure who made the change.")
    return (Words(text),)


def _inquiry(email: OutgoingEmail) -> Inquiry:
    """Return the inquiry that the e-mail is about; constraints hold that there is one."""
    if email.inquiry is None:
        raise NoRecipientError
    return email.inquiry


def _letter(heading: str, reference: str, *parts: Part) -> Letter:
    """Return a letter to a patient, with the clinic's name and address under it."""
    clinic = Clinic.objects.first()
    is_demo = clinic is not None and clinic.is_demo
    return Letter(
        subject=f"{heading}: {reference}",
        heading=heading,
        parts=parts,
        greeting=_("Good day,"),
        house=clinic.name if clinic else "",
        signature=(f"{clinic.street}, {clinic.postcode} {clinic.city}",) if clinic else (),
        remark=_("This is a demonstration. The clinic and its people are invented.") if is_demo else "",
    )


def _how_to_read(inquiry: Inquiry) -> tuple[Part, ...]:
    """Return how the patient gets at the answer: by a code, or first by phone after a change of contact data."""
    if inquiry.person_is_doubtful:
        return _reach(
            _(
                "Your contact data were changed. So we must first make sure that it is you who reads the answer. "
                "Please phone us and name the reference:"
            )
        )
    steps = (
        _("Open your private page and choose “Read the answer”."),
        _("We then send a code to this e-mail address."),
        _("Enter the code within %(minutes)s minutes.") % {"minutes": _code_minutes()},
    )
    return (Listing(_("How to read it:"), steps, is_numbered=True),)


def _second_reference(email: OutgoingEmail) -> tuple[Words, ...]:
    """Return that the reference shown after sending leads to the same inquiry."""
    new = Inquiry.objects.filter(pk=email.about).values_list("reference", flat=True).first() if email.about else None
    text = _("After sending you saw the reference %(reference)s. You can use that one as well.")
    return (Words(text % {"reference": new}),) if new else ()


def _who_answers(inquiry: Inquiry) -> Panel:
    """Return who answers and by when, on both clocks; or honestly that no time can be named."""
    due = inquiry.reply_due_at
    # An e-mail may leave late: a time that is over is no promise.
    due = due if due and due > timezone.now() else None
    told = tell(inquiry.coordinator, due, patient_zone=inquiry.time_zone)
    name = told.coordinator.name if told.coordinator else ""
    if told.reply_by is None:
        who = _("%(name)s will answer you.") % {"name": name} if name else _("Our team will answer you.")
        sorry = _("We cannot name a time yet. We do not want to promise one that we cannot keep.")
        return Panel((who, sorry, *_phone()))
    words = {"name": name, "reply_by": in_words(told.reply_by.at), "place": told.place}
    if name:
        lines = [_("%(name)s will answer you by %(reply_by)s (%(place)s time).") % words]
    else:
        lines = [_("Our team will answer you by %(reply_by)s (%(place)s time).") % words]
    if told.reply_by.patient_at:
        lines.append(_("On your clock that is %(moment)s.") % {"moment": in_words(told.reply_by.patient_at)})
    return Panel(tuple(lines))


def _way_in(inquiry: Inquiry, email: OutgoingEmail, label: str, page: str = "private") -> tuple[Part, ...]:
    """Return the private link as the letter's one button, and what to know about it."""
    until = _day(timezone.localdate(inquiry.private_link.expires_at, ReplyPolicy.objects.get().zone))
    note = _("The link works until %(day)s. Please keep it to yourself: it opens the page for everybody who has it.")
    url = private_url(inquiry, page=page, language=email.language or None)
    return Button(label, url), Words(note % {"day": until}, is_quiet=True)


def _emergency(inquiry: Inquiry) -> Panel:
    """Return what must not wait for an answer, with the number of the patient's country."""
    warning = _("Do not wait for our answer in an emergency.")
    signs = _(
        "Call 112 or go to an emergency department now if you notice any of these: numbness between the legs or around "
        "the genitals or anus; you cannot pass urine, urine or stool leaks, or you do not feel it; new or growing "
        "weakness in a leg, or pain down both legs; new loss of feeling during sex. Do not drive yourself."
    )
    lines = [warning, signs]
    own = numbers_in(inquiry.country)
    if own.country:
        between = pgettext("between two phone numbers", "or")
        numbers = f" {between} ".join(number.written for number in own.ambulance)
        lines.append(
            _("The emergency number in your country (%(country)s):") % {"country": own.country} + f" {numbers}"
        )
    return Panel(tuple(lines), is_alarm=True)


def _phone() -> tuple[str, ...]:
    """Return a line with the clinic's phone number, if there is one."""
    phone = Clinic.objects.values_list("phone", flat=True).first()
    return (_("You can also phone us: %(phone)s. Please name the reference.") % {"phone": phone},) if phone else ()


def _reach(text: str) -> tuple[Reach, ...]:
    """Return how to reach the clinic, after `text`; nothing before the clinic is set up."""
    clinic = Clinic.objects.first()
    return (Reach(text, phone=clinic.phone, email=clinic.email),) if clinic else ()


def _code_minutes() -> int:
    """Return for how many minutes a code works."""
    return int(CODE_LIFE.total_seconds() // 60)


def _day(day: date) -> str:
    """Return a date in the active language."""
    return date_format(day, pgettext("date format", "j F Y"))
