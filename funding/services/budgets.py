"""Writing the budget of an action for one year: what did not change is not touched."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Account, BudgetSide, Funder, FundingStatus
from funding.errors import FundingRefused, LinesRefused, StaleVersion
from funding.figures import touched_years
from funding.models import Action, BudgetLine
from funding.queries import contract_years

if TYPE_CHECKING:
    from accounts.actors import Actor

LARGEST = Decimal("999999999999.99")
MOST_LINES = 120
_ACCOUNTS = {BudgetSide.CHARGE: CHARGE_ACCOUNTS, BudgetSide.PRODUCT: PRODUCT_ACCOUNTS}

Key = tuple[str, str, str, str]


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
    wanted = _wanted(lines)
    if wanted and year not in budget_years(action):
        raise FundingRefused(f"L’année {year} est hors du calendrier de l’action ou de la période du contrat.")
    with transaction.atomic():
        rows = list(BudgetLine.objects.filter(action=action, year=year).order_by("pk"))
        known = {(row.side, row.account, row.funder, row.label): row for row in rows}
        if _same(known, wanted):
            return False
        if seen is not None and seen != fingerprint(rows):
            raise StaleVersion("Ce budget")
        _apply(action, year, known, wanted)
    return True


def budget_years(action: Action) -> tuple[int, ...]:
    """Return the years for which the action may have a budget."""
    return touched_years(action, contract_years(action.contract_id))


def fingerprint(rows: Iterable[BudgetLine]) -> str:
    """Return a short text that changes as soon as a line does."""
    parts = sorted(f"{row.side}|{row.account}|{row.funder}|{row.label}|{row.status}|{row.amount:.2f}" for row in rows)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def _wanted(lines: Sequence[LineInput]) -> dict[Key, LineInput]:
    if len(lines) > MOST_LINES:
        raise FundingRefused(f"Un budget a {MOST_LINES} lignes au plus pour une année.")
    errors: dict[int, str] = {}
    wanted: dict[Key, LineInput] = {}
    for position, line in enumerate(lines):
        problem = next(_problems(line), "")
        if not problem and line.key in wanted and line.amount:
            problem = "Cette ligne figure deux fois : ajoutez une précision qui les distingue, ou réunissez-les."
        if problem:
            errors[position] = problem
        elif line.amount:
            wanted[line.key] = line
    if errors:
        raise LinesRefused(errors)
    return wanted


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


def _same(known: dict[Key, BudgetLine], wanted: dict[Key, LineInput]) -> bool:
    return known.keys() == wanted.keys() and all(
        (known[key].amount, known[key].status) == (line.amount, line.status) for key, line in wanted.items()
    )


def _apply(action: Action, year: int, known: dict[Key, BudgetLine], wanted: dict[Key, LineInput]) -> None:
    changed = []
    for key, line in wanted.items():
        row = known.get(key)
        if row is not None and (row.amount, row.status) != (line.amount, line.status):
            row.amount, row.status = line.amount, line.status
            changed.append(row)
    BudgetLine.objects.filter(pk__in=[row.pk for key, row in known.items() if key not in wanted]).delete()
    BudgetLine.objects.bulk_update(changed, ["amount", "status"])
    BudgetLine.objects.bulk_create(
        [
            BudgetLine(
                action=action,
                year=year,
                side=line.side,
                account=line.account,
                funder=line.funder,
                label=line.label,
                status=line.status,
                amount=line.amount,
            )
            for key, line in wanted.items()
            if key not in known
        ]
    )
