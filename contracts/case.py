"""A transition under way, as its consequences and effects see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.actors import Actor
from contracts.enums import State
from contracts.models import Contract
from journal.models import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What moved, by whom, when, with which inputs, and the journal's row."""

    contract: Contract
    name: str
    act: Any
    by: Actor | None
    now: datetime
    event: Event
    before: State
