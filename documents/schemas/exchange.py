"""The minutes of a meeting, and the agreement of each side with a text."""

from typing import NotRequired, TypedDict

from documents.schemas.parties import Base, LocalParty, Service
from documents.schemas.shapes import Day


class Participant(TypedDict):
    full_name: str
    organisation: str
    capacity: str


class MeetingDecision(TypedDict):
    text: str
    owner: str
    due_on: Day | None


class Approval(TypedDict):
    """One side’s agreement with a text."""

    side: str  # « Collectivité », « Préfecture »
    organisation: str
    approved_on: Day | None
    remark: NotRequired[str]


class MinutesData(Base):
    porteur: LocalParty
    meeting_number: int
    subject: str
    held_on: Day
    place: str  # town hall, or « visioconférence »
    agenda: str
    text: str
    participants: list[Participant]
    decisions: list[MeetingDecision]
    approvals: list[Approval]
    service: Service
