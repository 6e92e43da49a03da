"""How many files wait for the person, shown in the header of every page; counted only if it is shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.actors import Actor
from accounts.enums import Side
from contracts.enums import Turn
from contracts.models import Contract


def inbox(request: HttpRequest) -> dict[str, Any]:
    """Return the variable of the header, for those of whom acts are expected."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.side not in (Side.LOCAL, Side.STATE):
        return {}
    return {"inbox_count": SimpleLazyObject(lambda: expected_of(actor))}


def expected_of(actor: Actor) -> int:
    """Count the files, among those that the actor's organisation leads, whose next act is theirs; one query."""
    organisation = actor.organisation
    led = (
        {"lead_service": organisation.pk} if actor.side == Side.STATE else {"porteur": organisation.local_authority_id}
    )
    waiting = Contract.objects.visible_to(actor).filter(turn__in=[actor.side.value, Turn.BOTH.value], **led)
    total: int = waiting.count()
    return total
