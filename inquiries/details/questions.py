"""The questions about medical details: what is asked, in which groups, with which answers. Data only.

Every question may be skipped. Answers are codes and, where somebody wants to say more, free words. Signs of an
emergency are never asked about here: the page tells everybody what to do, because that must not wait for a form.
"""

from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from inquiries.details.body_map import REGIONS

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MORE = "_more"  # ends the name under which the words to a yes-or-no question are kept


class Kind(Enum):
    """How a question is answered."""

    CHOICE = "choice"  # one of several answers
    SEVERAL = "several"  # any number of answers
    REGIONS = "regions"  # any number of regions on the body map
    TEXT = "text"  # free words
    MONTH = "month"  # a year, or a month of a year, that lies behind
    DAY = "day"  # a day that lies ahead


@dataclass(frozen=True)
class Option:
    """One answer to choose: its code and its words."""

    code: str
    label: "_StrPromise"


@dataclass(frozen=True)
class Question:
    """One question. `more` asks for free words beside the choice."""

    code: str
    kind: Kind
    label: "_StrPromise"
    options: tuple[Option, ...] = ()
    hint: "_StrPromise | None" = None
    more: "_StrPromise | None" = None

    @property
    def more_code(self) -> str:
        """The name under which the free words beside the choice are kept."""
        return self.code + MORE

    @property
    def codes(self) -> tuple[str, ...]:
        """The names under which the answers to this question are kept."""
        return (self.code, self.more_code) if self.more else (self.code,)


@dataclass(frozen=True)
class Group:
    """Questions that stand on one page and are saved together."""

    code: str
    title: "_StrPromise"
    intro: "_StrPromise"
    questions: tuple[Question, ...]

    @cached_property
    def by_code(self) -> dict[str, Question]:
        """The questions by their codes."""
        return {question.code: question for question in self.questions}


YES, NO, UNKNOWN, NOT_APPLICABLE = "yes", "no", "unknown", "not-applicable"
_YES = Option(YES, pgettext_lazy("answer", "Yes"))
_NO = Option(NO, pgettext_lazy("answer", "No"))
_UNKNOWN = Option(UNKNOWN, pgettext_lazy("answer", "I don't know"))
_YES_NO_UNKNOWN = (_YES, _NO, _UNKNOWN)
_TELL_MORE = _("Tell us more")


def _yes_no(
    code: str,
    label: "_StrPromise",
    *,
    hint: "_StrPromise | None" = None,
    more: "_StrPromise | None" = _TELL_MORE,
    also: tuple[Option, ...] = (),
) -> Question:
    """Return a question with yes, no and “I don't know”, and room for words."""
    return Question(code, Kind.CHOICE, label, (*_YES_NO_UNKNOWN, *also), hint, more)


PAIN = Group(
    "pain",
    _("Your pain"),
    _("Where it hurts, since when, and what makes it worse."),
    (
        Question(
            "where",
            Kind.REGIONS,
            _("Where does it hurt?"),
            tuple(Option(region.code, region.label) for region in REGIONS),
            hint=_("Tap the drawing or tick the list. Choose as many places as you need. Left and right are your own."),
        ),
        Question("where_else", Kind.TEXT, _("Does it hurt anywhere else?")),
        Question(
            "since",
            Kind.CHOICE,
            _("Since when do you have this pain?"),
            (
                Option("weeks-6", _("Less than 6 weeks")),
                Option("months-3", _("6 weeks to 3 months")),
                Option("year-1", _("3 months to 1 year")),
                Option("years-5", _("1 to 5 years")),
                Option("longer", _("More than 5 years")),
                _UNKNOWN,
            ),
        ),
        # Which leg is asked by the map only. Pain down both legs is a sign of an emergency: advice, never a question.
        Question(
            "leg",
            Kind.CHOICE,
            _("Does the pain go down your leg?"),
            (
                _NO,
                Option("above-knee", _("Yes, but not below the knee")),
                Option("below-knee", _("Yes, to below the knee")),
                _UNKNOWN,
            ),
        ),
        Question(
            "worse",
            Kind.SEVERAL,
            _("What makes the pain worse?"),
            (
                Option("sitting", pgettext_lazy("makes pain worse", "Sitting")),
                Option("standing", pgettext_lazy("makes pain worse", "Standing")),
                Option("walking", pgettext_lazy("makes pain worse", "Walking")),
                Option("lying", pgettext_lazy("makes pain worse", "Lying down")),
                Option("getting-up", pgettext_lazy("makes pain worse", "Getting up")),
                Option("bending-forward", pgettext_lazy("makes pain worse", "Bending forward")),
                Option("bending-back", pgettext_lazy("makes pain worse", "Bending back")),
                Option("turning", pgettext_lazy("makes pain worse", "Turning")),
                Option("lifting", pgettext_lazy("makes pain worse", "Lifting")),
                Option("coughing", pgettext_lazy("makes pain worse", "Coughing or sneezing")),
                Option("nothing", pgettext_lazy("makes pain worse", "Nothing special")),
            ),
            hint=_("Choose all that fit."),
        ),
        Question("pain_words", Kind.TEXT, _("What else should the doctor know about your pain?")),
    ),
)

