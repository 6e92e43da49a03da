"""What the page of the review shows of money: sums, envelopes, and what each would become."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ctai.text import euros, signed_euros
from funding.enums import Decision
from funding.figures import TotalRow, year_states
from funding.models import ZERO, Action, Envelope


def needed_by_year(actions: Iterable[Action], contract_years: tuple[int, ...]) -> dict[int, Decimal]:
    """Return what the retained actions are proposed for each year, in euros."""
    needed: dict[int, Decimal] = {}
    for action in actions:
        if action.decision == Decision.RETAINED:
            for state in year_states(action, contract_years):
                needed[state.year] = needed.get(state.year, ZERO) + (state.proposed or ZERO)
    return needed


def envelope_row(envelope: Envelope, needed: Decimal, *, taken_already: bool) -> dict[str, Any]:
    """Return an envelope with what the file asks of it, in figures, in words and as parts of a bar.

    Args:
        envelope: of the préfecture in the lead, for one year.
        needed: what the retained actions of the file are proposed, in euros.
        taken_already: whether that is part of what was taken.
    """
    others = envelope.taken - needed if taken_already else envelope.taken
    usable = envelope.allotted - envelope.distributed
    left = usable - others - needed
    return {
        "year": envelope.campaign.year,
        "holder": envelope.organisation.name,
        "usable": euros(usable),
        "others": euros(others),
        "needed": euros(needed),
        "left": euros(left) if left >= 0 else euros(ZERO),
        "short": euros(-left) if left < 0 else "",
        "taken_part": _part(others, usable),
        "needed_part": min(_part(needed, usable), 100 - _part(others, usable)),
    }


def summary_rows(rows: Iterable[TotalRow], needed: dict[int, Decimal]) -> list[list[str]]:
    """Return, for each year, what was asked, what is proposed, and the difference, as cells."""
    return [
        [
            row.label,
            euros(row.cost),
            euros(row.requested),
            euros(needed.get(int(row.label), ZERO)),
            signed_euros(needed.get(int(row.label), ZERO) - row.requested),
        ]
        for row in rows
    ]


def _part(amount: Decimal, whole: Decimal) -> int:
    """Return a share of the whole in hundredths, from 0 to 100."""
    return min(100, max(0, round(amount * 100 / whole))) if whole else 0
