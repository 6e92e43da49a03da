"""The ledger of movements: append-only, written as the difference between what is and what should be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone

from funding.enums import Stage
from funding.models import ZERO, Action, Movement
from journal.models import Event


@dataclass(frozen=True, slots=True)
class Place:
    """Where money stands: stage, action, year, who receives it, and the envelope it draws on."""

    stage: Stage
    action_id: int
    year: int
    siret: str = ""
    envelope_id: int | None = None


def place(action: Action, year: int, stage: Stage, envelope_id: int | None = None) -> Place:
    """Return where the money of an action stands for a year, paid to its present beneficiary."""
    return Place(stage, action.pk, year, action.beneficiary_siret, envelope_id)


def held(contract_id: int, stages: Collection[Stage]) -> dict[Place, Decimal]:
    """Return what the ledger holds for a file at some stages, in euros; what sums to nothing is left out."""
    sums: dict[Place, Decimal] = {}
    rows = Movement.objects.filter(contract=contract_id, stage__in=stages, action__isnull=False).values_list(
        "stage", "action_id", "year", "beneficiary_siret", "envelope_id", "amount"
    )
    for stage, action_id, year, siret, envelope_id, amount in rows:
        key = Place(Stage(stage), action_id or 0, year, siret, envelope_id)
        sums[key] = sums.get(key, ZERO) + amount
    return {key: amount for key, amount in sums.items() if amount}


def settle(
    *,
    contract_id: int,
    targets: Mapping[Place, Decimal],
    current: Mapping[Place, Decimal],
    event: Event,
    now: datetime,
    effective_on: date | None = None,
) -> list[Movement]:
    """Bring the ledger from what it holds to the targets, by one movement for each difference.

    Args:
        contract_id: the file, locked by the caller.
        targets: what each place must hold, in euros; a place that is absent must hold nothing.
        current: what ``held`` returned for the stages concerned.
        event: the journal's row.
        now: the instant of recording.
        effective_on: the day it takes effect; the day of ``now`` by default.
    """
    differences = {key: targets.get(key, ZERO) - current.get(key, ZERO) for key in dict.fromkeys((*targets, *current))}
    names = dict(
        Action.objects.filter(pk__in={key.action_id for key in differences}).values_list("pk", "beneficiary_name")
    )
    movements = [
        Movement(
            contract_id=contract_id,
            action_id=key.action_id,
            year=key.year,
            beneficiary_siret=key.siret,
            beneficiary_name=names.get(key.action_id, ""),
            stage=key.stage,
            amount=difference,
            envelope_id=key.envelope_id,
            recorded_at=now,
            effective_on=effective_on or timezone.localdate(now),
            event=event,
        )
        for key, difference in differences.items()
        if difference
    ]
    Movement.objects.bulk_create(movements)
    return movements
