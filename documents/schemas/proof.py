"""The certificate of proof."""

from typing import NotRequired, TypedDict

from documents.schemas.parties import Base, LocalParty
from documents.schemas.shapes import Day, Hash, Instant, MaybeHash


class ProvenVersion(TypedDict):
    """The version of the contract that was signed, named by its bytes."""

    number: int
    issued_at: Instant
    sha256: Hash
    data_sha256: Hash
    verification_code: str
    page_count: int


class ProvenDeliberation(TypedDict):
    """The act by which a collectivité authorised its signature, and the version that it covers."""

    party: str
    number: str
    body: str
    subject: str
    voted_on: Day
    published_on: Day | None
    transmitted_on: Day | None
    enforceable_on: Day | None
    version: int | None


class ProvenDelegation(TypedDict):
    """The arrêté under which a person signed for another."""

    nature: str
    reference: str
    full_name: str
    capacity: str
    starts_on: Day
    ends_on: Day | None
    published_on: Day
    territory: NotRequired[str]  # empty when it is general; absent from older certificates


class ProvenSignature(TypedDict):
    """A signature of that version, and what the portal found in the copy."""

    party: str
    signatory: str
    capacity: str
    signed_on: Day
    delegation: str
    delegation_act: NotRequired[ProvenDelegation | None]  # absent from older certificates
    recorded_at: Instant
    copy_sha256: MaybeHash  # empty when no copy was deposited
    verdict: str
    sentences: list[str]


class ProvenSeal(TypedDict):
    """The copy of that version that the portal sealed."""

    sealed_at: Instant
    sha256: Hash


class ProvenRectification(TypedDict):
    """A material error of that version, whose correction every party accepted."""

    number: int
    place: str
    accepted_at: Instant
    verification_code: str


class ProvenEvent(TypedDict):
    """A line of the chained journal."""

    at: Instant
    title: str
    who: str
    hash: Hash


class ProofData(Base):
    """Certificate of proof: who did what when on the signed version."""

    porteur: LocalParty
    title: str
    organisation: str
    version: ProvenVersion
    deliberations: NotRequired[list[ProvenDeliberation]]  # absent from older certificates
    signatures: list[ProvenSignature]
    seal: NotRequired[ProvenSeal | None]  # absent from certificates older than the seal
    rectifications: NotRequired[list[ProvenRectification]]  # absent from older certificates
    events: list[ProvenEvent]
