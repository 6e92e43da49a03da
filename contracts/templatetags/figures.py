"""What a section shows of its figures beside their table: curves, and those that the portal wrote."""

from __future__ import annotations

from typing import Any

from django import template

from contracts.models import Contract
from diagnostics.chart import chart_of
from diagnostics.figures import series_of, written
from diagnostics.models import Section

register = template.Library()


@register.inclusion_tag("contracts/diagnostic/_chart.html", takes_context=True)
def section_figures(context: dict[str, Any], section: Section, contract: Contract, editable: bool) -> dict[str, Any]:
    """Draw the indicators given at several dates, and ask to confirm those that are prefilled."""
    figures = list(section.indicators.all())
    return {
        "charts": [chart_of(each) for each in series_of(figures)],
        "prefilled": [
            {"id": each.pk, "label": each.label, "value": written(each)} for each in figures if each.prefilled
        ],
        "section": section,
        "contract": contract,
        "editable": editable,
        "csrf_token": context.get("csrf_token"),
    }
