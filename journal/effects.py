"""What must follow an event, written down as rows in its transaction and handed to a worker after commit."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from journal.chain import canonical
from journal.handlers import handler
from journal.models import Effect, Event
from journal.tasks import enqueue

__all__ = ["handler", "plan"]


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
