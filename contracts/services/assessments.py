"""The grid of the review: a grade and a comment on each criterion of the campaign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from accounts.actors import Actor
from accounts.roles import Permission
from campaigns.models import ReviewCriterion
from contracts.errors import TransitionRefused
from contracts.models import Assessment
from contracts.services.editing import editing

#: For each criterion, by its id: the grade (None: not graded yet) and the comment.
Grid = Mapping[int, tuple[int | None, str]]


def assess(contract_id: int, *, grid: Grid, by: Actor, now: datetime) -> None:
    """Record what the instructor thinks on each criterion; what did not change is left alone.

    Raises:
        PermissionDenied: the actor does not review this file.
        TransitionRefused: a criterion is not of the file's campaign, or a grade is above its points.
    """
    payload: dict[str, int] = {}
    changed: list[Assessment] = []
    with editing(
        contract_id,
        Permission.AMOUNT_PROPOSE,
        by=by,
        now=now,
        kind=lambda: "criteria_assessed" if changed else None,
        payload=payload,
    ) as contract:
        criteria = {
            each.pk: each for each in ReviewCriterion.objects.filter(campaign=contract.campaign_id, active=True)
        }
        known = {each.criterion_id: each for each in Assessment.objects.filter(contract=contract)}
        for pk, (grade, comment) in grid.items():
            if pk not in criteria or (grade is not None and not 0 <= grade <= criteria[pk].points):
                raise TransitionRefused(["Cette note ne correspond pas à la grille de la campagne."])
            row = known.get(pk) or Assessment(contract=contract, criterion=criteria[pk])
            if (row.grade, row.comment) != (grade, comment):
                row.grade, row.comment, row.recorded_by, row.recorded_at = grade, comment, by.user, now
                row.save()
                changed.append(row)
        payload["criteria"] = len(changed)
