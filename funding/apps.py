"""Declares the app: actions, budgets, envelopes and the ledger."""

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "funding"
    verbose_name = "Financement"
