"""The two tasks of effects: do one, and find those left behind."""

from celery import shared_task
from django.utils import timezone

from journal import effects


@shared_task(name="journal.tasks.run_effect")
def run_effect(effect_id: int) -> None:
    """Do one effect."""
    effects.run(effect_id)


@shared_task(name="journal.tasks.sweep_effects")
def sweep_effects() -> int:
    """Enqueue again the effects that were left behind."""
    return effects.sweep(timezone.now())
