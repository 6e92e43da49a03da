"""Declares the app: meetings, messages, remarks and mails."""

from django.apps import AppConfig


class ExchangesConfig(AppConfig):
    name = "exchanges"
    verbose_name = "Échanges"
