"""The actions, their budgets and the sums of them."""

from typing import Literal, NotRequired, TypedDict

from documents.schemas.shapes import Amount, MaybeDay

#: How sure a line is: of the State once it decided, accordé in a firm year and indicatif in the others.
GrantStatus = Literal["", "sollicité", "acquis", "accordé", "indicatif"]


class Body(TypedDict):
    """Who carries an action or receives its money."""

    name: str
    siret: str  # or the SIREN of a collectivité


class Charge(TypedDict):
    account: str  # « 64 »
    label: str
    amount: Amount


class Product(TypedDict):
    account: str  # « 74 »
    label: str
    funder: str
    status: GrantStatus
    amount: Amount


class ActionYear(TypedDict):
    year: int
    is_indicative: bool
    charges: list[Charge]
    products: list[Product]
    total_charges: Amount
    total_products: Amount
    requested: Amount
    proposed: Amount | None
    granted: Amount | None


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
    starts_on: MaybeDay
    ends_on: MaybeDay
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
    total_cost: Amount
    requested: Amount
    granted: Amount | None
    is_indicative: bool


class LabelledTotal(TypedDict):
    label: str
    total_cost: Amount
    requested: Amount
    granted: Amount | None
    obtained: NotRequired[Amount]  # of a funder: acquis or accordé, « requested » being what is not sure


class Totals(TypedDict):
    """Sums of the actions, computed by the caller; the contract counts retained actions only."""

    by_year: list[YearTotal]
    by_axis: list[LabelledTotal]
    by_beneficiary: list[LabelledTotal]
    by_funder: NotRequired[list[LabelledTotal]]
    total_cost: Amount
    requested: Amount
    granted: Amount | None
    state_rate: Amount | None  # percentage of the cost carried by the State, « 62.50 »
