"""What the rows of an action add up to: pure sums, exact to the cent, and what a fiche still lacks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Account, BudgetSide, Decision, Funder
from funding.models import ZERO, Action, BudgetLine

VOLUNTARY = (Account.C86, Account.P87)
_CENT = Decimal("0.01")
#: As plain texts: thousands of lines are compared with them.
_VOLUNTARY = frozenset(each.value for each in VOLUNTARY)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearState:
    """One year of an action, in euros; charges and products leave out the contributions in kind (86 and 87)."""

    year: int
    charges: Decimal = ZERO
    products: Decimal = ZERO
    voluntary_charges: Decimal = ZERO
    voluntary_products: Decimal = ZERO
    state_line: Decimal = ZERO
    requested: Decimal | None = None
    proposed: Decimal | None = None
    granted: Decimal | None = None
    reduction_reason: str = ""

    @property
    def cost(self) -> Decimal:
        """The whole cost, contributions in kind included."""
        return self.charges + self.voluntary_charges

    @property
    def resources(self) -> Decimal:
        return self.products + self.voluntary_products

    @property
    def gap(self) -> Decimal:
        """What the products lack to equal the charges."""
        return self.charges - self.products

    @property
    def is_balanced(self) -> bool:
        return self.charges == self.products and self.voluntary_charges == self.voluntary_products

    @property
    def asked(self) -> Decimal:
        """What was asked at the last submission, or what the budget asks now."""
        return self.state_line if self.requested is None else self.requested

    @property
    def difference(self) -> Decimal | None:
        return None if self.proposed is None else self.proposed - self.asked


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionState:
    """An action as the machine and the lists see it."""

    number: int
    title: str
    axis_code: str
    missing: tuple[str, ...]
    years: tuple[YearState, ...]
    decision: str
    reason_missing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalRow:
    """A sum, in euros."""

    label: str
    cost: Decimal = ZERO
    requested: Decimal = ZERO
    proposed: Decimal | None = None
    granted: Decimal | None = None

    @property
    def rate(self) -> Decimal | None:
        """The share of the cost that is asked of the State, 1 being the whole; None without a cost."""
        return self.requested / self.cost if self.cost else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FunderRow:
    """What one funder brings, in euros."""

    funder: str
    label: str
    requested: Decimal
    obtained: Decimal

    @property
    def total(self) -> Decimal:
        return self.requested + self.obtained


@dataclass(frozen=True, slots=True, kw_only=True)
class NatureRow:
    """What one account of the budget adds up to, by year and over all of them, in euros."""

    side: str
    account: str
    amounts: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    years: tuple[int, ...]
    by_nature: tuple[NatureRow, ...]
    by_year: tuple[TotalRow, ...]
    by_axis: tuple[TotalRow, ...]
    by_beneficiary: tuple[TotalRow, ...]
    by_funder: tuple[FunderRow, ...]
    whole: TotalRow


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """Return the sum of the amounts, an absent one counting for nothing."""
    return sum((each for each in amounts if each is not None), ZERO)


def total_or_none(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """Return the sum of the amounts that are known; None when none is."""
    known = [each for each in amounts if each is not None]
    return sum(known, ZERO) if known else None


def percentage(part: Decimal, whole: Decimal) -> Decimal | None:
    """Return a rate in hundredths with two decimals; None when the whole is nil."""
    return (part * 100 / whole).quantize(_CENT, ROUND_HALF_UP) if whole else None


def touched_years(action: Action, contract_years: Collection[int]) -> tuple[int, ...]:
    """Return the civil years of the contract that the action touches; those of the contract until it has dates."""
    if action.starts_on is None or action.ends_on is None:
        return tuple(contract_years)
    own = range(action.starts_on.year, action.ends_on.year + 1)
    return tuple(year for year in own if not contract_years or year in contract_years)


_MARKS = {
    "calendar": "calendrier",
    "people": "nombre de personnes",
    "indicators": "indicateurs",
    "need": "besoin du diagnostic",
}


def mark_label(code: str) -> str:
    """Return what a mark of a reconduction (``Action.to_update``) is about, in words."""
    year = budget_year(code)
    return _MARKS.get(code, code) if year is None else f"budget {year}"


def budget_year(code: str) -> int | None:
    """Return the year of a mark « budget:2027 » (``Action.to_update``), None for another mark."""
    kind, _, year = code.partition(":")
    return int(year) if kind == "budget" else None


def year_states(action: Action, contract_years: Collection[int]) -> tuple[YearState, ...]:
    """Return the years of an action, those that hold lines outside its calendar included: nothing is hidden."""
    lines: dict[int, list[BudgetLine]] = {}
    for line in action.budget_lines.all():
        lines.setdefault(line.year, []).append(line)
    years = sorted(set(touched_years(action, contract_years)) | lines.keys())
    amounts = {each.year: each for each in action.amounts.all()}
    return tuple(_year_state(year, lines.get(year, []), amounts.get(year)) for year in years)


def _year_state(year: int, lines: list[BudgetLine], amount: object) -> YearState:
    sums = dict.fromkeys(("charges", "products", "voluntary_charges", "voluntary_products", "state_line"), ZERO)
    for line in lines:
        side = "charges" if line.side == "charge" else "products"
        sums[f"voluntary_{side}" if line.account in _VOLUNTARY else side] += line.amount
        if line.funder == "state_p104":
            sums["state_line"] += line.amount
    return YearState(
        year=year,
        requested=getattr(amount, "requested", None),
        proposed=getattr(amount, "proposed", None),
        granted=getattr(amount, "granted", None),
        reduction_reason=getattr(amount, "reduction_reason", ""),
        **sums,
    )


def missing_parts(action: Action, contract_years: Collection[int], *, needs_exist: bool) -> tuple[str, ...]:
    """Return, in French words, what the fiche lacks before it can be submitted.

    Args:
        action: with its indicators and budget lines.
        contract_years: the civil years of the contract.
        needs_exist: whether the diagnostic holds needs that an action may answer.
    """
    parts = [words for words, lacks in _PARTS if lacks(action)]
    if needs_exist and action.need_id is None:
        parts.append("besoin du diagnostic")
    parts += [f"{mark_label(code)} à mettre à jour" for code in action.to_update]
    return tuple(parts + list(_calendar_gaps(action, contract_years)))


def _calendar_gaps(action: Action, contract_years: Collection[int]) -> Iterator[str]:
    if action.starts_on is None or action.ends_on is None:
        yield "calendrier"
        return
    years = touched_years(action, contract_years)
    if not years:
        yield "calendrier compris dans la période du contrat"
    budgeted = {line.year for line in action.budget_lines.all()}
    yield from (f"budget {year}" for year in years if year not in budgeted)
    yield from (f"budget {year} à effacer, hors du calendrier" for year in sorted(budgeted - set(years)))


def _no_target(action: Action) -> bool:
    return not any(each.target is not None for each in action.indicators.all())


_PARTS: tuple[tuple[str, Callable[[Action], bool]], ...] = (
    ("objectifs", lambda action: not action.objectives),
    ("description", lambda action: not action.description),
    ("porteur", lambda action: not action.holder_name),
    ("SIRET du porteur", lambda action: not action.holder_siret),
    ("bénéficiaire du versement", lambda action: not action.beneficiary_name),
    ("SIRET du bénéficiaire", lambda action: not action.beneficiary_siret),
    ("publics", lambda action: not action.publics),
    ("nombre de personnes", lambda action: not action.expected_count),
    ("complémentarité avec le droit commun et AGIR", lambda action: not action.complementarity),
    ("indicateur avec sa cible", _no_target),
)


def action_state(action: Action, contract_years: Collection[int], *, needs_exist: bool) -> ActionState:
    """Return an action as the machine sees it."""
    return ActionState(
        number=action.number,
        title=action.title,
        axis_code=action.axis.code,
        missing=missing_parts(action, contract_years, needs_exist=needs_exist),
        years=year_states(action, contract_years),
        decision=action.decision,
        reason_missing=action.decision == Decision.REJECTED and not action.rejection_reason,
    )


def totals_of(actions: Iterable[Action], contract_years: Collection[int]) -> Totals:
    """Return the sums of some actions by year, axis, beneficiary and funder."""
    entries = [(action, year) for action in actions for year in year_states(action, contract_years)]
    kept = list({action.pk: action for action, _ in entries}.values())
    years = tuple(sorted({year.year for _, year in entries}))
    return Totals(
        years=years,
        by_nature=_by_nature(kept, years),
        by_year=_grouped(entries, lambda _action, year: str(year.year), sort=True),
        by_axis=_grouped(entries, lambda action, _year: action.axis.label),
        by_beneficiary=_grouped(entries, _beneficiary),
        by_funder=_by_funder(kept),
        whole=_row("Total", [year for _, year in entries]),
    )


Entry = tuple[Action, YearState]


def _beneficiary(action: Action, _year: YearState) -> str:
    return action.beneficiary_name or "Bénéficiaire à préciser"


def _grouped(
    entries: list[Entry], label: Callable[[Action, YearState], str], *, sort: bool = False
) -> tuple[TotalRow, ...]:
    groups: dict[str, list[YearState]] = {}
    for action, year in entries:
        groups.setdefault(label(action, year), []).append(year)
    return tuple(_row(name, groups[name]) for name in (sorted(groups) if sort else groups))


def _row(label: str, years: list[YearState]) -> TotalRow:
    return TotalRow(
        label=label,
        cost=total(year.cost for year in years),
        requested=total(year.state_line for year in years),
        proposed=total_or_none(year.proposed for year in years),
        granted=total_or_none(year.granted for year in years),
    )


def _by_nature(actions: Iterable[Action], years: tuple[int, ...]) -> tuple[NatureRow, ...]:
    """Return the sums of each account that bears something, charges first, in the order of the Cerfa."""
    sums: dict[tuple[str, str], dict[int, Decimal]] = {}
    for action in actions:
        for line in action.budget_lines.all():
            of_account = sums.setdefault((line.side, line.account), {})
            of_account[line.year] = of_account.get(line.year, ZERO) + line.amount
    return tuple(
        NatureRow(
            side=side,
            account=account,
            amounts=tuple(sums[side, account].get(year, ZERO) for year in years),
            total=total(sums[side, account].values()),
        )
        for side, accounts in ((BudgetSide.CHARGE, CHARGE_ACCOUNTS), (BudgetSide.PRODUCT, PRODUCT_ACCOUNTS))
        for account in accounts
        if (side, account) in sums
    )


def share_of(actions: Iterable[Action], funders: Collection[str]) -> Decimal:
    """Return what some funders bring to the actions, in euros: the own share of the collectivités of a contract."""
    return total(line.amount for action in actions for line in action.budget_lines.all() if line.funder in funders)


def _by_funder(actions: Iterable[Action]) -> tuple[FunderRow, ...]:
    sums: dict[str, list[Decimal]] = {}
    for action in actions:
        for line in action.budget_lines.all():
            if line.funder:
                pair = sums.setdefault(line.funder, [ZERO, ZERO])
                pair[line.status == "obtained"] += line.amount
    return tuple(
        FunderRow(funder=code, label=Funder(code).label, requested=sums[code][0], obtained=sums[code][1])
        for code in Funder.values
        if code in sums
    )
