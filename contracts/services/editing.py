"""The door of every write to a file that is not a transition."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.roles import Permission, may
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.services.locks import locked, settle
from contracts.windows import is_open
from journal.services import record


@contextmanager
def editing(
    contract_id: int,
    permission: Permission,
    *,
    by: Actor,
    now: datetime,
    kind: str | Callable[[], str | None],
    payload: dict[str, Any] | None = None,
) -> Iterator[Contract]:
    """Open a file for one write: lock it, check right and state, then record the event and whose turn it is.

    Args:
        contract_id: the file.
        permission: the right used.
        by: who writes.
        now: when.
        kind: the name of the event in the journal, or what tells it after the write; None: the write goes on with
            what an earlier event told, so that neither the journal nor whose turn it is moves.
        payload: ids and facts of the event; the caller may fill the same dict inside the block.

    Raises:
        PermissionDenied: the actor lacks the right on this file.
        TransitionRefused: the file is not in a state that allows it.
    """
    payload = {} if payload is None else payload
    with transaction.atomic():
        contract = locked(contract_id)
        if not may(by, permission, contract):
            raise PermissionDenied
        if not is_open(permission, contract.state):
            raise TransitionRefused([closed_sentence(contract)])
        yield contract
        event = kind if isinstance(kind, str) else kind()
        if event is None:
            return
        record(kind=event, by=by, now=now, contract_id=contract.pk, payload=payload)
        settle(contract, by=by, now=now)


def recorded_within() -> None:
    """Tell ``editing`` that the block records its event itself, before the rows that bear it."""


def closed_sentence(contract: Contract) -> str:
    """Say that the state of the file no longer allows an act."""
    return (
        f"Le dossier est maintenant à l’état « {State(contract.state).label} » : cet enregistrement n’est plus "
        "possible. Rien n’a été modifié."
    )
