"""The one row that says when the clinic answers, so that an inquiry can be taken from the first minute."""

from datetime import time

from django.db import migrations


def create_policy(apps, schema_editor):
    policy = apps.get_model("coordinators", "ReplyPolicy")
    policy.objects.get_or_create(id=1, defaults={"opens_at": time(8), "closes_at": time(16)})


class Migration(migrations.Migration):
    dependencies = [("coordinators", "0001_initial")]

    operations = [migrations.RunPython(create_policy, migrations.RunPython.noop, elidable=False)]
