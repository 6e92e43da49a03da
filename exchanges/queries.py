"""What is read of the exchange, at a number of queries that does not depend on the number of rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone

from accounts.enums import Side
from exchanges.enums import Anchor, RemarkStatus
from exchanges.models import (
    InternalNote,
    Meeting,
    MeetingDecision,
    MeetingParticipant,
    Message,
    MinutesApproval,
    PieceRequest,
    Remark,
)

if TYPE_CHECKING:
    from accounts.actors import Actor

PARTIES = (Side.LOCAL, Side.STATE)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingState:
    """What the machine asks of a meeting: who approved the minutes as they stand, when they were sent."""

    approved_by: frozenset[Side]
    minutes_sent_at: datetime | None
    objected: bool


class EntryKind(StrEnum):
    MEETING = "meeting"
    MESSAGE = "message"
    NOTE = "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing said, in the flow of the conversation."""

    kind: EntryKind
    at: datetime
    item: Meeting | Message | InternalNote
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A side, and its approval of the current version if it gave it."""

    side: Side
    approval: MinutesApproval | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkCounts:
    """Remarks of a file that still ask for something, and all unresolved ones by what they are anchored to."""

    open_from_state: int = 0
    open_from_local: int = 0
    unresolved_from_state: int = 0
    by_anchor: Mapping[tuple[Anchor, int | None], int] = field(default_factory=dict)

    @property
    def unresolved(self) -> int:
        """What stands in the way of a decision: the State's remarks not resolved, the other side's not answered."""
        return self.unresolved_from_state + self.open_from_local

    def at(self, anchor: Anchor, anchor_id: int | None) -> int:
        """Return how many unresolved remarks are anchored there."""
        return self.by_anchor.get((anchor, anchor_id), 0)


def whole_meetings() -> QuerySet[Meeting]:
    """Return meetings with participants, decisions and approvals: four queries for any number."""
    return Meeting.objects.select_related("created_by").prefetch_related(
        Prefetch("participants", MeetingParticipant.objects.order_by("pk")),
        Prefetch("decisions", MeetingDecision.objects.order_by("pk")),
        Prefetch("approvals", MinutesApproval.objects.select_related("approved_by").order_by("pk")),
    )


def meetings_of(contract_id: int) -> QuerySet[Meeting]:
    """Return the meetings of a file, the latest first."""
    return whole_meetings().filter(contract=contract_id).order_by("-held_on", "-pk")


def meeting_with_parts(meeting_id: int) -> Meeting:
    """Load one meeting with all that its minutes print."""
    return whole_meetings().get(pk=meeting_id)


def meeting_number(meeting: Meeting) -> int:
    """Return the rank of a meeting among those of its file, in the order in which they were recorded."""
    return Meeting.objects.filter(contract=meeting.contract_id, pk__lte=meeting.pk).count()


def marks(meeting: Meeting) -> tuple[Mark, ...]:
    """Return each side with its approval of the minutes as they stand; reads what is prefetched."""
    current = {each.side: each for each in meeting.approvals.all() if each.version == meeting.minutes_version}
    return tuple(Mark(side=side, approval=current.get(side)) for side in PARTIES)


def conversation(contract_id: int, actor: Actor) -> list[Entry]:
    """Return meetings, messages and one's own organisation's notes in one flow, the latest first: six queries."""
    entries = [
        Entry(kind=EntryKind.MEETING, at=_noon(meeting), item=meeting, marks=marks(meeting))
        for meeting in meetings_of(contract_id)
    ]
    messages = Message.objects.filter(contract=contract_id).select_related("author", "organisation", "attachment")
    entries += [Entry(kind=EntryKind.MESSAGE, at=each.sent_at, item=each) for each in messages.order_by("pk")]
    notes = InternalNote.objects.visible_to(actor).filter(contract=contract_id).select_related("author")
    entries += [Entry(kind=EntryKind.NOTE, at=each.written_at, item=each) for each in notes.order_by("pk")]
    return sorted(entries, key=lambda each: (each.at, each.kind, each.item.pk), reverse=True)


def meeting_states(contract_id: int) -> list[MeetingState]:
    """Return the meetings as the machine reads them: two queries."""
    meetings = Meeting.objects.filter(contract=contract_id).prefetch_related("approvals").order_by("pk")
    return [
        MeetingState(
            approved_by=frozenset(mark.side for mark in marks(meeting) if mark.approval),
            minutes_sent_at=meeting.minutes_sent_at,
            objected=meeting.objected_at is not None,
        )
        for meeting in meetings
    ]


def remark_counts(contract_id: int) -> RemarkCounts:
    """Count the remarks of a file that are not resolved: one query."""
    groups = (
        Remark.objects.filter(contract=contract_id)
        .exclude(status=RemarkStatus.RESOLVED)
        .order_by()
        .values_list("anchor", "anchor_id", "side", "status")
        .annotate(total=Count("pk"))
    )
    totals = Counter[tuple[str, str]]()
    by_anchor = Counter[tuple[Anchor, int | None]]()
    for anchor, anchor_id, side, status, total in groups:
        totals[side, status] += total
        by_anchor[Anchor(anchor), anchor_id] += total
    opened = totals[Side.STATE, RemarkStatus.OPEN]
    return RemarkCounts(
        open_from_state=opened,
        open_from_local=totals[Side.LOCAL, RemarkStatus.OPEN],
        unresolved_from_state=opened + totals[Side.STATE, RemarkStatus.ANSWERED],
        by_anchor=by_anchor,
    )


def remarks_of(contract_id: int, anchor: Anchor | None = None, anchor_id: int | None = None) -> QuerySet[Remark]:
    """Return the remarks of a file, or of one place of it, the unresolved first."""
    remarks = Remark.objects.filter(contract=contract_id)
    if anchor is not None:
        remarks = remarks.filter(anchor=anchor, anchor_id=anchor_id)
    return remarks.select_related("author", "organisation", "answered_by", "resolved_by").order_by(
        F("resolved_at").asc(nulls_first=True), "created_at", "pk"
    )


def remarks_at(contract_id: int, places: Iterable[tuple[Anchor, int]]) -> QuerySet[Remark]:
    """Return the remarks of several places of a file, the unresolved first."""
    wanted = Q(pk__in=())
    for anchor, group in groupby(sorted(places), key=lambda place: place[0]):
        wanted |= Q(anchor=anchor, anchor_id__in=[anchor_id for _, anchor_id in group])
    return remarks_of(contract_id).filter(wanted)


def pieces_of(contract_id: int) -> QuerySet[PieceRequest]:
    """Return the documents asked for, those still missing first."""
    return (
        PieceRequest.objects.filter(contract=contract_id)
        .select_related("asked_by", "upload")
        .order_by(F("provided_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk")
    )


def anchor_label(remark: Remark) -> str:
    """Return what a remark is about: « Section du diagnostic « Publics » »."""
    place = Anchor(remark.anchor).label
    return f"{place} « {remark.anchor_label} »" if remark.anchor_label else str(place)


def _noon(meeting: Meeting) -> datetime:
    return timezone.make_aware(datetime.combine(meeting.held_on, time(12)))
