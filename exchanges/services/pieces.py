"""The door of requests for missing documents (demandes de complément)."""

from __future__ import annotations

from datetime import date, datetime

from accounts.actors import Actor
from exchanges.errors import Refused
from exchanges.models import PieceRequest


def request_piece(
    *, contract_id: int, label: str, by: Actor, now: datetime, details: str = "", due_on: date | None = None
) -> PieceRequest:
    """Ask the collectivité for a document that is missing."""
    return PieceRequest.objects.create(
        contract_id=contract_id, label=label, details=details, due_on=due_on, asked_by=by.user, asked_at=now
    )


def provide_piece(*, request: PieceRequest, upload_id: int, by: Actor, now: datetime) -> PieceRequest:
    """Answer a request with a file already accepted; a second file replaces nothing, it is refused."""
    answered = PieceRequest.objects.filter(pk=request.pk, upload__isnull=True).update(
        upload_id=upload_id, provided_at=now
    )
    if not answered:
        raise Refused("Cette pièce a déjà été fournie.")
    request.refresh_from_db()
    return request
