"""How the rows and figures of a section are written: each keeps its identity, those not given any more go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from ctai.richtext import SOURCE_LENGTH, TEXT_LENGTH, clean, length_of
from diagnostics.contents import FIGURE_FIELDS, ROW_FIELDS
from diagnostics.enums import RowKind
from diagnostics.errors import InvalidContent
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Indicator, Row, Section
from diagnostics.rules import figure_problems


def kept_text(text: str) -> str:
    """Return the text as it is kept.

    Raises:
        InvalidContent: it is too long.
    """
    if len(text) > SOURCE_LENGTH:
        raise InvalidContent("Ce texte est trop lourd pour être lu. Collez-le en plusieurs fois.")
    kept = clean(text)
    over = length_of(kept) - TEXT_LENGTH
    if over > 0:
        raise InvalidContent(
            f"Le texte dépasse de {over} caractères la limite de 60 000. Raccourcissez-le, ou répartissez-le."
        )
    return kept


def kept_rows(rows: Iterable[RowInput]) -> list[RowInput]:
    """Return the rows with the columns of their kind alone."""
    return [_clean(row) for row in rows]


def check_figures(figures: Iterable[IndicatorInput]) -> None:
    """Refuse a figure that cannot be kept.

    Raises:
        InvalidContent: with the figure and the reason.
    """
    for figure in figures:
        for _, problem in figure_problems(figure):
            raise InvalidContent(f"{figure.label} : {problem}")


def write_rows(section: Section, held: Sequence[Row], wanted: Sequence[RowInput]) -> list[Row]:
    """Write the rows of a section over those ``held``, and return them in the order wanted."""
    return _save(section, Row, held, wanted, ROW_FIELDS)


def write_figures(section: Section, held: Sequence[Indicator], wanted: Sequence[IndicatorInput]) -> list[Indicator]:
    """Write the figures of a section over those ``held``, and return them in the order wanted.

    A figure that is prefilled is confirmed by whoever changes it.
    """
    known = {figure.pk: figure for figure in held}
    confirmed = [figure.id for figure in wanted if figure.id in known and _is_confirmed(known[figure.id], figure)]
    if confirmed:
        section.indicators.filter(pk__in=confirmed).update(prefilled=False)
    return _save(section, Indicator, held, wanted, FIGURE_FIELDS)


def _is_confirmed(held: Indicator, given: IndicatorInput) -> bool:
    return held.prefilled and any(getattr(held, name) != getattr(given, name) for name in FIGURE_FIELDS)


def _clean(row: RowInput) -> RowInput:
    if row.kind != RowKind.OFFER:
        row = replace(row, actor="", capacity="", funder="")
    if row.kind != RowKind.PRIORITY:
        row = replace(row, objective="", axis_id=None)
    return row


def _save(
    section: Section,
    model: type[Row] | type[Indicator],
    held: Sequence[Any],
    wanted: Sequence[RowInput | IndicatorInput],
    names: tuple[str, ...],
) -> list[Any]:
    known = {each.pk: each for each in held}
    if any(each.id is not None and each.id not in known for each in wanted):
        raise InvalidContent("Une ligne n’appartient pas à cette section. Rouvrez la page et recommencez.")
    kept: list[Any] = []
    added: list[Any] = []
    changed: list[Any] = []
    for rank, each in enumerate(wanted, start=1):
        item = known.pop(each.id) if each.id is not None else model(section=section)
        kept.append(item)
        values = {name: getattr(each, name) for name in names} | {"rank": rank}
        if item.pk and all(getattr(item, name) == value for name, value in values.items()):
            continue
        for name, value in values.items():
            setattr(item, name, value)
        (changed if item.pk else added).append(item)
    if known:
        model.objects.filter(pk__in=known).delete()
    model.objects.bulk_create(added)
    model.objects.bulk_update(changed, [name.removesuffix("_id") for name in names] + ["rank"])
    return kept
