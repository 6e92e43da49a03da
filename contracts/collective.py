"""Every request of a year side by side, for a préfecture or a région, and the envelopes that they need."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from contracts.enums import State
from contracts.models import Contract
from contracts.review import envelope_row
from funding.enums import Decision
from funding.models import ZERO, Action, Envelope, YearAmount

#: The states in which a request was made and is not refused.
ASKED = (State.UNDER_REVIEW, State.CORRECTION_REQUESTED, State.APPROVED, State.SIGNED)


@dataclass(frozen=True, slots=True)
class Line:
    """An action with what it asks, is proposed and has been granted for the year, in euros."""

    action: Action
    requested: Decimal
    proposed: Decimal | None
    granted: Decimal | None

    @property
    def is_open(self) -> bool:
        """True as long as an amount may be proposed for it."""
        return self.action.contract.state == State.UNDER_REVIEW and self.action.decision != Decision.REJECTED


def requests_for(actor: Actor, year: int) -> list[Line]:
    """Return the actions of every request of the year that the actor's organisation follows: two queries.

    A préfecture follows the files that it leads, a région those of its territory too; those under review come first.
    """
    organisation = actor.organisation
    mine = Q(lead_service=organisation.pk)
    if organisation.kind == OrganisationKind.REGIONAL:
        mine |= Q(region=organisation.region_id)
    files = Contract.objects.visible_to(actor).filter(mine, pk=OuterRef("contract_id"), state__in=ASKED)
    actions = (
        Action.objects.filter(
            Exists(files),
            Exists(YearAmount.objects.filter(action=OuterRef("pk"), year=year, requested__isnull=False)),
            removed_at__isnull=True,
        )
        .select_related("contract__porteur", "contract__lead_service", "axis")
        .prefetch_related(Prefetch("amounts", YearAmount.objects.filter(year=year), to_attr="of_year"))
        .order_by("contract__submitted_at", "contract", "rank", "number")
    )
    lines = [_line(each) for each in actions]
    return sorted(lines, key=lambda each: each.action.contract.state != State.UNDER_REVIEW)


def _line(action: Action) -> Line:
    amounts: list[YearAmount] = getattr(action, "of_year")  # noqa: B009  # laid by the prefetch
    row = amounts[0]
    return Line(action, row.requested or ZERO, row.proposed, row.granted)


def envelopes_needed(lines: Iterable[Line], year: int, amounts: dict[int, Decimal]) -> list[dict[str, Any]]:
    """Return the envelopes that the open requests draw on, with what these amounts would take: one query."""
    needed: dict[int, Decimal] = {}
    for line in lines:
        holder = line.action.contract.lead_service_id
        needed.setdefault(holder, ZERO)
        if line.is_open:
            needed[holder] += amounts.get(line.action.pk, ZERO)
    envelopes = Envelope.objects.filter(campaign__year=year, organisation__in=needed)
    return [
        envelope_row(each, needed[each.organisation_id], taken_already=False) | {"key": each.organisation_id}
        for each in envelopes.select_related("campaign", "organisation").order_by("organisation__name", "pk")
    ]
