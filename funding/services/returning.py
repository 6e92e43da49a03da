"""What a contract that ended gives back: all that it was granted or promised and that nothing commits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from funding.enums import Stage
from funding.models import ZERO, YearAmount
from funding.services.envelopes import TAKEN_STAGES, lock_envelopes, move, notify
from funding.services.ledger import Place, held
from journal.models import Event

if TYPE_CHECKING:
    from contracts.models import Contract


def uncommitted(contract_id: int) -> dict[Place, Decimal]:
    """Return what each place of a file holds and nothing commits, in euros: a promise commits nothing."""
    committed: dict[tuple[int, int, str], Decimal] = {}
    for key, amount in held(contract_id, (Stage.COMMITTED,)).items():
        whose = (key.action_id, key.year, key.siret)
        committed[whose] = committed.get(whose, ZERO) + amount
    surplus = held(contract_id, (Stage.INDICATIVE,))
    for key, amount in held(contract_id, (Stage.GRANTED,)).items():
        whose = (key.action_id, key.year, key.siret)
        kept = min(amount, committed.get(whose, ZERO))
        committed[whose] = committed.get(whose, ZERO) - kept
        surplus[key] = amount - kept
    return {key: amount for key, amount in surplus.items() if amount}


def give_back(contract: Contract, event: Event, now: datetime) -> None:
    """Give back what nothing commits: to the envelopes of each year, in what is granted and in what is notified.

    What is committed stays, to be paid. Twice is as once. The file is locked by the caller.
    """
    with transaction.atomic():
        lock_envelopes(contract)
        surplus = uncommitted(contract.pk)
        holds = held(contract.pk, TAKEN_STAGES)
        kept = {key: amount - surplus.get(key, ZERO) for key, amount in holds.items()}
        move(contract.pk, kept, event, now)
        left: dict[tuple[int, int], Decimal] = {}
        for key, amount in kept.items():
            left[key.action_id, key.year] = left.get((key.action_id, key.year), ZERO) + amount
        rows = list(YearAmount.objects.filter(action__in={key.action_id for key in surplus}).order_by("pk"))
        for row in rows:
            row.granted = left.get((row.action_id, row.year), ZERO)
        YearAmount.objects.bulk_update(rows, ["granted"])
        notify(contract, event, now)
