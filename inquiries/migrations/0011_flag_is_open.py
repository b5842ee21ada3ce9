"""What the tables refuse from now on: a flag on what is over, an e-mail given up at no time. Each checks every row."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coordinators', '0004_staff_mail_choices'),
        ('inquiries', '0010_flags_and_failures'),
        ('treatments', '0005_reviewed_digest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('coordinator__isnull', False), ('is_flagged', True), ('status__in', ['CLOSED', 'JOINED']), _connector='OR'), name='inquiries_inquiry_owner_or_flag'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('reply_due_at__isnull', False), ('is_flagged', True), models.Q(('status', 'WAITING'), _negated=True), _connector='OR'), name='inquiries_inquiry_promise_or_flag'),
        ),
        migrations.AddConstraint(
            model_name='inquiry',
            constraint=models.CheckConstraint(condition=models.Q(('is_flagged', False), ('status__in', ['WAITING', 'CONTACTED']), _connector='OR'), name='inquiries_inquiry_flag_is_open'),
        ),
        migrations.AddConstraint(
            model_name='outgoingemail',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('failed_at__isnull', False), ('status', 'FAILED')), models.Q(models.Q(('status', 'FAILED'), _negated=True), ('failed_at__isnull', True)), _connector='OR'), name='inquiries_outgoingemail_failed_whole'),
        ),
    ]
