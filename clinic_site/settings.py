"""Settings, all from the environment, with safe defaults for the embedded mode (docs/configuration.md)."""

from datetime import time
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from kombu import Queue

from clinic_site.keys import read_secret
from clinic_site.languages import SOURCE_LANGUAGE, find_languages

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()


def _env_list(name: str) -> list[str]:
    """Return a comma-separated variable as a list without blanks."""
    return [item.strip() for item in env.str(name, "").split(",") if item.strip()]


# Where everything the site writes lives, and the address it is reached at
DATA_DIR = Path(env.str("DATA_DIR", str(BASE_DIR / "var"))).resolve()
PORT = env.int("PORT", 8000)
SITE_URL: str = env.str("SITE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
_SITE = urlsplit(SITE_URL)
LOOPBACK_NAMES = ("127.0.0.1", "localhost", "[::1]")
IS_PUBLIC = (_SITE.hostname or "") not in {"127.0.0.1", "localhost", "::1"}
IS_HTTPS = _SITE.scheme == "https"

DEBUG = env.bool("DEBUG", False)
SECRET_KEY = read_secret("SECRET_KEY", DATA_DIR / "keys" / "secret_key")
FIELD_ENCRYPTION_KEYS = read_secret("FIELD_ENCRYPTION_KEYS", DATA_DIR / "keys" / "field_encryption_keys")
ALLOWED_HOSTS = _env_list("ALLOWED_HOSTS") or ([_SITE.hostname or ""] if IS_PUBLIC else list(LOOPBACK_NAMES))
SITE_ORIGINS = {f"{_SITE.scheme}://{_SITE.netloc}"}
if not IS_PUBLIC:
    SITE_ORIGINS |= {f"{_SITE.scheme}://{name}:{_SITE.port or 80}" for name in LOOPBACK_NAMES}
TRUSTED_PROXIES = _env_list("TRUSTED_PROXIES")

# The rooms of the house
INSTALLED_APPS = [
    "clinic_site.apps.ClinicAdminConfig",
    "clinic_site.apps.ClinicSiteConfig",
    "inquiries",
    "coordinators",
    "treatments",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "crispy_forms",
    "phonenumber_field",
    "django_countries",
]
AUTH_USER_MODEL = "coordinators.User"
ROOT_URLCONF = "clinic_site.urls"
WSGI_APPLICATION = "clinic_site.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

MIDDLEWARE = [
    "clinic_site.middleware.request_log",
    "clinic_site.middleware.security_headers",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "clinic_site.middleware.database_outage",
    "django.middleware.http.ConditionalGetMiddleware",
    "clinic_site.middleware.refuse_other_charsets",
    "clinic_site.middleware.refuse_cross_origin",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clinic_site.middleware.staff_language",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "treatments.context.site_frame",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("clinic",)
CRISPY_TEMPLATE_PACK = "clinic"

# Data
DATABASES = {"default": env.db_url("DATABASE_URL", f"sqlite:///{DATA_DIR / 'clinic.sqlite3'}")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # FULL: a confirmed inquiry survives a power cut. IMMEDIATE: writers queue instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 10,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
    }
else:
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
CACHES = {"default": env.cache_url("CACHE_URL", "locmemcache://")}

# Languages: a language is a catalogue, in locale/ or in a folder of the clinic's own, and rows of content
LANGUAGE_CODE = SOURCE_LANGUAGE
LOCALE_PATHS = [BASE_DIR / "locale", *(Path(folder).resolve() for folder in _env_list("EXTRA_LOCALE_DIRS"))]
LANGUAGES = find_languages(LOCALE_PATHS)
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# Files
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
    # Patients' files, sealed before they get there; any storage of Django's will do.
    "patient_files": {
        "BACKEND": "inquiries.files.storage.DurableStorage",
        "OPTIONS": {
            "location": DATA_DIR / "files",
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 300
# One file at a time, and only the upload page takes any; none is ever written to a temporary file.
DATA_UPLOAD_MAX_NUMBER_FILES = 1
FILE_UPLOAD_HANDLERS = ["inquiries.files.upload.RefusesFiles"]
# ClamAV's clamd: the path of its socket, or tcp://host:port; without it, files are marked as not scanned.
CLAMD_ADDRESS = env.str("CLAMD_ADDRESS", "")

# Mail: to a server, or kept under DATA_DIR/mail for the demo and for development
EMAIL_TIMEOUT = env.int("EMAIL_TIMEOUT", 15)
if env.str("EMAIL_URL", ""):
    vars().update(env.email_url("EMAIL_URL"))
    MAIL_IS_KEPT = False
else:
    EMAIL_BACKEND = "clinic_site.kept_mail.KeptMailBackend"
    MAIL_IS_KEPT = True
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Clinic <noreply@clinic.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# The mailbox from which replies are collected, as imap+ssl://user:password@host:993/INBOX; without it, nothing is.
IMAP_URL = env.str("IMAP_URL", "")
IMAP_DONE_FOLDER = env.str("IMAP_DONE_FOLDER", "Collected")
# Where patients' replies go: without the mailbox nowhere, for nobody would read them.
REPLY_TO = env.str("REPLY_TO", "") if IMAP_URL else ""

# Celery: messages carry a key and are only a hint, so nothing waits for a broker that is away (RELIABILITY.md §1)
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "filesystem://localhost//")
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
if CELERY_BROKER_URL.startswith("filesystem://"):
    _BROKER_FOLDER = str(DATA_DIR / "broker")
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": _BROKER_FOLDER,
        "data_folder_out": _BROKER_FOLDER,
        "control_folder": str(DATA_DIR / "broker-control"),
        "polling_interval": 0.1,
    }
else:
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "max_retries": 0,
        "socket_timeout": 2,
        "socket_connect_timeout": 1,
        "visibility_timeout": 120,
        "unacked_restore_interval": 10,
        "unacked_restore_throttle": 1,
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "clinic"
# Nothing is acknowledged: messages are hints, and a failed acknowledgement could stop a worker for good.
CELERY_TASK_QUEUES = [Queue("clinic", no_ack=True)]
CELERY_TASK_TIME_LIMIT = 60
CELERY_TASK_SOFT_TIME_LIMIT = 45
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
OUTBOX_SWEEP_SECONDS = env.int("OUTBOX_SWEEP_SECONDS", 30)
PROMISE_WATCH_SECONDS = env.int("PROMISE_WATCH_SECONDS", 60)
COLLECT_MAIL_SECONDS = env.int("COLLECT_MAIL_SECONDS", 60)
# From when on, on the clinic's clock, a working morning's overviews are sent
DIGEST_TIME = time.fromisoformat(env.str("DIGEST_TIME", "07:30"))
CELERY_BEAT_SCHEDULE = {
    "sweep-outbox": {
        "task": "inquiries.tasks.sweep_outbox",
        "schedule": OUTBOX_SWEEP_SECONDS,
        "options": {"expires": OUTBOX_SWEEP_SECONDS},
    },
    "watch-promises": {
        "task": "inquiries.tasks.watch_promises",
        "schedule": PROMISE_WATCH_SECONDS,
        "options": {"expires": PROMISE_WATCH_SECONDS},
    },
    "collect-mail": {
        "task": "inquiries.tasks.collect_mail",
        "schedule": COLLECT_MAIL_SECONDS,
        "options": {"expires": COLLECT_MAIL_SECONDS},
    },
    # Asked every five minutes, said once a day, and once an hour for each cause.
    "morning-overviews": {"task": "inquiries.tasks.morning_overviews", "schedule": 300, "options": {"expires": 300}},
    "watch-for-alarms": {"task": "inquiries.tasks.watch_for_alarms", "schedule": 300, "options": {"expires": 300}},
    "rescan-files": {"task": "inquiries.tasks.rescan_files", "schedule": 300, "options": {"expires": 300}},
    # Asked every hour, said once a week: the row remembers when, whatever was restarted in between.
    "report-to-editors": {"task": "inquiries.tasks.report_to_editors", "schedule": 3600, "options": {"expires": 3600}},
    # Asked every hour, done once a day, and again the next hour where something was left.
    "retain": {"task": "inquiries.tasks.retain", "schedule": 3600, "options": {"expires": 3600}},
}

# The outbox: longer than a task may run, which is longer than a mail server may be silent
OUTBOX_LEASE_SECONDS = env.int("OUTBOX_LEASE_SECONDS", 120)

# What is erased stays in the clinic's backups for so many days; patients are told.
BACKUP_DAYS = env.int("BACKUP_DAYS", 30)
# E-mails that were collected stay in the mailbox for so many days: never longer than backups, as patients are told.
IMAP_KEEP_DAYS = min(max(env.int("IMAP_KEEP_DAYS", 14), 1), BACKUP_DAYS)

# How many days records are kept: a closed inquiry by its outcome, an open one without activity, files after closing,
# codes and answered requests for links once they are of no use, e-mails that are about no inquiry. Never less than one.
RETENTION_DAYS = {
    name: max(env.int(f"RETENTION_{name}_DAYS", days), 1)
    for name, days in {
        "APPOINTMENT": 90,
        "INFORMED": 180,
        "NOT_REACHED": 180,
        "WITHDRAWN": 1,
        "DUPLICATE": 30,
        "SPAM": 30,
        "OPEN": 180,
        "FILES": 90,
        "ACCESS_CODES": 1,
        "LINK_REQUESTS": 1,
        "EMAILS": 400,
    }.items()
}

# The inquiry form
INQUIRIES_PER_HOUR = env.int("INQUIRIES_PER_HOUR", 10)
PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "INTERNATIONAL"
# ISO 3166 has no code for it, but people live there
COUNTRIES_OVERRIDE = {"XK": "Kosovo"}

# Staff sign-in: cookies exist only below /admin/, so public pages never see one
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
SESSION_COOKIE_NAME = "__Secure-clinic-session" if IS_HTTPS else "clinic-session"
CSRF_FAILURE_VIEW = "clinic_site.desk_errors.csrf_failure"
CSRF_COOKIE_NAME = "__Secure-clinic-csrf" if IS_HTTPS else "clinic-csrf"
SESSION_COOKIE_PATH = CSRF_COOKIE_PATH = "/admin/"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
# Lax, not Strict: a coordinator follows the link of an e-mail into the admin and must stay signed in.
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
# In the session: the other storage sets a cookie for the whole site.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# Headers
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}

# Logs: ids only, one JSON object a line, on standard error
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "clinic_site.logs.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": [], "propagate": True},
        "celery": {"level": "WARNING"},
        # Pillow would write down what it reads in a photo: where and when it was taken.
        "PIL": {"level": "INFO"},
    },
}

LANGUAGE_COOKIE_PATH = "/admin/"
