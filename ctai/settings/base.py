"""Settings that every environment shares."""

from typing import Any

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF
from django.urls import reverse_lazy

from ctai.settings.env import BASE_DIR, env

django_stubs_ext.monkeypatch()  # generic classes such as ModelForm[Contract] may be subscripted at run time

VERSION = "0.1.0"
SECRET_KEY = env.str("SECRET_KEY", default="")
DEBUG = False
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "widget_tweaks",
    "dsfr",
    "django.forms",  # after dsfr, or radios lose their markup
    "crispy_forms",
    "django_htmx",
    "django_filters",
    "django_prose_editor",  # its scripts alone
    "csp",
    "axes",
    "ctai",
    "territories",
    "accounts",
    "journal",
    "campaigns",
    "exchanges",
    "documents",
    "diagnostics",
    "funding",
    "contracts",
    "monitoring",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SignInMiddleware",
    "accounts.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ctai.middleware.ZeroByteMiddleware",
    "ctai.middleware.OtherMethodMiddleware",
    "ctai.middleware.FileNotKeptMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ctai.urls"
WSGI_APPLICATION = "ctai.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = ("crispy_dsfr",)
CRISPY_TEMPLATE_PACK = "crispy_dsfr"
DSFR_MARK_OPTIONAL_FIELDS = True
DSFR_USE_INTEGRITY_CHECKSUMS = False

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ctai.context.site",
                "ctai.inbox.inbox",
            ],
        },
    },
]

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'ctai.sqlite3'}")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Talkative at each document; what pyHanko finds in a file is said in the verdict, with its reason.
TALKATIVE = {
    "fontTools": {"level": "WARNING"},
    "pikepdf": {"level": "WARNING"},
    "pyhanko": {"level": "CRITICAL"},
    "pyhanko_certvalidator": {"level": "CRITICAL"},
}
LOGGING: dict[str, Any] = {"version": 1, "disable_existing_loggers": False, "loggers": TALKATIVE}

LOGIN_URL = reverse_lazy("accounts:login")
LOGIN_REDIRECT_URL = reverse_lazy("dashboard")
LOGOUT_REDIRECT_URL = reverse_lazy("monitoring:home")

# CNIL (recommandation mots de passe): 50 bits with throttling, here 12 characters of 3 classes and a lock-out.
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.StrengthValidator"},
]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False

LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = BASE_DIR / "var" / "media"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
UPLOAD_MAX_BYTES = 20 * 1024 * 1024
DATA_DIR = BASE_DIR / "data"
PDF_TRUST_STORE = ""  # a PEM file, or a folder of them: the authorities whose signatures are recognised
SEAL_PKCS12 = ""  # the service's own certificate and key: signed contracts are then sealed
SEAL_PASSWORD = ""
SEAL_TIMESTAMP_URL = ""  # a timestamping service (RFC 3161) that certifies the instant of the seal

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "frame-src": [SELF],
        "object-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [SELF],
    },
}
X_FRAME_OPTIONS = "SAMEORIGIN"  # the issued PDF is shown inside its own page
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "ctai.views.csrf_failure"
SESSION_COOKIE_AGE = 12 * 3600

DEFAULT_FROM_EMAIL = "ne-pas-repondre@ctai.invalid"
EMAIL_BACKEND = "exchanges.outbox.OutboxBackend"  # a mail is a row first
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000")

CELERY_BROKER_URL = env.str("REDIS_URL", default="memory://")
CELERY_TASK_ALWAYS_EAGER = CELERY_BROKER_URL == "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PROC_ALIVE_TIMEOUT = 60  # a process loads the fonts before it says that it is there
# A process hardly grows with documents; it is replaced between two tasks if a leak ever counts.
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kB
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# When the broker is gone a page must not wait for it: the effect is a row, and the sweeper will find it.
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 2, "socket_timeout": 10, "max_retries": 0}
# An effect whose worker died is taken again after this; longer than the hard time limit of a task.
EFFECT_LEASE_SECONDS = env.float("EFFECT_LEASE_SECONDS", default=360.0)
# How often the worker says that it is alive, and looks for effects left behind; three beats missed, it is down.
HEARTBEAT_SECONDS = env.float("HEARTBEAT_SECONDS", default=30.0)
CELERY_BEAT_SCHEDULE = {
    "sweep-effects": {"task": "journal.tasks.sweep_effects", "schedule": HEARTBEAT_SECONDS},
    "heartbeat": {"task": "ctai.tasks.heartbeat", "schedule": HEARTBEAT_SECONDS},
    "reminders": {"task": "ctai.tasks.send_reminders", "schedule": crontab(hour=7, minute=0)},
}

BRAND = env.str("BRAND", default="neutral")  # "state" only for services published under .gouv.fr
DEMO = False
