"""The demonstration: SQLite, tasks in the process, mails shown on a page."""

from ctai.settings.base import *  # noqa: F403
from ctai.settings.env import BASE_DIR

SECRET_KEY = "demonstration-only-secret-key-that-protects-nothing"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": BASE_DIR / "var" / "demo.sqlite3",
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
    },
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
DEMO = True
