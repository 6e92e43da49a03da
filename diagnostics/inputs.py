"""What people bring to a section: rows and figures as plain values; ``id`` names the row that it already is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from diagnostics.enums import RowKind, Unit


@dataclass(frozen=True, slots=True, kw_only=True)
class RowInput:
    kind: RowKind
    text: str
    actor: str = ""
    capacity: str = ""
    funder: str = ""
    objective: str = ""
    major: bool = False
    axis_id: int | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorInput:
    """A figure; ``below_five`` stands for an observed count from 1 to 4, then without value."""

    label: str
    territory: str
    as_of: date
    source: str
    value: Decimal | None = None
    below_five: bool = False
    unit: Unit = Unit.PERSONS
    unit_label: str = ""
    comment: str = ""
    id: int | None = None
