"""The door of messages, which both sides read, and of internal notes, which one organisation keeps."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from exchanges.models import InternalNote, Message


def post_message(
    *,
    contract_id: int,
    body: str,
    by: Actor,
    now: datetime,
    expects_reply: bool = False,
    attachment_id: int | None = None,
) -> Message:
    """Write to everyone of the file, in the name of one's organisation."""
    return Message.objects.create(
        contract_id=contract_id,
        body=body,
        side=by.side,
        organisation=by.organisation,
        author=by.user,
        expects_reply=expects_reply,
        attachment_id=attachment_id,
        sent_at=now,
    )


def write_note(*, contract_id: int, body: str, by: Actor, now: datetime) -> InternalNote:
    """Write a note that one's own organisation alone reads here."""
    return InternalNote.objects.create(
        contract_id=contract_id, body=body, organisation=by.organisation, author=by.user, written_at=now
    )
