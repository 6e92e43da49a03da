"""What the préfecture proposes: each action retained or set aside, an amount for each year."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction

from funding.enums import Decision, Stage
from funding.errors import FundingRefused, InputRefused
from funding.models import ZERO, Action, YearAmount
from funding.services.budgets import amount_problems
from funding.services.ledger import held, place, settle
from journal.models import Event
from journal.services import record

if TYPE_CHECKING:
    from accounts.actors import Actor

#: For each year, what is proposed in euros (None: not decided yet) and why it is less than what was asked.
Proposal = Mapping[int, tuple[Decimal | None, str]]


def propose(
    *,
    action: Action,
    decision: str,
    rejection_reason: str = "",
    amounts: Proposal,
    by: Actor,
    now: datetime,
    event: Event | None = None,
) -> None:
    """Record what the préfecture proposes for an action; it may be changed until the decision.

    Args:
        action: of a file locked by the caller.
        decision: one of ``Decision``; an action set aside is proposed nothing.
        rejection_reason: mandatory for an action set aside.
        amounts: by year; the years left out keep what they had.
        by: who proposes.
        now: when.
        event: the journal's row; a new one when the caller has none.

    Raises:
        InputRefused: with a sentence for each wrong year (« 2026 » or « 2026-reason »), or for the reason.
    """
    rows = {row.year: row for row in YearAmount.objects.filter(action=action).order_by("year")}
    errors = dict(_problems(rows, decision, rejection_reason, amounts))
    if errors:
        raise InputRefused(errors)
    rejected = decision == Decision.REJECTED
    with transaction.atomic():
        for year, (amount, reason) in amounts.items():
            rows[year].proposed = amount
            rows[year].reduction_reason = reason if _is_reduced(rows[year], amount) else ""
        if rejected:
            for row in rows.values():
                row.proposed, row.reduction_reason = None, ""
        YearAmount.objects.bulk_update(rows.values(), ["proposed", "reduction_reason"])
        action.decision = decision
        action.rejection_reason = rejection_reason if rejected else ""
        action.save(update_fields=["decision", "rejection_reason"])
        _record_proposed(action.contract_id, by=by, now=now, event=event)


def propose_for_year(
    *,
    contract_id: int,
    year: int,
    amounts: Mapping[int, tuple[Decimal, str]],
    by: Actor,
    now: datetime,
    event: Event,
) -> None:
    """Retain several actions of a file at these amounts for a year, in a number of queries that no action changes.

    Args:
        contract_id: the file, locked by the caller.
        year: the only one that changes.
        amounts: by the id of the action, in euros, with why it is less than what was asked.
        by: who proposes.
        now: when.
        event: the journal's row.

    Raises:
        FundingRefused: with a sentence that names each wrong action; nothing was written.
    """
    actions = list(Action.objects.filter(pk__in=amounts, contract=contract_id).order_by("rank", "pk"))
    rows = {row.action_id: row for row in YearAmount.objects.filter(action__in=actions, year=year).order_by("pk")}
    problems = [
        f"action «\u00a0{action.title}\u00a0»\u00a0: {problem}"
        for action in actions
        for _, problem in _problems(
            {year: rows[action.pk]} if action.pk in rows else {}, Decision.RETAINED, "", {year: amounts[action.pk]}
        )
    ]
    if problems:
        raise FundingRefused(*problems)
    with transaction.atomic():
        for pk, row in rows.items():
            amount, reason = amounts[pk]
            row.proposed, row.reduction_reason = amount, reason if _is_reduced(row, amount) else ""
        YearAmount.objects.bulk_update(rows.values(), ["proposed", "reduction_reason"])
        for action in actions:
            action.decision, action.rejection_reason = Decision.RETAINED, ""
        Action.objects.bulk_update(actions, ["decision", "rejection_reason"])
        _record_proposed(contract_id, by=by, now=now, event=event)


def adopt_requested(*, contract_id: int, by: Actor, now: datetime, event: Event | None = None) -> int:
    """Retain, at the amounts requested, every action that was not set aside; return how many there are.

    Raises:
        FundingRefused: nothing was requested yet.
    """
    actions = list(
        Action.objects.filter(contract=contract_id, removed_at__isnull=True)
        .exclude(decision=Decision.REJECTED)
        .order_by("pk")
    )
    rows = list(YearAmount.objects.filter(action__in=actions, requested__isnull=False).order_by("pk"))
    if not rows:
        raise FundingRefused("Aucun montant n’a encore été demandé.")
    with transaction.atomic():
        for row in rows:
            row.proposed, row.reduction_reason = row.requested, ""
        YearAmount.objects.bulk_update(rows, ["proposed", "reduction_reason"])
        for action in actions:
            action.decision = Decision.RETAINED
        Action.objects.bulk_update(actions, ["decision"])
        _record_proposed(contract_id, by=by, now=now, event=event)
    return len(actions)


def _record_proposed(contract_id: int, *, by: Actor, now: datetime, event: Event | None) -> None:
    actions = Action.objects.filter(contract=contract_id, removed_at__isnull=True, decision=Decision.RETAINED)
    targets = {
        place(action, row.year, Stage.PROPOSED): row.proposed or ZERO
        for action in actions.prefetch_related("amounts")
        for row in action.amounts.all()
    }
    current = held(contract_id, [Stage.PROPOSED])
    targets = {key: amount for key, amount in targets.items() if amount}
    if targets == current:
        return
    event = event or record(kind="amounts_proposed", by=by, now=now, contract_id=contract_id)
    settle(contract_id=contract_id, targets=targets, current=current, event=event, now=now)


def _is_reduced(row: YearAmount, amount: Decimal | None) -> bool:
    return amount is not None and amount < (row.requested or ZERO)


def _problems(
    rows: Mapping[int, YearAmount], decision: str, rejection_reason: str, amounts: Proposal
) -> Iterator[tuple[str, str]]:
    if decision not in Decision.values:
        yield "decision", "Indiquez si l’action est retenue."
    if decision == Decision.REJECTED:
        if not rejection_reason.strip():
            yield "rejection_reason", "Indiquez pourquoi l’action n’est pas retenue : la collectivité lira ce motif."
        return
    for year, (amount, reason) in amounts.items():
        if year not in rows:
            yield str(year), f"Rien n’a été demandé pour {year}."
        elif amount is not None:
            yield from ((str(year), problem) for problem in amount_problems(amount))
            if _is_reduced(rows[year], amount) and not reason.strip():
                yield f"{year}-reason", f"Indiquez pourquoi le montant {year} est inférieur à la demande."
