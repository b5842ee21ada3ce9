"""Wiring only: settings, addresses, Celery, languages, security headers, health, system checks."""

from clinic_site.celery import app as celery_app

__all__ = ["celery_app"]
