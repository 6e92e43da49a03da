"""The letter of intent and what acknowledges it."""

from documents.schemas.parties import AttachedFile, Base, LocalParty, Person, Service, ShownParty, StateBase
from documents.schemas.shapes import Day, Instant


class LetterData(Base):
    """The letter of intent, and what it announces."""

    porteur: ShownParty
    co_signatories: list[ShownParty]
    recipient: str  # « Monsieur le préfet de la Vienne »
    signatory: Person
    place: str
    letter_on: Day
    elected_referent: Person
    technical_referent: Person
    motivation: str
    axes: list[str]
    expected_public: str
    expected_count: int | None
    starts_on: Day | None
    duration_months: int | None
    first_contacts: str
    attachments: list[AttachedFile]


class RegistrationReceiptData(StateBase):
    """Accusé d’enregistrement: the deposit took place; starts no clock."""

    porteur: LocalParty
    received_at: Instant
    channel: str  # « sur le portail », « par courrier »
    sent_by: str  # name and capacity of the signatory
    attachments: list[AttachedFile]
    service: Service


class LetterAcknowledgementData(StateBase):
    """Accusé de réception of the letter: who follows the file; starts no clock."""

    porteur: LocalParty
    received_on: Day
    letter_on: Day
    service: Service
    agent: Person
