"""Translations that are there already were made from the source as it is now."""

from django.apps.registry import Apps
from django.conf import settings
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from treatments.content_files import text_digest


def note_origins(apps: Apps, _schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Note for each translated section the words of its source."""
    for name, owner, language in (
        ("PageSection", "page__treatment_id", "page__language"),
        ("SitePageSection", "page__key", "page__language"),
        ("SharedSection", "key", "language"),
    ):
        rows = apps.get_model("treatments", name).objects
        places = dict.fromkeys(("pk", "key", "heading", "body", owner))
        sources = {
            (source[owner], source["key"]): source
            for source in rows.filter(**{language: settings.LANGUAGE_CODE}).values(*places)
        }
        for row in rows.exclude(**{language: settings.LANGUAGE_CODE}).values("pk", "key", owner):
            if source := sources.get((row[owner], row["key"])):
                rows.filter(pk=row["pk"]).update(
                    made_from=text_digest(source["heading"], source["body"]),
                    made_from_heading=source["heading"],
                    made_from_body=source["body"],
                )


class Migration(migrations.Migration):
    dependencies = [("treatments", "0002_trust")]

    operations = [migrations.RunPython(note_origins, migrations.RunPython.noop)]
