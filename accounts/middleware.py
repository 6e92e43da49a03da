"""Finds for whom the signed-in person acts."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.actors import Actor
from accounts.models import Membership, User

SESSION_KEY = "membership"


def find_actor(request: HttpRequest) -> Actor | None:
    """Return the actor of the session's organisation, else of the first one; None without organisation."""
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return None
    memberships = list(
        Membership.objects.current()
        .filter(user=user)
        .select_related("user", "organisation__local_authority", "organisation__departement", "organisation__region")
        .order_by("pk")
    )
    chosen = request.session.get(SESSION_KEY)
    membership = next((each for each in memberships if each.pk == chosen), memberships[0] if memberships else None)
    return Actor(membership) if membership else None


class ActorMiddleware:
    """Sets ``request.actor``, an Actor or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = find_actor(request)  # type: ignore[attr-defined]  # set here for every view
        return self.get_response(request)
