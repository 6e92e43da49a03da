"""The ways a file begins: opened by its porteur, registered from paper, taken over, imported once signed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from accounts.actors import Actor
from accounts.enums import Side
from accounts.models import Organisation
from accounts.roles import Permission, may
from accounts.services.organisations import prefecture_for
from campaigns.models import Campaign
from campaigns.queries import latest_question_set
from contracts.case import Case
from contracts.clock import add_months
from contracts.effects import issues, tells
from contracts.enums import TAKE_OVER_STATES, ActMode, Origin, State
from contracts.errors import TransitionRefused
from contracts.models import DRAFT_PREFIX, Contract, Letter, NamedAct
from contracts.services.consequences import number_file
from contracts.services.locks import settle
from diagnostics import services as diagnostics
from documents.enums import DocumentKind
from funding.services.imports import record_granted
from journal.services import enter_state, record
from territories.models import LocalAuthority


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLetter:
    """A letter that reached the préfecture on paper or by mail."""

    signatory_name: str
    signatory_title: str
    signed_on: date
    received_on: date
    upload_id: int
    letter_fields: dict[str, Any] = field(default_factory=dict)


def open_file(*, porteur: LocalAuthority, by: Actor, now: datetime) -> Contract:
    """Begin a letter of intent, for one's own collectivité.

    Raises:
        PermissionDenied: not an agent or signatory of this collectivité.
    """
    if not may(by, Permission.FILE_OPEN) or by.organisation.local_authority_id != porteur.pk:
        raise PermissionDenied
    with transaction.atomic():
        contract = _new(porteur=porteur, origin=Origin.PORTAL, state=State.LETTER_DRAFT, by=by, now=now)
        contract.save(force_insert=True)
        Letter.objects.create(contract=contract)
        _began("open_file", contract, by, now)
    return contract


def register_letter(*, porteur: LocalAuthority, letter: PaperLetter, by: Actor, now: datetime) -> Contract:
    """Register a letter received on paper; a small commune needs no account to begin.

    Raises:
        PermissionDenied: the actor's préfecture is not that of the porteur.
        TransitionRefused: received in the future, or before it was signed.
    """
    _in_charge(porteur, by, Permission.LETTER_REGISTER)
    if letter.received_on > timezone.localdate(now) or letter.received_on < letter.signed_on:
        raise TransitionRefused(["La date de réception doit suivre celle de la signature et n’être pas à venir."])
    received_at = min(now, datetime.combine(letter.received_on, time(12), tzinfo=timezone.get_current_timezone()))
    with transaction.atomic():
        contract = _new(porteur=porteur, origin=Origin.PAPER, state=State.LETTER_SENT, by=by, now=now)
        number_file(contract, now)
        contract.letter_sent_at = contract.first_sent_at = received_at
        contract.save(force_insert=True)
        fields = {name: value for name, value in letter.letter_fields.items() if name != "axes"}
        kept = Letter.objects.create(
            contract=contract,
            signatory_name=letter.signatory_name,
            signatory_title=letter.signatory_title,
            received_on=letter.received_on,
            scan_id=letter.upload_id,
            **fields,
        )
        kept.axes.set(letter.letter_fields.get("axes", ()))
        set_period(contract, kept)
        case = _began("register_letter", contract, by, now)
        NamedAct.objects.create(
            contract=contract,
            transition="register_letter",
            person_name=letter.signatory_name,
            person_title=letter.signatory_title,
            acted_on=letter.signed_on,
            mode=ActMode.PAPER,
            upload_id=letter.upload_id,
            event=case.event,
        )
        issues(DocumentKind.REGISTRATION_RECEIPT)(case)
        tells(Side.LOCAL, Side.STATE)(case)
    return contract


def take_over(
    *,
    porteur: LocalAuthority,
    state: State,
    campaign: Campaign | None,
    starts_on: date,
    months: int,
    first_sent_on: date,
    reason: str,
    by: Actor,
    now: datetime,
) -> Contract:
    """Take over a file under way before the portal, at its real step, marked *reprise*.

    Raises:
        PermissionDenied: the actor's préfecture is not that of the porteur.
        TransitionRefused: the step cannot be taken over, or its campaign is missing.
    """
    _in_charge(porteur, by, Permission.FILE_TAKE_OVER)
    if state not in TAKE_OVER_STATES:
        raise TransitionRefused(["Un dossier se reprend à l’échange, au diagnostic ou à la proposition."])
    question_set = latest_question_set(campaign) if campaign else None
    if state != State.EXCHANGE and question_set is None:
        raise TransitionRefused(["Choisissez la campagne du dossier : son questionnaire doit être publié."])
    with transaction.atomic():
        contract = _new(porteur=porteur, origin=Origin.TAKEN_OVER, state=state, by=by, now=now)
        number_file(contract, now)
        contract.first_sent_at = contract.letter_sent_at = _noon(first_sent_on)
        contract.instructor = by.user
        contract.campaign = campaign if state != State.EXCHANGE else None
        contract.starts_on, contract.ends_on = starts_on, add_months(starts_on, months) - timedelta(days=1)
        contract.save(force_insert=True)
        Letter.objects.create(contract=contract, starts_on=starts_on, months=months, received_on=first_sent_on)
        if question_set is not None and state != State.EXCHANGE:
            diagnostics.start(contract_id=contract.pk, question_set=question_set, now=now)
        _began("take_over", contract, by, now, {"reason": reason})
    return contract


def import_signed(
    *,
    porteur: LocalAuthority,
    lead_service: Organisation,
    starts_on: date,
    ends_on: date,
    signed_on: date | None,
    by: Actor,
    now: datetime,
    amounts: Mapping[int, Decimal] | None = None,
) -> Contract:
    """Enter a contract signed before the portal, marked *importé*; an unknown day of signature stays unknown.

    Args:
        porteur: the collectivité that leads it.
        lead_service: its préfecture.
        starts_on: first day of the contract.
        ends_on: last day.
        signed_on: when it was signed, if known.
        by: the national manager.
        now: when it is imported.
        amounts: what the State granted, in euros by year.

    Raises:
        PermissionDenied: reserved to the national manager.
    """
    if not may(by, Permission.FILE_IMPORT):
        raise PermissionDenied
    with transaction.atomic():
        contract = _new(porteur=porteur, origin=Origin.IMPORTED, state=State.SIGNED, by=by, now=now)
        contract.lead_service = lead_service
        instant = _noon(signed_on or starts_on)
        number_file(contract, instant)
        contract.first_sent_at = instant
        contract.signed_at = _noon(signed_on) if signed_on else None
        contract.notified_on = signed_on
        contract.starts_on, contract.ends_on = starts_on, ends_on
        contract.save(force_insert=True)
        Letter.objects.create(contract=contract)
        case = _began("import_signed", contract, by, now, at=instant)
        record_granted(
            contract_id=contract.pk,
            amounts=amounts or {},
            beneficiary_name=porteur.full_name,
            beneficiary_siret=porteur.siren or "",
            event=case.event,
            now=now,
        )
    return contract


def set_period(contract: Contract, letter: Letter) -> None:
    """Give the file the period that the letter wishes, when it says one."""
    if letter.starts_on is None or not letter.months:
        return
    contract.starts_on = letter.starts_on
    contract.ends_on = add_months(letter.starts_on, letter.months) - timedelta(days=1)
    contract.save(update_fields=["starts_on", "ends_on"])


def _in_charge(porteur: LocalAuthority, by: Actor, permission: Permission) -> None:
    if not may(by, permission) or prefecture_for(porteur).pk != by.organisation.pk:
        raise PermissionDenied


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=timezone.get_current_timezone())


def _new(*, porteur: LocalAuthority, origin: Origin, state: State, by: Actor, now: datetime) -> Contract:
    draft = (
        f"{DRAFT_PREFIX}-{now.year}-{(porteur.departement_id or f'R{porteur.region_id}'):0>3}-{secrets.token_hex(4)}"
    )
    contract: Contract = Contract(
        state=state,
        reference=draft.upper(),
        draft_reference=draft.upper(),
        origin=origin,
        porteur=porteur,
        category=porteur.category,
        departement_id=porteur.departement_id,
        region_id=porteur.region_id,
        lead_service=prefecture_for(porteur),
        last_event_at=now,
        created_at=now,
        created_by=by.user,
    )
    return contract


def _began(
    kind: str,
    contract: Contract,
    by: Actor,
    now: datetime,
    payload: dict[str, Any] | None = None,
    at: datetime | None = None,
) -> Case:
    event = record(
        kind=kind, by=by, now=at or now, contract_id=contract.pk, payload={"to": contract.state, **(payload or {})}
    )
    enter_state(contract_id=contract.pk, state=contract.state, event=event, now=at or now)
    settle(contract, by=by, now=now)
    return Case(contract=contract, name=kind, act=None, by=by, now=now, event=event, before=State(contract.state))
