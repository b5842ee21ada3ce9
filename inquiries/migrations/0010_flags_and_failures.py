"""A flag is about open inquiries only, and an e-mail that was given up says since when.

The constraints are checked against every row under a short exclusive lock. It can be undone and loses nothing that
cannot be found again: going back raises the flags that the older rules asked for.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


def lower_flags(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001  # Django's signature
    """Lower the flag of what is over, and of what somebody has answered."""
    inquiries = apps.get_model("inquiries", "Inquiry").objects.filter(is_flagged=True)
    inquiries.exclude(status__in=["WAITING", "CONTACTED"]).update(is_flagged=False)
    inquiries.filter(status="CONTACTED", coordinator__isnull=False).update(is_flagged=False)


def raise_flags(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001  # Django's signature
    """Raise the flag wherever the older constraints ask for one."""
    inquiries = apps.get_model("inquiries", "Inquiry").objects.exclude(status="JOINED")
    inquiries.filter(Q(coordinator__isnull=True) | Q(reply_due_at__isnull=True)).update(is_flagged=True)


def date_failures(apps: Any, schema_editor: Any) -> None:  # noqa: ARG001  # Django's signature
    """Date what was given up before: not earlier than it was made or last tried."""
    emails = apps.get_model("inquiries", "OutgoingEmail").objects.filter(status="FAILED")
    emails.update(failed_at=Coalesce(F("next_attempt_at"), F("created_at")))


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0009_reply_template_names'),
    ]

    operations = [
        migrations.RemoveConstraint(model_name='inquiry', name='inquiries_inquiry_owner_or_flag'),
        migrations.RemoveConstraint(model_name='inquiry', name='inquiries_inquiry_promise_or_flag'),
        migrations.AddField(
            model_name='outgoingemail',
            name='failed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='given up'),
        ),
        migrations.RunPython(lower_flags, raise_flags),
        migrations.RunPython(date_failures, migrations.RunPython.noop),
    ]
