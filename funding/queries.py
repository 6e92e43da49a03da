"""What is read of money: the actions of a file, what remains in an envelope, the sums of the ledger."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import BigIntegerField, F, Max, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Cast, Round

from accounts.enums import OrganisationKind
from accounts.models import Organisation
from campaigns.models import Campaign
from campaigns.queries import open_years
from documents import schemas
from funding.enums import Decision, Stage
from funding.figures import ActionState, Totals, action_state, totals_of, year_states
from funding.frozen import Frame, action_data, printed_totals
from funding.models import (
    ZERO,
    Action,
    ActionFile,
    ActionIndicator,
    Allocation,
    BudgetLine,
    Envelope,
    FundingRequest,
    Movement,
    Payee,
    YearAmount,
)
from territories.models import LocalAuthority

if TYPE_CHECKING:
    from accounts.actors import Actor
    from contracts.models import Contract

MOST_BODIES = 300

#: The kind of the diagnostic's rows that an action answers; the diagnostic is a stranger, known by name only.
NEED = "need"


# --- the actions of a file -------------------------------------------------------------------------------------------


def actions_of(contract_id: int) -> list[Action]:
    """Return the actions of a file in their order, with axis, need, indicators, lines and amounts: four queries."""
    return list(_whole_actions(contract_id).order_by("rank", "number"))


def action_of(contract_id: int, number: int) -> Action | None:
    """Return one action of a file with all its parts, or None: four queries."""
    return _whole_actions(contract_id).filter(number=number).first()


def _whole_actions(contract_id: int) -> QuerySet[Action]:
    return (
        Action.objects.filter(contract=contract_id, removed_at__isnull=True)
        .select_related("axis", "need")
        .prefetch_related(
            Prefetch("indicators", ActionIndicator.objects.order_by("pk")),
            Prefetch("budget_lines", BudgetLine.objects.order_by("year", "side", "account", "funder", "pk")),
            Prefetch("amounts", YearAmount.objects.order_by("year")),
        )
    )


@dataclass(frozen=True, slots=True)
class Body:
    """Who carries actions or receives their money, as the département knows it."""

    name: str
    siret: str


def known_bodies(actor: Actor, *, departement: str | None, region: str | None, limit: int = MOST_BODIES) -> list[Body]:
    """Return the porteurs and beneficiaries already known in a département (or a région), by name; two queries.

    Those of the files that exist for the actor, and those of signed contracts, whose beneficiaries are published.
    """
    place = Q(contract__departement=departement) if departement else Q(contract__region=region)
    live = Action.objects.filter(place, removed_at__isnull=True)
    mine = Action.objects.visible_to(actor).filter(place, removed_at__isnull=True)
    known = mine | live.filter(contract__state="signed")
    found = {
        Body(name, siret)
        for columns in (("holder_name", "holder_siret"), ("beneficiary_name", "beneficiary_siret"))
        for name, siret in known.exclude(**dict.fromkeys(columns, ""))
        .order_by()
        .values_list(*columns)
        .distinct()[:limit]
        if name and siret
    }
    return sorted(found, key=lambda body: (body.name.casefold(), body.siret))[:limit]


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Who is to be paid under a file, with what is asked for each year in euros, and the account if it is known."""

    siret: str
    name: str
    amounts: dict[int, Decimal]
    account: Payee | None

    @property
    def total(self) -> Decimal:
        return sum(self.amounts.values(), ZERO)


def payees_due(contract_id: int, actions: Sequence[Action] | None = None) -> list[Due]:
    """Return those who are to be paid under a file, the first one named first.

    Args:
        contract_id: the file.
        actions: its actions with their lines, when the caller has them.
    """
    years = contract_years(contract_id)
    accounts = {each.siret: each for each in Payee.objects.filter(contract=contract_id).select_related("upload")}
    found: dict[tuple[str, str], dict[int, Decimal]] = {}
    for action in actions_of(contract_id) if actions is None else actions:
        amounts = found.setdefault((action.beneficiary_siret, _payee_name(action)), {})
        for state in year_states(action, years):
            amounts[state.year] = amounts.get(state.year, ZERO) + state.state_line
    return [
        Due(siret=siret, name=name, amounts=amounts, account=accounts.get(siret) if siret else None)
        for (siret, name), amounts in found.items()
    ]


def account_papers(contract_id: int) -> dict[int, str]:
    """Return whose account each paper in force bears, by the id of the paper: the beneficiary, else the holder."""
    named = Action.objects.filter(contract=contract_id, removed_at__isnull=True).exclude(beneficiary_name="")
    names = dict(named.order_by("-rank", "-number").values_list("beneficiary_siret", "beneficiary_name"))
    accounts = Payee.objects.filter(contract=contract_id).order_by("pk")
    return {each.upload_id: names.get(each.siret) or each.holder for each in accounts}


def _payee_name(action: Action) -> str:
    return action.beneficiary_name or "Bénéficiaire à préciser"


def files_of(action: Action) -> list[ActionFile]:
    """Return the files joined to an action."""
    joined = ActionFile.objects.filter(action=action, removed_at__isnull=True)
    return list(joined.select_related("upload").order_by("pk"))


