"""The rectification of a material error of a signed contract: proposed by a side, accepted by every party."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.acts import NamedPerson
from contracts.errors import TransitionRefused
from contracts.models import Contract, Rectification, RectificationAcceptance
from contracts.notifications import tell_rectification
from contracts.queries import STATE_PARTY, current_contract_document, load_facts, own_party, parties_of
from contracts.services.belongings import foreign_person
from contracts.services.editing import editing, recorded_within
from contracts.services.locks import settle
from contracts.snapshot import View, proof_data, rectification_data
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.models import IssuedDocument
from journal.services import record


@dataclass(frozen=True, slots=True, kw_only=True)
class RectificationInput:
    """What to correct: where, what is written, what must be read, and why it is a material error."""

    place: str
    wrong: str
    right: str
    reason: str


def propose(contract_id: int, *, data: RectificationInput, by: Actor, now: datetime) -> Rectification:
    """Propose a rectification; its document is issued, and every party is told.

    Raises:
        PermissionDenied: the actor is neither of the porteur nor of the préfecture in charge.
        TransitionRefused: the contract is not signed, or the correction changes nothing.
    """
    if data.wrong.strip() == data.right.strip():
        raise TransitionRefused(["Le texte corrigé est le même que le texte d’origine."])
    payload: dict[str, Any] = {}
    with editing(
        contract_id, Permission.RECTIFY, by=by, now=now, kind="rectification_proposed", payload=payload
    ) as contract:
        last = Rectification.objects.filter(contract=contract).aggregate(last=Max("number"))["last"] or 0
        found = Rectification.objects.create(
            contract=contract,
            number=last + 1,
            place=data.place,
            wrong=data.wrong,
            right=data.right,
            reason=data.reason,
            rectified=current_contract_document(contract),
            organisation=by.organisation,
            proposed_by=by.user,
            proposed_at=now,
        )
        payload |= {"rectification": found.pk, "label": f"Rectification n° {found.number}, {found.place}."}
        _issue(contract, found, by, now)
        tell_rectification(contract, found, "proposed", by=by)
    return found


def accept_rectification(
    contract_id: int, pk: int, *, person: NamedPerson, by: Actor, now: datetime
) -> RectificationAcceptance:
    """Record the acceptance of the actor’s own party; with the last one the rectification holds.

    Raises:
        PermissionDenied: the actor’s organisation is not a party.
        TransitionRefused: it was withdrawn, the party accepted already, or the person cannot act for it.
    """
    opened = editing(contract_id, Permission.RECTIFICATION_ACCEPT, by=by, now=now, kind=recorded_within)
    with opened as contract:
        found: Rectification = Rectification.objects.get(contract=contract, pk=pk)
        key = own_party(by)
        _require_pending(found)
        accepted = accepted_by(found)
        if key in accepted:
            raise TransitionRefused(["L’acceptation de votre partie est déjà enregistrée."])
        reasons = list(person.problems(load_facts(contract, by=by, now=now)))
        reasons += list(foreign_person(contract, person, by))
        if reasons:
            raise TransitionRefused(reasons)
        payload: dict[str, Any] = {"rectification": pk, "party": key, "label": f"Rectification n° {found.number}."}
        payload |= person.declared
        acceptance = RectificationAcceptance.objects.create(
            rectification=found,
            authority_id=None if key == STATE_PARTY else int(key),
            person_name=person.name,
            person_title=person.title,
            delegation_id=person.delegation.id if person.delegation else None,
            accepted_on=person.day,
            mode=person.mode,
            upload_id=person.upload_id,
            recorded_by=by.user,
            recorded_at=now,
        )
        record(kind="rectification_accepted", by=by, now=now, contract_id=contract.pk, payload=payload)
        waited = {each.key for each in parties_of(contract, None)} - accepted - {key}
        if not waited:
            _complete(contract, found, by, now)
        settle(contract, by=by, now=now)
    return acceptance


def withdraw_rectification(contract_id: int, pk: int, *, by: Actor, now: datetime) -> None:
    """Withdraw a rectification that is not accepted by all; the organisation that proposed it alone may.

    Raises:
        PermissionDenied: another organisation proposed it.
        TransitionRefused: it holds already, or was withdrawn.
    """
    payload: dict[str, Any] = {"rectification": pk}
    with editing(
        contract_id, Permission.RECTIFY, by=by, now=now, kind="rectification_withdrawn", payload=payload
    ) as contract:
        found: Rectification = Rectification.objects.get(contract=contract, pk=pk)
        if found.organisation_id != by.organisation.pk:
            raise PermissionDenied
        _require_pending(found)
        found.withdrawn_at = now
        found.save(update_fields=["withdrawn_at"])
        payload["label"] = f"Rectification n° {found.number}."
        current = IssuedDocument.objects.filter(
            contract=contract, kind=DocumentKind.RECTIFICATION, subject_id=found.pk, superseded_at__isnull=True
        )
        current.update(superseded_at=now)
        tell_rectification(contract, found, "withdrawn", by=by)


def accepted_by(rectification: Rectification) -> set[str]:
    """Return the keys of the parties that accepted."""
    return {str(each.authority_id or STATE_PARTY) for each in rectification.acceptances.all()}


def _require_pending(rectification: Rectification) -> None:
    if rectification.accepted_at is not None:
        raise TransitionRefused(["Cette rectification est déjà acceptée par toutes les parties."])
    if rectification.withdrawn_at is not None:
        raise TransitionRefused(["Cette rectification a été retirée."])


def _complete(contract: Contract, rectification: Rectification, by: Actor, now: datetime) -> None:
    rectification.accepted_at = now
    rectification.save(update_fields=["accepted_at"])
    payload = {"rectification": rectification.pk, "label": f"Rectification n° {rectification.number}."}
    record(kind="rectification_complete", by=None, now=now, contract_id=contract.pk, payload=payload)
    _issue(contract, rectification, by, now)
    proof = proof_data(View(contract=contract, now=now, by=by))
    issue(kind=DocumentKind.PROOF, contract_id=contract.pk, data=proof, by=by, now=now, event=None)
    tell_rectification(contract, rectification, "complete", by=by)


def _issue(contract: Contract, rectification: Rectification, by: Actor, now: datetime) -> None:
    issue(
        kind=DocumentKind.RECTIFICATION,
        contract_id=contract.pk,
        data=rectification_data(View(contract=contract, now=now, by=by), rectification),
        by=by,
        now=now,
        event=None,
        subject_id=rectification.pk,
    )
