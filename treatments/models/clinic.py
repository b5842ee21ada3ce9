"""The clinic: who runs the site and how to reach it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Clinic(models.Model):
    """The clinic's public facts; there is exactly one."""

    class PersonalData:
        """A clinic is no person; its contact data are public."""

        personal: tuple[str, ...] = ()
        neutral = (
            "id", "name", "operator", "street", "postcode", "city", "country", "phone", "email",
            "registration", "insurance", "time_zone", "is_demo",
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
