"""The funding request, what acknowledges it, and the decision that ends a file."""

from typing import Literal, NotRequired, TypedDict

from documents.schemas.actions import Action, Totals, YearTotal
from documents.schemas.parties import (
    AttachedFile,
    Base,
    Campaign,
    LocalParty,
    Period,
    Person,
    Service,
    ShownParty,
    StateBase,
    Tribunal,
)
from documents.schemas.shapes import Amount, Day, MaybeDay


class PaidYear(TypedDict):
    year: int
    amount: Amount


class Payment(TypedDict):
    """Who is to be paid, and on which account."""

    name: str
    siret: str
    amounts: list[PaidYear]
    total: Amount
    account: str  # holder and masked IBAN, empty until known


class Attestation(TypedDict):
    """What the signatory attests, and the day."""

    statements: list[str]
    on: MaybeDay


class FundingRequestData(Base):
    porteur: ShownParty
    co_signatories: list[ShownParty]
    recipient: str
    title: str
    period: Period
    campaigns: list[Campaign]
    signatory: Person
    submitted_on: Day
    actions: list[Action]
    totals: Totals
    payments: NotRequired[list[Payment]]  # absent from requests older than the accounts
    attestation: NotRequired[Attestation | None]
    attachments: list[AttachedFile]


class RequestAcknowledgementData(StateBase):
    """Accusé de réception of the request (CRPA L. 112-3, R. 112-5)."""

    porteur: LocalParty
    received_on: Day
    submitted_by: str
    requested: Amount
    by_year: list[YearTotal]
    service: Service
    agent: Person | None
    implicit_decision_on: MaybeDay
    silence_means: Literal["rejet", "acceptation"]
    is_late: bool
    tribunal: Tribunal
    attachments: list[AttachedFile]


class DecisionData(StateBase):
    """Refusal or dismissal of a file."""

    porteur: LocalParty
    title: str
    decided_on: Day
    reason: str
    signatory: Person
    delegation: str  # mention of the delegation of signature, may be empty
    service: Service
    requested: Amount | None
    request_received_on: Day | None
    tribunal: Tribunal
