"""The clauses that the préfecture adds to one contract: written until the issue, which freezes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.models import Contract, SpecialClause
from contracts.services.editing import editing

MOST_CLAUSES = 20


class ClauseOutdated(TransitionRefused):
    """A colleague changed the clause, or took it out, while it was being typed; ``current`` is what it says now."""

    def __init__(self, reason: str, current: SpecialClause | None) -> None:
        super().__init__([reason])
        self.current = current


def add_clause(contract_id: int, *, title: str, body: str, by: Actor, now: datetime) -> SpecialClause:
    """Add a clause at the end; the contract issued next carries it.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        TransitionRefused: the state of the file does not allow it, or there are too many.
    """
    payload: dict[str, Any] = {"label": title}
    with _writing(contract_id, "special_clause_added", payload, by, now) as contract:
        ranks = list(SpecialClause.objects.filter(contract=contract).values_list("rank", flat=True))
        if len(ranks) >= MOST_CLAUSES:
            raise TransitionRefused([f"Un contrat porte {MOST_CLAUSES} clauses particulières au plus."])
        clause = SpecialClause.objects.create(
            contract=contract,
            rank=max(ranks, default=0) + 1,
            title=title,
            body=body,
            written_by=by.user,
            written_at=now,
        )
        payload["clause"] = clause.pk
    return clause


def change_clause(
    contract_id: int, pk: int, *, title: str, body: str, by: Actor, now: datetime, seen: str | None = None
) -> SpecialClause:
    """Change a clause; what was issued keeps its own copy.

    Args:
        contract_id: the file.
        pk: the clause.
        title: its title.
        body: its text, cleaned.
        by: who writes.
        now: when.
        seen: the mark of the clause when it was opened; None replaces it whatever it says.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        ClauseOutdated: a colleague changed it since, or took it out.
        TransitionRefused: the state of the file does not allow it.
    """
    payload: dict[str, Any] = {"label": title, "clause": pk}
    with _writing(contract_id, "special_clause_changed", payload, by, now) as contract:
        clause = _current(contract, pk, seen)
        clause.title, clause.body, clause.written_by, clause.written_at = title, body, by.user, now
        clause.save(update_fields=["title", "body", "written_by", "written_at"])
    return clause


def move_clause(contract_id: int, pk: int, *, up: bool, by: Actor, now: datetime) -> None:
    """Move a clause by one place; at the edge it stays where it is.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        TransitionRefused: the state of the file does not allow it.
    """
    with _writing(contract_id, "special_clause_moved", {"clause": pk}, by, now) as contract:
        rows = list(SpecialClause.objects.filter(contract=contract).order_by("rank", "pk"))
        here = rows.index(_current(contract, pk))
        there = here - 1 if up else here + 1
        if 0 <= there < len(rows):
            rows[here], rows[there] = rows[there], rows[here]
        _number(rows)


def remove_clause(contract_id: int, pk: int, *, by: Actor, now: datetime) -> None:
    """Take a clause out of the contract to come; the history keeps its title.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        TransitionRefused: the state of the file does not allow it.
    """
    payload: dict[str, Any] = {"clause": pk}
    with _writing(contract_id, "special_clause_removed", payload, by, now) as contract:
        clause = _current(contract, pk)
        payload["label"] = clause.title
        clause.delete()
        _number(SpecialClause.objects.filter(contract=contract).order_by("rank", "pk"))


def _current(contract: Contract, pk: int, seen: str | None = None) -> SpecialClause:
    clause = SpecialClause.objects.filter(contract=contract, pk=pk).select_related("written_by").first()
    if clause is None:
        raise ClauseOutdated("Cette clause vient d’être retirée par un collègue.", None)
    if seen is not None and clause.mark != seen:
        raise ClauseOutdated(
            f"{clause.written_by.full_name} a modifié cette clause pendant votre saisie. Votre texte est gardé : "
            "comparez-le au sien avant de l’enregistrer, car il le remplacerait.",
            clause,
        )
    return clause


def _writing(contract_id: int, kind: str, payload: dict[str, Any], by: Actor, now: datetime) -> Any:
    return editing(contract_id, Permission.CLAUSE_WRITE, by=by, now=now, kind=kind, payload=payload)


def _number(rows: Iterable[SpecialClause]) -> None:
    """Rank the rows from one; by two steps, since a rank is used once at any instant."""
    kept = list(rows)
    for start in (MOST_CLAUSES + 1, 1):
        for rank, each in enumerate(kept, start=start):
            each.rank = rank
        SpecialClause.objects.bulk_update(kept, ["rank"])