def contract_years(contract_id: int) -> tuple[int, ...]:
    """Return the civil years that the contract touches; none until its period is known."""
    contracts = apps.get_model("contracts", "Contract")._base_manager
    starts_on, ends_on = contracts.values_list("starts_on", "ends_on").get(pk=contract_id)
    return tuple(range(starts_on.year, ends_on.year + 1)) if starts_on and ends_on else ()


def needs_of(contract_id: int) -> QuerySet[Any]:
    """Return the needs of the file's diagnostic, in the order of its sections."""
    rows = apps.get_model("diagnostics", "Row")._base_manager
    return rows.filter(section__diagnostic__contract=contract_id, kind=NEED).order_by(
        "section__rank", "section_id", "rank", "pk"
    )


def action_states(
    contract_id: int,
    *,
    years: Sequence[int] | None = None,
    actions: Sequence[Action] | None = None,
    needs_exist: bool | None = None,
) -> list[ActionState]:
    """Return the actions of a file as the machine sees them; what the caller has already read is not read again."""
    years = contract_years(contract_id) if years is None else years
    needs_exist = needs_of(contract_id).exists() if needs_exist is None else needs_exist
    actions = actions_of(contract_id) if actions is None else actions
    return [action_state(each, years, needs_exist=needs_exist) for each in actions]


def totals(contract_id: int) -> Totals:
    """Return the sums of the actions of a file."""
    return totals_of(actions_of(contract_id), contract_years(contract_id))


def need_labels(contract_id: int) -> dict[int, str]:
    """Return the needs of the file's diagnostic as a fiche cites them, « B1 – … », by the id of their row."""
    needs = needs_of(contract_id).values_list("pk", "text")
    return {pk: f"B{place} – {text}" for place, (pk, text) in enumerate(needs, start=1)}


def actions_data(contract_id: int, *, retained_only: bool = False) -> list[schemas.Action]:
    """Return the actions of a file as documents freeze them; what was proposed shows once the file is decided."""
    frame, kept = _frame(contract_id, retained_only=retained_only)
    return [action_data(each, frame) for each in kept]


def totals_data(contract_id: int, *, retained_only: bool = False) -> schemas.Totals:
    """Return the sums of the actions of a file as documents freeze them, over the retained ones or all."""
    frame, kept = _frame(contract_id, retained_only=retained_only)
    return printed_totals(totals_of(kept, frame.contract_years), frame)


def _frame(contract_id: int, *, retained_only: bool) -> tuple[Frame, list[Action]]:
    actions = actions_of(contract_id)
    years = contract_years(contract_id)
    frame = Frame(
        contract_years=years,
        firm_years=firm_years(contract_id, years),
        needs=need_labels(contract_id),
        decided=any(row.granted is not None for action in actions for row in action.amounts.all()),
    )
    return frame, [each for each in actions if not retained_only or each.decision == Decision.RETAINED]


def firm_years(contract_id: int, years: Iterable[int]) -> frozenset[int]:
    """Return the years of a file whose amounts are not indicative.

    Once money was taken the ledger tells, whatever campaign opened since: a year is indicative as long as it holds a
    promise. Before, they are the years whose campaign is open.
    """
    taken = Movement.objects.filter(contract=contract_id, stage__in=(Stage.GRANTED, Stage.INDICATIVE))
    sums = ledger_by_year(taken)
    if not any(sums.values()):
        return open_years()
    return frozenset(year for year in years if not sums.get((year, Stage.INDICATIVE)))


def requests_of(contract_id: int) -> dict[int, FundingRequest]:
    """Return the requests of a file by year."""
    return {each.year: each for each in FundingRequest.objects.filter(contract=contract_id).order_by("year")}


def requested_years(contract_id: int) -> frozenset[int]:
    """Return the years for which the file holds a request."""
    return frozenset(FundingRequest.objects.filter(contract=contract_id).values_list("year", flat=True))


# --- envelopes -------------------------------------------------------------------------------------------------------


def envelope_states(contract: Contract) -> dict[int, Decimal]:
    """Return, for each year of the file whose campaign is open, what remains in its envelope, in euros.

    The envelope is that of the préfecture in the lead; a year without one has nothing.
    """
    states = dict.fromkeys(
        Campaign.objects.filter(year__in=contract.years, is_open=True).order_by("year").values_list("year", flat=True),
        ZERO,
    )
    envelopes = Envelope.objects.filter(organisation=contract.lead_service_id, campaign__year__in=states)
    for envelope in envelopes.select_related("campaign"):
        states[envelope.campaign.year] = envelope.remaining
    return states


def envelopes_of(contract: Contract, drawn_on: Iterable[int] = ()) -> list[Envelope]:
    """Return the envelopes that a file may draw on, those of its préfecture for the open years, by year.

    Args:
        contract: the file.
        drawn_on: the ids of others that it drew on, whatever became of their campaign or of its préfecture.
    """
    own = Q(organisation=contract.lead_service_id, campaign__year__in=contract.years, campaign__is_open=True)
    return list(
        Envelope.objects.filter(own | Q(pk__in=list(drawn_on)))
        .select_related("campaign", "organisation")
        .order_by("campaign__year", "pk")
    )


