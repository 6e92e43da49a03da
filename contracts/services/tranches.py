"""The confirmation of a yearly tranche of a signed contract: an act of a named person that takes money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.acts import NamedPerson
from contracts.errors import TransitionRefused
from contracts.models import Contract, NamedAct
from contracts.notifications import tell_tranche
from contracts.queries import load_facts
from contracts.services.belongings import foreign_person
from contracts.services.editing import editing, recorded_within
from contracts.services.locks import settle
from ctai.text import euros
from funding.models import ZERO, Tranche
from funding.services import tranches
from funding.services.envelopes import lock_envelopes
from funding.services.tranches import Confirmed
from journal.models import Event
from journal.services import record


def confirm_tranche(
    contract_id: int, year: int, *, amounts: Mapping[int, Confirmed], person: NamedPerson, by: Actor, now: datetime
) -> Tranche:
    """Confirm the money of a later year: it leaves the envelope of that year, and is notified.

    Args:
        contract_id: a signed contract.
        year: the tranche.
        amounts: what is confirmed for each action, in euros, by the id of the action.
        person: who decides.
        by: who records it.
        now: the instant.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        TransitionRefused: the contract is not signed, or the person cannot decide.
        FundingRefused: an amount is refused, the campaign is closed, or the envelope does not cover the year.
    """
    with editing(contract_id, Permission.TRANCHE_CONFIRM, by=by, now=now, kind=recorded_within) as contract:
        _require_person(contract, person, by, now)
        lock_envelopes(contract, (year,))
        total = sum((each.amount for each in amounts.values()), ZERO)
        event = _record("tranche_confirmed", contract, year, f"{euros(total)}.", by, now)
        _keep_person("confirm_tranche", contract, person, event)
        tranche = tranches.confirm(contract, year, amounts, by=by.user, event=event, now=now)
        settle(contract, by=by, now=now)
        tell_tranche(contract, year, "confirmed", by=by)
    return tranche


def withdraw_tranche(
    contract_id: int, year: int, *, reason: str, person: NamedPerson, by: Actor, now: datetime
) -> None:
    """Withdraw the confirmation of a tranche: its money goes back to the envelope, and is indicative again.

    Raises:
        PermissionDenied: the actor is not of the préfecture in charge.
        TransitionRefused: the contract is not signed, or the person cannot decide.
        FundingRefused: no tranche of that year is confirmed, or its money is committed.
    """
    with editing(contract_id, Permission.TRANCHE_CONFIRM, by=by, now=now, kind=recorded_within) as contract:
        _require_person(contract, person, by, now)
        lock_envelopes(contract, (year,))
        found = Tranche.objects.filter(contract=contract, year=year, withdrawn_at__isnull=True).first()
        if found is None:
            raise TransitionRefused([f"La tranche {year} n’est pas confirmée : il n’y a rien à retirer."])
        event = _record("tranche_withdrawn", contract, year, "", by, now, reason=reason)
        _keep_person("withdraw_tranche", contract, person, event, reason)
        tranches.withdraw(contract, found, reason=reason, by=by.user, event=event, now=now)
        settle(contract, by=by, now=now)
        tell_tranche(contract, year, "withdrawn", by=by)


def _require_person(contract: Contract, person: NamedPerson, by: Actor, now: datetime) -> None:
    reasons = [*person.problems(load_facts(contract, by=by, now=now)), *foreign_person(contract, person, by)]
    if reasons:
        raise TransitionRefused(reasons)


def _record(kind: str, contract: Contract, year: int, told: str, by: Actor, now: datetime, **payload: Any) -> Event:
    label = f"Tranche {year} : {told}" if told else f"Tranche {year}."
    return record(
        kind=kind, by=by, now=now, contract_id=contract.pk, payload={"tranche_year": year, "label": label, **payload}
    )


def _keep_person(transition: str, contract: Contract, person: NamedPerson, event: Event, reason: str = "") -> None:
    NamedAct.objects.create(
        contract=contract,
        transition=transition,
        person_name=person.name,
        person_title=person.title,
        delegation_id=person.delegation.id if person.delegation else None,
        acted_on=person.day,
        mode=person.mode,
        upload_id=person.upload_id,
        reason=reason,
        event=event,
    )
