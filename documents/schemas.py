"""The shape of the data that each kind of document freezes and renders.

Conventions, so that the same facts always give the same bytes:
- amounts and rates are strings with two decimals (`"12345.67"`), dates ISO days (`"2026-03-03"`),
  instants ISO with their offset (`"2026-03-03T14:05:00+01:00"`), `None` where a fact does not exist;
- labels are the French words a reader sees (no code, no identifier);
- text typed by people is plain text, paragraphs separated by a blank line, lines starting with `- ` are a list.
`issue()` adds the key `document` (`DocumentInfo`); callers never write it.
"""

from typing import Literal, NotRequired, TypedDict


class DocumentInfo(TypedDict):
    """What `issue()` adds: the identity of this very document."""

    kind: str
    kind_label: str
    number: int
    is_draft: bool
    issued_at: str
    verification_code: str
    verification_url: str


class Base(TypedDict):
    """What every document says of its file."""

    reference: str
    demo: bool
    issued_on: str
    document: NotRequired[DocumentInfo]


class Service(TypedDict):
    """A service of the State, as printed at the head of its letters."""

    organisation: str  # « Préfecture de la Vienne »
    name: str  # « Direction départementale de l’emploi, du travail et des solidarités », may be empty
    address: str  # several lines allowed
    telephone: str
    email: str


class Person(TypedDict):
    """A named person in a capacity; contact details may be empty."""

    full_name: str  # « Mme Claire Dumont »
    capacity: str  # « maire », « cheffe du service intégration »
    email: NotRequired[str]
    telephone: NotRequired[str]


class Deliberation(TypedDict):
    """The act by which an assembly authorises its executive to sign."""

    body: str  # « conseil municipal », « bureau communautaire »
    number: str
    voted_on: str
    subject: NotRequired[str]
    published_on: str | None
    transmitted_on: str | None
    enforceable_on: str | None


class LocalParty(TypedDict):
    """A collectivité that is a party; the lead comes first in lists."""

    full_name: str  # « Commune de Poitiers »
    siren: str
    category: str  # « Commune », « Métropole »
    representative: str  # « Mme Claire Dumont », may be empty
    capacity: str  # « maire »
    address: str
    is_lead: bool
    deliberation: Deliberation | None


class StateParty(TypedDict):
    """The State, by its préfecture."""

    organisation: str  # « Préfecture de la Vienne »
    representative: str
    capacity: str  # « préfet de la Vienne »
    address: str
    delegation: NotRequired[str]  # « par délégation, arrêté du 3 mars 2026 », may be empty


class Parties(TypedDict):
    state: StateParty
    local: list[LocalParty]


class Period(TypedDict):
    starts_on: str
    ends_on: str
    months: int


class Campaign(TypedDict):
    year: int
    instruction: str  # name of the ministerial instruction, may be empty
    agir_threshold: str | None  # yearly amount above which the articulation with AGIR is a clause, or None


class Tribunal(TypedDict):
    name: str  # « tribunal administratif de Poitiers »
    address: str


# step 1


class LetterData(Base):
    """The letter of intent, and what it announces."""

    porteur: LocalParty
    co_signatories: list[LocalParty]
    recipient: str  # « Monsieur le préfet de la Vienne »
    signatory: Person
    place: str
    letter_on: str
    elected_referent: Person
    technical_referent: Person
    motivation: str
    axes: list[str]
    expected_public: str
    expected_count: int | None
    starts_on: str | None
    duration_months: int | None
    first_contacts: str
    attachments: list[str]


class RegistrationReceiptData(Base):
    """Accusé d’enregistrement: the deposit took place; starts no clock."""

    porteur: LocalParty
    received_at: str
    channel: str  # « sur le portail », « par courrier »
    sent_by: str  # name and capacity of the signatory
    attachments: list[str]
    service: Service


class LetterAcknowledgementData(Base):
    """Accusé de réception of the letter: who follows the file; starts no clock."""

    porteur: LocalParty
    received_on: str
    letter_on: str
    service: Service
    agent: Person


# step 2


class Participant(TypedDict):
    full_name: str
    organisation: str
    capacity: str


class MeetingDecision(TypedDict):
    text: str
    owner: str
    due_on: str | None


class Approval(TypedDict):
    """One side’s agreement with a text."""

    side: str  # « Collectivité », « Préfecture »
    organisation: str
    approved_on: str | None
    remark: NotRequired[str]


class MinutesData(Base):
    porteur: LocalParty
    meeting_number: int
    subject: str
    held_on: str
    place: str  # town hall, or « visioconférence »
    agenda: str
    text: str
    participants: list[Participant]
    decisions: list[MeetingDecision]
    approvals: list[Approval]
    service: Service


# step 3


class Indicator(TypedDict):
    label: str
    value: str  # formatted as printed: « 355 », « moins de 5 », « non disponible »
    unit: str
    territory: str
    as_of: str | None  # day the figure was true
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


# step 4 and 5


class Body(TypedDict):
    """Who carries an action or receives its money."""

    name: str
    siret: str  # or the SIREN of a collectivité


class Charge(TypedDict):
    account: str  # « 64 »
    label: str
    amount: str


class Product(TypedDict):
    account: str  # « 74 »
    label: str
    funder: str
    status: Literal["", "sollicité", "acquis"]
    amount: str


