"""The door of remarks: raised by one side, answered by the other, resolved by the one that raised it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from exchanges.enums import Anchor, RemarkStatus
from exchanges.errors import Refused
from exchanges.models import Remark

LABEL_LENGTH = 200


def add_remark(
    *,
    contract_id: int,
    body: str,
    by: Actor,
    now: datetime,
    anchor: Anchor = Anchor.FILE,
    anchor_id: int | None = None,
    anchor_label: str = "",
    expects_reply: bool = True,
) -> Remark:
    """Raise a remark on a place of the file; ``anchor_label`` is how that place was called at the time."""
    return Remark.objects.create(
        contract_id=contract_id,
        anchor=anchor,
        anchor_id=anchor_id,
        anchor_label=anchor_label[:LABEL_LENGTH],
        body=body,
        side=by.side,
        organisation=by.organisation,
        author=by.user,
        created_at=now,
        expects_reply=expects_reply,
    )


@transaction.atomic
def answer_remark(*, remark: Remark, answer: str, by: Actor, now: datetime) -> Remark:
    """Answer the other side's remark; the answers given before a reopening are kept above."""
    remark = _locked(remark)
    if by.side == remark.side:
        raise Refused("C’est à l’autre partie de répondre à cette remarque.")
    if remark.status == RemarkStatus.RESOLVED:
        raise Refused("Cette remarque est résolue : elle n’attend plus de réponse.")
    remark.answer = f"{remark.answer}\n\n{answer}".strip()
    remark.status = RemarkStatus.ANSWERED
    remark.answered_by, remark.answered_at = by.user, now
    remark.save(update_fields=["answer", "status", "answered_by", "answered_at"])
    return remark


@transaction.atomic
def resolve_remark(*, remark: Remark, by: Actor, now: datetime) -> Remark:
    """Say that one's own side's remark is settled."""
    remark = _locked(remark)
    _require_own_side(remark, by)
    if remark.status != RemarkStatus.RESOLVED:
        remark.status = RemarkStatus.RESOLVED
        remark.resolved_by, remark.resolved_at = by.user, now
        remark.save(update_fields=["status", "resolved_by", "resolved_at"])
    return remark


@transaction.atomic
def reopen_remark(*, remark: Remark, by: Actor, now: datetime) -> Remark:
    """Ask again: the answer, or its resolution, was not enough."""
    remark = _locked(remark)
    _require_own_side(remark, by)
    remark.status = RemarkStatus.OPEN
    remark.resolved_by = remark.resolved_at = None
    remark.save(update_fields=["status", "resolved_by", "resolved_at"])
    return remark


def _locked(remark: Remark) -> Remark:
    locked: Remark = Remark.objects.select_for_update(of=("self",), no_key=True).get(pk=remark.pk)
    return locked


def _require_own_side(remark: Remark, by: Actor) -> None:
    if by.side != remark.side:
        raise Refused("Seule la partie qui a formulé la remarque peut la dire résolue ou la rouvrir.")
