"""The curve of an indicator as coordinates that a template draws: no script, no style, colours of the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ctai.text import long_date
from diagnostics.figures import Series, written
from diagnostics.models import SMALL_COUNT, Indicator
from diagnostics.queries import plain_number, written_value

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 72, 40, 28, 36
GRID_LINES = 4
#: Under this distance two dates would overlap.
LABEL_WIDTH = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A figure on the chart; one that is not exact is drawn hollow, at the most it can be."""

    x: int
    y: int
    value: str
    day: str
    exact: bool


@dataclass(frozen=True, slots=True)
class GridLine:
    y: int
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A curve ready to draw, with its text alternative and the lines of its table."""

    title: str
    description: str
    points: tuple[Point, ...]
    lines: tuple[str, ...]
    grid: tuple[GridLine, ...]
    rows: tuple[tuple[str, str, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    base: int = HEIGHT - BOTTOM


def chart_of(series: Series) -> Chart:
    """Return the curve of an indicator."""
    figures = series.figures
    top = _nice(max(_height(each) for each in figures))
    days = _labels(figures)
    points = tuple(
        Point(
            x=x,
            y=_y(_height(each), top),
            value=written_value(each),
            day=days.get(x, ""),
            exact=not each.below_five,
        )
        for each, x in zip(figures, _abscissas(figures), strict=True)
    )
    first, last = figures[0], figures[-1]
    return Chart(
        title=f"{series.label}, {series.territory}",
        description=(
            f"{len(figures)} mesures : {written(first)} au {long_date(first.as_of)}, "
            f"{written(last)} au {long_date(last.as_of)}."
        ),
        points=points,
        lines=tuple(_lines(points)),
        grid=tuple(
            GridLine(_y(top * step / GRID_LINES, top), plain_number(top * step / GRID_LINES))
            for step in range(GRID_LINES + 1)
        ),
        rows=tuple((long_date(each.as_of), written(each), each.source) for each in figures),
    )


def _height(figure: Indicator) -> Decimal:
    return Decimal(SMALL_COUNT) if figure.below_five or figure.value is None else figure.value


def _nice(highest: Decimal) -> Decimal:
    """Return the top of the scale: the least of 1, 2, 4, 6 or 8 × 10ⁿ that holds the highest value."""
    power = Decimal(1)
    while power * 10 < highest:
        power *= 10
    return next((power * factor for factor in (1, 2, 4, 6, 8, 10) if power * factor >= highest), power * 10)


def _y(value: Decimal, top: Decimal) -> int:
    return round(HEIGHT - BOTTOM - value / top * (HEIGHT - BOTTOM - TOP))


def _abscissas(figures: tuple[Indicator, ...]) -> list[int]:
    first, last = figures[0].as_of, figures[-1].as_of
    span = (last - first).days
    return [LEFT + 24 + round((each.as_of - first).days / span * (WIDTH - RIGHT - LEFT - 48)) for each in figures]


def _labels(figures: tuple[Indicator, ...]) -> dict[int, str]:
    """Return the dates that fit under the axis by abscissa; the last one is always there."""
    dated = list(zip(_abscissas(figures), (each.as_of for each in figures), strict=True))
    last = dated[-1]
    shown: list[tuple[int, date]] = []
    for x, day in dated[:-1]:
        if (not shown or x - shown[-1][0] >= LABEL_WIDTH) and last[0] - x >= LABEL_WIDTH:
            shown.append((x, day))
    return {x: f"{day:%d/%m/%Y}" for x, day in [*shown, last]}


def _lines(points: tuple[Point, ...]) -> Iterator[str]:
    """Yield the runs of exact points; the curve stops where a value is not exact."""
    run: list[Point] = []
    for point in [*points, None]:
        if point is not None and point.exact:
            run.append(point)
            continue
        if len(run) > 1:
            yield " ".join(f"{each.x},{each.y}" for each in run)
        run = []