TRIED = Group(
    "tried",
    _("What you have tried"),
    _("Exercises, tablets, injections and operations that you have had for this pain."),
    (
        _yes_no(
            "physio", _("Have you had physiotherapy, or done exercises?"), more=_("What did you do, and did it help?")
        ),
        _yes_no("tablets", _("Have you taken tablets for the pain?"), more=_("Which ones, and did they help?")),
        _yes_no("injections", _("Have you had injections for the pain before?")),
        Question(
            "injections_which",
            Kind.SEVERAL,
            _("If you have had injections: which kind?"),
            (
                Option("facet", _("At a small joint of the spine (facet joint)")),
                Option("denervation", _("Heat at the small nerves of a joint (denervation)")),
                Option("nerve-root", _("At a nerve root")),
                Option("epidural", _("Into the canal of the spine (epidural)")),
                Option("sacroiliac", _("At the sacroiliac joint")),
                Option("muscle", _("Into a muscle")),
                _UNKNOWN,
            ),
            hint=_("Choose all that fit."),
        ),
        Question("injections_when", Kind.MONTH, _("When was the last injection?")),
        Question(
            "injections_lasted",
            Kind.CHOICE,
            _("How long did the last injection help?"),
            (
                Option("not", _("It did not help")),
                Option("hours", _("Some hours")),
                Option("days", _("Some days")),
                Option("weeks", _("Some weeks")),
                Option("months", _("Some months")),
                Option("longer", _("Longer than half a year")),
                _UNKNOWN,
            ),
        ),
        _yes_no("surgery", _("Have you had surgery on your spine?"), more=_("Which operation was it?")),
        Question("surgery_when", Kind.MONTH, _("When was the last operation?")),
    ),
)

SAFETY = Group(
    "safety",
    _("For your safety"),
    _("Questions that a doctor asks everybody before an injection."),
    (
        _yes_no(
            "pregnancy",
            _("Are you pregnant, might you be pregnant, or do you breastfeed?"),
            also=(Option(NOT_APPLICABLE, pgettext_lazy("answer", "Does not apply to me")),),
        ),
        _yes_no(
            "blood_thinners",
            _("Do you take a medicine against blood clots (a blood thinner)?"),
            hint=_(
                "For example warfarin, phenprocoumon, acenocoumarol, apixaban, rivaroxaban, edoxaban, dabigatran, "
                "heparin, clopidogrel, ticagrelor, prasugrel or acetylsalicylic acid."
            ),
            more=_("Which medicine?"),
        ),
        _yes_no("bleeding", _("Do you have an illness that makes you bleed easily?")),
        _yes_no("diabetes", _("Do you have diabetes?")),
        _yes_no("allergy", _("Are you allergic to anything?"), more=_("What happened?")),
        Question(
            "allergy_to",
            Kind.SEVERAL,
            _("If you have an allergy: to what?"),
            (
                Option("anaesthetic", _("Numbing medicine (local anaesthetic)")),
                Option("steroid", _("Cortisone")),
                Option("iodine-contrast", _("Contrast liquid with iodine (X-ray, CT)")),
                Option("gadolinium", _("Contrast liquid with gadolinium (MRI)")),
                Option("latex", _("Latex")),
                Option("antiseptic", _("Liquid that cleans the skin")),
                Option("plaster", _("Plasters")),
                Option("other", pgettext_lazy("allergy", "Something else")),
                _UNKNOWN,
            ),
            hint=_("Choose all that fit."),
        ),
        _yes_no(
            "infection",
            _("Do you have an infection now?"),
            hint=_("For example fever, a wound or rash on your back, or an illness for which you take antibiotics."),
        ),
        _yes_no("implant", _("Do you have a device or metal in your body?")),
        Question(
            "implant_which",
            Kind.SEVERAL,
            _("If you have a device or metal in your body: what is it?"),
            (
                Option("pacemaker", _("Pacemaker")),
                Option("defibrillator", _("Defibrillator")),
                Option("neurostimulator", _("Stimulator for nerves")),
                Option("pump", _("Pump for medicine")),
                Option("spine-metal", _("Screws, rods or a disc in the spine")),
                Option("joint", _("Artificial joint")),
                Option("other", pgettext_lazy("implant", "Something else")),
                _UNKNOWN,
            ),
            hint=_("Choose all that fit."),
        ),
        _yes_no(
            "claustrophobia",
            _("Are you very afraid in tight spaces?"),
            hint=_("An MRI machine is a tight tube."),
        ),
    ),
)

