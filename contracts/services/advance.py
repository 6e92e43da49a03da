"""The only door through which a file moves."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.roles import Permission, may
from contracts.acts import Act, Signing
from contracts.case import Case
from contracts.effects import EFFECTS
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract
from contracts.queries import load_facts, own_party
from contracts.requirements import unmet
from contracts.services.belongings import foreign
from contracts.services.consequences import CONSEQUENCES, PREPARATIONS, describe
from contracts.services.locks import locked, settle
from contracts.workflow import SPECS
from funding.errors import FundingRefused
from journal.services import enter_state, record


def advance(
    contract_id: int, name: str, *, by: Actor, now: datetime, act: Act | None = None, seen: str | None = None
) -> Contract:
    """Carry out a transition: lock, right, requirements, inputs, then event, span, rows and effects as one.

    Args:
        contract_id: the file.
        name: a transition of ``contracts.workflow``.
        by: who acts.
        now: when.
        act: what the person brings; the transition's own ``Act`` type.
        seen: the state that the person saw when deciding; a file that moved since refuses, even where the same act
            would still start from its new state (a refusal decided under review must not undo an approval).

    Returns:
        The file as it now is.

    Raises:
        PermissionDenied: the actor lacks the right on this file.
        TransitionRefused: with the reasons, as French sentences; nothing was changed.
    """
    act = act if act is not None else SPECS[name].act()
    with transaction.atomic():
        contract = locked(contract_id)
        _authorise(contract, name, by, act)
        for prepare in PREPARATIONS.get(name, ()):
            prepare(contract, now)
        contract.facts = load_facts(contract, by=by, now=now)
        reasons = _moved(contract, name, seen) or refusals(contract, name, act) or list(foreign(contract, act, by))
        if reasons:
            raise TransitionRefused(reasons)
        try:
            _move(contract, name, act, by, now)
        except FundingRefused as refusal:  # an envelope used meanwhile, when a file comes back to the signature
            raise TransitionRefused(refusal.reasons) from refusal
        if name == "sign":
            _complete_if_all_signed(contract, by, now)
        settle(contract, by=by, now=now)
    return contract


def refusals(contract: Contract, name: str, act: Act) -> list[str]:
    """Return why the transition is not possible with these inputs, the state first; ``contract.facts`` are laid."""
    if not can_start(contract, name):
        return [_moved_sentence(contract, name)]
    reasons = [each.message for each in unmet(SPECS[name].requirements, contract.facts)]
    return list(dict.fromkeys([*reasons, *act.problems(contract.facts)]))


def _moved(contract: Contract, name: str, seen: str | None) -> list[str]:
    return [] if seen in (None, contract.state) else [_moved_sentence(contract, name)]


def _moved_sentence(contract: Contract, name: str) -> str:
    return (
        f"« {SPECS[name].label} » n’est plus possible : le dossier est maintenant à l’état "
        f"« {State(contract.state).label} ». Rien n’a été modifié."
    )


def can_start(contract: Contract, name: str) -> bool:
    """Tell whether the transition starts from the file's state."""
    transition_meta = getattr(Contract, name)._django_fsm
    return bool(transition_meta.has_transition(contract.state))


def permitted(contract: Contract, name: str, by: Actor | None) -> bool:
    """Tell whether the actor holds the right of the transition on this file."""
    if by is None:
        return False
    if name == "sign":
        return may(by, Permission.SIGN_LOCAL, contract) or may(by, Permission.SIGN_STATE, contract)
    permission = SPECS[name].permission
    return permission is not None and may(by, permission, contract)


def _authorise(contract: Contract, name: str, by: Actor, act: Act) -> None:
    if not permitted(contract, name, by):
        raise PermissionDenied
    if isinstance(act, Signing) and act.party != own_party(by):
        raise PermissionDenied


def _move(contract: Contract, name: str, act: Act, by: Actor | None, now: datetime) -> None:
    before = contract.state
    getattr(contract, name)(act)
    contract.save()
    event = record(kind=name, by=by, now=now, contract_id=contract.pk, payload=describe(contract, before, act))
    if contract.state != before:
        enter_state(contract_id=contract.pk, state=contract.state, event=event, now=now)
    case = Case(contract=contract, name=name, act=act, by=by, now=now, event=event, before=State(before))
    for consequence in CONSEQUENCES[name]:
        consequence(case)
    for effect in EFFECTS[name]:
        effect(case)


def _complete_if_all_signed(contract: Contract, by: Actor, now: datetime) -> None:
    contract.facts = load_facts(contract, by=by, now=now)
    if not unmet(SPECS["complete"].requirements, contract.facts):
        _move(contract, "complete", Act(), None, now)
