"""What the page of the review shows of money: sums, envelopes, and what each would become."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from typing import Any

from ctai.text import NBSP, euros, signed_euros
from funding.enums import BudgetSide, Decision, Stage
from funding.figures import TotalRow, total, total_or_none, year_states
from funding.models import ZERO, Action, Envelope


def needed_by_year(actions: Iterable[Action], contract_years: tuple[int, ...]) -> dict[int, Decimal]:
    """Return what the retained actions are proposed for each year, in euros."""
    needed: dict[int, Decimal] = {}
    for action in actions:
        if action.decision == Decision.RETAINED:
            for state in year_states(action, contract_years):
                needed[state.year] = needed.get(state.year, ZERO) + (state.proposed or ZERO)
    return needed


def promised_by_year(sums: Mapping[tuple[int, int], Mapping[Stage, Decimal]]) -> dict[int, Decimal]:
    """Return what a file was promised for each year and nobody confirmed yet, in euros.

    Args:
        sums: what the ledger holds at each stage, by action and year.
    """
    promised: dict[int, Decimal] = {}
    for (_, year), found in sums.items():
        promised[year] = promised.get(year, ZERO) + found.get(Stage.INDICATIVE, ZERO)
    return promised


def indicative_years(sums: Mapping[tuple[int, int], Mapping[Stage, Decimal]], action_id: int) -> frozenset[int]:
    """Return the years of an action whose amount is promised and not taken yet."""
    return frozenset(year for (pk, year), found in sums.items() if pk == action_id and found.get(Stage.INDICATIVE))


def envelope_row(
    envelope: Envelope, needed: Decimal, *, taken_already: Decimal = ZERO, promised: Decimal = ZERO
) -> dict[str, Any]:
    """Return an envelope with what files ask of it, in figures, in words and as parts of a bar.

    Args:
        envelope: of one year.
        needed: what these files would take of it, or took, in euros.
        taken_already: the part of it that was taken, in euros.
        promised: what contracts were promised for the year and nobody confirmed yet, in euros; it is told beside what
            remains, from which it is not taken away.
    """
    others = envelope.taken - taken_already
    usable = envelope.allotted - envelope.distributed
    left = usable - others - needed
    return {
        "year": envelope.campaign.year,
        "holder": envelope.organisation.name,
        "usable": euros(usable),
        "others": euros(others),
        "needed": euros(needed),
        "left": euros(left) if left >= 0 else euros(ZERO),
        "usable_cents": int(usable * 100),
        "others_cents": int(others * 100),
        "short": euros(-left) if left < 0 else "",
        "promised": euros(promised) if promised else "",
        "taken_part": _part(others, usable),
        "needed_part": min(_part(needed, usable), 100 - _part(others, usable)),
    }


def action_sums(action: Action, contract_years: tuple[int, ...]) -> dict[str, Any]:
    """Return what an action asks and is proposed over all its years, as its line shows it closed."""
    states = year_states(action, contract_years)
    asked, proposed = total(each.asked for each in states), total_or_none(each.proposed for each in states)
    known = proposed is not None and action.decision != Decision.REJECTED
    difference = proposed - asked if known and proposed is not None else ZERO
    return {
        "asked": euros(asked),
        "proposed": euros(proposed) if known else "",
        "difference": signed_euros(difference) if difference else "",
        "way": way(difference),
    }


def way(difference: Decimal) -> str:
    """Return the name of the colour of a difference, which its sign says too."""
    return "down" if difference < 0 else "up" if difference > 0 else ""


def ineligible_charges(action: Action, eligible: Mapping[int, Collection[str]]) -> list[str]:
    """Return in words the charges that the campaign of their year does not fund; a year without campaign funds all."""
    return [
        f"{line.get_account_display()}, {line.year}{NBSP}: {euros(line.amount)}"
        for line in action.budget_lines.all()
        if line.side == BudgetSide.CHARGE and line.year in eligible and line.account not in eligible[line.year]
    ]


def stage_rows(
    actions: Iterable[Action], sums: Mapping[tuple[int, int], Mapping[Stage, Decimal]]
) -> list[tuple[str, int, list[str]]]:
    """Return each stage of money apart, for each action and year that the ledger knows."""
    names = {each.pk: f"{each.number}. {each.title}" for each in actions}
    return [
        (names[action], year, [euros(found.get(stage, ZERO)) for stage in SHOWN_STAGES])
        for (action, year), found in sorted(sums.items())
        if action in names and any(found.values())
    ]


#: « Indicatif » is what is granted for a year whose campaign is not open.
SHOWN_STAGES = tuple(Stage)


def summary_rows(rows: Iterable[TotalRow], needed: dict[int, Decimal]) -> list[list[str]]:
    """Return, for each year, what was asked, what is proposed, the difference and its way, as cells."""
    return [
        [
            row.label,
            euros(row.cost),
            euros(row.requested),
            euros(needed.get(int(row.label), ZERO)),
            signed_euros(needed.get(int(row.label), ZERO) - row.requested),
            way(needed.get(int(row.label), ZERO) - row.requested),
        ]
        for row in rows
    ]


def _part(amount: Decimal, whole: Decimal) -> int:
    """Return a share of the whole in hundredths, from 0 to 100."""
    return min(100, max(0, round(amount * 100 / whole))) if whole else 0
