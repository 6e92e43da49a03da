"""Writing the budget of an action for one year: what did not change is not touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Account, BudgetSide, Funder, FundingStatus
from funding.errors import BudgetsRefused, FundingRefused, LinesRefused, StaleVersion
from funding.figures import budget_year, touched_years
from funding.models import Action, BudgetLine
from funding.queries import contract_years

if TYPE_CHECKING:
    from accounts.actors import Actor

LARGEST = Decimal("999999999999.99")
MOST_LINES = 120
_ACCOUNTS = {BudgetSide.CHARGE: CHARGE_ACCOUNTS, BudgetSide.PRODUCT: PRODUCT_ACCOUNTS}

DOUBLED = "Cette ligne figure deux fois : ajoutez une précision qui les distingue, ou réunissez-les."

Key = tuple[str, str, str, str]
#: An action, by its id, and a year.
Place = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """One line, in euros; a nil amount removes it."""

    side: str
    account: str
    amount: Decimal
    funder: str = ""
    label: str = ""
    status: str = ""

    @property
    def key(self) -> Key:
        return (self.side, self.account, self.funder, self.label)


def as_lines(rows: Iterable[BudgetLine]) -> list[LineInput]:
    """Return the lines of a budget as one would type them."""
    names = ("side", "account", "amount", "funder", "label", "status")
    return [LineInput(**{name: getattr(row, name) for name in names}) for row in rows]


def save_budget(
    *, action: Action, year: int, lines: Sequence[LineInput], by: Actor, now: datetime, seen: str | None = None
) -> bool:
    """Make the budget of a year what the lines say, writing changed lines alone, in a constant number of queries.

    Args:
        action: of a file locked by the caller.
        year: one that the action and the contract touch; another may only be emptied.
        lines: the whole budget of the year.
        by: who writes.
        now: when.
        seen: the ``fingerprint`` of the lines that the page showed; None skips the check.

    Returns:
        Whether anything changed.

    Raises:
        LinesRefused: with a sentence for each wrong line.
        StaleVersion: someone else changed this budget meanwhile.
        FundingRefused: the year is none of the action's.
    """
    place = (action.pk, year)
    known = {} if seen is None else {place: seen}
    try:
        return bool(save_budgets(actions=[action], budgets={place: lines}, by=by, now=now, seen=known))
    except BudgetsRefused as refusal:
        raise LinesRefused(refusal.errors[place]) from refusal


def save_budgets(
    *,
    actions: Sequence[Action],
    budgets: Mapping[Place, Sequence[LineInput]],
    by: Actor,
    now: datetime,
    seen: Mapping[Place, str] | None = None,
) -> list[Place]:
    """Make several budgets what the lines say: all of them or none, in a number of queries that no line changes.

    Args:
        actions: of one file, locked by the caller.
        budgets: the whole budget of each action (by its id) and year; what is not named is left as it is.
        by: who writes.
        now: when.
        seen: the ``fingerprint`` of the budgets that the page or the file showed; those not named are not checked.

    Returns:
        The budgets that changed.

    Raises:
        BudgetsRefused: with a sentence for each wrong line of each budget.
        StaleVersion: someone else changed one of these budgets meanwhile.
        FundingRefused: a year is none of its action's.
    """
    wanted = _all_wanted(budgets)
    by_id = {each.pk: each for each in actions}
    years = contract_years(actions[0].contract_id) if actions else ()
    for (action_id, year), lines in wanted.items():
        if lines and year not in touched_years(by_id[action_id], years):
            raise FundingRefused(f"L’année {year} est hors du calendrier de l’action ou de la période du contrat.")
    with transaction.atomic():
        rows: dict[Place, list[BudgetLine]] = {}
        for row in BudgetLine.objects.filter(action__in=by_id).order_by("pk"):
            rows.setdefault((row.action_id, row.year), []).append(row)
        changed = [place for place, lines in wanted.items() if not _same(rows.get(place, []), lines)]
        for place in changed:
            if seen is not None and place in seen and seen[place] != fingerprint(rows.get(place, [])):
                raise StaleVersion("Ce budget a été modifié")
        _apply({place: (rows.get(place, []), wanted[place]) for place in changed})
        clear_budget_marks(by_id, wanted)
    return changed


def clear_budget_marks(actions: Mapping[int, Action], places: Iterable[Place]) -> None:
    """Note that the budgets carried over from another year were looked at."""
    looked = set(places)
    for action in actions.values():
        kept = [code for code in action.to_update if (action.pk, budget_year(code)) not in looked]
        if kept != action.to_update:
            action.to_update = kept
            action.save(update_fields=["to_update"])


def budget_years(action: Action) -> tuple[int, ...]:
    """Return the years for which the action may have a budget."""
    return touched_years(action, contract_years(action.contract_id))


def fingerprint(rows: Iterable[BudgetLine]) -> str:
    """Return a short text that changes as soon as a line does."""
    parts = sorted(f"{row.side}|{row.account}|{row.funder}|{row.label}|{row.status}|{row.amount:.2f}" for row in rows)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def line_errors(lines: Sequence[LineInput]) -> dict[int, str]:
    """Return what is wrong with the lines of one budget, by their position."""
    return _wanted(lines)[1]


def _all_wanted(budgets: Mapping[Place, Sequence[LineInput]]) -> dict[Place, dict[Key, LineInput]]:
    errors: dict[Place, dict[int, str]] = {}
    wanted: dict[Place, dict[Key, LineInput]] = {}
    for place, lines in budgets.items():
        wanted[place], wrong = _wanted(lines)
        if wrong:
            errors[place] = wrong
    if errors:
        raise BudgetsRefused(errors)
    return wanted


def _wanted(lines: Sequence[LineInput]) -> tuple[dict[Key, LineInput], dict[int, str]]:
    if len(lines) > MOST_LINES:
        raise FundingRefused(f"Un budget a {MOST_LINES} lignes au plus pour une année.")
    errors: dict[int, str] = {}
    wanted: dict[Key, LineInput] = {}
    for position, line in enumerate(lines):
        problem = next(_problems(line), "")
        if not problem and line.key in wanted and line.amount:
            problem = DOUBLED
        if problem:
            errors[position] = problem
        elif line.amount:
            wanted[line.key] = line
    return wanted, errors


def _problems(line: LineInput) -> Iterator[str]:
    yield from amount_problems(line.amount)
    if line.account not in _ACCOUNTS.get(BudgetSide(line.side), ()):
        yield "Ce compte n’est pas de ce côté du budget."
    elif (line.account == Account.P74) != (line.funder in Funder.values):
        yield (
            "Indiquez le financeur de la subvention."
            if line.account == Account.P74
            else ("Seul le compte 74 a un financeur.")
        )
    if line.status and (line.account != Account.P74 or line.status not in FundingStatus.values):
        yield "Seule une subvention est sollicitée ou acquise."


def amount_problems(amount: Decimal) -> Iterator[str]:
    """Yield what is wrong with an amount in euros."""
    if not amount.is_finite():
        yield "Saisissez un montant en euros."
    elif amount < 0:
        yield "Le montant ne peut pas être négatif."
    elif amount > LARGEST:
        yield "Ce montant dépasse ce que le portail accepte : vérifiez la saisie."
    elif amount != amount.quantize(Decimal("0.01")):
        yield "Un montant a deux décimales au plus : arrondissez au centime."


def _key(row: BudgetLine) -> Key:
    return (row.side, row.account, row.funder, row.label)


def _same(rows: Iterable[BudgetLine], wanted: Mapping[Key, LineInput]) -> bool:
    return {_key(row): (row.amount, row.status) for row in rows} == {
        key: (line.amount, line.status) for key, line in wanted.items()
    }


def _apply(changes: Mapping[Place, tuple[list[BudgetLine], dict[Key, LineInput]]]) -> None:
    """Write what differs, over all the budgets at once; a proof stays with the line that it proves."""
    changed, gone, new = [], [], []
    for (action_id, year), (rows, wanted) in changes.items():
        known = {_key(row): row for row in rows}
        gone += [row.pk for key, row in known.items() if key not in wanted]
        for key, line in wanted.items():
            row = known.get(key)
            if row is None:
                new.append(_row(action_id, year, line))
            elif (row.amount, row.status) != (line.amount, line.status):
                row.amount, row.status = line.amount, line.status
                if line.status != FundingStatus.OBTAINED:
                    row.proof_id = None
                changed.append(row)
    BudgetLine.objects.filter(pk__in=gone).delete()
    BudgetLine.objects.bulk_update(changed, ["amount", "status", "proof"])
    BudgetLine.objects.bulk_create(new)


def _row(action_id: int, year: int, line: LineInput) -> BudgetLine:
    return BudgetLine(
        action_id=action_id,
        year=year,
        side=line.side,
        account=line.account,
        funder=line.funder,
        label=line.label,
        status=line.status,
        amount=line.amount,
    )
