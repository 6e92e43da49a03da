"""The envelopes of the open campaigns, as bars."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounts.actors import Actor
from contracts.enums import State
from ctai.text import euros_short
from funding.enums import Stage
from funding.models import ZERO, Envelope, Movement
from funding.queries import cents, envelopes_visible_to, from_cents


@dataclass(frozen=True, slots=True)
class Bar:
    """What is taken and asked within an envelope, as percentages and in words."""

    title: str
    taken: int
    asked: int
    text: str


def bars_for(actor: Actor) -> list[Bar]:
    """Return the bars of the envelopes that the actor reads, in two queries."""
    envelopes = list(
        envelopes_visible_to(actor)
        .filter(campaign__is_open=True)
        .order_by("-campaign__year", "organisation__name", "pk")
    )
    asked = _asked({each.organisation_id for each in envelopes})
    several = len({each.organisation_id for each in envelopes}) > 1
    return [_bar(each, asked.get((each.organisation_id, each.campaign.year), ZERO), several) for each in envelopes]


def _asked(organisations: set[int]) -> dict[tuple[int, int], Decimal]:
    """Return what the files under review ask, by préfecture in the lead and year."""
    rows = (
        Movement.objects.filter(
            stage=Stage.REQUESTED,
            contract__lead_service__in=organisations,
            contract__state__in=(State.UNDER_REVIEW, State.CORRECTION_REQUESTED),
        )
        .order_by()
        .values_list("contract__lead_service", "year")
        .annotate(total=Sum(cents()))
    )
    return {(service, year): from_cents(total) for service, year, total in rows}


def _bar(envelope: Envelope, asked: Decimal, several: bool) -> Bar:
    year = envelope.campaign.year
    taken = envelope.taken + envelope.distributed
    given = f", {euros_short(envelope.distributed)} répartis" if envelope.distributed else ""
    share = _percent(taken, envelope.allotted)
    return Bar(
        title=f"{envelope.organisation.name}, {year}" if several else f"Enveloppe {year}",
        taken=share,
        asked=min(_percent(asked, envelope.allotted), 100 - share),
        text=f"{euros_short(envelope.taken)} retenus{given}, {euros_short(asked)} demandés en instruction, "
        f"reste {euros_short(envelope.remaining)} sur {euros_short(envelope.allotted)}.",
    )


def _percent(part: Decimal, whole: Decimal) -> int:
    return min(100, int(part * 100 / whole)) if whole else 0
