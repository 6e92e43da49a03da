"""Writes the figures of a file in the sections that it names: one version of each, or nothing at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import transaction

from accounts.actors import Actor
from diagnostics.contents import FIGURE_FIELDS, ROW_FIELDS
from diagnostics.errors import Refused, StaleSection
from diagnostics.figures_files import Line, figures_by_section, identity
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Diagnostic, Row, Section
from diagnostics.services import save_section


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did."""

    added: int
    changed: int
    sections: tuple[str, ...]


@transaction.atomic
def import_figures(
    *, diagnostic: Diagnostic, lines: Iterable[Line], seen: Mapping[int, int], by: Actor, now: datetime
) -> Imported:
    """Add the figures of a file, or change those that exist at the same date; nothing is ever removed.

    Args:
        diagnostic: where.
        lines: the lines of the file.
        seen: the version of each section that the page showed, by the section's key.
        by: who imports.
        now: when.

    Raises:
        FileRefused: a line is wrong.
        Refused: a section named by the file was changed since the page was opened.
    """
    sections = {
        each.pk: each
        for each in Section.objects.filter(diagnostic=diagnostic).select_related("question").order_by("rank")
    }
    found = figures_by_section(lines, sections.values())
    added = changed = 0
    for pk, figures in found.items():
        section = sections[pk]
        kept, new, updated = _merged(section, figures)
        if not new and not updated:
            continue
        added, changed = added + new, changed + updated
        try:
            save_section(
                section=section,
                expected_version=seen.get(pk, -1),
                text=section.text,
                rows=[_row(each) for each in section.rows.order_by("rank", "pk")],
                indicators=kept,
                by=by,
                now=now,
            )
        except StaleSection as stale:
            raise Refused(
                f"La section « {section.question.title} » a été modifiée depuis que vous avez ouvert cette page. "
                "Rien n’a été importé : relisez-la, puis recommencez."
            ) from stale
    return Imported(added, changed, tuple(sections[pk].question.title for pk in found))


def _merged(section: Section, figures: Iterable[IndicatorInput]) -> tuple[list[IndicatorInput], int, int]:
    """Return the figures that the section will hold, how many are new and how many change."""
    kept = [
        IndicatorInput(id=each.pk, **{name: getattr(each, name) for name in FIGURE_FIELDS})
        for each in section.indicators.order_by("rank", "pk")
    ]
    position = {identity(each): index for index, each in enumerate(kept)}
    new = updated = 0
    for figure in figures:
        index = position.get(identity(figure))
        if index is None:
            kept.append(figure)
            new += 1
            continue
        wanted = replace(figure, id=kept[index].id)
        updated += wanted != kept[index]
        kept[index] = wanted
    return kept, new, updated


def _row(row: Row) -> RowInput:
    return RowInput(id=row.pk, **{name: getattr(row, name) for name in ROW_FIELDS})
