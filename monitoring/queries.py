"""What anybody may read: the signed contracts and their totals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Prefetch
from django.utils import timezone

from contracts.filters import SIGNED_STATES, answering, by_name
from contracts.lists import engaged_authorities, with_amounts
from contracts.models import Contract, ContractQuerySet, CoSignatory
from funding.enums import Stage
from funding.models import Movement
from funding.queries import exact_sum
from territories.enums import StatisticalCategory
from territories.models import LocalAuthority, Region


@dataclass(frozen=True, slots=True)
class PublicTotals:
    """What the public home shows; None where the figure does not exist yet."""

    at: datetime
    contracts: int | None = None
    authorities: int | None = None
    granted: Decimal | None = None
    by_category: dict[str, int] = field(default_factory=dict)


def public_totals() -> PublicTotals:
    """Return the totals of signed contracts, those since closed or terminated included; three queries."""
    signed = Contract.objects.filter(state__in=SIGNED_STATES)
    found = dict(signed.order_by().values_list("category").annotate(total=Count("pk")))
    granted = Movement.objects.filter(contract__in=signed.values("pk"), stage=Stage.GRANTED)
    return PublicTotals(
        at=timezone.now(),
        contracts=sum(found.values()),
        authorities=engaged_authorities(signed),
        granted=exact_sum(granted),
        by_category={each.label: found.get(each.value, 0) for each in StatisticalCategory},
    )


def signed_contracts(*, text: str = "", region: str = "") -> ContractQuerySet:
    """Select the signed contracts, the last signed first, with their places, co-signataires and amounts.

    Args:
        text: words of the name of a party, or a part of the reference; everything by default.
        region: the code of a région; everything by default.
    """
    contracts = Contract.objects.filter(state__in=SIGNED_STATES)
    if region:
        contracts = contracts.filter(region=region)
    if text.strip():
        contracts = contracts.filter(answering(text))
    cosigners = CoSignatory.objects.filter(left_at__isnull=True).select_related("authority").order_by("pk")
    return (
        with_amounts(contracts)
        .select_related("porteur__departement", "porteur__region", "departement", "region", "lead_service")
        .prefetch_related(Prefetch("cosignatories", cosigners, to_attr="parties"))
        .order_by("-signed_at", "-pk")
    )


def regions_with_signed_contracts() -> list[Region]:
    """Return the régions where a contract is signed, by name."""
    signed = Contract.objects.filter(state__in=SIGNED_STATES, region__isnull=False).order_by().values("region")
    return sorted(Region.objects.filter(pk__in=signed), key=by_name)


def parties_of(contract: Contract) -> list[LocalAuthority]:
    """Return the collectivités of a contract read by ``signed_contracts``: the porteur, then the co-signataires."""
    return [contract.porteur, *(each.authority for each in getattr(contract, "parties", ()))]
