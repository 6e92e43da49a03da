"""What the machine needs to know of a file, frozen at one instant: plain values, no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from accounts.enums import Side

ZERO = Decimal("0.00")


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
