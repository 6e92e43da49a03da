"""What the machine needs to know of a file, frozen at one instant: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from accounts.enums import Side
from ctai.text import long_date
from territories.words import words_of

ZERO = Decimal("0.00")
CIVILITIES = frozenset({"m", "mme", "mr", "monsieur", "madame"})


def _identity(name: str) -> frozenset[str]:
    return frozenset(words_of(name)) - CIVILITIES


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterFacts:
    signatory: str = ""
    signatory_title: str = ""
    elected_referent: str = ""
    technical_referent: str = ""
    motivation: str = ""
    axis_count: int = 0
    starts_on: date | None = None
    months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingFacts:
    approved_by: frozenset[Side] = frozenset()
    minutes_sent_at: datetime | None = None
    objected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionFacts:
    key: str
    title: str
    mandatory: bool = True
    filled: bool = True
    approved_by: frozenset[Side] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class YearFacts:
    """One year of an action; amounts in euros."""

    year: int
    charges: Decimal = ZERO
    products: Decimal = ZERO
    voluntary_charges: Decimal = ZERO
    voluntary_products: Decimal = ZERO
    state_line: Decimal = ZERO
    proposed: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionFacts:
    number: int
    title: str
    axis: str
    missing: tuple[str, ...] = ()
    years: tuple[YearFacts, ...] = ()
    decision: str = "pending"
    reason_missing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationFacts:
    """A delegation of signature, as it stands at the day of the act."""

    id: int
    reference: str
    holder: str
    covers: bool
    starts_on: date
    published_on: date
    ends_on: date | None = None
    revoked_on: date | None = None
    territory: str = ""  # in the words of the arrêté; empty when it is general

    def is_held_by(self, name: str) -> bool:
        """Tell whether a name as it is typed is the holder’s, whatever its order, accents, capitals and civility."""
        return _identity(name) == _identity(self.holder)

    @property
    def first_day(self) -> date:
        return max(self.starts_on, self.published_on)

    def problem(self, day: date) -> str:
        """Return why the delegation does not hold on that day, or an empty text."""
        if not self.covers:
            return f"La délégation {self.reference} ne couvre pas cet acte."
        if day < self.first_day:
            return f"La délégation {self.reference} ne prend effet que le {long_date(self.first_day)}."
        if self.ends_on is not None and day > self.ends_on:
            return f"La délégation {self.reference} a expiré le {long_date(self.ends_on)}."
        if self.revoked_on is not None and day >= self.revoked_on:
            return f"La délégation {self.reference} a été abrogée le {long_date(self.revoked_on)}."
        return ""

    def holds_between(self, first: date, last: date) -> bool:
        """Tell whether it holds on a day at least of these, both included."""
        day = max(first, self.first_day)
        return day <= last and not self.problem(day)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyFacts:
    """A party to the contract: ``key`` is « state » or the authority's id as text."""

    key: str
    name: str
    side: Side
    enforceable_on: date | None = None
    deliberation_recorded: bool = False
    deliberation_covers: bool = True
    signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A file at the instant ``now``; amounts in euros, days in the Paris calendar."""

    now: datetime
    today: date
    actor_is_signatory: bool = True
    letter: LetterFacts = field(default_factory=LetterFacts)
    meetings: tuple[MeetingFacts, ...] = ()
    minutes_days: int = 15
    question_set_ready: bool = True
    sections: tuple[SectionFacts, ...] = ()
    actions: tuple[ActionFacts, ...] = ()
    contract_years: tuple[int, ...] = ()
    requested_years: frozenset[int] = frozenset()
    mandatory_axes: Mapping[str, str] = field(default_factory=dict)
    remarks_open: int = 0
    remarks_unresolved: int = 0
    open_years: frozenset[int] = frozenset()
    envelopes: Mapping[int, Decimal] = field(default_factory=dict)
    opinions_pending: int = 0
    opinions_block: bool = False
    same_day_signature: bool = False
    parties: tuple[PartyFacts, ...] = ()
    document_id: int | None = None
    document_ready: bool = False
    document_issued_on: date | None = None
    actor_party: str = ""  # the key of the party for which the actor signs
    sign_delegations: tuple[DelegationFacts, ...] | None = None  # those the actor must sign by; None: by office
    text_gaps: tuple[str, ...] = ()  # merge fields of the contract's template that the file leaves empty
    lead_transfer_pending: bool = False
    signed_on: date | None = None

    @property
    def retained(self) -> tuple[ActionFacts, ...]:
        return tuple(action for action in self.actions if action.decision == "retained")

    def needed(self, year: int) -> Decimal:
        """Return what the retained actions take of the envelope of a year, in euros."""
        return sum(
            (each.proposed or ZERO for action in self.retained for each in action.years if each.year == year), ZERO
        )
