"""The clinic: who runs the site and how to reach it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from treatments.enums import FactKind, PublicationState, Speciality, language_choices


def usual_countries() -> list[str]:
    """Return the countries that patients of a clinic in Zagreb come from."""
    return ["HR", "DE", "AT", "CH", "NL", "BE", "IT", "SI", "GB"]


class Clinic(models.Model):
    """The clinic's public facts; there is exactly one."""

    class PersonalData:
        """A clinic is no person; its contact data are public."""

        personal: tuple[str, ...] = ()
        neutral = (
            "id", "name", "operator", "street", "postcode", "city", "country", "phone", "email",
            "registration", "insurance", "time_zone", "latitude", "longitude", "patient_countries",
            "shows_testimonials", "is_demo",
        )  # fmt: skip

    ONLY_ID = 1

    name = models.CharField(_("name"), max_length=100)
    operator = models.CharField(_("operator (legal name)"), max_length=150)
    street = models.CharField(_("street and number"), max_length=150)
    postcode = models.CharField(_("postcode"), max_length=20)
    city = models.CharField(_("city"), max_length=80)
    country = models.CharField(_("country"), max_length=2, help_text=_("Two letters, for example HR."))
    phone = models.CharField(_("phone"), max_length=40)
    email = models.EmailField(_("e-mail"))
    registration = models.CharField(_("register and number"), max_length=150, blank=True)
    insurance = models.CharField(_("liability insurance"), max_length=150, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=50, default="Europe/Zagreb")
    latitude = models.DecimalField(_("latitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=8, decimal_places=5, null=True, blank=True)
    patient_countries = models.JSONField(
        _("countries that patients come from"),
        default=usual_countries,
        blank=True,
        help_text=_("Their emergency numbers stand on the safety card, in this order."),
    )
    shows_testimonials = models.BooleanField(
        _("show testimonials"),
        default=False,
        help_text=_("Only about the service, never about results; ask a lawyer which rules apply to you."),
    )
    is_demo = models.BooleanField(
        _("demo"),
        default=False,
        help_text=_("Marks every page as a demo. Switch off only for a real clinic."),
    )

    class Meta:
        verbose_name = _("clinic")
        verbose_name_plural = _("clinic")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="treatments_clinic_only_one")]

    def __str__(self) -> str:
        return self.name


class Doctor(models.Model):
    """A doctor of the clinic, as the page about the clinic names them."""

    class PersonalData:
        """Doctors are named in public."""

        personal = ("name",)
        neutral = ("id", "speciality", "languages", "position")

    name = models.CharField(_("name and title"), max_length=150)
    speciality = models.CharField(_("speciality"), max_length=20, choices=Speciality)
    languages = models.JSONField(_("languages"), default=list)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("doctor")
        verbose_name_plural = _("doctors")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.name


class ClinicFact(models.Model):
    """A number about the clinic, with its date and where it comes from."""

    class PersonalData:
        """Numbers about a clinic."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "kind", "number", "as_of", "source", "source_url")

    kind = models.CharField(_("what it counts"), max_length=20, choices=FactKind, unique=True)
    number = models.PositiveIntegerField(_("number"))
    as_of = models.DateField(_("as of"))
    source = models.CharField(_("where it comes from"), max_length=200)
    source_url = models.URLField(_("web address"), blank=True)

    class Meta:
        verbose_name = _("fact about the clinic")
        verbose_name_plural = _("facts about the clinic")
        ordering = ("id",)
        constraints = [models.CheckConstraint(condition=~Q(source=""), name="treatments_clinicfact_has_source")]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Testimonial(models.Model):
    """What a patient said about the service, never about a result (HWG §11); shown only with a recorded consent."""

    class PersonalData:
        """The words and the name that the patient chose to be shown with."""

        personal = ("text", "shown_name", "consent_note", "moderator")
        neutral = ("id", "language", "received_on", "consent_on", "state")

    language = models.CharField(_("language"), max_length=10, choices=language_choices)
    text = models.TextField(_("text"), max_length=600)
    shown_name = models.CharField(
        _("name that is shown"), max_length=80, help_text=_("As the patient wishes: initials are enough.")
    )
    received_on = models.DateField(_("received on"))
    consent_on = models.DateField(_("consent given on"), null=True, blank=True)
    consent_note = models.CharField(
        _("where the consent is kept"), max_length=200, blank=True, help_text=_("For example the signed form's place.")
    )
    moderator = models.CharField(_("read and allowed by"), max_length=150, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=PublicationState, default=PublicationState.DRAFT)

    class Meta:
        verbose_name = _("testimonial")
        verbose_name_plural = _("testimonials")
        ordering = ("-received_on", "id")
        constraints = [
            models.CheckConstraint(
                name="treatments_testimonial_public_with_consent",
                condition=~Q(state=PublicationState.PUBLISHED)
                | (Q(consent_on__isnull=False) & ~Q(consent_note="") & ~Q(moderator="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.shown_name} ({self.language})"
