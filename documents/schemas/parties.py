"""What every document says of its file, and the people and bodies that it names."""

from typing import Literal, NotRequired, TypedDict

from documents.schemas.shapes import Amount, Base64, Day, Hash, Instant, MaybeDay


class DocumentInfo(TypedDict):
    """What `issue()` adds: the identity of this very document."""

    kind: str
    kind_label: str
    number: int
    is_draft: bool
    issued_at: Instant
    verification_code: str
    verification_url: str


class Base(TypedDict):
    """What every document says of its file."""

    reference: str
    demo: bool
    issued_on: Day
    document: NotRequired[DocumentInfo]


class StateBase(Base):
    """What every document says at the head of which the State names itself."""

    office: NotRequired[str]  # « préfet de la Vienne »; absent from documents older than the block that says it


class AttachedFile(TypedDict):
    """A piece of the file that a deposit or its receipt names."""

    name: str  # « Délibération de principe.pdf »
    nature: str  # « Délibération »
    size: int  # in bytes
    sha256: Hash


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
    voted_on: Day
    subject: NotRequired[str]
    published_on: Day | None
    transmitted_on: Day | None
    enforceable_on: Day | None


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


class Logo(TypedDict):
    """The logo of a collectivité, frozen with the document that bears it."""

    media_type: Literal["image/png"]
    content: Base64
    sha256: Hash
    alternative: str  # « Logo de la commune de Poitiers »


class ShownParty(LocalParty):
    """A party whose logo the document bears; without the key, it had none."""

    logo: NotRequired[Logo]


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


class ShownParties(TypedDict):
    state: StateParty
    local: list[ShownParty]


class Period(TypedDict):
    starts_on: MaybeDay
    ends_on: MaybeDay
    months: int


class Campaign(TypedDict):
    year: int
    instruction: str  # name of the ministerial instruction, may be empty
    agir_threshold: Amount | None  # yearly amount above which the articulation with AGIR is a clause, or None


class Tribunal(TypedDict):
    name: str  # « tribunal administratif de Poitiers »
    address: str
