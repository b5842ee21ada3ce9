"""The Celery application: a fast hint and a scheduled sweep; the database is the queue."""

import os

from celery import Celery
from celery.signals import setup_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clinic_site.settings")

app = Celery("clinic_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def leave_logging_to_django(**_values: object) -> None:
    """Keep Celery from changing the log level of everything."""
