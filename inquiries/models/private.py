"""The private page: its link, the codes that open what was entered, and requests for a new link."""

import uuid

from django.db import models
from django.utils import timezone

from inquiries.models.inquiry import Inquiry
from inquiries.querysets import CODE_ATTEMPTS, AccessCodeQuerySet, LinkRequestQuerySet
from inquiries.sealing import SealedTextField


class PrivateLink(models.Model):
    """The patient's own way back to an inquiry. The token is made from key, id and version; only its digest is here."""

    class PersonalData:
        """A digest leads to a person's inquiry for whoever holds the token."""

        personal = ("digest",)
        neutral = ("id", "inquiry", "version", "expires_at", "revoked_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.OneToOneField(Inquiry, on_delete=models.CASCADE, related_name="private_link")
    version = models.PositiveIntegerField(default=1)
    digest = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.inquiry_id} v{self.version}"


class AccessCode(models.Model):
    """A code for reading back, sent to the address on file. It is made from key and id, so it is stored nowhere."""

    class PersonalData:
        """Moments and counts."""

        personal: tuple[str, ...] = ()
        neutral = ("id", "inquiry", "made_at", "expires_at", "used_at", "attempts")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    inquiry = models.ForeignKey(Inquiry, on_delete=models.CASCADE, related_name="access_codes")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)

    objects = AccessCodeQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["inquiry", "made_at"], name="inquiries_code_newest")]
        constraints = [
            models.CheckConstraint(
                name="inquiries_accesscode_few_attempts", condition=models.Q(attempts__lte=CODE_ATTEMPTS)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}"


class LinkRequest(models.Model):
    """Somebody asked for a private link by e-mail. It is answered later, so that the page tells nothing by its time."""

    class PersonalData:
        """The address that was typed, and a digest of the network."""

        personal = ("email", "network_digest")
        neutral = ("id", "language", "made_at", "handled_at")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    email = SealedTextField()
    language = models.CharField(max_length=10)
    network_digest = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    handled_at = models.DateTimeField(null=True, blank=True)

    objects = LinkRequestQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["network_digest", "made_at"], name="inquiries_linkrequest_rate"),
            models.Index(
                fields=["made_at"], name="inquiries_linkrequest_open", condition=models.Q(handled_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id}"
