"""What the certificate of the service must be for the portal to start."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.utils import timezone

from documents.sealing import SealImpossible, certificate


def check_seal(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuse a certificate that could not seal anything."""
    if not settings.SEAL_PKCS12:
        return []
    try:
        certificate(timezone.now())
    except SealImpossible as problem:
        return [Error(str(problem), hint="Leave SEAL_PKCS12 empty to seal nothing.", id="documents.E001")]
    return []
