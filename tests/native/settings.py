"""The settings of production, save that static files are read from the source: collecting them takes half a minute."""

from ctai.settings.production import *  # noqa: F403
from ctai.settings.production import STORAGES

STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
WHITENOISE_USE_FINDERS = True
