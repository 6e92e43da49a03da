"""What the settings must satisfy for the portal to start."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error

LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}
BRANDS = {"neutral", "state"}
SECRET_KEY_MIN_LENGTH = 50
PROCONNECT = ("PROCONNECT_ISSUER", "PROCONNECT_CLIENT_ID", "PROCONNECT_CLIENT_SECRET")


def check_settings(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Refuse settings under which the portal would be unsafe or would lie."""
    messages = [*_everywhere()]
    if settings.DEMO:
        messages += _demo()
    elif not settings.DEBUG:
        messages += _production()
    return messages


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


def _everywhere() -> Iterator[CheckMessage]:
    if settings.BRAND not in BRANDS:
        yield Error(f"BRAND must be one of {', '.join(sorted(BRANDS))}.", id="ctai.E001")
    if settings.BRAND == "state" and not _host(settings.SITE_URL).endswith(".gouv.fr"):
        yield Error(
            "BRAND=state is reserved to services published under .gouv.fr.",
            hint="Marianne and the State's design belong to the State; use BRAND=neutral.",
            id="ctai.E002",
        )


def _demo() -> Iterator[CheckMessage]:
    if not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        yield Error("The demo answers on this machine only: its passwords are public.", id="ctai.E003")


def _production() -> Iterator[CheckMessage]:
    if len(settings.SECRET_KEY) < SECRET_KEY_MIN_LENGTH or len(set(settings.SECRET_KEY)) < 5:
        yield Error(
            f"SECRET_KEY must have at least {SECRET_KEY_MIN_LENGTH} characters and be random.",
            hint="python -c 'import secrets; print(secrets.token_urlsafe(64))'",
            id="ctai.E004",
        )
    if not settings.ALLOWED_HOSTS or any("*" in host for host in settings.ALLOWED_HOSTS):
        yield Error("ALLOWED_HOSTS must name every host, without a wildcard.", id="ctai.E005")
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield Error("DATABASE_URL must be PostgreSQL: the portal relies on its locks and triggers.", id="ctai.E006")
    yield from _address()
    if len({bool(getattr(settings, name, "")) for name in PROCONNECT}) > 1:
        yield Error(f"ProConnect needs all of {', '.join(PROCONNECT)}, or none.", id="ctai.E009")


def _address() -> Iterator[CheckMessage]:
    https = getattr(settings, "HTTPS", True)
    scheme = "https" if https else "http"
    address = urlsplit(settings.SITE_URL)
    if address.scheme != scheme or address.path or address.hostname not in settings.ALLOWED_HOSTS:
        yield Error(
            f"SITE_URL must be {scheme}:// and one of ALLOWED_HOSTS, without a path: it begins every link of a mail.",
            id="ctai.E007",
        )
    if not https and not set(settings.ALLOWED_HOSTS) <= LOOPBACK:
        yield Error("HTTPS=false is for this machine only.", id="ctai.E008")
