"""What the coherence rules read of a proposal, frozen, and what they find."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from campaigns.coherence import CoherenceRule, RuleSetting
from ctai.text import join_and, percent

ZERO = Decimal(0)
#: Where a sentence names its year; no text typed by people holds a zero byte.
YEAR = "\x00"


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

    ``action`` and ``year`` lead to the page; no action: the proposal as a whole, or what is asked and paid to whom.
    ``pattern`` is the text with ``YEAR`` where it names the year: what is found of several reads as one sentence.
    """

    rule: CoherenceRule
    subject: str
    text: str
    action: int | None = None
    year: int | None = None
    on_request: bool = False
    pattern: str = ""

    def of_years(self, years: Sequence[int]) -> str:
        """Return the sentence said of these years at once."""
        return self.pattern.replace(YEAR, join_and([str(each) for each in years]))


Check = Callable[[Evidence, RuleSetting], Iterator[Finding]]


def on_action(rule: CoherenceRule, action: ActionEvidence, text: str, subject: str = "") -> Finding:
    """Return a finding on an action."""
    return Finding(rule, subject or str(action.number), text, action=action.number)


def on_year(rule: CoherenceRule, action: ActionEvidence, year: int, pattern: str) -> Finding:
    """Return a finding on one year of an action; the text has ``YEAR`` where it names the year."""
    text = pattern.replace(YEAR, str(year))
    return Finding(rule, f"{action.number}-{year}", text, action=action.number, year=year, pattern=pattern)


def on_whole_year(rule: CoherenceRule, year: int, pattern: str) -> Finding:
    """Return a finding on one year of the whole proposal; the text has ``YEAR`` where it names the year."""
    return Finding(rule, str(year), pattern.replace(YEAR, str(year)), year=year, pattern=pattern)


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
