"""The approval of minutes: once both sides agree on one version, it becomes a document of the file."""

from __future__ import annotations

from datetime import datetime

from accounts.actors import Actor
from accounts.enums import Side
from contracts.models import Contract
from contracts.snapshot import View, minutes_data
from documents.enums import DocumentKind
from documents.issuing import issue
from exchanges.models import Meeting, MinutesApproval
from exchanges.services import meetings

BOTH = {Side.LOCAL.value, Side.STATE.value}


def approve_minutes(*, meeting: Meeting, version: int, by: Actor, now: datetime) -> MinutesApproval:
    """Approve the minutes for one's side, inside ``editing``; the second approval issues them as a document."""
    approval = meetings.approve_minutes(meeting=meeting, version=version, by=by, now=now)
    sides = set(MinutesApproval.objects.filter(meeting=meeting, version=version).values_list("side", flat=True))
    if sides == BOTH:
        contract = Contract.objects.with_places().get(pk=meeting.contract_id)
        issue(
            kind=DocumentKind.MINUTES,
            contract_id=contract.pk,
            data=minutes_data(View(contract=contract, now=now, by=by), meeting),
            by=by,
            now=now,
            event=None,
            subject_id=meeting.pk,
        )
    return approval
