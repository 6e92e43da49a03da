"""The diagnostic on one page: for each axis the major need, the offer, the priority; the key figures above."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Prefetch

from ctai.text import long_date
from diagnostics.enums import RowKind
from diagnostics.models import Diagnostic, Indicator, Row, Section
from diagnostics.queries import Mark, SectionState, sections_with_marks, written_unit, written_value
from exchanges.queries import RemarkCounts

KEY_FIGURES = 6
#: What fits on the line of an axis.
NEEDS, OFFERS, PRIORITIES = 2, 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFigure:
    """A figure fit to be read from afar, with the day and place it is of."""

    value: str
    unit: str
    label: str
    note: str


@dataclass(frozen=True, slots=True)
class Some:
    """The first of a list, and how many are left out."""

    items: tuple[str, ...]
    more: int

    @property
    def is_empty(self) -> bool:
        return not self.items


@dataclass(frozen=True, slots=True, kw_only=True)
class AxisLine:
    """An axis: what is missing most, what exists, what comes first, and who agreed."""

    key: str
    label: str
    needs: Some
    offers: Some
    priorities: Some
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    figures: tuple[KeyFigure, ...]
    axes: tuple[AxisLine, ...]
    untouched: tuple[str, ...]


def glance(diagnostic: Diagnostic, counts: RemarkCounts | None = None) -> Glance:
    """Return the diagnostic at a glance; axes where nothing is written are only named: six queries at most."""
    states = sections_with_marks(diagnostic, counts)
    whole = {each.pk: each for each in _sections(diagnostic)}
    common = [row for each in whole.values() if each.question.axis_id is None for row in each.rows.all()]
    axes = [each for each in states if each.section.question.axis_id is not None]
    return Glance(
        figures=tuple(_key_figures(whole.values())),
        axes=tuple(_line(each, whole[each.section.pk], common) for each in axes if each.filled),
        untouched=tuple(each.title for each in axes if not each.filled),
    )


def _sections(diagnostic: Diagnostic) -> list[Section]:
    sections = Section.objects.filter(diagnostic=diagnostic).select_related("question").defer("text")
    return list(
        sections.prefetch_related(
            Prefetch("rows", Row.objects.order_by("rank", "pk")),
            Prefetch("indicators", Indicator.objects.order_by("rank", "pk")),
        ).order_by("rank", "pk")
    )


def _line(state: SectionState, section: Section, common: Iterable[Row]) -> AxisLine:
    axis = section.question.axis_id
    rows = list(section.rows.all())
    needs = [row for row in rows if row.kind == RowKind.NEED]
    stakes = [row for row in rows if row.kind == RowKind.PRIORITY]
    stakes += [row for row in common if row.kind == RowKind.PRIORITY and row.axis_id == axis]
    return AxisLine(
        key=state.key,
        label=state.title,
        needs=_some([row.text for row in needs if row.major] or [row.text for row in needs], NEEDS),
        offers=_some([_offer(row) for row in rows if row.kind == RowKind.OFFER], OFFERS),
        priorities=_some([_priority(row) for row in stakes], PRIORITIES),
        marks=state.marks,
    )


def _some(texts: list[str], limit: int) -> Some:
    return Some(tuple(texts[:limit]), max(len(texts) - limit, 0))


def _offer(row: Row) -> str:
    capacity = f" ({row.capacity})" if row.capacity else ""
    return f"{row.actor}\u00a0: {row.text}{capacity}"


def _priority(row: Row) -> str:
    return f"{row.text} → {row.objective}" if row.objective else row.text


def _key_figures(sections: Iterable[Section]) -> Iterator[KeyFigure]:
    """Yield the latest figures, those of the territory and of its publics before those of the axes."""
    ordered = sorted(sections, key=lambda each: each.question.axis_id is not None)
    latest: dict[tuple[str, str], Indicator] = {}
    for each in (figure for section in ordered for figure in section.indicators.all()):
        key = (each.label.casefold(), each.territory.casefold())
        if key not in latest or latest[key].as_of <= each.as_of:
            latest[key] = each
    for figure in list(latest.values())[:KEY_FIGURES]:
        yield KeyFigure(
            value=written_value(figure),
            unit=written_unit(figure),
            label=figure.label,
            note=f"{figure.territory}, {long_date(figure.as_of)}",
        )
