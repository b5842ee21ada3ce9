"""The outbox by age; and away with two indexes by status along which nothing is read since the inbox has its own (0007)."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coordinators', '0004_staff_mail_choices'),
        ('inquiries', '0011_flag_is_open'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='inquiry',
            name='inquiries_inquiry_inbox',
        ),
        migrations.RemoveIndex(
            model_name='inquiry',
            name='inquiries_inquiry_mine',
        ),
        migrations.AddIndex(
            model_name='outgoingemail',
            index=models.Index(fields=['created_at', 'id'], name='inquiries_outbox_newest'),
        ),
        migrations.AlterField(
            model_name='inboundmail',
            name='verdict',
            field=models.CharField(choices=[('FILED', 'filed with its inquiry'), ('AUTOMATIC', 'automatic reply, left alone'), ('BOUNCE', 'an e-mail of ours that came back'), ('UNKNOWN', 'left for a person to read'), ('BROKEN', 'could not be read')], max_length=20, verbose_name='what it was'),
        ),
    ]
