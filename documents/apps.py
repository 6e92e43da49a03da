"""Declares the app: uploads and issued documents."""

from django.apps import AppConfig
from django.core.checks import register


class DocumentsConfig(AppConfig):
    name = "documents"
    verbose_name = "Documents"

    def ready(self) -> None:
        from documents.checks import check_seal  # noqa: PLC0415 (models are not loaded before)

        register(check_seal)
