"""A scenario applied: its amounts become what the files propose, all of them or none."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.enums import OrganisationKind
from accounts.roles import Permission, Role
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Scenario, ScenarioAmount
from contracts.services.editing import editing
from contracts.services.locks import locked, settle
from contracts.services.scenarios import frozen_sentence, locked_scenario
from ctai.text import count
from funding.enums import Decision
from funding.errors import FundingRefused
from funding.services.review import propose_for_year
from journal.services import record


class AlreadyApplied(TransitionRefused):
    """The scenario was applied, maybe by the first of two presses."""


class ScenarioMoved(TransitionRefused):
    """Someone saved the scenario after the page was shown."""


@transaction.atomic
def apply_scenario(*, scenario: Scenario, version: int, by: Actor, now: datetime) -> int:
    """Propose the amounts of a scenario in the files that the organisation leads; nothing is granted by it.

    Args:
        scenario: of the actor's organisation.
        version: the one that the signatory read.
        by: a signatory of the State.
        now: when.

    Returns:
        How many files were changed: all of them, or none.

    Raises:
        PermissionDenied: the actor is not a signatory of the State in the organisation of the scenario.
        AlreadyApplied: once is enough.
        ScenarioMoved: another version was saved since.
        TransitionRefused: lines cannot be proposed any more, each named; nothing was changed.
    """
    if by.role != Role.STATE_SIGNATORY or scenario.organisation_id != by.organisation.pk:
        raise PermissionDenied
    scenario = locked_scenario(scenario.pk)
    if scenario.applied_at:
        raise AlreadyApplied([frozen_sentence(scenario)])
    if scenario.removed_at:
        raise TransitionRefused([frozen_sentence(scenario)])
    if scenario.version != version:
        raise ScenarioMoved(
            ["Ce scénario a été modifié depuis l’affichage de la page. Relisez-le, puis appliquez-le."]
        )
    files = _files(scenario, by)
    if not files:
        raise TransitionRefused(["Ce scénario ne porte sur aucun dossier suivi par votre service."])
    contracts = [locked(pk) for pk in sorted(files)]  # every file before the journal: the order of the locks
    files = _files(scenario, by)
    problems = [each for contract in contracts for each in _problems(contract, files.get(contract.pk, []), by)]
    if problems:
        raise TransitionRefused(problems)
    for contract in contracts:
        _propose(contract, scenario, files[contract.pk], by, now)
    scenario.applied_by, scenario.applied_at = by.user, now
    scenario.save(update_fields=["applied_by", "applied_at"])
    label = f"Version {scenario.version}\u00a0: {count(len(files), 'dossier', 'dossiers')}."
    payload = {"scenario": scenario.pk, "year": scenario.year, "version": version, "files": sorted(files)}
    record(kind="scenario_applied", by=by, now=now, payload=payload | {"label": label})
    return len(files)


def _files(scenario: Scenario, by: Actor) -> dict[int, list[ScenarioAmount]]:
    """Return the rows by file; a région leaves out those that a préfecture leads."""
    rows = scenario.amounts.select_related("action").order_by("action__contract", "action__rank", "action")
    if by.organisation.kind == OrganisationKind.REGIONAL:
        rows = rows.filter(action__contract__lead_service=by.organisation)
    found: dict[int, list[ScenarioAmount]] = {}
    for row in rows:
        found.setdefault(row.action.contract_id, []).append(row)
    return found


def _problems(contract: Contract, rows: list[ScenarioAmount], by: Actor) -> Iterator[str]:
    if contract.lead_service_id != by.organisation.pk:
        yield f"{_name(contract)}\u00a0: le dossier n’est plus suivi par votre service."
    elif contract.state != State.UNDER_REVIEW:
        state = State(contract.state).label
        yield f"{_name(contract)}\u00a0: le dossier est maintenant à l’état «\u00a0{state}\u00a0»."
    else:
        for row in rows:
            if row.action.removed_at or row.action.decision == Decision.REJECTED:
                gone = "a été retirée" if row.action.removed_at else "n’est pas retenue"
                yield f"{_name(contract)}\u00a0: l’action «\u00a0{row.action.title}\u00a0» {gone}."


def _propose(contract: Contract, scenario: Scenario, rows: list[ScenarioAmount], by: Actor, now: datetime) -> None:
    with editing(contract.pk, Permission.AMOUNT_PROPOSE, by=by, now=now, kind=lambda: None) as opened:
        payload = {"scenario": scenario.pk, "year": scenario.year, "actions": [row.action_id for row in rows]}
        event = record(kind="scenario_applied", by=by, now=now, contract_id=opened.pk, payload=payload)
        amounts = {row.action_id: (row.amount, row.reason) for row in rows}
        try:
            propose_for_year(contract_id=opened.pk, year=scenario.year, amounts=amounts, by=by, now=now, event=event)
        except FundingRefused as refusal:
            raise TransitionRefused(f"{_name(contract)}\u00a0: {reason}" for reason in refusal.reasons) from refusal
        settle(opened, by=by, now=now)


def _name(contract: Contract) -> str:
    return f"{contract.porteur.name} ({contract.reference})"