IMAGING = Group(
    "imaging",
    _("Pictures and reports"),
    _("Which pictures of your spine you have. You can send us a report on the page “Files”."),
    (
        _yes_no("mri", _("Do you have MRI pictures of your spine?"), more=None),
        Question("mri_when", Kind.MONTH, _("When was the last MRI?")),
        _yes_no("ct", _("Do you have CT pictures of your spine?"), more=None),
        Question("ct_when", Kind.MONTH, _("When was the last CT?")),
        _yes_no("xray", _("Do you have X-ray pictures of your spine?"), more=None),
        Question("xray_when", Kind.MONTH, _("When was the last X-ray?")),
        _yes_no("report", _("Do you have a written report about the pictures?"), more=None),
        _yes_no("disc", _("Do you have the pictures on a CD, or a link to them?"), more=None),
    ),
)

TRAVEL = Group(
    "travel",
    _("Your journey"),
    _("So that we can look for a date that suits you. Nothing is booked by this."),
    (
        Question("earliest", Kind.DAY, _("When could you come at the earliest?")),
        Question("latest", Kind.DAY, _("When could you come at the latest?")),
        _yes_no("companion", _("Does somebody come with you?"), more=None),
        _yes_no("pickup", _("Would you like to be picked up at the airport or station?"), more=None),
        _yes_no("hotel", _("Would you like help to find a hotel?"), more=None),
        Question("travel_words", Kind.TEXT, _("What else should we know about your journey?")),
    ),
)

NEEDS = Group(
    "needs",
    _("What you need, and payment"),
    _("What makes a visit easier for you."),
    (
        Question(
            "needs",
            Kind.SEVERAL,
            _("What do you need at a visit?"),
            (
                Option("interpreter", _("An interpreter")),
                Option("wheelchair", _("A way without steps, or room for a wheelchair")),
                Option("hearing", _("Help because I hear badly")),
                Option("large-print", _("Papers in large print")),
                Option("quiet", _("A quiet place to wait")),
                Option("other", pgettext_lazy("need", "Something else")),
            ),
            hint=_("Choose all that fit."),
            more=_TELL_MORE,
        ),
        Question(
            "payment",
            Kind.SEVERAL,
            _("Who would pay for a treatment?"),
            (
                Option("self", _("I pay myself")),
                Option("insurer", _("My health insurance")),
                Option("cross-border", _("My health insurance in another country of the European Union")),
                _UNKNOWN,
            ),
            hint=_("This is only for information. It does not change how we answer you."),
        ),
    ),
)

GROUPS: tuple[Group, ...] = (PAIN, TRIED, SAFETY, IMAGING, TRAVEL, NEEDS)
GROUP_BY_CODE = {group.code: group for group in GROUPS}


def group_after(group: Group) -> Group | None:
    """Return the group that follows, or None after the last one."""
    following = GROUPS.index(group) + 1
    return GROUPS[following] if following < len(GROUPS) else None
