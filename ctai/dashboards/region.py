"""The home of a région: its totals and its envelopes."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from ctai.dashboards.envelopes import bars_for
from ctai.dashboards.page import Page
from ctai.text import instant
from monitoring.figures import figures_for


def home(actor: Actor, now: datetime) -> Page:
    """Return the figures of the files of the région, and its envelopes."""
    region = actor.organisation.region
    context = {
        "figures": figures_for(actor, now),
        "place": region.name if region else actor.organisation.name,
        "as_of": instant(now),
        "bars": bars_for(actor),
    }
    return Page("dashboard/region.html", context)
