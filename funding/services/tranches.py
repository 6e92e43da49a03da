"""The tranche of a later year: what was promised is taken from the envelope, or given back, under lock."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import User
from campaigns.queries import open_years
from ctai.text import euros
from funding.enums import Stage
from funding.errors import EnvelopeExceeded, FundingRefused, InputRefused
from funding.models import ZERO, Tranche, TrancheAmount, YearAmount
from funding.services.envelopes import TAKEN_STAGES, lock_envelopes, move, notify
from funding.services.ledger import Place, held
from journal.models import Event

if TYPE_CHECKING:
    from contracts.models import Contract


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What is confirmed for an action, in euros, and why it is less than what was promised."""

    amount: Decimal
    reason: str = ""


def promises(contract_id: int, year: int) -> dict[Place, Decimal]:
    """Return what the ledger holds as indicative for a year of a file, in euros."""
    return {key: amount for key, amount in held(contract_id, (Stage.INDICATIVE,)).items() if key.year == year}


def confirm(
    contract: Contract, year: int, amounts: Mapping[int, Confirmed], *, by: User, event: Event, now: datetime
) -> Tranche:
    """Take from the envelope of the year what is confirmed, and notify it; the file is locked by the caller.

    Args:
        contract: the file.
        year: a year whose campaign is open.
        amounts: what is confirmed for each action that was promised money, by the id of the action.
        by: who decides or records the decision.
        event: the journal’s row.
        now: the instant.

    Raises:
        FundingRefused: the tranche is confirmed already, the campaign is closed, or nothing was promised.
        InputRefused: an amount is above what was promised, or lowered without a reason; keys are ids of actions.
        EnvelopeExceeded: the envelope does not cover the year; nothing is written.
    """
    promised = promises(contract.pk, year)
    _require_open(contract, year, promised)
    _check(promised, amounts)
    with transaction.atomic():
        envelopes = lock_envelopes(contract, (year,))
        total = sum((amounts[key.action_id].amount for key in promised), ZERO)
        if total and year not in envelopes:
            raise EnvelopeExceeded(needed=total, remaining=ZERO, year=year)
        tranche = Tranche.objects.create(contract=contract, year=year, confirmed_by=by, confirmed_at=now, event=event)
        TrancheAmount.objects.bulk_create(
            TrancheAmount(
                tranche=tranche,
                action_id=key.action_id,
                promised=amount,
                amount=amounts[key.action_id].amount,
                reason="" if amounts[key.action_id].amount == amount else amounts[key.action_id].reason,
            )
            for key, amount in promised.items()
        )
        granted = {
            replace(key, stage=Stage.GRANTED, envelope_id=envelopes[year].pk): amounts[key.action_id].amount
            for key in promised
            if amounts[key.action_id].amount
        }
        _settle(contract, year, promised, granted, event, now)
    return tranche


def withdraw(contract: Contract, tranche: Tranche, *, reason: str, by: User, event: Event, now: datetime) -> None:
    """Give back to the envelope what a tranche took: its amounts are indicative again.

    Raises:
        FundingRefused: it was withdrawn already, or money of the year is committed.
    """
    if tranche.withdrawn_at is not None:
        raise FundingRefused(f"La tranche {tranche.year} est déjà retirée.")
    if any(key.year == tranche.year for key in held(contract.pk, (Stage.COMMITTED, Stage.PAID))):
        raise FundingRefused(
            f"Des crédits de {tranche.year} sont déjà engagés : la tranche ne peut plus être retirée."
        )
    rows = list(tranche.amounts.select_related("action").order_by("pk"))
    actions = {row.action_id for row in rows}
    with transaction.atomic():
        lock_envelopes(contract, (tranche.year,))
        taken = {
            key: amount
            for key, amount in held(contract.pk, (Stage.GRANTED,)).items()
            if key.year == tranche.year and key.action_id in actions
        }
        siret = {key.action_id: key.siret for key in taken}
        promised = {
            Place(
                Stage.INDICATIVE, row.action_id, tranche.year, siret.get(row.action_id, row.action.beneficiary_siret)
            ): row.promised
            for row in rows
        }
        tranche.withdrawn_by, tranche.withdrawn_at, tranche.withdrawal_reason = by, now, reason
        tranche.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])
        _settle(contract, tranche.year, taken, promised, event, now)


def _require_open(contract: Contract, year: int, promised: Mapping[Place, Decimal]) -> None:
    if Tranche.objects.filter(contract=contract, year=year, withdrawn_at__isnull=True).exists():
        raise FundingRefused(f"La tranche {year} est déjà confirmée.")
    if not promised:
        raise FundingRefused(f"Aucun montant indicatif n’est à confirmer pour {year}.")
    if year not in open_years():
        raise FundingRefused(f"La campagne {year} n’est pas ouverte : sa tranche ne peut pas encore être confirmée.")


def _check(promised: Mapping[Place, Decimal], amounts: Mapping[int, Confirmed]) -> None:
    errors: dict[str, str] = {}
    for key, promise in promised.items():
        found = amounts.get(key.action_id)
        if found is None:
            errors[str(key.action_id)] = "Indiquez le montant confirmé."
        elif found.amount > promise:
            errors[str(key.action_id)] = (
                f"Le montant confirmé ne peut pas dépasser le montant indicatif du contrat, {euros(promise)}. "
                "Une augmentation passe par un avenant."
            )
        elif found.amount < promise and not found.reason.strip():
            errors[f"{key.action_id}-reason"] = (
                "Indiquez pourquoi le montant confirmé est inférieur au montant indicatif."
            )
    if errors:
        raise InputRefused(errors)


def _settle(
    contract: Contract,
    year: int,
    left: Mapping[Place, Decimal],
    reached: Mapping[Place, Decimal],
    event: Event,
    now: datetime,
) -> None:
    """Move money from some places to others, write what each action is granted, and notify the difference."""
    targets = {key: amount for key, amount in held(contract.pk, TAKEN_STAGES).items() if key not in left}
    move(contract.pk, {**targets, **reached}, event, now)
    now_granted = {key.action_id: amount for key, amount in reached.items()}
    rows = list(YearAmount.objects.filter(action__in={key.action_id for key in (*left, *reached)}, year=year))
    for row in rows:
        row.granted = now_granted.get(row.action_id, ZERO)
    YearAmount.objects.bulk_update(rows, ["granted"])
    notify(contract, event, now)
