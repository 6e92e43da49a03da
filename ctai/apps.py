"""Declares the project itself as an app: its template tags, checks and commands."""

from django.apps import AppConfig


class CtaiConfig(AppConfig):
    name = "ctai"
    verbose_name = "CTAI"
