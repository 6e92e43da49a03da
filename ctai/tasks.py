"""The tasks of the scheduler: the heartbeat by which the health page knows the worker, the reminders of the day."""

from __future__ import annotations

from celery import shared_task
from django.core.cache import cache
from django.utils import timezone

from contracts import schedule

HEARTBEAT = "worker-heartbeat"


@shared_task(name="ctai.tasks.heartbeat")
def heartbeat() -> None:
    """Write down that a worker did this, now."""
    cache.set(HEARTBEAT, timezone.now().timestamp(), timeout=3600)


@shared_task(name="ctai.tasks.send_reminders")
def send_reminders() -> int:
    """Send the reminders of the day; return how many."""
    return schedule.send_reminders(now=timezone.now())
