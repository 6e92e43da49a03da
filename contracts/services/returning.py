"""What the end of a signed contract gives back to the envelopes, told in its history with the amounts of each year."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from accounts.actors import Actor
from contracts.models import Contract
from ctai.text import euros, join_and
from funding.enums import Stage
from funding.models import ZERO
from funding.services import returning
from funding.services.ledger import Place
from journal.services import record


def give_back(contract: Contract, *, by: Actor | None, now: datetime) -> None:
    """Give back what nothing commits, and tell it; nothing is told when there is nothing to give back.

    Args:
        contract: the file, locked with its envelopes by the caller.
        by: whose act causes it.
        now: the instant.
    """
    surplus = returning.uncommitted(contract.pk)
    if not surplus:
        return
    payload = {"label": told(surplus)}
    event = record(kind="credits_given_back", by=by, now=now, contract_id=contract.pk, payload=payload)
    returning.give_back(contract, event=event, now=now)


def told(surplus: Mapping[Place, Decimal]) -> str:
    """Say what is given back of each year, and what is promised no more."""
    given = _by_year(surplus, Stage.GRANTED)
    promised = _by_year(surplus, Stage.INDICATIVE)
    parts = []
    if given:
        parts.append(f"Non engagé, rendu à l’enveloppe : {given}.")
    if promised:
        parts.append(f"Indicatif, abandonné : {promised}.")
    return " ".join(parts)


def _by_year(surplus: Mapping[Place, Decimal], stage: Stage) -> str:
    sums: dict[int, Decimal] = {}
    for key, amount in surplus.items():
        if key.stage == stage:
            sums[key.year] = sums.get(key.year, ZERO) + amount
    return join_and([f"{euros(amount)} pour {year}" for year, amount in sorted(sums.items())])
