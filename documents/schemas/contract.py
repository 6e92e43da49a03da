"""What is signed, and the correction of its material errors."""

from typing import TypedDict

from documents.schemas.actions import Action, Totals
from documents.schemas.diagnostic import DiagnosticContent
from documents.schemas.parties import (
    Base,
    Campaign,
    LocalParty,
    Parties,
    Period,
    Service,
    ShownParties,
    StateBase,
    Tribunal,
)
from documents.schemas.shapes import Day, MaybeHash


class CalendarStep(TypedDict):
    """A date of the life of the contract, for its calendar."""

    label: str
    on: Day


class SpecialClause(TypedDict):
    """A clause that the préfecture added to this contract."""

    title: str
    text: str


class ContractData(StateBase):
    """Everything that is signed."""

    parties: ShownParties
    title: str
    period: Period
    motivation: str
    public: str
    expected_count: int | None
    axes: list[str]
    campaigns: list[Campaign]
    letter_on: Day | None
    diagnostic_approved_on: Day | None
    request_received_on: Day | None
    diagnostic: DiagnosticContent
    actions: list[Action]
    totals: Totals
    calendar: list[CalendarStep]
    special_clauses: list[SpecialClause]
    tribunal: Tribunal
    place: str


class Acceptance(TypedDict):
    """A party that accepted a rectification."""

    party: str
    full_name: str
    capacity: str
    accepted_on: Day


class RectificationData(Base):
    """Correction of a material error of a signed contract; it holds once `accepted_on` is given."""

    porteur: LocalParty
    parties: Parties
    title: str
    number: int
    contract_version: int | None
    contract_sha256: MaybeHash
    signed_on: Day | None
    proposed_on: Day
    proposed_by: str
    location: str
    wrong: str
    right: str
    reason: str
    acceptances: list[Acceptance]
    accepted_on: Day | None
    service: Service
