"""The words of the safety card, written once for the page and the brochure (FACTS.md §6).

They are catalogue entries and not content, so that they can never be stale.
"""

from django.utils.translation import gettext_lazy as _

CARD_TITLE = _("Safety card: when you must not wait")

# The one sentence with a link in it: the page shows it as it is, print takes the tags out.
EMERGENCY_TITLE = _('Call <a href="tel:112">112</a> now if you notice any of these')
EMERGENCY_SIGNS = (
    _("You are numb between your legs: around your genitals, around your anus or on your inner thighs."),
    _("You cannot pee. Or pee or stool leaks, or you do not feel it when you go."),
    _("A leg is weak, and this is new, grows or spreads. Or pain runs down both legs."),
    _("You have lost feeling during sex, and this is new."),
    _("You have trouble breathing, your face or tongue swells, or you collapse."),
    _("You suddenly cannot see, one side of your face droops, you cannot speak as usual, or you have a seizure."),
    _("You have fever or chills together with a stiff neck, a severe headache, strong new back pain or confusion."),
)
NUMB_LEG = _(
    "After an injection, a heavy or numb leg is expected in the first hours. If it gets worse, "
    "or lasts longer than you were told, call 112."
)
DO_NOT_WAIT = _("Do not wait for our reply. Do not drive yourself.")

URGENT_TITLE = _("Call the clinic or an urgent doctor the same day, day or night")
URGENT_SIGNS = (
    _("You have fever or chills."),
    _("Redness spreads, or there is pus or heat where the needle went in."),
    _("You have a stiff neck, or a severe headache that is worse when you are upright."),
    _("You have strong back pain that grows."),
    _("A numb patch stays."),
    _("Your blood sugar is much too high."),
)
LATE_SIGNS = _("These signs can come days or weeks after an injection.")

DOCTOR_FIRST_TITLE = _("Before any injection, see a doctor first if one of these is true")
SEE_A_DOCTOR_FIRST = (
    _("You have, or have had, cancer."),
    _("You are losing weight and do not know why."),
    _("Your pain began after a fall."),
    _("You have a fever."),
    _("You have pain at night."),
    _("You have taken cortisone for a long time, or your body's defences are weak."),
    _("You are over 50, and this is your first severe back pain."),
)

# What stands under every page and at the end of every brochure
DISCLAIMER_TITLE = _("What this page is, and what it is not")
DISCLAIMER = (
    _("This is general information. It is not advice for your own case and does not replace a consultation."),
    _("Only an examination can show whether a treatment suits you."),
    _("Results differ from person to person. A treatment may not help at all."),
    _("Do not start, stop or change a medicine on your own because of this page."),
    _("Before each procedure, a doctor explains the risks to you and asks for your written consent."),
    _(
        "Near the spine, cortisone is often used outside its official approval (off-label). "
        "If so, the doctor tells you why."
    ),
    _("The sources have limits. Studies describe groups of people, not you."),
    _("Whether an insurer pays differs. Ask yours before you decide."),
    _("Neither this page nor the form is for emergencies or urgent health questions. In an emergency, call 112."),
    _("The form asks for as little about your health as possible. You need not write medical details."),
)
