"""Who is party to a file: letter, co-signataires, associated préfectures, transfer of the lead, agent in charge."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.models import Organisation, User
from accounts.queries import users_with
from accounts.roles import Permission, may
from accounts.services.organisations import organisation_of
from campaigns.models import Axis
from contracts.acts import Reasoned
from contracts.case import Case
from contracts.effects import ALL, issues
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import AssociatedService, Contract, CoSignatory, Letter
from contracts.services.consequences import void_signatures
from contracts.services.editing import closed_sentence, editing
from contracts.services.locks import locked, settle
from contracts.services.opening import set_period
from contracts.windows import is_open
from documents.enums import DocumentKind
from journal.services import record
from territories.models import LocalAuthority


class StaleLetter(Exception):
    """The letter was changed by someone else since the page was shown."""


def save_letter(
    contract_id: int, *, fields: Mapping[str, Any], axes: Iterable[Axis], version: int, by: Actor, now: datetime
) -> Letter:
    """Save the letter as typed, complete or not.

    Raises:
        StaleLetter: another version was saved meanwhile.
    """
    with editing(contract_id, Permission.LETTER_WRITE, by=by, now=now, kind="letter_saved") as contract:
        letter = Letter.objects.get(contract=contract)
        if letter.version != version:
            raise StaleLetter
        for name, value in fields.items():
            setattr(letter, name, value)
        letter.version += 1
        letter.save()
        letter.axes.set(axes)
        set_period(contract, letter)
    return letter


def add_cosignatory(
    contract_id: int, *, authority: LocalAuthority, may_write: bool, by: Actor, now: datetime
) -> CoSignatory:
    """Add a collectivité that will sign with the porteur; not once the contract is approved.

    Raises:
        TransitionRefused: it is the porteur, or a party already, or the contract is issued.
    """
    payload = {"authority": authority.pk, "label": authority.full_name}
    with editing(
        contract_id, Permission.PARTIES_MANAGE, by=by, now=now, kind="cosignatory_added", payload=payload
    ) as contract:
        if contract.state == State.APPROVED:
            raise TransitionRefused(["Le contrat est émis : rouvrez l’instruction pour ajouter une partie."])
        if authority.pk == contract.porteur_id:
            raise TransitionRefused(["Cette collectivité est déjà le porteur du contrat."])
        current = CoSignatory.objects.filter(contract=contract, authority=authority, left_at__isnull=True)
        if current.exists():
            raise TransitionRefused(["Cette collectivité est déjà co-signataire."])
        organisation_of(authority)
        return CoSignatory.objects.create(contract=contract, authority=authority, may_write=may_write, joined_at=now)


def leave(contract_id: int, *, cosignatory_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Let a co-signataire step out before signature; once approved, a new version is issued without it.

    It steps out itself, or the porteur records it.

    Raises:
        PermissionDenied: neither the porteur nor this co-signataire.
        TransitionRefused: the file is signed or ended, or no reason was given.
    """
    if len(reason.strip()) < 10:
        raise TransitionRefused(["Indiquez le motif de la sortie."])
    with transaction.atomic():
        contract = locked(contract_id)
        cosigner = CoSignatory.objects.select_related("authority").get(
            pk=cosignatory_id, contract=contract, left_at__isnull=True
        )
        itself = may(by, Permission.SIGN_LOCAL, contract) and (
            by.organisation.local_authority_id == cosigner.authority_id
        )
        if not itself and not may(by, Permission.PARTIES_MANAGE, contract):
            raise PermissionDenied
        if not is_open(Permission.PARTIES_MANAGE, contract.state):
            raise TransitionRefused([closed_sentence(contract)])
        cosigner.left_at, cosigner.left_reason = now, reason
        cosigner.save(update_fields=["left_at", "left_reason"])
        event = record(
            kind="cosignatory_left",
            by=by,
            now=now,
            contract_id=contract.pk,
            payload={"authority": cosigner.authority_id, "label": cosigner.authority.full_name, "reason": reason},
        )
        state = State(contract.state)
        case = Case(
            contract=contract,
            name="cosignatory_left",
            act=Reasoned(reason=reason),
            by=by,
            now=now,
            event=event,
            before=state,
        )
        if state == State.APPROVED:
            void_signatures(case)
            issues(DocumentKind.CONTRACT)(case)
        ALL(case)
        settle(contract, by=by, now=now)


