"""What a section holds at one version, as the JSON that history keeps and differences compare."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from ctai.richtext import clean, is_rich
from diagnostics.enums import RowKind, Unit
from diagnostics.inputs import IndicatorInput, RowInput
from diagnostics.models import Indicator, Row, Section

ROW_FIELDS = ("kind", "text", "actor", "capacity", "funder", "objective", "major", "axis_id")
FIGURE_FIELDS = (
    "label", "value", "below_five", "unit", "unit_label", "territory", "as_of", "source", "comment",
)  # fmt: skip

Content = dict[str, Any]


def content_of(text: str, rows: Iterable[Row | RowInput], figures: Iterable[Indicator | IndicatorInput]) -> Content:
    """Return the content as JSON; ``id`` is that of the row, None for one that is not kept yet."""
    return {
        "text": text,
        "rows": [_as_json(each, ROW_FIELDS) for each in rows],
        "indicators": [_as_json(each, FIGURE_FIELDS) for each in figures],
    }


def current_text(section: Section) -> str:
    """Return the rich text of a section, which sections written long ago hold as plain text."""
    return section.text if is_rich(section.text) else clean(section.text)


def parts_of(section: Section) -> tuple[list[Row], list[Indicator]]:
    """Return the rows and figures of a section, in their order: two queries."""
    return list(section.rows.order_by("rank", "pk")), list(section.indicators.order_by("rank", "pk"))


def current_content(section: Section) -> Content:
    """Return what the section holds now: two queries."""
    return content_of(current_text(section), *parts_of(section))


def inputs_of(
    content: Content, row_ids: Collection[int], figure_ids: Collection[int]
) -> tuple[list[RowInput], list[IndicatorInput]]:
    """Return a content as what people bring; a row or figure that exists no more, not among the ids, is a new one."""
    rows = [RowInput(**_again(each, row_ids) | {"kind": RowKind(each["kind"])}) for each in content["rows"]]
    figures = [
        IndicatorInput(
            **_again(each, figure_ids)
            | {
                "unit": Unit(each["unit"]),
                "as_of": date.fromisoformat(each["as_of"]),
                "value": None if each["value"] is None else Decimal(each["value"]),
            }
        )
        for each in content["indicators"]
    ]
    return rows, figures


def _again(kept: dict[str, Any], known: Collection[int]) -> dict[str, Any]:
    return kept | {"id": kept["id"] if kept["id"] in known else None}


def same(one: Content, other: Content) -> bool:
    """Tell whether two contents say the same, whatever the rows are called."""
    return _without_ids(one) == _without_ids(other)


def is_empty(content: Content) -> bool:
    """Tell whether nothing was written."""
    return not (content["text"] or content["rows"] or content["indicators"])


def _as_json(item: Row | RowInput | Indicator | IndicatorInput, names: tuple[str, ...]) -> dict[str, Any]:
    values = {name: _plain(getattr(item, name)) for name in names}
    return {"id": item.id, **values}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    if isinstance(value, str):
        return str(value)
    return value.isoformat() if hasattr(value, "isoformat") else value


def _without_ids(content: Content) -> tuple[Any, ...]:
    return (
        content["text"],
        *([{**each, "id": None} for each in content[part]] for part in ("rows", "indicators")),
    )
