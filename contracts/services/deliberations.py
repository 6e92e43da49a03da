"""The délibérations of the parties, and the confirmation that each still covers the text to sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.models import Contract, CoSignatory, Deliberation, Signature
from contracts.queries import contract_versions, current_contract_document
from contracts.services.editing import editing
from documents.models import IssuedDocument
from territories.models import LocalAuthority

SIGNED = (
    "La signature de votre collectivité est enregistrée pour cette version, au vu de cette délibération : elle ne se"
    " modifie plus."
)


def save_deliberation(
    contract_id: int, *, authority: LocalAuthority, fields: Mapping[str, Any], by: Actor, now: datetime
) -> Deliberation:
    """Record or complete the délibération of a party: its own agents do.

    It covers the version that was issued on the day of the vote; a later one asks for a confirmation.

    Raises:
        PermissionDenied: the actor acts for another collectivité.
        TransitionRefused: the party has signed the version in course, on the strength of what was recorded.
    """
    if by.organisation.local_authority_id != authority.pk:
        raise PermissionDenied
    payload = {"authority": authority.pk}
    with editing(
        contract_id, Permission.DELIBERATION_RECORD, by=by, now=now, kind="deliberation_saved", payload=payload
    ) as contract:
        if not _is_party(contract, authority):
            raise PermissionDenied
        kept = Deliberation.objects.filter(contract=contract, authority=authority).first()
        document = current_contract_document(contract)
        if Signature.objects.filter(document=document, authority=authority, voided_at__isnull=True).exists():
            raise TransitionRefused([SIGNED])
        row = kept or Deliberation(contract=contract, authority=authority)
        vote = (row.number, row.voted_on)
        for name, value in fields.items():
            setattr(row, name, value)
        row.recorded_by, row.recorded_at = by.user, now
        if (row.number, row.voted_on) != vote:
            row.covers = _version_on(contract, row.voted_on)
        row.save()
    return row


def confirm_coverage(contract_id: int, *, authority: LocalAuthority, by: Actor, now: datetime) -> None:
    """Confirm that the délibération of a party still covers the version now to be signed.

    Raises:
        TransitionRefused: nothing was issued, or no délibération was recorded.
    """
    if by.organisation.local_authority_id != authority.pk:
        raise PermissionDenied
    payload = {"authority": authority.pk}
    with editing(
        contract_id, Permission.DELIBERATION_RECORD, by=by, now=now, kind="deliberation_confirmed", payload=payload
    ) as contract:
        document = current_contract_document(contract)
        row = Deliberation.objects.filter(contract=contract, authority=authority).first()
        if document is None or row is None:
            raise TransitionRefused(["Il n’y a pas encore de délibération et de contrat émis à rapprocher."])
        row.covers = document
        row.save(update_fields=["covers"])


def _version_on(contract: Contract, day: date) -> IssuedDocument | None:
    """Return the latest version that was issued when the day ended, None before the first one."""
    versions = contract_versions(contract).filter(is_draft=False).defer("data").order_by("-number")
    return next((each for each in versions if timezone.localdate(each.created_at) <= day), None)


def _is_party(contract: Contract, authority: LocalAuthority) -> bool:
    if authority.pk == contract.porteur_id:
        return True
    return CoSignatory.objects.filter(contract=contract, authority=authority, left_at__isnull=True).exists()