def drawn_by(contract_id: int) -> dict[int, Decimal]:
    """Return what a file was granted on each envelope that it draws on, in euros, by its id: one query."""
    rows = Movement.objects.filter(contract=contract_id, stage=Stage.GRANTED, envelope__isnull=False).order_by()
    sums = rows.values_list("envelope").annotate(cents=Sum(cents())).filter(cents__gt=0)
    return {pk: from_cents(found) for pk, found in sums if pk is not None}


def envelopes_visible_to(actor: Actor) -> QuerySet[Envelope]:
    """Return the envelopes that exist for an actor: one's own, those below for a région, all of them nationally."""
    organisation = actor.organisation
    envelopes = Envelope.objects.select_related("campaign", "organisation")
    if organisation.kind == OrganisationKind.NATIONAL:
        return envelopes
    if organisation.kind == OrganisationKind.REGIONAL:
        return envelopes.filter(
            Q(organisation=organisation)
            | Q(
                organisation__kind=OrganisationKind.PREFECTURE,
                organisation__departement__region=organisation.region_id,
            )
        )
    if organisation.kind == OrganisationKind.PREFECTURE:
        return envelopes.filter(organisation=organisation)
    return envelopes.none()


def receivers_of(giver: Organisation) -> list[Organisation]:
    """Return the organisations to which this one may distribute: régions and préfectures, or one's préfectures."""
    organisations = Organisation.objects.order_by("-kind", "name", "pk")
    if giver.kind == OrganisationKind.NATIONAL:
        return list(organisations.filter(kind__in=(OrganisationKind.REGIONAL, OrganisationKind.PREFECTURE)))
    if giver.kind == OrganisationKind.REGIONAL:
        return list(organisations.filter(kind=OrganisationKind.PREFECTURE, departement__region=giver.region_id))
    return []


def last_allocation() -> int:
    """Return the id of the last allocation, 0 when there is none."""
    return Allocation.objects.aggregate(last=Max("pk"))["last"] or 0


def remaining_at(envelope: Envelope, instant: datetime) -> Decimal:
    """Return what remained in an envelope at a past instant, in euros, from the rows recorded until then."""
    recorded = {"recorded_at__lte": instant}
    given = exact_sum(Allocation.objects.filter(envelope=envelope, **recorded))
    distributed = exact_sum(Allocation.objects.filter(source=envelope, **recorded))
    taken = exact_sum(Movement.objects.filter(envelope=envelope, stage=Stage.GRANTED, **recorded))
    return given - distributed - taken


# --- the ledger ------------------------------------------------------------------------------------------------------


def exact_sum(rows: QuerySet[Any], field: str = "amount") -> Decimal:
    """Return the sum of a column of money, exact on every database: added in whole cents."""
    return from_cents(rows.aggregate(cents=Sum(cents(field)))["cents"])


def cents(field: str = "amount") -> Cast:
    """Return the expression of an amount in whole cents; SQLite would add decimals as floats."""
    return Cast(Round(F(field) * 100), BigIntegerField())


def from_cents(value: int | Decimal | None) -> Decimal:
    """Return whole cents as euros."""
    return ZERO if value is None else (Decimal(int(value)) / 100).quantize(Decimal("0.01"))


def ledger_totals(movements: QuerySet[Movement] | None = None, *, at: datetime | None = None) -> dict[Stage, Decimal]:
    """Return the sum of each stage, in euros, in one query.

    Args:
        movements: those counted, already limited to what the reader may see; all of them by default.
        at: count only what was recorded until this instant.
    """
    rows = Movement.objects.all() if movements is None else movements
    if at is not None:
        rows = rows.filter(recorded_at__lte=at)
    found = dict(rows.order_by().values_list("stage").annotate(cents=Sum(cents())).values_list("stage", "cents"))
    return {stage: from_cents(found.get(stage.value)) for stage in Stage}


def ledger_by_year(movements: QuerySet[Movement]) -> dict[tuple[int, Stage], Decimal]:
    """Return the sum of each tranche year and stage, in euros, in one query."""
    rows = movements.order_by().values_list("year", "stage").annotate(cents=Sum(cents()))
    return {(year, Stage(stage)): from_cents(found) for year, stage, found in rows}


def known_sirens(numbers: Iterable[str]) -> frozenset[str]:
    """Return those of the SIREN that are a collectivité's of the official list."""
    found = LocalAuthority.objects.filter(siren__in=list(numbers)).values_list("siren", flat=True)
    return frozenset(siren for siren in found if siren)


def history_of(envelopes: Sequence[Envelope], *, at: datetime | None = None, limit: int = 50) -> list[Allocation]:
    """Return the last allocations to or from some envelopes, the newest first, until an instant if one is given."""
    until = Q() if at is None else Q(recorded_at__lte=at)
    return list(
        Allocation.objects.filter(until, Q(envelope__in=envelopes) | Q(source__in=envelopes))
        .select_related("envelope__organisation", "envelope__campaign", "source__organisation", "decided_by")
        .order_by("-recorded_at", "-pk")[:limit]
    )
