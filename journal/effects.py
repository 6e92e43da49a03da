"""Effects as rows: planned in the transaction, claimed under a lease, run after commit, swept if left behind."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from journal.chain import canonical
from journal.enums import EffectStatus
from journal.models import Effect, Event

logger = logging.getLogger(__name__)

Handler = Callable[[dict[str, Any]], None]
HANDLERS: dict[str, Handler] = {}

LEASE = timedelta(minutes=6)  # longer than the hard time limit of a task
MAX_ATTEMPTS = 8
TASK = "journal.tasks.run_effect"


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the effects of this kind; it may run twice and must not mind."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def plan(kind: str, *, payload: dict[str, Any], now: datetime, event: Event | None = None) -> Effect:
    """Write down an effect in the caller's transaction and hand it to a worker after commit.

    Args:
        kind: the name of its handler.
        payload: ids only; the same kind, event and payload are planned once.
        now: the instant of planning.
        event: what it follows.
    """
    digest = hashlib.sha256(canonical(payload).encode()).hexdigest()[:40]
    key = f"{kind}:{event.pk if event else ''}:{digest}"
    effect, created = Effect.objects.get_or_create(
        key=key,
        defaults={"kind": kind, "payload": payload, "event": event, "created_at": now, "not_before": now},
    )
    if created:
        effect_id = effect.pk
        transaction.on_commit(lambda: enqueue(effect_id))
    return effect


def enqueue(effect_id: int) -> None:
    """Hand an effect to the broker; when the broker is gone the row stays and the sweeper finds it."""
    try:
        current_app.tasks[TASK].apply_async(args=[effect_id], retry=False)
    except Exception:
        logger.warning("The broker did not take effect %s; the sweeper will.", effect_id, exc_info=True)


def claim(effect_id: int, now: datetime) -> Effect | None:
    """Take the lease on an effect that is due, or return None when another has it or it is over."""
    free = Q(status=EffectStatus.PENDING) | Q(status=EffectStatus.RUNNING, lease_until__lt=now)
    taken = Effect.objects.filter(free, pk=effect_id, not_before__lte=now).update(
        status=EffectStatus.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    return Effect.objects.get(pk=effect_id) if taken else None


def run(effect_id: int) -> None:
    """Do one effect; a failure puts it back with a growing delay, and gives up after ``MAX_ATTEMPTS``."""
    effect = claim(effect_id, timezone.now())
    if effect is None:
        return
    try:
        HANDLERS[effect.kind](effect.payload)
    except Exception as error:
        logger.exception("Effect %s (%s) failed.", effect.pk, effect.kind)
        over = effect.attempts >= MAX_ATTEMPTS
        Effect.objects.filter(pk=effect.pk).update(
            status=EffectStatus.FAILED if over else EffectStatus.PENDING,
            lease_until=None,
            not_before=timezone.now() + timedelta(seconds=15 * 2**effect.attempts),
            last_error=f"{type(error).__name__}: {error}"[:2000],
        )
    else:
        Effect.objects.filter(pk=effect.pk).update(
            status=EffectStatus.DONE, done_at=timezone.now(), lease_until=None, last_error=""
        )


def sweep(now: datetime) -> int:
    """Enqueue again what is due and held by nobody; return how many."""
    free = Q(status=EffectStatus.PENDING) | Q(status=EffectStatus.RUNNING, lease_until__lt=now)
    left = list(Effect.objects.filter(free, not_before__lte=now).order_by("pk").values_list("pk", flat=True)[:500])
    for effect_id in left:
        enqueue(effect_id)
    return len(left)
