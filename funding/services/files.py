"""The files that prove a co-funding or are joined to an action; the bytes are uploads of the file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from funding.enums import Account, Funder, FundingStatus
from funding.errors import FundingRefused
from funding.models import Action, ActionFile, BudgetLine

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.actors import Actor

MOST_FILES = 30


def join_file(*, action: Action, upload_id: int, by: Actor, now: datetime) -> ActionFile:
    """Join an upload of the same file to an action.

    Raises:
        FundingRefused: the action has as many as it may.
    """
    if ActionFile.objects.filter(action=action, removed_at__isnull=True).count() >= MOST_FILES:
        raise FundingRefused(f"Une action a {MOST_FILES} pièces jointes au plus.")
    return ActionFile.objects.create(action=action, upload_id=upload_id)


def remove_file(*, action: Action, file_id: int, by: Actor, now: datetime) -> None:
    """Take a file away from an action; the upload stays among the documents of the file."""
    ActionFile.objects.filter(action=action, pk=file_id, removed_at__isnull=True).update(removed_at=now)


def cofundings_of(contract_id: int) -> QuerySet[BudgetLine]:
    """Return the grants of the budgets that others than the programme 104 bring, in the order of the proposal."""
    return (
        BudgetLine.objects.filter(action__contract=contract_id, action__removed_at__isnull=True, account=Account.P74)
        .exclude(funder=Funder.STATE_P104)
        .select_related("action", "proof")
        .order_by("action__rank", "action__number", "year", "funder", "label", "pk")
    )


def prove(*, contract_id: int, line_ids: Collection[int], upload_id: int, by: Actor, now: datetime) -> int:
    """Join a proof to co-fundings, which are thereby *acquis*; return how many.

    Raises:
        FundingRefused: one of the lines is no co-funding of this file.
    """
    lines = list(cofundings_of(contract_id).filter(pk__in=line_ids))
    if not line_ids or len(lines) != len(set(line_ids)):
        raise FundingRefused("Un des cofinancements choisis n’existe plus : rouvrez la page et recommencez.")
    for line in lines:
        line.status, line.proof_id = FundingStatus.OBTAINED, upload_id
    BudgetLine.objects.bulk_update(lines, ["status", "proof"])
    return len(lines)


def disprove(*, contract_id: int, line_id: int, by: Actor, now: datetime) -> None:
    """Take the proof away from a co-funding, which is only *sollicité* again."""
    line = cofundings_of(contract_id).filter(pk=line_id).first()
    if line is not None:
        line.status, line.proof = FundingStatus.REQUESTED, None
        line.save(update_fields=["status", "proof"])
