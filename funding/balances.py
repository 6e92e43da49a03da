"""What remains to commit and to pay for a tranche: sums of the ledger by beneficiary, of the entries by commitment."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Max, Min, Sum

from funding.enums import ExpenditureKind, Stage
from funding.models import ZERO, Expenditure, Movement
from funding.queries import cents, from_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """What a beneficiary was notified for a year, and what was committed and paid of it, in euros."""

    siret: str
    name: str
    notified: Decimal = ZERO
    committed: Decimal = ZERO
    paid: Decimal = ZERO

    @property
    def to_commit(self) -> Decimal:
        return self.notified - self.committed

    @property
    def to_pay(self) -> Decimal:
        return self.committed - self.paid


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """A legal commitment: its number in Chorus, what it commits and what was paid on it, in euros."""

    chorus_number: str
    siret: str
    name: str
    day: date
    committed: Decimal
    paid: Decimal

    @property
    def to_pay(self) -> Decimal:
        return self.committed - self.paid


def balances_of(contract_id: int, year: int) -> list[Balance]:
    """Return those to whom a year was notified, by name: one query."""
    rows = (
        Movement.objects.filter(
            contract=contract_id, year=year, stage__in=(Stage.NOTIFIED, Stage.COMMITTED, Stage.PAID)
        )
        .order_by()
        .values_list("beneficiary_siret", "stage")
        .annotate(cents=Sum(cents()), name=Max("beneficiary_name"))
    )
    sums: dict[str, dict[str, Decimal]] = {}
    names: dict[str, str] = {}
    for siret, stage, total, name in rows:
        sums.setdefault(siret, {})[stage] = from_cents(total)
        names[siret] = max(name, names.get(siret, ""))
    found = [
        Balance(
            siret=siret,
            name=names[siret] or "Bénéficiaire à préciser",
            notified=of.get(Stage.NOTIFIED, ZERO),
            committed=of.get(Stage.COMMITTED, ZERO),
            paid=of.get(Stage.PAID, ZERO),
        )
        for siret, of in sums.items()
    ]
    return sorted((each for each in found if each.notified), key=lambda each: (each.name.casefold(), each.siret))


def commitments_of(contract_id: int, year: int) -> list[Commitment]:
    """Return the commitments of a tranche that hold money, the oldest first: one query."""
    rows = (
        Expenditure.objects.filter(contract=contract_id, year=year)
        .order_by()
        .values_list("chorus_number", "beneficiary_siret", "kind")
        .annotate(cents=Sum(cents()), name=Max("beneficiary_name"), first=Min("day"))
    )
    found: dict[tuple[str, str], Commitment] = {}
    paid: dict[tuple[str, str], Decimal] = {}
    for number, siret, kind, total, name, first in rows:
        if kind == ExpenditureKind.COMMITMENT:
            found[number, siret] = Commitment(
                chorus_number=number, siret=siret, name=name, day=first, committed=from_cents(total), paid=ZERO
            )
        else:
            paid[number, siret] = paid.get((number, siret), ZERO) + from_cents(total)
    standing = [
        Commitment(
            chorus_number=each.chorus_number,
            siret=each.siret,
            name=each.name,
            day=each.day,
            committed=each.committed,
            paid=paid.get(key, ZERO),
        )
        for key, each in found.items()
        if each.committed
    ]
    return sorted(standing, key=lambda each: (each.day, each.chorus_number))
