"""Declares the app: what happened and what must follow."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JournalConfig(AppConfig):
    name = "journal"
    verbose_name = "Journal"

    def ready(self) -> None:
        autodiscover_modules("effects")  # each app registers the handlers of its effects
