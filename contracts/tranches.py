"""What the page of the tranches shows: each year of a contract, with the sums of the ledger at each stage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet, Sum

from campaigns.models import Campaign
from contracts.enums import State
from contracts.models import Contract
from funding.balances import balances_of
from funding.enums import ExpenditureKind, Stage
from funding.models import ZERO, Expenditure, Movement, Tranche, TrancheAmount
from funding.queries import cents, from_cents, ledger_by_year


@dataclass(frozen=True, slots=True)
class TrancheYear:
    """A year of a contract: the amount at each stage in euros, and the decision that confirmed it, if any."""

    year: int
    sums: dict[Stage, Decimal]
    tranche: Tranche | None
    lowered: list[TrancheAmount]
    entries: list[Expenditure]
    campaign_is_open: bool

    @property
    def requested(self) -> Decimal:
        return self.sums.get(Stage.REQUESTED, ZERO)

    @property
    def granted(self) -> Decimal:
        return self.sums.get(Stage.GRANTED, ZERO)

    @property
    def indicative(self) -> Decimal:
        return self.sums.get(Stage.INDICATIVE, ZERO)

    @property
    def notified(self) -> Decimal:
        return self.sums.get(Stage.NOTIFIED, ZERO)

    @property
    def committed(self) -> Decimal:
        return self.sums.get(Stage.COMMITTED, ZERO)

    @property
    def paid(self) -> Decimal:
        return self.sums.get(Stage.PAID, ZERO)

    @property
    def to_commit(self) -> Decimal:
        return self.notified - self.committed

    @property
    def to_pay(self) -> Decimal:
        """What is committed and not paid yet (« reste à verser »)."""
        return self.committed - self.paid

    @property
    def awaits_decision(self) -> bool:
        return bool(self.indicative) and self.campaign_is_open


def years_of(contract: Contract, opened: Collection[int]) -> list[TrancheYear]:
    """Return each year of a contract, in order; four queries whatever their number."""
    sums: dict[int, dict[Stage, Decimal]] = {year: {} for year in contract.years}
    for (year, stage), amount in ledger_by_year(Movement.objects.filter(contract=contract)).items():
        sums.setdefault(year, {})[stage] = amount
    rows = Tranche.objects.filter(contract=contract, withdrawn_at__isnull=True).select_related("event__named_act")
    confirmed = {each.year: each for each in rows.prefetch_related("amounts__action")}
    entries: dict[int, list[Expenditure]] = {}
    written = Expenditure.objects.filter(contract=contract).select_related("correction", "event")
    for each in written.order_by("day", "pk"):
        entries.setdefault(each.year, []).append(each)
    return [
        TrancheYear(
            year=year,
            entries=entries.get(year, []),
            sums=sums[year],
            tranche=confirmed.get(year),
            lowered=[each for each in confirmed[year].amounts.all() if each.reason] if year in confirmed else [],
            campaign_is_open=year in opened,
        )
        for year in sorted(sums)
    ]


@dataclass(frozen=True, slots=True)
class Planned:
    """A payment of the campaign's profile: its share (0 to 1), its amount and what was paid so far, in euros."""

    label: str
    share: Decimal
    amount: Decimal
    paid: Decimal


def payment_plan(contract: Contract, year: int) -> list[Planned]:
    """Return the payments that the campaign of a year plans for what was notified; none when it is unknown."""
    campaign = Campaign.objects.filter(year=year).first()
    if campaign is None:
        return []
    notified = sum((each.notified for each in balances_of(contract.pk, year)), ZERO)
    paid = dict(
        Expenditure.objects.filter(contract=contract, year=year)
        .order_by()
        .values_list("kind")
        .annotate(cents=Sum(cents()))
    )
    shares = {
        ExpenditureKind.ADVANCE: campaign.advance_share,
        ExpenditureKind.INSTALMENT: campaign.instalment_share,
        ExpenditureKind.BALANCE: campaign.balance_share,
    }
    amounts = {kind: (notified * share / 100).quantize(Decimal("0.01")) for kind, share in shares.items()}
    amounts[ExpenditureKind.BALANCE] = (
        notified - amounts[ExpenditureKind.ADVANCE] - amounts[ExpenditureKind.INSTALMENT]
    )
    return [
        Planned(kind.label, share / 100, amounts[kind], from_cents(paid.get(kind.value)))
        for kind, share in shares.items()
        if share
    ]


@dataclass(frozen=True, slots=True)
class Awaiting:
    """A tranche that may be confirmed: the file, the year, what was promised in euros."""

    reference: str
    name: str
    year: int
    amount: Decimal


def awaiting(files: QuerySet[Contract]) -> list[Awaiting]:
    """Return the tranches of these files that their open campaign lets confirm, the oldest year first: one query."""
    found = (
        Movement.objects.filter(
            contract__in=files.filter(state=State.SIGNED).order_by().values("pk"),
            stage=Stage.INDICATIVE,
            year__in=Campaign.objects.filter(is_open=True).values("year"),
        )
        .order_by()
        .values_list("contract__reference", "contract__porteur__name", "year")
        .annotate(cents=Sum(cents()))
        .filter(cents__gt=0)
        .order_by("year", "contract__porteur__name", "contract__reference")
    )
    return [Awaiting(reference, name, year, from_cents(total)) for reference, name, year, total in found]
