"""The what-if of a year: saved under a name by whoever reviews, applied by the signatory of the State alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.roles import Permission, Role, may
from contracts.collective import requests_for
from contracts.errors import TransitionRefused
from contracts.models import Scenario, ScenarioAmount
from contracts.services.editing import editing
from contracts.services.locks import locked
from funding.enums import Decision
from funding.errors import FundingRefused
from funding.models import Action
from funding.services.review import propose
from journal.services import record

#: For each action, by its id: the amount of the year in euros, and why it is less than asked.
Amounts = Mapping[int, tuple[Decimal, str]]


@transaction.atomic
def save_scenario(*, year: int, name: str, amounts: Amounts, by: Actor, now: datetime) -> Scenario:
    """Save what one would propose, under a name; the same name again replaces it. No file is changed.

    Raises:
        PermissionDenied: the actor compares no requests, or an action is not one of theirs.
    """
    if not may(by, Permission.REQUESTS_COMPARE):
        raise PermissionDenied
    if amounts.keys() - {line.action.pk for line in requests_for(by, year)}:
        raise PermissionDenied
    scenario, _ = Scenario.objects.update_or_create(
        organisation=by.organisation,
        year=year,
        name=name,
        defaults={"saved_by": by.user, "saved_at": now, "applied_by": None, "applied_at": None},
    )
    scenario.amounts.all().delete()
    ScenarioAmount.objects.bulk_create(
        ScenarioAmount(scenario=scenario, action_id=pk, amount=amount, reason=reason)
        for pk, (amount, reason) in amounts.items()
    )
    return scenario


@transaction.atomic
def apply_scenario(*, scenario: Scenario, by: Actor, now: datetime) -> int:
    """Propose the amounts of a scenario in the files that the organisation leads; nothing is granted by it.

    Returns:
        How many files were changed: all of them, or none.

    Raises:
        PermissionDenied: the actor is not a signatory of the State in the organisation of the scenario.
        TransitionRefused: a file is no longer under review, or a reduction has no reason; nothing was changed.
    """
    if by.role != Role.STATE_SIGNATORY or scenario.organisation_id != by.organisation.pk:
        raise PermissionDenied
    rows = scenario.amounts.filter(action__contract__lead_service=by.organisation, action__removed_at__isnull=True)
    files: dict[int, list[ScenarioAmount]] = {}
    for row in rows.select_related("action").order_by("action__contract", "action"):
        files.setdefault(row.action.contract_id, []).append(row)
    for pk in sorted(files):  # every file before the journal: the order of the locks
        locked(pk)
    for pk in sorted(files):
        _propose(pk, scenario, files[pk], by, now)
    scenario.applied_by, scenario.applied_at = by.user, now
    scenario.save(update_fields=["applied_by", "applied_at"])
    return len(files)


def _propose(pk: int, scenario: Scenario, rows: list[ScenarioAmount], by: Actor, now: datetime) -> None:
    with editing(pk, Permission.AMOUNT_PROPOSE, by=by, now=now, kind=lambda: None):
        payload = {"scenario": scenario.pk, "year": scenario.year, "actions": [row.action_id for row in rows]}
        event = record(kind="scenario_applied", by=by, now=now, contract_id=pk, payload=payload)
        for row in rows:
            action = Action.objects.get(pk=row.action_id)
            try:
                propose(
                    action=action,
                    decision=Decision.RETAINED,
                    amounts={scenario.year: (row.amount, row.reason)},
                    by=by,
                    now=now,
                    event=event,
                )
            except FundingRefused as refusal:
                raise TransitionRefused([f"Action «\u00a0{action.title}\u00a0»\u00a0: {refusal}"]) from refusal
