"""What the benchmark of pages looks at: a large diagnostic, a large budget, many requests."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from accounts.actors import Actor
from accounts.roles import Permission
from campaigns.models import Axis
from campaigns.services import open_campaign
from contracts.enums import State
from contracts.models import Contract
from contracts.services.editing import editing
from ctai.demo_data import files, people
from ctai.demo_data.journey import Duo, Journey
from diagnostics.enums import RowKind
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Indicator, Row, Section
from diagnostics.services import save_section
from funding.enums import CHARGE_ACCOUNTS, Funder
from funding.models import Action, BudgetLine, YearAmount
from funding.services.actions import ActionInput, save_action
from funding.services.budgets import LineInput, save_budgets
from scripts.bench import say
from territories.models import LocalAuthority

AXES, ROWS, FIGURES = 12, 150, 80
ACTIONS, YEARS, LINES, REQUESTS = 40, 3, 25, 1000


def open_the_year(dgef: Actor, year: int, now: datetime) -> None:
    """Open the campaign of this year."""
    open_campaign(
        year=year,
        opens_on=date(year, 1, 15),
        submission_deadline=date(year, 12, 15),
        closes_on=date(year, 12, 31),
        by=dgef,
        now=now,
        mandatory_axes=["FRANCAIS"],
    )


def large_diagnostic(state: Duo, now: datetime) -> Journey:
    """Return a file of Poitiers whose diagnostic holds 12 axes, 150 rows and 80 figures."""
    authority = LocalAuthority.objects.with_places().get(uid="commune:86194")
    local = people.town(authority, now, signs_in=True)
    journey = Journey(local=local, state=state, now=now, starts_on=date(now.year, 9, 1))
    files.diagnostic(journey)
    sections = list(Section.objects.filter(diagnostic__contract=journey.contract, question__axis__isnull=False))
    if len(sections) != AXES:
        raise SystemExit(f"{len(sections)} axes instead of {AXES}")
    for index, section in enumerate(sections):
        with editing(
            journey.contract.pk, Permission.DIAGNOSTIC_WRITE, by=local.agent, now=journey.now, kind="section_saved"
        ):
            save_section(
                section=section,
                expected_version=section.version,
                text="Un constat partagé, écrit par les deux parties.\n\n" * 12,
                rows=rows_of(share(ROWS, index)),
                indicators=figures_of(share(FIGURES, index)),
                by=local.agent,
                now=journey.now,
            )
    rows, figures = Row.objects.count(), Indicator.objects.count()
    say(f"Diagnostic : {len(sections)} axes, {rows} lignes, {figures} chiffres.")
    return journey


def large_budget(state: Duo, now: datetime) -> Journey:
    """Return a file whose proposal holds 40 actions over three years, of 25 lines a year each."""
    authority = LocalAuthority.objects.with_places().get(uid="commune:86066")
    local = people.town(authority, now, signs_in=True)
    journey = Journey(local=local, state=state, now=now, starts_on=date(now.year + 1, 1, 1), months=12 * YEARS)
    files.proposal(journey)
    contract, axis = journey.contract, Axis.objects.order_by("pk")[0]
    with editing(contract.pk, Permission.PROPOSAL_WRITE, by=local.agent, now=journey.now, kind="action_saved"):
        actions = [
            save_action(
                contract_id=contract.pk,
                fields=ActionInput(
                    title=f"Action {number}",
                    axis_id=axis.pk,
                    beneficiary_name=f"Association {number % 8}",
                    starts_on=contract.starts_on,
                    ends_on=contract.ends_on,
                ),
                by=local.agent,
                now=journey.now,
            )
            for number in range(ACTIONS)
        ]
        budgets = {(action.pk, year): budget_lines() for action in actions for year in contract.years}
        save_budgets(actions=actions, budgets=budgets, by=local.agent, now=journey.now)
    say(f"Budget : {len(actions)} actions, {len(contract.years)} années, {BudgetLine.objects.count()} lignes.")
    return journey


def budget_lines() -> list[LineInput]:
    """Return the lines of a year, a third of them produits."""
    charges, funders = list(CHARGE_ACCOUNTS), list(Funder.values)
    lines = [LineInput(side="product", account="74", funder=each, amount=Decimal(1000)) for each in funders]
    for index in range(LINES - len(lines)):
        label = "" if index < len(charges) else f"Poste {index}"
        lines.append(LineInput(side="charge", account=charges[index % len(charges)], label=label, amount=Decimal(500)))
    return lines


def many_requests(agent: Actor, year: int) -> None:
    """Ask for more actions of one département than Django takes fields in a form."""
    axis = Axis.objects.order_by("pk")[0]
    contracts = list(Contract.objects.filter(state=State.UNDER_REVIEW).order_by("-pk")[: REQUESTS // ACTIONS])
    Contract.objects.filter(pk__in=[each.pk for each in contracts]).update(lead_service=agent.organisation)
    actions = Action.objects.bulk_create(
        Action(contract=each, number=1000 + rank, rank=1000 + rank, title=f"Action {rank}", axis=axis)
        for each in contracts
        for rank in range(ACTIONS)
    )
    YearAmount.objects.bulk_create(YearAmount(action=each, year=year, requested=Decimal(9000)) for each in actions)
    say(f"Demandes : {len(actions)} lignes, {len(contracts)} dossiers.")


def share(total: int, index: int) -> int:
    """Return how many of the total go to one axis."""
    return total // AXES + (index < total % AXES)


def rows_of(total: int) -> list[RowInput]:
    """Return rows of every kind in turn."""
    kinds = (RowKind.NEED, RowKind.OFFER, RowKind.PRIORITY, RowKind.FINDING)
    return [row(kinds[index % len(kinds)], index) for index in range(total)]


def row(kind: RowKind, index: int) -> RowInput:
    """Return a row of a kind."""
    text = f"Ligne {index}, assez longue pour tenir sur deux lignes d’un tableau de la page"
    return RowInput(
        kind=kind,
        text=text,
        actor="Centre social" if kind == RowKind.OFFER else "",
        capacity="60 places" if kind == RowKind.OFFER else "",
        objective="Un objectif" if kind == RowKind.PRIORITY else "",
        major=kind == RowKind.NEED and index == 0,
    )


def figures_of(total: int) -> list[IndicatorInput]:
    """Return figures, two of each indicator at two dates."""
    return [
        IndicatorInput(
            label=f"Indicateur {index // 2}",
            territory="Poitiers",
            as_of=date(2024 + index % 2, 12, 31),
            source="OFII",
            value=Decimal(100 + index),
        )
        for index in range(total)
    ]
