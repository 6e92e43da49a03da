"""The funding request of each year: prepared by the collectivité, frozen at submission."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from funding.enums import Stage
from funding.errors import FundingRefused
from funding.figures import YearState, total, year_states
from funding.models import ZERO, Action, FundingRequest, YearAmount
from funding.queries import actions_of, contract_years
from funding.services.ledger import held, place, settle
from journal.models import Event

if TYPE_CHECKING:
    from accounts.actors import Actor


def prepare_request(*, contract_id: int, year: int, comment: str, by: Actor, now: datetime) -> FundingRequest:
    """Prepare the request of a year, or change its comment; the amount comes from the budgets at submission.

    Raises:
        FundingRefused: the year is none of the contract's.
    """
    if year not in contract_years(contract_id):
        raise FundingRefused(f"L’année {year} est hors de la période du contrat.")
    request, _ = FundingRequest.objects.update_or_create(
        contract_id=contract_id,
        year=year,
        defaults={"comment": comment, "prepared_by": by.user, "prepared_at": now},
    )
    return request


def freeze_requests(contract_id: int, event: Event, now: datetime) -> None:
    """Write down what is asked, action by action and year by year, at the submission of the proposal.

    Each amount is the line « État – programme 104 » of a budget. The ledger moves by the difference with what was
    asked before, so that a second submission only records what it changed.
    """
    actions, years = actions_of(contract_id), contract_years(contract_id)
    states = [(action, state) for action in actions for state in year_states(action, years)]
    with transaction.atomic():
        _freeze_amounts(contract_id, states)
        for request in FundingRequest.objects.filter(contract=contract_id):
            request.amount = total(state.state_line for _, state in states if state.year == request.year)
            request.submitted_at = now
            request.save(update_fields=["amount", "submitted_at"])
        settle(
            contract_id=contract_id,
            targets={place(action, state.year, Stage.REQUESTED): state.state_line for action, state in states},
            current=held(contract_id, [Stage.REQUESTED]),
            event=event,
            now=now,
        )


def _freeze_amounts(contract_id: int, states: list[tuple[Action, YearState]]) -> None:
    known = {
        (each.action_id, each.year): each
        for each in YearAmount.objects.filter(action__contract=contract_id).order_by("pk")
    }
    asked = {(action.pk, state.year): state.state_line for action, state in states}
    new = [
        YearAmount(action_id=action_id, year=year, requested=amount)
        for (action_id, year), amount in asked.items()
        if (action_id, year) not in known
    ]
    changed = []
    for key, row in known.items():
        if key not in asked:
            row.requested, row.proposed = ZERO, None
            changed.append(row)
        elif row.requested != asked[key]:
            row.requested = asked[key]
            changed.append(row)
    YearAmount.objects.bulk_create(new)
    YearAmount.objects.bulk_update(changed, ["requested", "proposed"])
