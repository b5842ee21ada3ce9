"""The inbox's order, made by the database, and the indexes along which its pages are read.

What it locks. PostgreSQL: each of the two columns rewrites the table of inquiries under an exclusive lock (no reading,
no writing), and each index keeps writers out of its table while it is built. SQLite: nobody else writes until it ends.
docs/inbox.md says how long that took with a million inquiries. Going back drops columns and indexes and loses nothing.
"""

import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('coordinators', '0004_staff_mail_choices'),
        ('inquiries', '0006_desk'),
        ('treatments', '0005_reviewed_digest'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name='searchterm',
            name='inquiries_searchterm_digest',
        ),
        migrations.AddField(
            model_name='inquiry',
            name='inbox_at',
            field=models.GeneratedField(db_persist=True, expression=django.db.models.functions.comparison.Coalesce('reply_due_at', 'received_at'), output_field=models.DateTimeField()),
        ),
        migrations.AddField(
            model_name='inquiry',
            name='inbox_rank',
            field=models.GeneratedField(db_persist=True, expression=models.Case(models.When(reply_due_at__isnull=True, status='WAITING', then=0), models.When(status='WAITING', then=1), models.When(status='CONTACTED', then=2), default=3), output_field=models.SmallIntegerField()),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['inbox_rank', 'inbox_at', 'id'], name='inquiries_inbox_open'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['coordinator', 'inbox_rank', 'inbox_at', 'id'], name='inquiries_inbox_own'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('is_flagged', True)), fields=['inbox_rank', 'inbox_at', 'id'], name='inquiries_inbox_flagged'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('opened_at__isnull', True)), fields=['inbox_rank', 'inbox_at', 'id'], name='inquiries_inbox_unopened'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('quarantined_at__isnull', False), ('released_at__isnull', True)), fields=['inbox_rank', 'inbox_at', 'id'], name='inquiries_inbox_held'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['received_at', 'id'], name='inquiries_newest'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['coordinator', 'received_at', 'id'], name='inquiries_newest_own'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['preferred_language', 'received_at', 'id'], name='inquiries_newest_language'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['treatment', 'received_at', 'id'], name='inquiries_newest_treatment'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['coordinator', 'preferred_language', 'received_at', 'id'], name='inquiries_own_language'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(fields=['coordinator', 'treatment', 'received_at', 'id'], name='inquiries_own_treatment'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('is_flagged', True)), fields=['received_at', 'id'], name='inquiries_flagged'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('is_flagged', True)), fields=['preferred_language', 'received_at', 'id'], name='inquiries_flagged_language'),
        ),
        migrations.AddIndex(
            model_name='inquiry',
            index=models.Index(condition=models.Q(('is_flagged', True)), fields=['treatment', 'received_at', 'id'], name='inquiries_flagged_treatment'),
        ),
        migrations.AddIndex(
            model_name='inquiryevent',
            index=models.Index(condition=models.Q(('kind', 'OPENED_BY_REFERENCE')), fields=['actor', 'at'], name='inquiries_event_by_reference'),
        ),
        migrations.AddIndex(
            model_name='outgoingemail',
            index=models.Index(condition=models.Q(('status', 'FAILED')), fields=['inquiry'], name='inquiries_outbox_failed'),
        ),
        migrations.AddIndex(
            model_name='searchterm',
            index=models.Index(fields=['digest', '-id'], name='inquiries_searchterm_newest'),
        ),
    ]
