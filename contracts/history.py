"""What happened to a file, told as sentences."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.roles import Role
from contracts.models import Contract
from contracts.sentences import details_of, title_of
from ctai.text import instant, long_date
from journal.models import Event

#: Left out of the history that people read: one side's own notes and files, and what the line above it tells already.
PRIVATE_KINDS = frozenset({"note_written", "own_attachment_added", "amounts_proposed"})

#: Known by their day alone: what took place before the portal, or came on paper.
DATED_KINDS = frozenset({"import_signed", "register_letter"})


@dataclass(frozen=True, slots=True)
class Line:
    """One event as a sentence."""

    at: datetime
    when: str
    title: str
    who: str
    details: str
    sequence: int
    hash: str
    kind: str


def last_events(contract: Contract, limit: int) -> list[Line]:
    """Return the latest events of a file, the newest first, in one query."""
    return [to_line(each) for each in _events(contract).order_by("-sequence")[:limit]]


def all_events(contract: Contract) -> list[Line]:
    """Return the whole history of a file, the oldest first, in one query."""
    return [to_line(each) for each in _events(contract).order_by("sequence")]


#: What happens to a scenario, told on its page; the files that it changed tell it on their own.
SCENARIO_KINDS = ("scenario_saved", "scenario_applied", "scenario_removed")


def scenario_events(pk: int) -> list[Line]:
    """Return the history of a scenario, the newest first, in one query."""
    events = Event.objects.filter(contract__isnull=True, kind__in=SCENARIO_KINDS, payload__scenario=pk)
    return [to_line(each) for each in events.select_related("actor", "organisation").order_by("-sequence")]


def _events(contract: Contract) -> QuerySet[Event]:
    return (
        Event.objects.filter(contract=contract).exclude(kind__in=PRIVATE_KINDS).select_related("actor", "organisation")
    )


def to_line(event: Event) -> Line:
    """Tell one event: what, who in which capacity, when."""
    return Line(
        at=event.at,
        when=long_date(timezone.localdate(event.at)) if event.kind in DATED_KINDS else instant(event.at),
        title=title_of(event.kind),
        who=_who(event),
        details=details_of(event.payload),
        sequence=event.sequence,
        hash=event.hash,
        kind=event.kind,
    )


def _who(event: Event) -> str:
    if event.actor_id is None:
        return "Portail"
    name = event.actor.full_name if event.actor else "Personne effacée"
    place = event.organisation.name if event.organisation else ""
    label = Role(event.role).label if event.role else ""
    role = f"{label[:1].lower()}{label[1:]}"
    return ", ".join(part for part in (name, role, place) if part)
