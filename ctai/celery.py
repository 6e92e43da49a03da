"""The Celery application: tasks are found in each app's ``tasks`` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_process_init
from django.conf import settings

from ctai.pdf import warm_up

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ctai.settings.production")

app = Celery("ctai")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
def prepare_printing(**_about: Any) -> None:
    """Load fonts and styles when a worker process starts, so that its first document is as quick as the others."""
    warm_up(settings.BRAND)
