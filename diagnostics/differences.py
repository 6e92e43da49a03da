"""What changed between two versions of a section: its text word by word, its rows and figures value by value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from ctai.compared import Group, Line, text_lines, whole, words
from ctai.text import long_date, number
from diagnostics.contents import Content
from diagnostics.enums import RowKind, Unit

_TITLES = {
    RowKind.FINDING: "Constats",
    RowKind.OFFER: "Offre existante",
    RowKind.NEED: "Besoins non couverts",
    RowKind.PRIORITY: "Priorités",
}
Writer = Callable[[dict[str, Any]], str]
_LABELS = {"actor": "acteur", "capacity": "capacité", "funder": "financeur", "objective": "objectif"}


def difference(older: Content, newer: Content) -> list[Group]:
    """Return what both contents hold, part by part, with what was added, removed and changed since the older one."""
    rows = [_rows(kind, older, newer) for kind in RowKind]
    figures = Group("Chiffres", tuple(_items(older["indicators"], newer["indicators"], _figure_line)))
    groups = [Group("Texte", tuple(text_lines(older["text"], newer["text"]))), *rows, figures]
    return [group for group in groups if group.lines]


def _rows(kind: RowKind, older: Content, newer: Content) -> Group:
    before, after = ([row for row in content["rows"] if row["kind"] == kind] for content in (older, newer))
    return Group(_TITLES[kind], tuple(_items(before, after, _row_line)))


def _items(older: list[dict[str, Any]], newer: list[dict[str, Any]], write: Writer) -> list[Line]:
    """Compare rows by what they are, not by where they stand."""
    left = {each["id"]: each for each in older}
    ranks = {each["id"]: rank for rank, each in enumerate(older)}
    twins = {key: each["id"] for each in older for key in _keys(each, write)}
    found: list[Line] = []
    furthest = -1
    for each in newer:
        known = each["id"] if each["id"] in left else next((twins[k] for k in _keys(each, write) if k in twins), None)
        old = left.pop(known, None)
        if old is None:
            found.append(whole("added", write(each)))
            continue
        note = "déplacé" if ranks[old["id"]] < furthest else ""
        furthest = max(furthest, ranks[old["id"]])
        found.append(words(write(old), write(each), note))
    return found + [whole("removed", write(each)) for each in left.values()]


def _keys(item: dict[str, Any], write: Writer) -> list[str]:
    """Return what tells that a row is one come back under a new id: what it says; of a figure, its name too."""
    named = [f"{item['label']}|{item['territory']}|{item['as_of']}"] if "label" in item else []
    return [write(item), *named]


def _row_line(row: dict[str, Any]) -> str:
    details = [f"{_LABELS[name]} : {row[name]}" for name in _LABELS if row.get(name)]
    major = ["majeur"] if row.get("major") else []
    return " — ".join([row["text"], *details, *major])


def _figure_line(figure: dict[str, Any]) -> str:
    unit = figure["unit_label"] if figure["unit"] == Unit.OTHER else Unit(figure["unit"]).label
    value = "moins de 5" if figure["below_five"] else _value(figure["value"])
    day = long_date(date.fromisoformat(figure["as_of"]))
    comment = f" — {figure['comment']}" if figure["comment"] else ""
    return f"{figure['label']} : {value} {unit}, {figure['territory']}, au {day} ({figure['source']}){comment}"


def _value(stored: str) -> str:
    value = Decimal(stored)
    return number(value) if value == value.to_integral_value() else number(value, 2).rstrip("0")
