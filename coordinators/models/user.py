"""People who sign in."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from coordinators.enums import Role
from treatments.enums import language_choices


class UserManager(BaseUserManager["User"]):
    """Makes staff accounts; the address is the sign-in name."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401  # model fields
        """Return a new account; without a password nobody can sign in with it until one is set."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":  # noqa: ANN401  # model fields
        """Return a new account that may do everything (called by Django's createsuperuser)."""
        return self.create_user(email, password, is_superuser=True, role=Role.MANAGER, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the account with this address, however it is capitalised."""
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person of the clinic's staff; what they may do follows from one role."""

    class PersonalData:
        """Who works here, for sign-in and for the log of who did what."""

        personal = ("email", "name", "password", "last_login")
        neutral = (
            "id", "role", "language", "is_active", "is_superuser", "invited_at", "wants_digest", "wants_alarms",
        )  # fmt: skip

    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=100)
    role = models.CharField(_("role"), max_length=20, choices=Role)
    language = models.CharField(_("language of the desk"), max_length=10, choices=language_choices, default="en")
    is_active = models.BooleanField(_("active"), default=True)
    is_superuser = models.BooleanField(_("may do everything"), default=False)
    invited_at = models.DateTimeField(_("invited"), null=True, blank=True)
    wants_digest = models.BooleanField(_("gets an overview every morning"), default=True, db_default=True)
    wants_alarms = models.BooleanField(_("gets alarms by e-mail"), default=True, db_default=True)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [models.UniqueConstraint(Lower("email"), name="coordinators_user_email_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether the person may enter the desk: everybody with an active account."""
        return self.is_active

    @property
    def is_manager(self) -> bool:
        """Whether the person sees and does everything about inquiries and people."""
        return self.is_active and (self.is_superuser or self.role == Role.MANAGER)

    @property
    def is_editor(self) -> bool:
        """Whether the person may change pages."""
        return self.is_active and (self.is_superuser or self.role in {Role.EDITOR, Role.MANAGER})

    @property
    def handles_inquiries(self) -> bool:
        """Whether the person works with inquiries at all."""
        return self.is_active and (self.is_manager or self.role == Role.COORDINATOR)

    def has_perm(self, perm: str, obj: object = None) -> bool:  # noqa: ARG002  # Django's signature
        """Answer Django's permission questions; the admin classes ask for roles instead (docs/adr/0004)."""
        return self.is_active and self.is_superuser

    def has_module_perms(self, app_label: str) -> bool:  # noqa: ARG002  # Django's signature
        """Let everybody on the staff see the admin's rooms; each admin class decides what they hold."""
        return self.is_active
