"""The calendar of the actions as bars that a template draws: no script, no style, a table beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ctai.text import count, long_date
from funding.models import Action

WIDTH, LEFT, TOP, ROW = 640, 96, 24, 22
MIN_BAR = 3

#: The place of a day across the picture.
_Across = Callable[[date], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """An action on the picture."""

    name: str
    x: int
    y: int
    width: int
    text_y: int
    known: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """The first day of a year."""

    x: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Gantt:
    """A calendar ready to draw, with its text and the lines of its table."""

    bars: tuple[Bar, ...]
    marks: tuple[Mark, ...]
    rows: tuple[tuple[str, str, str, str], ...]
    description: str
    height: int
    width: int = WIDTH
    left: int = LEFT
    top: int = TOP


def gantt_of(actions: Sequence[Action], starts_on: date | None, ends_on: date | None) -> Gantt | None:
    """Return the calendar of the actions over the period of the contract, widened by what goes beyond it."""
    days = [day for each in actions for day in (each.starts_on, each.ends_on) if day] + [
        day for day in (starts_on, ends_on) if day
    ]
    if not actions or not days:
        return None
    first, last = min(days), max(days)
    span = max((last - first).days, 1) + 1

    def across(day: date) -> int:
        return LEFT + round((day - first).days * (WIDTH - LEFT) / span)

    return Gantt(
        bars=tuple(_bars(actions, across)),
        marks=tuple(_marks(first, last, across)),
        rows=tuple(_rows(actions)),
        description=f"{count(len(actions), 'action', 'actions')} du {long_date(first)} au {long_date(last)}.",
        height=TOP + ROW * len(actions) + 6,
    )


def _bars(actions: Iterable[Action], across: _Across) -> Iterator[Bar]:
    for place, action in enumerate(actions):
        y = TOP + ROW * place
        known = action.starts_on is not None and action.ends_on is not None
        x = across(action.starts_on) if action.starts_on else LEFT
        end = across(action.ends_on + timedelta(days=1)) if action.ends_on else x
        yield Bar(
            name=f"Action {action.number}",
            x=x,
            y=y + 4,
            width=max(end - x, MIN_BAR),
            text_y=y + 15,
            known=known,
        )


def _marks(first: date, last: date, across: _Across) -> Iterator[Mark]:
    for year in range(first.year, last.year + 1):
        day = max(date(year, 1, 1), first)
        yield Mark(across(day), str(year))


def _rows(actions: Iterable[Action]) -> Iterator[tuple[str, str, str, str]]:
    for action in actions:
        start, end = action.starts_on, action.ends_on
        length = ""
        if start and end:
            months = max(1, round((end - start).days / 30.44))
            length = count(months, "mois", "mois")
        yield (
            f"{action.number}. {action.title}",
            long_date(start) if start else "à préciser",
            long_date(end) if end else "à préciser",
            length,
        )
