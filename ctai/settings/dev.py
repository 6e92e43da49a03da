"""A developer's machine."""

from ctai.settings.base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "development-only-secret-key-that-protects-nothing"
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
WHITENOISE_USE_FINDERS = True
