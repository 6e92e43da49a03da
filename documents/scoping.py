"""Which deposited files and issued documents exist for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db.models import Q

from accounts.enums import OrganisationKind, Side
from accounts.roles import Role
from accounts.scoping import ScopedQuerySet
from documents.enums import UploadKind, Visibility

if TYPE_CHECKING:
    from accounts.actors import Actor

STATE_KINDS = (OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL)


class UploadQuerySet(ScopedQuerySet):
    """Files: those of the contracts that one sees, less what the other side keeps to itself."""

    def visible_to(self, actor: Actor | None) -> Self:
        """Keep the files of visible contracts, shared or of one’s own side, and those of one’s organisation."""
        if actor is None:
            return self.none()
        of_contracts = super().visible_to(actor).filter(readable_sides(actor), _readable_bank_details(actor))
        own = Q(contract__isnull=True, organisation=actor.organisation.pk)
        return self.filter(Q(pk__in=of_contracts.order_by().values("pk")) | own)


class CopyCheckQuerySet(ScopedQuerySet):
    """Verdicts on signed copies: those of the contracts that one sees."""

    contract_path = "document__contract"


class SealQuerySet(ScopedQuerySet):
    """Sealed copies: those of the contracts that one sees."""

    contract_path = "document__contract"


class IssuedDocumentQuerySet(ScopedQuerySet):
    """Documents issued: those of the contracts that one sees."""


def _readable_bank_details(actor: Actor) -> Q:
    """Return the condition on bank details: who deposited them, the collectivité and the préfecture in the lead."""
    organisation = actor.organisation
    needed = ~Q(kind=UploadKind.IBAN) | Q(organisation=organisation.pk)
    if actor.side == Side.LOCAL and organisation.local_authority_id is not None:
        return needed | Q(contract__porteur=organisation.local_authority_id)
    if actor.side == Side.STATE and actor.role != Role.REGIONAL_COORDINATOR:
        return needed | Q(contract__lead_service=organisation.pk)
    return needed


def readable_sides(actor: Actor) -> Q:
    """Return the condition on visibility: regional coordinators and national roles read only what is shared."""
    shared = Q(visibility=Visibility.SHARED)
    if actor.side == Side.LOCAL:
        return shared | Q(organisation__kind=OrganisationKind.LOCAL)
    if actor.side == Side.STATE and actor.role != Role.REGIONAL_COORDINATOR:
        return shared | Q(organisation__kind__in=STATE_KINDS)
    return shared
