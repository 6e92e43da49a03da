"""Asks to sign in, and finds for whom the signed-in person acts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from accounts.actors import Actor
from accounts.models import Membership, User
from ctai.http import is_fragment, sent_from

SESSION_KEY = "membership"


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks to sign in; whose session ended while they wrote is told so, and comes back to the page of the form."""

    def handle_no_permission(  # type: ignore[override]  # a part of a page is not led elsewhere
        self, request: HttpRequest, view_func: Callable[..., Any]
    ) -> HttpResponse:
        if is_fragment(request) and request.method == "GET":
            # The page itself is asked again, and leads to the sign-in.
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        if request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        messages.warning(
            request, "Votre session a pris fin\u00a0: ce dernier envoi n’a pas été enregistré. Reconnectez-vous."
        )
        page = sent_from(request) or reverse("dashboard")
        return redirect_to_login(page, self.get_login_url(view_func), self.get_redirect_field_name(view_func))


def find_memberships(request: HttpRequest) -> list[Membership]:
    """Return the memberships of the signed-in person, the first made first; none for a visitor."""
    user = request.user
    if not isinstance(user, User) or not user.is_authenticated:
        return []
    return list(
        Membership.objects.current()
        .filter(user=user)
        .select_related("user", "organisation__local_authority", "organisation__departement", "organisation__region")
        .order_by("pk")
    )


def choose_actor(memberships: list[Membership], chosen: int | None) -> Actor | None:
    """Return the actor of the organisation chosen in the session, else of the first; None without organisation."""
    membership = next((each for each in memberships if each.pk == chosen), memberships[0] if memberships else None)
    return Actor(membership) if membership else None


class ActorMiddleware:
    """Sets ``request.memberships``, and ``request.actor``, an Actor or None."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        memberships = find_memberships(request)
        chosen = request.session.get(SESSION_KEY) if memberships else None
        request.memberships = memberships  # type: ignore[attr-defined]  # set here for every view
        request.actor = choose_actor(memberships, chosen)  # type: ignore[attr-defined]  # set here for every view
        response = self.get_response(request)
        if memberships or request.user.is_authenticated:
            response.setdefault("Cache-Control", "private, no-store")  # the next person at this computer reads nothing
        return response
