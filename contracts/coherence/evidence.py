"""What the coherence rules read of a proposal, frozen, and what they find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from campaigns.coherence import CoherenceRule, RuleSetting
from ctai.text import percent

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class YearEvidence:
    """One year of an action, in euros; ``charges`` by account, without contributions in kind."""

    year: int
    charges: Mapping[str, Decimal] = field(default_factory=dict)
    voluntary: Decimal = ZERO
    asked: Decimal = ZERO
    own_share: Decimal = ZERO
    obtained: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    requested_elsewhere: Decimal = ZERO

    @property
    def cash(self) -> Decimal:
        return sum(self.charges.values(), ZERO)

    @property
    def cost(self) -> Decimal:
        return self.cash + self.voluntary


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionEvidence:
    """An action, as the rules read it."""

    number: int
    title: str
    axis: str
    axis_label: str
    starts_on: date | None = None
    ends_on: date | None = None
    people: int | None = None
    parts: Mapping[str, int] = field(default_factory=dict)
    beneficiary: str = ""
    siret: str = ""
    complementarity: str = ""
    need: int | None = None
    renewed: bool = False
    carried: bool = False
    outputs: int = 0
    results: int = 0
    years: tuple[YearEvidence, ...] = ()

    @property
    def name(self) -> str:
        return f"action {self.number} « {self.title} »"

    @property
    def asked(self) -> Decimal:
        return sum((each.asked for each in self.years), ZERO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All that the rules compare, read once."""

    today: date
    years: tuple[int, ...]
    starts_on: date | None = None
    ends_on: date | None = None
    decided: bool = False
    deposited_on: date | None = None
    deadline: date | None = None
    rate_threshold: Decimal = Decimal(100)
    agir_threshold: Decimal | None = None
    eligible: Mapping[int, frozenset[str]] = field(default_factory=dict)
    account_labels: Mapping[str, str] = field(default_factory=dict)
    mandatory_axes: Mapping[str, str] = field(default_factory=dict)
    announced_axes: Mapping[str, str] = field(default_factory=dict)
    public: int | None = None
    axes_of_diagnostic: frozenset[str] = frozenset()
    major_needs: Mapping[int, str] = field(default_factory=dict)
    actions: tuple[ActionEvidence, ...] = ()
    accounts: frozenset[str] = frozenset()  # identifiers of those whose bank account is recorded
    elsewhere: Mapping[tuple[str, int], int] = field(default_factory=dict)
    medians: Mapping[tuple[str, int], Decimal] = field(default_factory=dict)  # by axis and year, per person


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found: on which subject (« 3 », « 3-2026 », « 2026 » or a code), and where it is mended.

    ``action`` and ``year`` lead to the page; both None: the proposal as a whole, or what is asked and paid to whom.
    """

    rule: CoherenceRule
    subject: str
    text: str
    action: int | None = None
    year: int | None = None
    on_request: bool = False


Check = Callable[[Evidence, RuleSetting], Iterator[Finding]]


def on_action(rule: CoherenceRule, action: ActionEvidence, text: str, subject: str = "") -> Finding:
    """Return a finding on an action."""
    return Finding(rule, subject or str(action.number), text, action=action.number)


def on_year(rule: CoherenceRule, action: ActionEvidence, year: int, text: str) -> Finding:
    """Return a finding on one year of an action."""
    return Finding(rule, f"{action.number}-{year}", text, action=action.number, year=year)


def each_budget(evidence: Evidence) -> Iterator[tuple[ActionEvidence, YearEvidence]]:
    """Yield each year of each action."""
    return ((action, year) for action in evidence.actions for year in action.years)


def budgets_by_year(evidence: Evidence) -> dict[int, list[YearEvidence]]:
    """Return the budgets of all actions, year by year."""
    years: dict[int, list[YearEvidence]] = defaultdict(list)
    for _, year in each_budget(evidence):
        years[year.year].append(year)
    return dict(sorted(years.items()))


def rate_of(part: Decimal, whole: Decimal) -> Decimal:
    """Return a rate in hundredths, with two decimals; nothing when the whole is nil."""
    return (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else ZERO


def shown(rate: Decimal) -> str:
    """Return a rate in hundredths as it is read: « 82,5 % »."""
    return percent(rate / 100, 1)
