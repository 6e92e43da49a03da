"""The door of justifications: what the portal found is explained by one of the parties."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from accounts.enums import Side
from exchanges.errors import Refused
from exchanges.models import Justification

FINDING_LENGTH = 1_000


def justify(
    *, contract_id: int, rule: str, subject: str, finding: str, note: str, by: Actor, now: datetime
) -> Justification:
    """Explain a finding, as it reads now; an earlier explanation stays in the history.

    Raises:
        Refused: the actor belongs to neither party, or says nothing.
    """
    if by.side not in (Side.LOCAL, Side.STATE):
        raise Refused("Seules la collectivité et la préfecture justifient un point de vigilance.")
    if not note.strip():
        raise Refused("Dites pourquoi ce point est justifié.")
    return Justification.objects.create(
        contract_id=contract_id,
        rule=rule,
        subject=subject,
        finding=finding[:FINDING_LENGTH],
        note=note.strip(),
        side=by.side.value,
        author=by.user,
        organisation=by.organisation,
        written_at=now,
    )
