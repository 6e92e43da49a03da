"""Whether each engine that is configured answers."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from ctai.tasks import HEARTBEAT

logger = logging.getLogger("ctai.health")

MISSED_BEATS = 3
OK, DOWN, ABSENT = "ok", "en panne", "non configuré"


def health() -> tuple[dict[str, str], bool]:
    """Return the state of each engine with the version, and whether all those configured answer."""
    states = {name: _state(name, check) for name, check in _CHECKS.items()}
    healthy = DOWN not in states.values()
    return {"status": OK if healthy else DOWN, **states, "version": settings.VERSION}, healthy


def _state(name: str, check: Callable[[], str]) -> str:
    try:
        return check()
    except Exception:
        logger.exception("The %s does not answer", name)
        return DOWN


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return OK


def _cache() -> str:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return ABSENT
    token = secrets.token_hex(8)
    cache.set("health", token, timeout=60)
    return OK if cache.get("health") else DOWN


def _worker() -> str:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        return ABSENT
    age = timezone.now().timestamp() - cache.get(HEARTBEAT, 0.0)
    return OK if age <= MISSED_BEATS * settings.HEARTBEAT_SECONDS else DOWN


def _storage() -> str:
    name = default_storage.save(f"sante/{secrets.token_hex(8)}", ContentFile(b"ok"))
    default_storage.delete(name)
    return OK


_CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    "cache": _cache,
    "worker": _worker,
    "storage": _storage,
}
