"""The délibérations of the parties, and the confirmation that each still covers the text to sign."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.models import Contract, CoSignatory, Deliberation
from contracts.queries import current_contract_document
from contracts.services.editing import editing
from territories.models import LocalAuthority


def save_deliberation(
    contract_id: int, *, authority: LocalAuthority, fields: Mapping[str, Any], by: Actor, now: datetime
) -> Deliberation:
    """Record or complete the délibération of a party: its own agents do.

    Raises:
        PermissionDenied: the actor acts for another collectivité.
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
        row = kept or Deliberation(contract=contract, authority=authority)
        for name, value in fields.items():
            setattr(row, name, value)
        row.recorded_by, row.recorded_at = by.user, now
        if kept is None:
            row.covers = document
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


def _is_party(contract: Contract, authority: LocalAuthority) -> bool:
    if authority.pk == contract.porteur_id:
        return True
    return CoSignatory.objects.filter(contract=contract, authority=authority, left_at__isnull=True).exists()
