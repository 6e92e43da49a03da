"""What the page of the requests of a year shows: lines by file, subtotals, and what the other pages hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.forms import BoundField

from contracts.collective import Amount, Line, given
from contracts.enums import State
from contracts.review import way
from ctai.text import euros, signed_euros
from funding.enums import Decision
from funding.models import ZERO

#: The fields of a line: amount, reason, and the mark of what was shown.
Cells = Mapping[int, tuple[BoundField, BoundField, BoundField]]


@dataclass(frozen=True, slots=True)
class Sums:
    """What lines ask and would receive, in figures; ``elsewhere_cents`` is the part that this page does not edit."""

    count: int
    asked: str
    given: str
    elsewhere_cents: int


def sums_of(lines: Collection[Line], figures: Mapping[int, Decimal], on_page: Collection[int]) -> Sums:
    """Return the sums of lines, given the amounts of the open ones and the actions that the page edits."""
    whole = given(lines, figures)
    here = sum((figures[line.action_id] for line in lines if line.is_open and line.action_id in on_page), ZERO)
    asked = sum((line.requested for line in lines), ZERO)
    return Sums(len(lines), euros(asked), euros(whole), int((whole - here) * 100))


def groups(
    shown: Iterable[Line],
    kept: Iterable[Line],
    figures: Mapping[int, Decimal],
    cells: Cells,
    stored: Mapping[int, Amount] | None,
) -> list[dict[str, Any]]:
    """Return the lines of a page by file, each file with the sums of all its lines.

    Args:
        shown: the lines of the page, those of a file together.
        kept: all the lines that the filters keep.
        figures: the amounts of the open lines.
        cells: the fields of those that may be edited.
        stored: what the scenario that is shown gives, None without one.
    """
    whole: dict[int, list[Line]] = {}
    for line in kept:
        whole.setdefault(line.contract_id, []).append(line)
    on_page = cells.keys()
    found = []
    for pk, group in groupby(shown, key=lambda line: line.contract_id):
        lines = list(group)
        of_file = whole.get(pk, lines)
        found.append(
            {
                "pk": pk,
                "first": lines[0],
                "state": State(lines[0].state).label,
                "continued": of_file[0] != lines[0],
                "sums": sums_of(of_file, figures, on_page),
                "lines": [_row(line, figures, cells, stored) for line in lines],
            }
        )
    return found


def _row(
    line: Line, figures: Mapping[int, Decimal], cells: Cells, stored: Mapping[int, Amount] | None
) -> dict[str, Any]:
    shown = figures[line.action_id] if line.is_open else line.settled
    difference = ZERO if shown is None else shown - line.requested
    return {
        "line": line,
        "cells": cells.get(line.action_id),
        "requested": euros(line.requested),
        "requested_cents": int(line.requested * 100),
        "reason": (stored or {}).get(line.action_id, line.current)[1],
        "shown": "" if shown is None else euros(shown),
        "decision": _decision(line),
        "difference": signed_euros(difference) if difference else "",
        "way": way(difference),
        "added": line.is_open and stored is not None and line.action_id not in stored,
    }


def _decision(line: Line) -> str:
    """Return in words what was decided of a line; nothing as long as an amount may be proposed for it."""
    if line.is_promised:
        return "Tranche à confirmer" if line.state == State.SIGNED else "Indicatif, à confirmer après la signature"
    return "" if line.is_open else Decision(line.decision).label
