"""« Délégations de signature »: who may sign, from when to when, by which act."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.forms.delegations import DelegationForm, RevocationForm
from accounts.mixins import ActorView, FormView
from accounts.models import Delegation
from accounts.queries import delegations_of, valid_delegation_ids
from accounts.roles import Permission
from accounts.services import delegations


class Delegations(ActorView):
    """The delegations of the organisation, and whether each is in force today."""

    def get(self, request: HttpRequest) -> HttpResponse:
        today = timezone.localdate(self.now)
        valid = valid_delegation_ids(self.organisation, today)
        rows = [
            (each, standing(each, valid=each.pk in valid, today=today)) for each in delegations_of(self.organisation)
        ]
        return self.render(
            "accounts/delegations.html",
            rows=rows,
            today=today,
            organisation=self.organisation,
            may_edit=self.may(Permission.DELEGATION_EDIT),
        )


def standing(delegation: Delegation, *, valid: bool, today: Any) -> tuple[str, str]:
    """Return the word and the tone that say where a delegation stands on a day."""
    if valid:
        return "En vigueur", "success"
    if delegation.revoked_on is not None and delegation.revoked_on <= today:
        return "Abrogée", ""
    if delegation.ends_on is not None and delegation.ends_on < today:
        return "Échue", ""
    return ("À venir", "info") if delegation.starts_on > today else ("Non publiée", "warning")


class AddDelegation(FormView):
    """Record a delegation."""

    permission = Permission.DELEGATION_EDIT
    to = "accounts:delegations"
    is_printed = True

    def build(self, data: Any = None) -> DelegationForm:
        return DelegationForm(data, organisation=self.organisation, initial={"kind": "delegation"})

    def frame(self) -> dict[str, Any]:
        lead = "Une signature n’est acceptée que si la délégation est publiée et en vigueur le jour de l’acte."
        return {"title": "Enregistrer une délégation", "lead": lead, "submit": "Enregistrer la délégation"}

    def save(self, values: dict[str, Any]) -> str:
        delegation = delegations.create(values=values, by=self.actor, now=self.now)
        return f"La délégation de {delegation.holder_name} est enregistrée."


class RevokeDelegation(FormView):
    """End a delegation before its term."""

    permission = Permission.DELEGATION_EDIT
    to = "accounts:delegations"

    def build(self, data: Any = None) -> RevocationForm:
        rows = Delegation.objects.select_related("organisation")
        self.delegation = get_object_or_404(rows, pk=self.kwargs["pk"], organisation=self.organisation)
        return RevocationForm(data, delegation=self.delegation)

    def frame(self) -> dict[str, Any]:
        lead = "À compter de ce jour, le titulaire ne peut plus agir par elle. Ses actes antérieurs restent valables."
        title = f"Abroger la délégation de {self.delegation.holder_name}"
        return {"title": title, "lead": lead, "submit": "Abroger la délégation"}

    def save(self, values: dict[str, Any]) -> str:
        delegations.revoke(delegation=self.delegation, by=self.actor, now=self.now, **values)
        return f"La délégation de {self.delegation.holder_name} est abrogée."
