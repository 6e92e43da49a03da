"""The shape of the data that each kind of document freezes and renders, one module for each moment of a file.

Conventions, so that the same facts always give the same bytes:
- amounts and rates are strings with two decimals (`"12345.67"`), dates ISO days (`"2026-03-03"`),
  instants ISO with their offset (`"2026-03-03T14:05:00+01:00"`), `None` where a fact does not exist;
- labels are the French words a reader sees (no code, no identifier);
- text typed by people is plain text, paragraphs separated by a blank line, lines starting with `- ` are a list.
`issue()` adds the keys `document` (`DocumentInfo`) and `$schema`; callers never write them.
What is published of them is `documents.json_schema`.
"""

from documents.schemas.actions import (
    Action,
    ActionIndicator,
    ActionYear,
    Body,
    Charge,
    LabelledTotal,
    Product,
    PublicCount,
    Totals,
    YearTotal,
)
from documents.schemas.contract import Acceptance, CalendarStep, ContractData, RectificationData, SpecialClause
from documents.schemas.diagnostic import (
    DiagnosticContent,
    DiagnosticData,
    DiagnosticSection,
    Indicator,
    Need,
    Offer,
    Priority,
)
from documents.schemas.exchange import Approval, MeetingDecision, MinutesData, Participant
from documents.schemas.letter import LetterAcknowledgementData, LetterData, RegistrationReceiptData
from documents.schemas.parties import (
    AttachedFile,
    Base,
    Campaign,
    Deliberation,
    DocumentInfo,
    LocalParty,
    Logo,
    Parties,
    Period,
    Person,
    Service,
    ShownParties,
    ShownParty,
    StateBase,
    StateParty,
    Tribunal,
)
from documents.schemas.proof import (
    ProofData,
    ProvenDelegation,
    ProvenDeliberation,
    ProvenEvent,
    ProvenRectification,
    ProvenSeal,
    ProvenSignature,
    ProvenVersion,
)
from documents.schemas.request import (
    Attestation,
    DecisionData,
    FundingRequestData,
    PaidYear,
    Payment,
    RequestAcknowledgementData,
)

__all__ = [
    "Acceptance",
    "Action",
    "ActionIndicator",
    "ActionYear",
    "Approval",
    "AttachedFile",
    "Attestation",
    "Base",
    "Body",
    "CalendarStep",
    "Campaign",
    "Charge",
    "ContractData",
    "DecisionData",
    "Deliberation",
    "DiagnosticContent",
    "DiagnosticData",
    "DiagnosticSection",
    "DocumentInfo",
    "FundingRequestData",
    "Indicator",
    "LabelledTotal",
    "LetterAcknowledgementData",
    "LetterData",
    "LocalParty",
    "Logo",
    "MeetingDecision",
    "MinutesData",
    "Need",
    "Offer",
    "PaidYear",
    "Participant",
    "Parties",
    "Payment",
    "Period",
    "Person",
    "Priority",
    "Product",
    "ProofData",
    "ProvenDelegation",
    "ProvenDeliberation",
    "ProvenEvent",
    "ProvenRectification",
    "ProvenSeal",
    "ProvenSignature",
    "ProvenVersion",
    "PublicCount",
    "RectificationData",
    "RegistrationReceiptData",
    "RequestAcknowledgementData",
    "Service",
    "ShownParties",
    "ShownParty",
    "SpecialClause",
    "StateBase",
    "StateParty",
    "Totals",
    "Tribunal",
    "YearTotal",
]
