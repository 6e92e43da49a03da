"""Money of contracts signed before the portal: what was granted each year, without actions nor envelope."""

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
    """Write to the ledger what an imported contract was granted, in euros by year, on the first day of the year."""
    Movement.objects.bulk_create(
        Movement(
            contract_id=contract_id,
            year=year,
            beneficiary_name=beneficiary_name,
            beneficiary_siret=beneficiary_siret,
            stage=Stage.GRANTED,
            amount=amount,
            recorded_at=now,
            effective_on=date(year, 1, 1),
            event=event,
        )
        for year, amount in amounts.items()
        if amount
    )
