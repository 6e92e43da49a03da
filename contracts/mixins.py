"""The base of every page of a file: loads it for the person, or answers 404."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from accounts.actors import Actor
from accounts.enums import Side
from accounts.roles import Permission, may
from contracts import frame
from contracts.enums import State
from contracts.facts import Facts
from contracts.models import Contract
from contracts.queries import Known, load_facts
from contracts.windows import is_open
from ctai.http import tell_printing
from exchanges.queries import RemarkCounts, remark_counts


class ActorView(View):
    """A page for people who act for an organisation; the others are told how to ask for access."""

    actor: Actor
    now: datetime

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.now = timezone.now()

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        actor = getattr(request, "actor", None)
        if actor is None:
            return redirect("accounts:no_organisation")
        self.actor = actor
        self.prepare(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    def prepare(self, **kwargs: Any) -> None:
        """Load what the page is about; raise Http404 or PermissionDenied."""

    def allow(self, permission: Permission) -> None:
        """Go on only if the person holds a right that is about no file.

        Raises:
            PermissionDenied: otherwise.
        """
        if not may(self.actor, permission):
            raise PermissionDenied

    def tell_printing(self, *texts: str) -> None:
        """Tell the author which of the characters just typed the documents will not print as they are.

        Args:
            texts: what was brought; without any, all of the form that was posted and the names of its files.
        """
        tell_printing(self.request, *texts)


class FileView(ActorView):
    """A page of a file.

    ``page`` is its key in the side menu; ``self.contract`` exists for the person, or the answer is 404.
    """

    page = "file"
    contract: Contract

    def prepare(self, **kwargs: Any) -> None:
        visible = Contract.objects.visible_to(self.actor)
        if self.shows_frame:
            visible = visible.with_places()
        reference = kwargs["reference"]
        contract = visible.filter(reference=reference).first() or visible.filter(draft_reference=reference).first()
        if contract is None:
            raise Http404("Ce dossier n’existe pas.")
        self.contract = contract

    @property
    def shows_frame(self) -> bool:
        """Tell whether the answer is a page with the names that its frame shows; a write that redirects is none."""
        return True

    @cached_property
    def facts(self) -> Facts:
        facts = load_facts(self.contract, by=self.actor, now=self.now, given=self.known())
        self.contract.facts = facts
        return facts

    def known(self) -> Known:
        """Return what this page reads in any case, for its facts."""
        return Known()

    @cached_property
    def remark_counts(self) -> RemarkCounts:
        """The remarks left open, which the menu and the page both show; read once."""
        return remark_counts(self.contract.pk)

    def may(self, permission: Permission) -> bool:
        """Tell whether the person holds the right on this file, whatever its state."""
        return may(self.actor, permission, self.contract)

    def can_edit(self, permission: Permission) -> bool:
        """Tell whether the person holds the right and the state of the file allows it."""
        return self.may(permission) and is_open(permission, self.contract.state)

    def require(self, permission: Permission) -> None:
        """Go on only if the person holds the right on this file.

        Raises:
            PermissionDenied: otherwise.
        """
        if not self.may(permission):
            raise PermissionDenied

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with a page of the file, its frame around."""
        return render(self.request, template, self.frame() | context, status=status)

    def frame(self) -> dict[str, Any]:
        """Return what ``contracts/file_base.html`` shows."""
        counts = self.remark_counts
        return {
            "contract": self.contract,
            "page": self.page,
            "page_label": frame.PAGES[self.page],
            "state": State(self.contract.state),
            "state_label": self.contract.state_label(for_state_side=self.actor.side != Side.LOCAL),
            "menu": frame.menu(self.contract, self.page, self.actor, counts),
            "stepper": frame.steps(self.contract),
            "expected": frame.expected(self.contract, self.actor, self.now),
            "remark_counts": counts,
            "now": self.now,
        }

    def url(self, page: str, *args: Any) -> str:
        """Return the address of a page of this file."""
        return reverse(f"contracts:{page}", args=[self.contract.reference, *args])

    def back(self, page: str | None = None, anchor: str = "") -> HttpResponse:
        """Go to a page of this file after a write."""
        address = self.url(page or self.page)
        return redirect(f"{address}#{anchor}" if anchor else address)
