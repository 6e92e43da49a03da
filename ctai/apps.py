"""Declares the project itself as an app: its template tags, checks and commands."""

from django.apps import AppConfig
from django.core.checks import register

from ctai.checks import check_settings


class CtaiConfig(AppConfig):
    name = "ctai"
    verbose_name = "CTAI"

    def ready(self) -> None:
        register(check_settings)
