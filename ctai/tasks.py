"""The heartbeat of the worker, by which the health page knows that it is alive."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

HEARTBEAT = "worker-heartbeat"


@shared_task(name="ctai.tasks.heartbeat")
def heartbeat() -> None:
    """Write down that a worker did this, now."""
    cache.set(HEARTBEAT, timezone.now().timestamp(), timeout=3600)
