"""What changed between two versions of a section: its text word by word, its rows and figures value by value."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from ctai.text import long_date, number
from diagnostics.contents import Content
from diagnostics.enums import RowKind, Unit
from diagnostics.richtext import lines_of

Kind = Literal["same", "added", "removed"]
_WORDS = re.compile(r"[ \t]+|[^ \t]+")  # a no-break space holds « 1 146 » together
#: Beyond this many pairs of words, a paragraph is shown as replaced: looking closer would take seconds.
_MOST_PAIRS = 4_000_000
_TITLES = {
    RowKind.FINDING: "Constats",
    RowKind.OFFER: "Offre existante",
    RowKind.NEED: "Besoins non couverts",
    RowKind.PRIORITY: "Priorités",
}
Writer = Callable[[dict[str, Any]], str]
_LABELS = {"actor": "acteur", "capacity": "capacité", "funder": "financeur", "objective": "objectif"}


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference; ``parts`` show the words added and removed inside it."""

    kind: Kind | Literal["changed"]
    parts: tuple[Part, ...]
    note: str = ""

    @property
    def before(self) -> tuple[Part, ...]:
        """What the older version said."""
        return tuple(part for part in self.parts if part.kind != "added")

    @property
    def after(self) -> tuple[Part, ...]:
        """What the newer version says."""
        return tuple(part for part in self.parts if part.kind != "removed")


@dataclass(frozen=True, slots=True)
class Group:
    """The text, or the rows of one kind, or the figures."""

    title: str
    lines: tuple[Line, ...]

    @property
    def changed(self) -> bool:
        return any(line.kind != "same" or line.note for line in self.lines)


def difference(older: Content, newer: Content) -> list[Group]:
    """Return what both contents hold, part by part, with what was added, removed and changed since the older one."""
    rows = [_rows(kind, older, newer) for kind in RowKind]
    figures = Group("Chiffres", tuple(_items(older["indicators"], newer["indicators"], _figure_line)))
    groups = [Group("Texte", tuple(_text(older["text"], newer["text"]))), *rows, figures]
    return [group for group in groups if group.lines]


def is_same(groups: Sequence[Group]) -> bool:
    """Tell whether a difference shows none."""
    return not any(group.changed for group in groups)


def _text(older: str, newer: str) -> list[Line]:
    one, other = lines_of(older), lines_of(newer)
    before, after = [(line.kind, line.text) for line in one], [(line.kind, line.text) for line in other]
    found: list[Line] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [
                _whole("same", new.text, note="" if old.markup == new.markup else "mise en forme changée")
                for old, new in zip(one[first:last], other[start:end], strict=True)
            ]
            continue
        removed, added = [text for _, text in before[first:last]], [text for _, text in after[start:end]]
        paired = min(len(removed), len(added))
        found += [_words(old, new) for old, new in zip(removed[:paired], added[:paired], strict=True)]
        found += [_whole("removed", line) for line in removed[paired:]]
        found += [_whole("added", line) for line in added[paired:]]
    return found


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
            found.append(_whole("added", write(each)))
            continue
        note = "déplacé" if ranks[old["id"]] < furthest else ""
        furthest = max(furthest, ranks[old["id"]])
        found.append(_words(write(old), write(each), note))
    return found + [_whole("removed", write(each)) for each in left.values()]


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


def _whole(kind: Kind, line: str, note: str = "") -> Line:
    return Line(kind, (Part(kind, line),), note)


def _words(older: str, newer: str, note: str = "") -> Line:
    if older == newer:
        return _whole("same", newer, note)
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if len(before) * len(after) > _MOST_PAIRS:
        return Line("changed", (Part("removed", older), Part("added", newer)), note)
    parts: list[Part] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part("same", "".join(after[start:end])))
            continue
        if last > first:
            parts.append(Part("removed", "".join(before[first:last])))
        if end > start:
            parts.append(Part("added", "".join(after[start:end])))
    return Line("changed", tuple(parts), note)
