"""Reconduction: actions of a former contract, or budgets of a year, carried over with what must be looked at again."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import transaction

from funding.enums import Account, Decision, FundingStatus
from funding.errors import FundingRefused
from funding.figures import touched_years
from funding.models import Action, BudgetLine
from funding.queries import actions_of, contract_years
from funding.services.actions import as_input, create_action

if TYPE_CHECKING:
    from accounts.actors import Actor

#: What of a fiche must be looked at again after a reconduction; the budgets add « budget:2027 ».
FICHE_MARKS = ("calendar", "people", "indicators", "need")


def renewable(contract_id: int, actor: Actor) -> list[Action]:
    """Return the actions of the other files of the same porteur that may be carried over into this one."""
    contracts = apps.get_model("contracts", "Contract")._base_manager
    porteur = contracts.values_list("porteur", flat=True).get(pk=contract_id)
    taken = Action.objects.filter(contract=contract_id, removed_at__isnull=True, carried_from__isnull=False)
    found = (
        Action.objects.visible_to(actor)
        .filter(contract__porteur=porteur, removed_at__isnull=True)
        .exclude(contract=contract_id)
        .exclude(decision=Decision.REJECTED)
        .exclude(pk__in=taken.values("carried_from"))
        .select_related("contract__porteur", "axis")
        .order_by("-contract__starts_on", "-contract", "rank", "number")
    )
    return list(found)


def carry_over(
    *, contract_id: int, sources: Sequence[Action], period: tuple[date, date], by: Actor, now: datetime
) -> list[Action]:
    """Copy actions of other files into this one, each with the budget of its last year for each year of the contract.

    Args:
        contract_id: the file, locked by the caller.
        sources: actions that exist for the actor.
        period: the first and last day of the contract.
        by: who carries over.
        now: when.

    Returns:
        The new actions: renewed, marked with all that must be looked at again, their grants only *sollicité*.
    """
    years = contract_years(contract_id)
    lines = BudgetLine.objects.filter(action__in=[each.pk for each in sources]).order_by("action_id", "-year", "pk")
    by_source: dict[int, list[BudgetLine]] = {}
    for line in lines:
        known = by_source.setdefault(line.action_id, [])
        if not known or known[0].year == line.year:
            known.append(line)
    with transaction.atomic():
        return [_copy(contract_id, each, period, years, by_source.get(each.pk, [])) for each in sources]


def _copy(
    contract_id: int, source: Action, period: tuple[date, date], years: Collection[int], lines: list[BudgetLine]
) -> Action:
    entry = replace(as_input(source), need_id=None, starts_on=period[0], ends_on=period[1], renewed=True)
    action = create_action(contract_id, entry)
    action.carried_from = source
    action.to_update = [*FICHE_MARKS, *(f"budget:{year}" for year in years if lines)]
    action.save(update_fields=["carried_from", "to_update"])
    BudgetLine.objects.bulk_create(_line(action, year, line) for year in years for line in lines)
    return action


def carry_year(*, contract_id: int, source: int, target: int, by: Actor, now: datetime) -> list[Action]:
    """Copy the budgets of a year to another for the actions that have none there yet; return these actions.

    Raises:
        FundingRefused: no action has a budget to carry over.
    """
    years = contract_years(contract_id)
    changed, lines = [], []
    for action in actions_of(contract_id):
        budget = [line for line in action.budget_lines.all() if line.year == source]
        empty = not any(line.year == target for line in action.budget_lines.all())
        if budget and empty and target in touched_years(action, years):
            lines += [_line(action, target, line) for line in budget]
            action.to_update = [*action.to_update, f"budget:{target}"]
            changed.append(action)
    if not changed:
        raise FundingRefused(f"Aucun budget {source} n’est à reprendre en {target}.")
    with transaction.atomic():
        BudgetLine.objects.bulk_create(lines)
        Action.objects.bulk_update(changed, ["to_update"])
    return changed


def _line(action: Action, year: int, line: BudgetLine) -> BudgetLine:
    return BudgetLine(
        action=action,
        year=year,
        side=line.side,
        account=line.account,
        funder=line.funder,
        label=line.label,
        status=FundingStatus.REQUESTED if line.account == Account.P74 else "",
        amount=line.amount,
    )
