"""What people bring to the exchange: plain values, checked by forms, stored by services."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from exchanges.enums import MeetingMode


@dataclass(frozen=True, slots=True, kw_only=True)
class ParticipantInput:
    name: str
    organisation: str
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionInput:
    """A decision; ``id`` names the row that it already is, whose completion is then kept."""

    text: str
    owner: str = ""
    due_on: date | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MeetingInput:
    held_on: date
    subject: str
    mode: MeetingMode = MeetingMode.ON_SITE
    place: str = ""
    agenda: str = ""
    minutes: str = ""
    participants: tuple[ParticipantInput, ...] = ()
    decisions: tuple[DecisionInput, ...] = ()
