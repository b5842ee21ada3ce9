"""Carry over what is there: wordings of the consent, slots of e-mails, confirmation pages, running promises."""

import hashlib

from django.db import migrations
from django.db.models import F

NEW_KINDS = (
    "ADDITION", "ANSWER_WAITING", "PROMISE_MOVED", "DETAILS_WANTED", "NOT_REACHED", "ERASED", "ACCESS_CODE", "LINK",
    "ADDRESS_CHANGED", "REMINDER", "ESCALATION", "PATIENT_ADDED", "WITHDRAWN",
)


def carry_over(apps, _schema_editor):
    inquiries = apps.get_model("inquiries", "Inquiry").objects
    texts = apps.get_model("inquiries", "ConsentText").objects
    for digest, version, language in inquiries.values_list("consent_digest", "consent_version", "language").distinct():
        texts.get_or_create(digest=digest, defaults={"version": version, "language": language})
    inquiries.update(
        consent_id=F("consent_digest"), receipt_coordinator_id=F("coordinator_id"), receipt_due_at=F("reply_due_at")
    )
    emails = apps.get_model("inquiries", "OutgoingEmail").objects
    rows = emails.only("pk", "kind", "inquiry_id", "coordinator_id")
    for email in rows.iterator():
        slot = f"{email.kind}:{email.inquiry_id}:{email.coordinator_id or ''}" if email.inquiry_id else str(email.pk)
        emails.filter(pk=email.pk).update(slot=slot)
    promises = apps.get_model("inquiries", "ReplyPromise").objects
    waiting = inquiries.filter(status="WAITING", promises__isnull=True)
    promises.bulk_create(
        promises.model(
            inquiry_id=pk, coordinator_id=coordinator, made_at=received, remind_at=due, escalate_at=due, due_at=due
        )
        for pk, coordinator, received, due in waiting.values_list("pk", "coordinator_id", "received_at", "reply_due_at")
    )


def carry_back(apps, _schema_editor):
    """Fill the older version's columns; an inquiry that was added to another stands by itself again."""
    model = apps.get_model("inquiries", "Inquiry")
    inquiries = model.objects
    texts = apps.get_model("inquiries", "ConsentText").objects
    for digest, version in texts.values_list("digest", "version"):
        inquiries.filter(consent_id=digest).update(consent_digest=digest, consent_version=version)
    inquiries.filter(consent_digest="").update(consent_digest=hashlib.sha256().hexdigest())
    inquiries.filter(status="JOINED").update(status="WAITING", joined_to=None, is_flagged=True)
    inquiries.filter(status="WAITING", first_contact_at__isnull=False).update(status="CONTACTED")
    inquiries.filter(reply_due_at__isnull=True).update(reply_due_at=F("receipt_due_at"))
    for inquiry in inquiries.filter(reply_due_at__isnull=True).only("pk", "received_at"):
        inquiries.filter(pk=inquiry.pk).update(reply_due_at=inquiry.received_at.replace(year=inquiry.received_at.year + 1))
    apps.get_model("inquiries", "OutgoingEmail").objects.filter(kind__in=NEW_KINDS).delete()
    apps.get_model("inquiries", "ReplyPromise").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("inquiries", "0003_after_send")]

    operations = [migrations.RunPython(carry_over, carry_back)]
