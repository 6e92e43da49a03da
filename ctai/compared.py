"""What changed between two texts: line by line, and word by word inside a line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from ctai.richtext import lines_of

Kind = Literal["same", "added", "removed"]
_WORDS = re.compile(r"[ \t]+|[^ \t]+")  # a no-break space holds « 1 146 » together
#: Beyond this many pairs of words, a paragraph is shown as replaced: looking closer would take seconds.
_MOST_PAIRS = 4_000_000


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
    """Lines under one title."""

    title: str
    lines: tuple[Line, ...]

    @property
    def changed(self) -> bool:
        return any(line.kind != "same" or line.note for line in self.lines)


def is_same(groups: Sequence[Group]) -> bool:
    """Tell whether a difference shows none."""
    return not any(group.changed for group in groups)


def text_lines(older: str, newer: str) -> list[Line]:
    """Compare two rich texts: a line for each paragraph, heading, item and row of a table."""
    one, other = lines_of(older), lines_of(newer)
    before, after = [(line.kind, line.text) for line in one], [(line.kind, line.text) for line in other]
    found: list[Line] = []
    for tag, first, last, start, end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found += [
                whole("same", new.text, note="" if old.markup == new.markup else "mise en forme changée")
                for old, new in zip(one[first:last], other[start:end], strict=True)
            ]
            continue
        removed, added = [text for _, text in before[first:last]], [text for _, text in after[start:end]]
        paired = min(len(removed), len(added))
        found += [words(old, new) for old, new in zip(removed[:paired], added[:paired], strict=True)]
        found += [whole("removed", line) for line in removed[paired:]]
        found += [whole("added", line) for line in added[paired:]]
    return found


def whole(kind: Kind, line: str, note: str = "") -> Line:
    """Return a line that stayed, came or left as a whole."""
    return Line(kind, (Part(kind, line),), note)


def words(older: str, newer: str, note: str = "") -> Line:
    """Compare two lines word by word."""
    if older == newer:
        return whole("same", newer, note)
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
