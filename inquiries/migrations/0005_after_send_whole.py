import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("inquiries", "0004_carry_over")]

    operations = [
        migrations.RemoveField(model_name="inquiry", name="consent_digest"),
        migrations.RemoveField(model_name="inquiry", name="consent_version"),
        migrations.AlterField(
            model_name="inquiry",
            name="consent",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="inquiries.consenttext", verbose_name="consent"),
        ),
        migrations.AlterField(
            model_name="outgoingemail",
            name="slot",
            field=models.CharField(max_length=200, unique=True),
        ),
    ]
