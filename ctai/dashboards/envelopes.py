"""The envelopes of the open campaigns, as bars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, Sum

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
    wanted = _wanted({each.organisation_id for each in envelopes})
    several = len({each.organisation_id for each in envelopes}) > 1
    return [_bar(each, wanted, several) for each in envelopes]


#: By préfecture in the lead, year and stage, in euros.
Wanted = Mapping[tuple[int, int, str], Decimal]


def _wanted(organisations: set[int]) -> Wanted:
    """Return what the files under review ask, and what contracts were promised and nobody confirmed yet."""
    under_review = Q(stage=Stage.REQUESTED, contract__state__in=(State.UNDER_REVIEW, State.CORRECTION_REQUESTED))
    rows = (
        Movement.objects.filter(
            under_review | Q(stage=Stage.INDICATIVE),
            contract__lead_service__in=organisations,
        )
        .order_by()
        .values_list("contract__lead_service", "year", "stage")
        .annotate(total=Sum(cents()))
    )
    return {(service, year, stage): from_cents(total) for service, year, stage, total in rows}


def _bar(envelope: Envelope, wanted: Wanted, several: bool) -> Bar:
    year = envelope.campaign.year
    asked, promised = (
        wanted.get((envelope.organisation_id, year, stage), ZERO) for stage in (Stage.REQUESTED, Stage.INDICATIVE)
    )
    waiting = f", {euros_short(promised)} promis à confirmer" if promised else ""
    taken = envelope.taken + envelope.distributed
    given = f", {euros_short(envelope.distributed)} répartis" if envelope.distributed else ""
    share = _percent(taken, envelope.allotted)
    return Bar(
        title=f"{envelope.organisation.name}, {year}" if several else f"Enveloppe {year}",
        taken=share,
        asked=min(_percent(asked, envelope.allotted), 100 - share),
        text=f"{euros_short(envelope.taken)} retenus{given}, {euros_short(asked)} demandés en instruction{waiting}, "
        f"reste {euros_short(envelope.remaining)} sur {euros_short(envelope.allotted)}.",
    )


def _percent(part: Decimal, whole: Decimal) -> int:
    return min(100, int(part * 100 / whole)) if whole else 0
