"""The frame of the pages of an organisation: who acts, what they may, and how a form is answered."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views import View

from accounts.actors import Actor
from accounts.errors import Refused
from accounts.models import Organisation
from accounts.roles import Permission, may
from ctai.http import tell_printing


def actor_of(request: HttpRequest) -> Actor | None:
    """Return the person of the request with the organisation for which they act."""
    actor: Actor | None = getattr(request, "actor", None)
    return actor


class ActorView(View):
    """A page for whoever acts for an organisation and holds ``permission``, if the page names one."""

    permission: Permission | None = None
    actor: Actor
    now: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = actor_of(request)
        if actor is None:
            return redirect("accounts:no_organisation")
        if self.permission is not None and not may(actor, self.permission):
            raise PermissionDenied("Votre rôle ne permet pas d’ouvrir cette page.")
        self.actor, self.now = actor, timezone.now()
        return super().dispatch(request, *args, **kwargs)

    @property
    def organisation(self) -> Organisation:
        return self.actor.organisation

    def may(self, permission: Permission) -> bool:
        """Tell whether the person holds the permission: it draws the buttons."""
        return may(self.actor, permission)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page."""
        return render(self.request, template, context, status=status)

    def act(self, act: Callable[[], object], *, done: str, to: str) -> HttpResponse:
        """Do an act that has no form: return to a page that says what was done, or why it could not be."""
        try:
            act()
        except Refused as refusal:
            messages.error(self.request, str(refusal))
        else:
            messages.success(self.request, done)
        return redirect(to)


class FormView(ActorView):
    """A page with one form: shown, then validated, then one service; a refusal is read above the form."""

    template = "accounts/form.html"
    to = "accounts:organisation"
    is_printed = False  # whether documents print what is typed there

    def build(self, data: Any = None) -> forms.Form:
        """Return the form, filled with what was typed if any."""
        raise NotImplementedError

    def save(self, values: dict[str, Any]) -> str:
        """Call the service; return the sentence that says what was done."""
        raise NotImplementedError

    def frame(self) -> dict[str, Any]:
        """Return what the page shows around the form: title, lead, submit."""
        raise NotImplementedError

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return self.render(self.template, form=self.build(), back=self.to, **self.frame())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        form = self.build(request.POST)
        if form.is_valid():
            try:
                done = self.save(form.cleaned_data)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, done)
                if self.is_printed:
                    tell_printing(request)
                return redirect(self.to)
        return self.render(self.template, status=422, form=form, back=self.to, **self.frame())
