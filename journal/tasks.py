"""The two tasks of effects: do one, and find those left behind."""

import logging

from celery import shared_task
from django.utils import timezone

from journal import leases

logger = logging.getLogger(__name__)


@shared_task(name="journal.tasks.run_effect")
def run_effect(effect_id: int) -> None:
    """Do one effect."""
    leases.run(effect_id)


@shared_task(name="journal.tasks.sweep_effects")
def sweep_effects() -> int:
    """Enqueue again the effects that were left behind; return how many."""
    left = leases.left_behind(timezone.now())
    for effect_id in left:
        enqueue(effect_id)
    return len(left)


def enqueue(effect_id: int) -> None:
    """Hand an effect to the broker; when the broker is gone the row stays and the sweeper finds it."""
    try:
        run_effect.apply_async(args=(effect_id,), retry=False)
    except Exception:
        logger.warning("The broker did not take effect %s; the sweeper will.", effect_id, exc_info=True)
