"""Money of contracts signed before the portal: what was notified each year, without actions nor envelope."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from funding.enums import Stage
from funding.models import Movement
from journal.models import Event


def record_granted(
    *,
    contract_id: int,
    amounts: Mapping[int, Decimal],
    beneficiary_name: str,
    beneficiary_siret: str,
    event: Event,
    now: datetime,
) -> None:
    """Write to the ledger what an imported contract was granted and notified, in euros by year, on its first day.

    Args:
        contract_id: the contract.
        amounts: in euros, by year.
        beneficiary_name: who received it.
        beneficiary_siret: the SIRET, or the SIREN where the official list gives no more.
        event: the journal's row.
        now: the instant of recording.
    """
    Movement.objects.bulk_create(
        Movement(
            contract_id=contract_id,
            year=year,
            beneficiary_name=beneficiary_name,
            beneficiary_siret=beneficiary_siret,
            stage=stage,
            amount=amount,
            recorded_at=now,
            effective_on=date(year, 1, 1),
            event=event,
        )
        for year, amount in amounts.items()
        if amount
        for stage in (Stage.GRANTED, Stage.NOTIFIED)
    )