class ActionYear(TypedDict):
    year: int
    is_indicative: bool
    charges: list[Charge]
    products: list[Product]
    total_charges: str
    total_products: str
    requested: str
    proposed: str | None
    granted: str | None


class ActionIndicator(TypedDict):
    label: str
    nature: str  # « réalisation », « résultat »
    unit: str
    baseline: str
    target: str


class PublicCount(TypedDict):
    """A public counted apart: EPA, BPI, BPT, women, under 26."""

    label: str
    count: int


class Action(TypedDict):
    number: int
    title: str
    axis: str
    need: str  # « B1 – … », may be empty
    objectives: str
    description: str
    holder: Body
    beneficiary: Body
    partners: str
    publics: str
    expected_count: int | None
    public_counts: NotRequired[list[PublicCount]]  # absent from documents older than the count of each public
    starts_on: str
    ends_on: str
    renewed: bool
    innovative: bool
    complementarity: str
    means: str
    indicators: list[ActionIndicator]
    years: list[ActionYear]
    decision: Literal["", "retained", "rejected"]
    rejection_reason: str


class YearTotal(TypedDict):
    year: int
    total_cost: str
    requested: str
    granted: str | None
    is_indicative: bool


class LabelledTotal(TypedDict):
    label: str
    total_cost: str
    requested: str
    granted: str | None
    obtained: NotRequired[str]  # of a funder: what is acquis, « requested » being what is only sollicité


class Totals(TypedDict):
    """Sums of the actions, computed by the caller; the contract counts retained actions only."""

    by_year: list[YearTotal]
    by_axis: list[LabelledTotal]
    by_beneficiary: list[LabelledTotal]
    by_funder: NotRequired[list[LabelledTotal]]
    total_cost: str
    requested: str
    granted: str | None
    state_rate: str | None  # percentage of the cost carried by the State, « 62.50 »


class PaidYear(TypedDict):
    year: int
    amount: str


class Payment(TypedDict):
    """Who is to be paid, and on which account."""

    name: str
    siret: str
    amounts: list[PaidYear]
    total: str
    account: str  # holder and masked IBAN, empty until known


class Attestation(TypedDict):
    """What the signatory attests, and the day."""

    statements: list[str]
    on: str


class FundingRequestData(Base):
    porteur: LocalParty
    co_signatories: list[LocalParty]
    recipient: str
    title: str
    period: Period
    campaigns: list[Campaign]
    signatory: Person
    submitted_on: str
    actions: list[Action]
    totals: Totals
    payments: NotRequired[list[Payment]]  # absent from requests older than the accounts
    attestation: NotRequired[Attestation | None]
    attachments: list[str]


class RequestAcknowledgementData(Base):
    """Accusé de réception of the request (CRPA L. 112-3, R. 112-5)."""

    porteur: LocalParty
    received_on: str
    submitted_by: str
    requested: str
    by_year: list[YearTotal]
    service: Service
    agent: Person | None
    implicit_decision_on: str
    silence_means: Literal["rejet", "acceptation"]
    is_late: bool
    tribunal: Tribunal
    attachments: list[str]


class DecisionData(Base):
    """Refusal or dismissal of a file."""

    porteur: LocalParty
    title: str
    decided_on: str
    reason: str
    signatory: Person
    delegation: str  # mention of the delegation of signature, may be empty
    service: Service
    requested: str | None
    request_received_on: str | None
    tribunal: Tribunal


class CalendarStep(TypedDict):
    """A date of the life of the contract, for its calendar."""

    label: str
    on: str


class SpecialClause(TypedDict):
    """A clause that the préfecture added to this contract."""

    title: str
    text: str


class ContractData(Base):
    """Everything that is signed."""

    parties: Parties
    title: str
    period: Period
    motivation: str
    public: str
    expected_count: int | None
    axes: list[str]
    campaigns: list[Campaign]
    letter_on: str | None
    diagnostic_approved_on: str | None
    request_received_on: str | None
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
    accepted_on: str


class RectificationData(Base):
    """Correction of a material error of a signed contract; it holds once `accepted_on` is given."""

    porteur: LocalParty
    parties: Parties
    title: str
    number: int
    contract_version: int | None
    contract_sha256: str
    signed_on: str | None
    proposed_on: str
    proposed_by: str
    location: str
    wrong: str
    right: str
    reason: str
    acceptances: list[Acceptance]
    accepted_on: str | None
    service: Service


class ProvenVersion(TypedDict):
    """The version of the contract that was signed, named by its bytes."""

    number: int
    issued_at: str
    sha256: str
    data_sha256: str
    verification_code: str
    page_count: int


class ProvenSignature(TypedDict):
    """A signature of that version, and what the portal found in the copy."""

    party: str
    signatory: str
    capacity: str
    signed_on: str
    delegation: str
    recorded_at: str
    copy_sha256: str  # empty when no copy was deposited
    verdict: str
    sentences: list[str]


class ProvenSeal(TypedDict):
    """The copy of that version that the portal sealed."""

    sealed_at: str
    sha256: str


class ProvenEvent(TypedDict):
    """A line of the chained journal."""

    at: str
    title: str
    who: str
    hash: str


class ProofData(Base):
    """Certificate of proof: who did what when on the signed version."""

    porteur: LocalParty
    title: str
    organisation: str
    version: ProvenVersion
    signatures: list[ProvenSignature]
    seal: NotRequired[ProvenSeal | None]  # absent from certificates older than the seal
    events: list[ProvenEvent]


DocumentData = dict[str, object]
