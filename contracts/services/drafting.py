"""The working versions of the contract and of the diagnostic, watermarked, on demand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.services.editing import closed_sentence
from contracts.services.locks import locked, settle
from contracts.snapshot import View, contract_data, diagnostic_data, request_data
from diagnostics.queries import diagnostic_of
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.models import IssuedDocument
from journal.services import record

REQUEST_STATES = (State.PROPOSAL, State.CORRECTION_REQUESTED)
STATES = (State.PROPOSAL, State.CORRECTION_REQUESTED, State.UNDER_REVIEW)


def issue_draft(contract_id: int, *, by: Actor, now: datetime) -> IssuedDocument:
    """Issue a working version of the contract; it replaces the one before.

    Raises:
        TransitionRefused: the file has no proposal, or the contract is issued already.
    """
    with transaction.atomic():
        contract = locked(contract_id)
        if contract.state not in STATES:
            raise TransitionRefused([closed_sentence(contract)])
        event = record(kind="draft_issued", by=by, now=now, contract_id=contract.pk)
        document = issue(
            kind=DocumentKind.CONTRACT,
            contract_id=contract.pk,
            data=contract_data(View(contract=contract, now=now, by=by)),
            by=by,
            now=now,
            event=event,
            is_draft=True,
        )
        settle(contract, by=by, now=now)
    return document


def issue_request_draft(contract_id: int, *, by: Actor, now: datetime) -> IssuedDocument:
    """Issue a working version of the funding request; it replaces the one before.

    Raises:
        TransitionRefused: the proposal is not being written.
    """
    with transaction.atomic():
        contract = locked(contract_id)
        if contract.state not in REQUEST_STATES:
            raise TransitionRefused([closed_sentence(contract)])
        event = record(kind="request_draft_issued", by=by, now=now, contract_id=contract.pk)
        document = issue(
            kind=DocumentKind.FUNDING_REQUEST,
            contract_id=contract.pk,
            data=request_data(View(contract=contract, now=now, by=by), draft=True),
            by=by,
            now=now,
            event=event,
            is_draft=True,
        )
        settle(contract, by=by, now=now)
    return document


def issue_diagnostic_draft(contract_id: int, *, by: Actor, now: datetime) -> IssuedDocument:
    """Issue a working version of the diagnostic; it replaces the one before.

    Raises:
        TransitionRefused: the diagnostic has not begun, or is concluded.
    """
    with transaction.atomic():
        contract = locked(contract_id)
        if contract.state != State.DIAGNOSTIC or diagnostic_of(contract.pk) is None:
            raise TransitionRefused([closed_sentence(contract)])
        event = record(kind="diagnostic_draft_issued", by=by, now=now, contract_id=contract.pk)
        document = issue(
            kind=DocumentKind.DIAGNOSTIC,
            contract_id=contract.pk,
            data=diagnostic_data(View(contract=contract, now=now, by=by)),
            by=by,
            now=now,
            event=event,
            is_draft=True,
        )
        settle(contract, by=by, now=now)
    return document
