"""One effect is done by one worker at a time: it holds a lease on the row, and gives it back if it dies."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from journal.enums import EffectStatus
from journal.handlers import GIVEN_UP, HANDLERS
from journal.models import Effect

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 8
FIRST_DELAY = timedelta(seconds=15)


def free(now: datetime) -> Q:
    """Return the condition of the effects that are due and held by nobody."""
    held_by_nobody = Q(status=EffectStatus.PENDING) | Q(status=EffectStatus.RUNNING, lease_until__lt=now)
    return held_by_nobody & Q(not_before__lte=now)


def claim(effect_id: int, now: datetime) -> Effect | None:
    """Take the lease on an effect that is due, or return None when another has it or it is over."""
    lease = timedelta(seconds=settings.EFFECT_LEASE_SECONDS)
    taken = Effect.objects.filter(free(now), pk=effect_id).update(
        status=EffectStatus.RUNNING, lease_until=now + lease, attempts=F("attempts") + 1
    )
    return Effect.objects.get(pk=effect_id) if taken else None


def run(effect_id: int) -> None:
    """Do one effect; a failure puts it back with a growing delay, and gives up after ``MAX_ATTEMPTS``."""
    effect = claim(effect_id, timezone.now())
    if effect is None:
        return
    if effect.attempts > MAX_ATTEMPTS:  # its workers die of it: none is left to say that it failed
        _put_back(effect, "The workers that did it died.")
        return
    try:
        HANDLERS[effect.kind](effect.payload)
    except Exception as error:
        logger.exception("Effect %s (%s) failed.", effect.pk, effect.kind)
        _put_back(effect, f"{type(error).__name__}: {error}")
    else:
        Effect.objects.filter(pk=effect.pk).update(
            status=EffectStatus.DONE, done_at=timezone.now(), lease_until=None, last_error=""
        )


@transaction.atomic
def _put_back(effect: Effect, error: str) -> None:
    over = effect.attempts >= MAX_ATTEMPTS
    Effect.objects.filter(pk=effect.pk).update(
        status=EffectStatus.FAILED if over else EffectStatus.PENDING,
        lease_until=None,
        not_before=timezone.now() + FIRST_DELAY * 2**effect.attempts,
        last_error=error[:2000],
    )
    if over and effect.kind in GIVEN_UP:
        GIVEN_UP[effect.kind](effect.payload)


def left_behind(now: datetime, limit: int = 500) -> list[int]:
    """Return the effects that are due and held by nobody, the oldest first."""
    return list(Effect.objects.filter(free(now)).order_by("pk").values_list("pk", flat=True)[:limit])


def give_another_chance(kind: str, *, now: datetime) -> int:
    """Put back the effects that failed for good, of one kind or of all, their cause mended; return how many."""
    given_up = Effect.objects.filter(status=EffectStatus.FAILED, **({"kind": kind} if kind else {}))
    return given_up.update(status=EffectStatus.PENDING, attempts=0, not_before=now, last_error="")
