"""In which states a file may be written, for each right that is not a transition."""

from accounts.roles import Permission
from contracts.enums import ENDED, IN_PROGRESS, SENT, State

P = Permission
_ALIVE = SENT | {State.SIGNED}

WINDOWS: dict[Permission, frozenset[State]] = {
    P.LETTER_WRITE: frozenset({State.LETTER_DRAFT}),
    P.PARTIES_MANAGE: IN_PROGRESS,
    P.SERVICES_MANAGE: _ALIVE,
    P.LEAD_PROPOSE: _ALIVE,
    P.LEAD_ACCEPT: _ALIVE,
    P.EXCHANGE_TALK: _ALIVE,
    P.NOTE_WRITE: frozenset(State),
    P.REMARK_WRITE: SENT,
    P.MEETING_RECORD: _ALIVE - {State.LETTER_SENT},
    P.MINUTES_APPROVE: _ALIVE - {State.LETTER_SENT},
    P.PIECE_REQUEST: SENT,
    P.PIECE_PROVIDE: SENT,
    P.UPLOAD: _ALIVE | {State.LETTER_DRAFT},
    P.DIAGNOSTIC_WRITE: frozenset({State.DIAGNOSTIC}),
    P.DIAGNOSTIC_APPROVE: frozenset({State.DIAGNOSTIC}),
    P.PROPOSAL_WRITE: frozenset({State.PROPOSAL, State.CORRECTION_REQUESTED}),
    P.AMOUNT_PROPOSE: frozenset({State.UNDER_REVIEW}),
    P.OPINION_RECORD: frozenset({State.UNDER_REVIEW, State.CORRECTION_REQUESTED}),
    # An ended file may come back to the signature, and its contract is then issued: its text is completed before.
    P.CLAUSE_WRITE: frozenset({State.UNDER_REVIEW, State.CORRECTION_REQUESTED, State.APPROVED}) | ENDED,
    P.RECTIFY: frozenset({State.SIGNED}),
    P.RECTIFICATION_ACCEPT: frozenset({State.SIGNED}),
    P.TRANCHE_CONFIRM: frozenset({State.SIGNED}),
    P.EXPENDITURE_RECORD: frozenset({State.SIGNED, State.TERMINATED, State.CLOSED}),
    P.DELIBERATION_RECORD: frozenset({State.UNDER_REVIEW, State.CORRECTION_REQUESTED, State.APPROVED}),
}


def is_open(permission: Permission, state: str) -> bool:
    """Tell whether this right can be used in this state."""
    return State(state) in WINDOWS[permission]
