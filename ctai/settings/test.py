"""The test suite; DATABASE_URL chooses the engine."""

from ctai.settings.base import *  # noqa: F403
from ctai.settings.base import TEMPLATES

SECRET_KEY = "test-only-secret-key-that-protects-nothing"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "testserver"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DELIVERY_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
AXES_ENABLED = True
DEMO = True
TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = ""
