"""The shared diagnostic."""

from typing import TypedDict

from documents.schemas.exchange import Approval
from documents.schemas.parties import Base, Campaign, LocalParty, Service
from documents.schemas.shapes import Day


class Indicator(TypedDict):
    label: str
    value: str  # formatted as printed: « 355 », « moins de 5 », « non disponible »
    unit: str
    territory: str
    as_of: Day | None  # day the figure was true
    source: str


class Offer(TypedDict):
    """Something that exists already on the territory."""

    actor: str
    description: str
    capacity: str


class Need(TypedDict):
    number: str  # « B1 »; a fiche-action cites it
    text: str


class Priority(TypedDict):
    rank: int
    axis: str
    challenge: str
    objective: str


class DiagnosticSection(TypedDict):
    title: str
    axis: str | None
    text: str
    offers: list[Offer]
    needs: list[Need]
    priorities: list[Priority]
    indicators: list[Indicator]
    approvals: list[Approval]


class DiagnosticContent(TypedDict):
    questions_version: str  # version of the campaign’s question set
    sections: list[DiagnosticSection]


class DiagnosticData(Base):
    porteur: LocalParty
    service: Service
    campaign: Campaign
    diagnostic: DiagnosticContent
