"""What changed between two versions of a section, line by line and word by word."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, Literal

from ctai.text import long_date, number
from diagnostics.contents import Content
from diagnostics.enums import RowKind, Unit

Kind = Literal["same", "added", "removed"]
_WORDS = re.compile(r"[ \t]+|[^ \t]+")  # a no-break space holds « 1 146 » together


@dataclass(frozen=True, slots=True)
class Part:
    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the difference; ``parts`` show the words added and removed inside it."""

    kind: Kind | Literal["changed"]
    parts: tuple[Part, ...]


def difference(older: Content, newer: Content) -> list[Line]:
    """Return the lines of the newer content with what was added, removed and changed since the older one."""
    before, after = list(lines_of(older)), list(lines_of(newer))
    found: list[Line] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [_whole("same", line) for line in after[start:end]]
            continue
        removed, added = before[first:last], after[start:end]
        paired = min(len(removed), len(added))
        found += [_words(one, other) for one, other in zip(removed[:paired], added[:paired], strict=True)]
        found += [_whole("removed", line) for line in removed[paired:]]
        found += [_whole("added", line) for line in added[paired:]]
    return found


def lines_of(content: Content) -> Iterator[str]:
    """Yield a content as lines to read: paragraphs, then one line for each row and figure."""
    yield from (line for line in content["text"].splitlines() if line.strip())
    yield from (_row_line(row) for row in content["rows"])
    yield from (_figure_line(figure) for figure in content["indicators"])


def _row_line(row: dict[str, Any]) -> str:
    details = [row[name] for name in ("actor", "capacity", "funder", "objective") if row.get(name)]
    major = " (majeur)" if row.get("major") else ""
    return f"{RowKind(row['kind']).label} : {' — '.join([row['text'], *details])}{major}"


def _figure_line(figure: dict[str, Any]) -> str:
    unit = figure["unit_label"] if figure["unit"] == Unit.OTHER else Unit(figure["unit"]).label
    value = "moins de 5" if figure["below_five"] else _value(figure["value"])
    day = long_date(date.fromisoformat(figure["as_of"]))
    comment = f" — {figure['comment']}" if figure["comment"] else ""
    return f"{figure['label']} : {value} {unit}, {figure['territory']}, au {day} ({figure['source']}){comment}"


def _value(stored: str) -> str:
    value = Decimal(stored)
    return number(value) if value == value.to_integral_value() else number(value, 2).rstrip("0")


def _whole(kind: Kind, line: str) -> Line:
    return Line(kind, (Part(kind, line),))


def _words(older: str, newer: str) -> Line:
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    parts: list[Part] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            parts.append(Part("same", "".join(after[start:end])))
            continue
        if last > first:
            parts.append(Part("removed", "".join(before[first:last])))
        if end > start:
            parts.append(Part("added", "".join(after[start:end])))
    return Line("changed", tuple(parts))
