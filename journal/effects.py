"""What must follow an event, written down as rows in its transaction and handed to a worker after commit."""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction

from journal.chain import canonical
from journal.enums import EffectStatus
from journal.handlers import handler, on_giving_up
from journal.models import Effect, Event
from journal.tasks import enqueue

__all__ = ["handler", "on_giving_up", "plan", "try_again"]


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


def try_again(kind: str, *, payload: dict[str, Any], now: datetime) -> bool:
    """Put back what was given up with this payload, and hand it to a worker after commit; return whether it was."""
    given_up = Effect.objects.filter(kind=kind, payload=payload, status=EffectStatus.FAILED)
    found = list(given_up.order_by("pk").values_list("pk", flat=True))
    taken = given_up.filter(pk__in=found).update(
        status=EffectStatus.PENDING, attempts=0, not_before=now, last_error=""
    )
    for effect_id in found if taken else []:
        transaction.on_commit(partial(enqueue, effect_id))
    return bool(taken)
