"""The WSGI entry point: every page is imported before the first visitor comes."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ctai.settings.production")

application = get_wsgi_application()
get_resolver().url_patterns  # noqa: B018 - reading them imports the views

# What was just imported lives as long as the process: searching it for garbage would stop a page for a tenth of a
# second now and then.
gc.collect()
gc.freeze()
