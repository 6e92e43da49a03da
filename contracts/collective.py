"""Every request of a year side by side, for the State, and the envelopes that they need."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery, Sum

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from contracts.enums import State
from contracts.models import Contract, Scenario
from contracts.review import envelope_row
from funding.enums import Decision, Stage
from funding.models import ZERO, Envelope, Movement, YearAmount
from funding.queries import cents, from_cents
from territories.models import Departement, Region

#: The states in which a request was made and is not refused.
ASKED = (State.UNDER_REVIEW, State.CORRECTION_REQUESTED, State.APPROVED, State.SIGNED)

#: For an action, what one would propose in euros and why it is less than asked.
Amount = tuple[Decimal, str]

_COLUMNS = (
    "action_id",
    "action__number",
    "action__title",
    "action__decision",
    "action__axis_id",
    "action__axis__label",
    "action__contract_id",
    "action__contract__reference",
    "action__contract__state",
    "action__contract__submitted_at",
    "action__contract__porteur__name",
    "action__contract__lead_service_id",
    "action__contract__lead_service__name",
    "requested",
    "proposed",
    "granted",
    "reduction_reason",
    "promised_cents",
)


@dataclass(frozen=True, slots=True)
class Line:
    """An action with what it asks, is proposed and has been granted for the year, in euros."""

    action_id: int
    number: int
    title: str
    decision: str
    axis_id: int
    axis: str
    contract_id: int
    reference: str
    state: str
    submitted_at: datetime | None
    porteur: str
    service_id: int
    service: str
    requested: Decimal
    proposed: Decimal | None
    granted: Decimal | None
    reason: str
    promised_cents: int | None

    @property
    def is_promised(self) -> bool:
        """True if a decided contract was promised it for a year whose money is not taken yet."""
        return bool(self.promised_cents)

    @property
    def is_open(self) -> bool:
        """True as long as an amount may be proposed for it."""
        return self.state == State.UNDER_REVIEW and self.decision != Decision.REJECTED

    @property
    def name(self) -> str:
        return f"{self.number}. {self.title}"

    @property
    def current(self) -> Amount:
        """What the file proposes, or else what was asked."""
        return (self.requested, "") if self.proposed is None else (self.proposed, " ".join(self.reason.split()))

    @property
    def settled(self) -> Decimal | None:
        """What a line that is no longer open was granted or proposed; None for nothing yet, or set aside."""
        if self.decision == Decision.REJECTED:
            return None
        return self.proposed if self.granted is None else self.granted


@dataclass(frozen=True, slots=True)
class Change:
    """What someone typed for an action: euros and why less than asked; ``seen`` is the fingerprint of what they read.

    Without ``seen``, it is written over whatever is there.
    """

    amount: Decimal
    reason: str = ""
    seen: str = ""

    @property
    def value(self) -> Amount:
        return self.amount, self.reason


def fingerprint(value: Amount) -> str:
    """Return a short mark of an amount and its reason."""
    return hashlib.sha256(f"{value[0]:.2f}|{value[1]}".encode()).hexdigest()[:12]


def missing_reasons(lines: Iterable[Line], changes: Mapping[int, Change]) -> dict[str, str]:
    """Return a sentence for each changed line that gives less than asked without saying why, by name of field."""
    asked = {line.action_id: line.requested for line in lines}
    return {
        f"reason-{pk}": "Indiquez pourquoi le montant est inférieur à la demande."
        for pk, change in changes.items()
        if change.amount < asked[pk] and not change.reason.strip()
    }


def places_of(actor: Actor) -> list[tuple[str, str]]:
    """Return the places among which the actor chooses, by the key of the address: one query, none for a préfecture."""
    organisation = actor.organisation
    departements = Departement.objects.order_by("code")
    if organisation.kind == OrganisationKind.REGIONAL:
        return [
            (each.code, f"{each.name} ({each.code})") for each in departements.filter(region=organisation.region_id)
        ]
    if organisation.kind == OrganisationKind.NATIONAL:
        regions = [(f"R{each.code}", f"{each.name} (contrats régionaux)") for each in Region.objects.order_by("name")]
        return [(each.code, f"{each.name} ({each.code})") for each in departements] + regions
    return [(organisation.departement_id, "")] if organisation.departement_id else []


def requests_for(actor: Actor, year: int, place: str = "") -> list[Line]:
    """Return the actions of every request of the year that the actor's organisation follows: one query.

    A préfecture follows the files that it leads, a région those of its territory too; the ministry reads those of a
    place, and nothing without one. Those under review come first.

    Args:
        actor: who reads.
        year: of the campaign.
        place: a key of ``places_of``; nothing for all that the organisation follows.
    """
    held = Movement.objects.filter(action=OuterRef("action"), year=OuterRef("year"), stage=Stage.INDICATIVE)
    promises = held.order_by().values("action")
    rows = (
        YearAmount.objects.filter(
            action__contract__in=_files(actor, place),
            action__removed_at__isnull=True,
            year=year,
            requested__isnull=False,
        )
        .annotate(promised_cents=Subquery(promises.annotate(cents=Sum(cents())).values("cents")))
        .order_by("action__contract__submitted_at", "action__contract", "action__rank", "action__number", "pk")
        .values_list(*_COLUMNS)
    )
    return sorted((Line(*each) for each in rows), key=lambda each: each.state != State.UNDER_REVIEW)


def _files(actor: Actor, place: str) -> QuerySet[Contract]:
    organisation = actor.organisation
    mine = Q(lead_service=organisation.pk)
    if organisation.kind == OrganisationKind.REGIONAL:
        mine |= Q(region=organisation.region_id)
    if organisation.kind == OrganisationKind.NATIONAL:
        mine = Q() if place else Q(pk__in=())
    if place and organisation.kind != OrganisationKind.PREFECTURE:
        whole = place.startswith("R")
        mine &= Q(departement__isnull=True, region=place[1:]) if whole else Q(departement=place)
    files: QuerySet[Contract] = Contract.objects.visible_to(actor).filter(mine, state__in=ASKED)
    return files


def scenarios_of(actor: Actor, year: int, place: str = "") -> QuerySet[Scenario]:
    """Return the scenarios of a year that the actor reads: their own; for a chosen place, its préfecture's too."""
    whose = Q(organisation=actor.organisation.pk)
    if place and actor.organisation.kind != OrganisationKind.PREFECTURE:
        kind, key = (
            (OrganisationKind.REGIONAL, Q(organisation__region=place[1:]))
            if place.startswith("R")
            else (OrganisationKind.PREFECTURE, Q(organisation__departement=place))
        )
        whose |= key & Q(organisation__kind=kind)
    return Scenario.objects.filter(whose, year=year)


