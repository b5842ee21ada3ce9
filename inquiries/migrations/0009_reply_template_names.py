"""A reply template may be called something else in each language; the column has a default in the database itself."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('inquiries', '0008_desk_indexes'),
    ]

    operations = [
        migrations.AddField(
            model_name='replytemplatetext',
            name='name',
            field=models.CharField(blank=True, db_default='', default='', help_text='For colleagues who use the desk in this language. Empty: the name above.', max_length=100, verbose_name='name in this language'),
        ),
    ]
