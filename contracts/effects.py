"""What follows each transition outside the file: documents to issue and people to tell. One table, no exception."""

from __future__ import annotations

from collections.abc import Callable

from accounts.enums import Side
from contracts import notifications, snapshot
from contracts.case import Case
from contracts.enums import State
from contracts.sealing import plan_seal
from documents.enums import DocumentKind
from documents.issuing import issue

Effect = Callable[[Case], None]


def issues(kind: DocumentKind) -> Effect:
    """Return the effect that freezes the data of a document and plans its rendering."""

    def effect(case: Case) -> None:
        data = snapshot.build(kind, case)
        issue(kind=kind, contract_id=case.contract.pk, data=data, by=case.by, now=case.now, event=case.event)

    return effect


def tells(*sides: Side) -> Effect:
    """Return the effect that writes a mail to those of these sides who must act or know."""

    def effect(case: Case) -> None:
        notifications.tell(case, sides=sides)

    return effect


def issue_contract_again(case: Case) -> None:
    """Issue the contract anew when a file comes back to the signature."""
    if case.contract.state == State.APPROVED:
        issues(DocumentKind.CONTRACT)(case)


LOCAL, STATE = tells(Side.LOCAL), tells(Side.STATE)
ALL = tells(Side.LOCAL, Side.STATE)

EFFECTS: dict[str, tuple[Effect, ...]] = {
    "send_letter": (issues(DocumentKind.LETTER), issues(DocumentKind.REGISTRATION_RECEIPT), ALL),
    "return_letter": (LOCAL,),
    "acknowledge": (issues(DocumentKind.LETTER_ACKNOWLEDGEMENT), LOCAL),
    "conclude_exchange": (ALL,),
    "return_to_exchange": (LOCAL,),
    "conclude_diagnostic": (issues(DocumentKind.DIAGNOSTIC), LOCAL),
    "return_to_diagnostic": (LOCAL,),
    "submit_proposal": (
        issues(DocumentKind.FUNDING_REQUEST),
        issues(DocumentKind.REQUEST_ACKNOWLEDGEMENT),
        ALL,
    ),
    "request_correction": (LOCAL,),
    "resubmit": (issues(DocumentKind.FUNDING_REQUEST), STATE),
    "approve": (issues(DocumentKind.CONTRACT), ALL),
    "refuse": (issues(DocumentKind.REFUSAL), ALL),
    "dismiss": (issues(DocumentKind.DISMISSAL), ALL),
    "withdraw": (ALL,),
    "reinstate": (issue_contract_again, ALL),
    "reopen": (ALL,),
    "reissue": (issues(DocumentKind.CONTRACT), ALL),
    "sign": (ALL,),
    "complete": (issues(DocumentKind.PROOF), plan_seal, ALL),
    "terminate": (ALL,),
}
