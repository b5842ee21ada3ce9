"""The site's settings in a temporary folder, with throw-away keys and an in-memory broker."""

import os
import secrets
import tempfile

os.environ.setdefault("DATA_DIR", tempfile.mkdtemp(prefix="clinic-test-"))
os.environ.setdefault("SECRET_KEY", secrets.token_urlsafe(50))
os.environ.setdefault("FIELD_ENCRYPTION_KEYS", secrets.token_hex(32))
os.environ["CELERY_BROKER_URL"] = "memory://"
os.environ["INQUIRIES_PER_HOUR"] = "10"

from clinic_site.settings import *  # noqa: F403  # the environment comes first

STORAGES = {
    **STORAGES,  # noqa: F405  # from the settings
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
CLAMD_ADDRESS = ""
IMAP_URL = REPLY_TO = ""
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405  # from the settings
CELERY_BROKER_TRANSPORT_OPTIONS = {}
