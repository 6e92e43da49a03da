"""What the préfecture writes in the place of what a file leaves empty, for the text of its contract."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.models import ContractWording
from contracts.services.editing import editing
from contracts.wording import TextSource


class WordingOutdated(TransitionRefused):
    """A colleague changed the mentions while they were being typed."""


def complete_wording(
    contract_id: int, *, values: Mapping[str, Any], by: Actor, now: datetime, seen: str | None = None
) -> ContractWording:
    """Write what the file leaves empty; the contract issued next carries it.

    Args:
        contract_id: the file.
        values: by field of `ContractWording`; what the file says itself is left aside.
        by: who writes.
        now: when.
        seen: the mark of the mentions when they were opened; None replaces them whatever they say.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        WordingOutdated: a colleague changed them since.
        TransitionRefused: the state of the file does not allow it.
    """
    payload: dict[str, Any] = {}
    writing = editing(contract_id, Permission.CLAUSE_WRITE, by=by, now=now, kind="contract_completed", payload=payload)
    with writing as contract:
        source = TextSource(contract)
        if seen is not None and source.mark != seen:
            raise WordingOutdated([_changed_by(source.wording)])
        kept = {name: values[name] for name in source.to_fill if name in values}
        written = {"written_by": by.user, "written_at": now}
        wording, _ = ContractWording.objects.update_or_create(contract=contract, defaults=kept | written)
        payload["fields"] = sorted(kept)
    return wording


def _changed_by(wording: ContractWording | None) -> str:
    author = wording.written_by.full_name if wording else "Un collègue"
    return (
        f"{author} a modifié ces mentions pendant votre saisie. Votre saisie est gardée : comparez-la à ce qui est "
        "enregistré avant de l’enregistrer, car elle le remplacerait."
    )