def weighed(lines: Iterable[Line], known: Mapping[int, Amount]) -> dict[int, Amount]:
    """Return the amount and reason of each open line: those known, or else those of the file."""
    return {line.action_id: known.get(line.action_id, line.current) for line in lines if line.is_open}


@dataclass(frozen=True)
class Reading:
    """The lines that someone reads, with what a scenario gives them; ``stored`` is None without a scenario."""

    lines: list[Line]
    stored: dict[int, Amount] | None

    @cached_property
    def amounts(self) -> dict[int, Amount]:
        return weighed(self.lines, self.stored or {})

    @property
    def figures(self) -> dict[int, Decimal]:
        """The amounts without their reasons."""
        return {pk: amount for pk, (amount, _) in self.amounts.items()}


def given(lines: Iterable[Line], amounts: Mapping[int, Decimal]) -> Decimal:
    """Return what lines would receive in euros: the amounts of the open ones, what was settled for the others."""
    return sum(
        ((amounts[line.action_id] if line.is_open else line.settled) or ZERO for line in lines),
        ZERO,
    )


def envelopes_needed(
    lines: Collection[Line], year: int, amounts: Mapping[int, Decimal], on_page: Collection[int]
) -> list[dict[str, Any]]:
    """Return the envelopes that the open requests draw on, with what these amounts would take: one query.

    Args:
        lines: all those of the reader, not of the page alone.
        year: of the campaign.
        amounts: in euros, by the id of the action.
        on_page: the actions that the page lets one edit; ``elsewhere_cents`` is what the others take.
    """
    needed: dict[int, Decimal] = {}
    elsewhere: dict[int, Decimal] = {}
    promised: dict[int, Decimal] = {}
    for line in lines:
        holder, amount = line.service_id, amounts[line.action_id] if line.is_open else ZERO
        needed[holder] = needed.get(holder, ZERO) + amount
        elsewhere[holder] = elsewhere.get(holder, ZERO) + (ZERO if line.action_id in on_page else amount)
        if line.is_promised:
            promised[holder] = promised.get(holder, ZERO) + from_cents(line.promised_cents)
    envelopes = Envelope.objects.filter(campaign__year=year, organisation__in=needed)
    return [
        envelope_row(each, needed[each.organisation_id], promised=promised.get(each.organisation_id, ZERO))
        | {"key": each.organisation_id, "elsewhere_cents": int(elsewhere[each.organisation_id] * 100)}
        for each in envelopes.select_related("campaign", "organisation").order_by("organisation__name", "pk")
    ]
