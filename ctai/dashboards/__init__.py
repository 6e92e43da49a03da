"""The home of each role: what waits for the person, first."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.actors import Actor
from accounts.enums import Side
from accounts.roles import Role
from ctai.dashboards import local, region, state, support
from ctai.dashboards.page import Elsewhere, Page

__all__ = ["Elsewhere", "Page", "home_of"]


def home_of(actor: Actor, params: Mapping[str, str], now: datetime) -> Page | Elsewhere:
    """Return the home of the person, or where it is.

    Args:
        actor: the person.
        params: what the address asks: the tab, the page.
        now: the instant shown.
    """
    if actor.role == Role.REGIONAL_COORDINATOR:
        return region.home(actor, now)
    match actor.side:
        case Side.LOCAL:
            return local.home(actor, now)
        case Side.STATE:
            return state.home(actor, params, now)
        case Side.SUPPORT:
            return support.home(actor)
        case _:
            return Elsewhere("monitoring:national")