def associate_service(contract_id: int, *, organisation: Organisation, by: Actor, now: datetime) -> None:
    """Let another préfecture read the file and give its opinion."""
    payload = {"organisation": organisation.pk, "label": organisation.name}
    with editing(
        contract_id, Permission.SERVICES_MANAGE, by=by, now=now, kind="service_associated", payload=payload
    ) as contract:
        if not organisation.is_state or organisation.pk == contract.lead_service_id:
            raise TransitionRefused(["Choisissez une autre préfecture que le chef de file."])
        AssociatedService.objects.get_or_create(
            contract=contract, organisation=organisation, defaults={"added_at": now}
        )


def propose_transfer(contract_id: int, *, organisation: Organisation | None, by: Actor, now: datetime) -> None:
    """Propose the lead of the file to another préfecture, or drop the proposal (None)."""
    kind = "lead_transfer_proposed" if organisation else "lead_transfer_cancelled"
    payload = {"organisation": organisation.pk, "label": organisation.name} if organisation else {}
    with editing(contract_id, Permission.LEAD_PROPOSE, by=by, now=now, kind=kind, payload=payload) as contract:
        if organisation is not None and (not organisation.is_state or organisation.pk == contract.lead_service_id):
            raise TransitionRefused(["Choisissez une autre préfecture que le chef de file."])
        if contract.state in (State.APPROVED, State.SIGNED) and organisation is not None:
            raise TransitionRefused(
                ["Le contrat est engagé sur l’enveloppe de sa préfecture : il ne se transfère plus."]
            )
        contract.proposed_lead_service = organisation
        contract.save(update_fields=["proposed_lead_service"])


def accept_transfer(contract_id: int, *, by: Actor, now: datetime) -> Contract:
    """Take the lead that another préfecture proposed.

    Raises:
        PermissionDenied: not the préfecture to which it was proposed.
    """
    with transaction.atomic():
        contract = locked(contract_id)
        if not may(by, Permission.LEAD_ACCEPT) or contract.proposed_lead_service_id != by.organisation.pk:
            raise PermissionDenied
        if not is_open(Permission.LEAD_ACCEPT, contract.state):
            raise TransitionRefused([closed_sentence(contract)])
        AssociatedService.objects.get_or_create(
            contract=contract, organisation=contract.lead_service, defaults={"added_at": now}
        )
        AssociatedService.objects.filter(contract=contract, organisation=by.organisation).delete()
        contract.lead_service, contract.proposed_lead_service = by.organisation, None
        contract.instructor = by.user
        contract.save(update_fields=["lead_service", "proposed_lead_service", "instructor"])
        record(
            kind="lead_transferred",
            by=by,
            now=now,
            contract_id=contract.pk,
            payload={"organisation": by.organisation.pk, "label": by.organisation.name},
        )
        settle(contract, by=by, now=now)
    return contract


def assign_agent(contract_id: int, *, agent: User, by: Actor, now: datetime) -> None:
    """Name the agent in charge, among those of the préfecture."""
    with editing(
        contract_id, Permission.SERVICES_MANAGE, by=by, now=now, kind="agent_assigned", payload={"agent": agent.pk}
    ) as contract:
        if agent not in agents_of(contract):
            raise TransitionRefused(["Choisissez un agent de la préfecture chef de file."])
        contract.instructor = agent
        contract.save(update_fields=["instructor"])


def agents_of(contract: Contract) -> list[User]:
    """Return who may take charge of the file: the agents of its préfecture."""
    return list(users_with(Permission.LETTER_ACKNOWLEDGE, contract))
