"""What exists for a person: the one filter of every list, count, export and file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q

from accounts.enums import OrganisationKind, Side
from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.actors import Actor


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset of business rows that fails closed.

    ``contract_path`` is the lookup from the row to its contract, empty for the contract itself.
    """

    contract_path = "contract"

    def visible_to(self, actor: Actor | None) -> Self:
        """Keep the rows of the files that exist for this actor; none without an organisation."""
        if actor is None:
            return self.none()
        condition = contract_scope(actor)
        if condition is None:
            return self.none()
        if not self.contract_path:
            return self.filter(condition)
        contracts = apps.get_model("contracts", "Contract")._base_manager.filter(condition)
        return self.filter(Exists(contracts.filter(pk=OuterRef(f"{self.contract_path}_id"))))


def contract_scope(actor: Actor) -> Q | None:
    """Return the condition on contracts for this actor, or None when nothing exists for them.

    A letter never sent is invisible to the State; national and regional roles read a file from its first sending on.
    """
    organisation = actor.organisation
    sent = Q(first_sent_at__isnull=False)
    if actor.side == Side.LOCAL and organisation.local_authority_id is not None:
        cosigned = apps.get_model("contracts", "CoSignatory")._base_manager.filter(
            contract=OuterRef("pk"), authority=organisation.local_authority_id, left_at__isnull=True
        )
        return Q(porteur=organisation.local_authority_id) | Q(Exists(cosigned))
    if actor.side == Side.STATE:
        associated = apps.get_model("contracts", "AssociatedService")._base_manager.filter(
            contract=OuterRef("pk"), organisation=organisation.pk
        )
        mine = Q(lead_service=organisation.pk) | Q(proposed_lead_service=organisation.pk) | Q(Exists(associated))
        if actor.role == Role.REGIONAL_COORDINATOR and organisation.kind == OrganisationKind.REGIONAL:
            mine |= Q(region=organisation.region_id)
        return sent & mine
    if actor.side == Side.NATIONAL:
        return sent
    return None
