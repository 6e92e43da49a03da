"""What envelopes hold at an instant: received, distributed, used and remaining, in AE and in CP, as sums of rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from funding.enums import Stage
from funding.models import ZERO, Allocation, Envelope, Movement
from funding.queries import cents, from_cents


@dataclass(frozen=True, slots=True)
class Credits:
    """What an act moves, in euros: the right to commit (AE) and the right to pay (CP)."""

    ae: Decimal = ZERO
    cp: Decimal = ZERO

    def __neg__(self) -> Credits:
        return Credits(-self.ae, -self.cp)


@dataclass(frozen=True, slots=True, kw_only=True)
class Credit:
    """One kind of credit of an envelope, in euros."""

    allotted: Decimal = ZERO
    distributed: Decimal = ZERO
    used: Decimal = ZERO

    @property
    def remaining(self) -> Decimal:
        return self.allotted - self.distributed - self.used

    def __add__(self, other: Credit) -> Credit:
        return Credit(
            allotted=self.allotted + other.allotted,
            distributed=self.distributed + other.distributed,
            used=self.used + other.used,
        )


@dataclass(frozen=True, slots=True)
class Holding:
    """An envelope with what it holds: AE are used by grants, CP by payments."""

    envelope: Envelope
    ae: Credit
    cp: Credit


def holdings(envelopes: Sequence[Envelope], at: datetime | None = None) -> list[Holding]:
    """Return what envelopes hold: now as their rows say, or at a past instant, summed in three queries."""
    if at is None:
        return [_present(each) for each in envelopes]
    ids = [each.pk for each in envelopes]
    recorded = {"recorded_at__lte": at}
    given = _sums(Allocation.objects.filter(envelope__in=ids, **recorded), "envelope", ("amount", "cp_amount"))
    passed = _sums(Allocation.objects.filter(source__in=ids, **recorded), "source", ("amount", "cp_amount"))
    drawn = Movement.objects.filter(envelope__in=ids, **recorded).order_by()
    used: dict[tuple[int | None, str], Decimal] = {
        (pk, stage): from_cents(found)
        for pk, stage, found in drawn.values_list("envelope", "stage").annotate(cents=Sum(cents()))
    }
    return [
        Holding(
            each,
            *(
                Credit(
                    allotted=given.get(each.pk, NOTHING)[place],
                    distributed=passed.get(each.pk, NOTHING)[place],
                    used=used.get((each.pk, stage), ZERO),
                )
                for place, stage in enumerate((Stage.GRANTED, Stage.PAID))
            ),
        )
        for each in envelopes
    ]


NOTHING = (ZERO, ZERO)


def _present(envelope: Envelope) -> Holding:
    ae = Credit(allotted=envelope.allotted, distributed=envelope.distributed, used=envelope.taken)
    cp = Credit(allotted=envelope.cp_allotted, distributed=envelope.cp_distributed, used=envelope.cp_paid)
    return Holding(envelope, ae, cp)


def _sums(rows: QuerySet[Allocation], key: str, fields: tuple[str, str]) -> Mapping[int, tuple[Decimal, Decimal]]:
    ae, cp = (Sum(cents(field)) for field in fields)
    found = rows.order_by().values_list(key).annotate(ae=ae, cp=cp).values_list(key, "ae", "cp")
    return {pk: (from_cents(first), from_cents(second)) for pk, first, second in found}


def stages_by_holder(
    holders: Iterable[int], year: int, at: datetime | None = None
) -> dict[tuple[int, Stage], Decimal]:
    """Return the sum of each stage for the files that each préfecture leads, for one tranche year: one query."""
    rows = Movement.objects.filter(contract__lead_service__in=list(holders), year=year).order_by()
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    found = rows.values_list("contract__lead_service", "stage").annotate(cents=Sum(cents()))
    return {(pk, Stage(stage)): from_cents(total) for pk, stage, total in found}


def stages_by_action(contract_id: int) -> dict[tuple[int, int], dict[Stage, Decimal]]:
    """Return the sum of each stage for each action and year of a file, in euros: one query."""
    rows = Movement.objects.filter(contract=contract_id, action__isnull=False).order_by()
    sums: dict[tuple[int, int], dict[Stage, Decimal]] = {}
    for action, year, stage, total in rows.values_list("action", "year", "stage").annotate(cents=Sum(cents())):
        if action is not None:
            sums.setdefault((action, year), {})[Stage(stage)] = from_cents(total)
    return sums
