"""The home of the support: who waits to be attached."""

from __future__ import annotations

from accounts.actors import Actor
from accounts.enums import AccessRequestStatus
from accounts.models import AccessRequest
from ctai.dashboards.page import Page


def home(actor: Actor) -> Page:
    """Return how many access requests wait for the support."""
    waiting = AccessRequest.objects.filter(routed_to=actor.organisation.pk, status=AccessRequestStatus.PENDING).count()
    return Page("dashboard/support.html", {"requests": waiting})
