"""The figures of a diagnostic over time: the same indicator at several dates, and all of them in order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from diagnostics.enums import Unit
from diagnostics.models import Diagnostic, Indicator, Section
from diagnostics.queries import written_unit, written_value


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one territory at several dates, the oldest first."""

    figures: tuple[Indicator, ...]

    @property
    def label(self) -> str:
        return self.figures[0].label

    @property
    def territory(self) -> str:
        return self.figures[0].territory

    @property
    def unit(self) -> str:
        return written_unit(self.figures[0])


def series_of(figures: Iterable[Indicator]) -> list[Series]:
    """Return the indicators given at two dates or more, in the order of their first figure; no query."""
    groups: dict[tuple[str, ...], dict[object, Indicator]] = defaultdict(dict)
    for figure in figures:
        groups[_same(figure)][figure.as_of] = figure
    return [
        Series(tuple(sorted(dated.values(), key=lambda figure: figure.as_of)))
        for dated in groups.values()
        if len(dated) > 1
    ]


def _same(figure: Indicator) -> tuple[str, ...]:
    return (
        figure.label.casefold(),
        figure.unit,
        figure.unit_label.casefold() if figure.unit == Unit.OTHER else "",
        figure.territory.casefold(),
    )


def figures_of(diagnostic: Diagnostic) -> QuerySet[Indicator]:
    """Return every figure of a diagnostic, section by section: one query."""
    return (
        Indicator.objects.filter(section__diagnostic=diagnostic)
        .select_related("section__question")
        .order_by("section__rank", "section_id", "rank", "pk")
    )


def sections_with_figures(diagnostic: Diagnostic) -> list[Section]:
    """Return the sections with their question and figures, in order: two queries."""
    sections = Section.objects.filter(diagnostic=diagnostic).select_related("question")
    return list(sections.prefetch_related("indicators").order_by("rank", "pk"))


def written(figure: Indicator) -> str:
    """Return the value with its unit: « 213 personnes », « moins de 5 personnes », « 12,5 % »."""
    return f"{written_value(figure)}\u00a0{written_unit(figure)}"
