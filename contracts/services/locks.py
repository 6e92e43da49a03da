"""The lock that every change of a file begins with, and what every change ends with."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from accounts.enums import Side
from contracts.enums import State, Turn
from contracts.facts import Facts
from contracts.models import Contract
from contracts.queries import load_facts
from contracts.requirements import unmet
from contracts.workflow import FORWARD, SPECS

#: Who takes the next step when nothing is lacking.
DOER: dict[State, Turn] = {
    State.LETTER_DRAFT: Turn.LOCAL,
    State.LETTER_SENT: Turn.STATE,
    State.EXCHANGE: Turn.STATE,
    State.DIAGNOSTIC: Turn.STATE,
    State.PROPOSAL: Turn.LOCAL,
    State.CORRECTION_REQUESTED: Turn.LOCAL,
    State.UNDER_REVIEW: Turn.STATE,
    State.APPROVED: Turn.BOTH,
}


def locked(contract_id: int) -> Contract:
    """Load a file under lock, in the caller's transaction; the first lock of all."""
    contract: Contract = (
        Contract.objects.select_for_update(of=("self",), no_key=True).select_related("campaign").get(pk=contract_id)
    )
    return contract


def whose_turn(state: State, facts: Facts) -> Turn:
    """Return the sides able to satisfy an unmet requirement of the next step, or who takes that step."""
    if state not in FORWARD:
        return Turn.NOBODY
    sides = {side for each in unmet(SPECS[FORWARD[state]].requirements, facts) for side in each.sides}
    if not sides:
        return DOER[state]
    if sides == {Side.LOCAL}:
        return Turn.LOCAL
    return Turn.STATE if sides == {Side.STATE} else Turn.BOTH


def settle(contract: Contract, *, by: Actor | None, now: datetime) -> None:
    """Write down whose turn it is after a change, in the caller's transaction."""
    turn = whose_turn(State(contract.state), load_facts(contract, by=by, now=now))
    if turn != contract.turn or contract.turn_since is None:
        contract.turn, contract.turn_since = turn, now
    contract.last_event_at = now
    contract.save(update_fields=["turn", "turn_since", "last_event_at"])
