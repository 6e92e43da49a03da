"""The house's filters and tags: French amounts and dates, state badges, anchors of form errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from ctai import text

register = template.Library()

#: The colour of each state of a file; an unknown state stays grey.
TONES = {
    "letter_draft": "",
    "letter_sent": "new",
    "exchange": "info",
    "diagnostic": "info",
    "proposal": "info",
    "correction_requested": "warning",
    "under_review": "info",
    "approved": "new",
    "signed": "success",
    "closed": "",
    "terminated": "error",
    "refused": "error",
    "dismissed": "",
    "withdrawn": "",
}


for _function in (
    text.euros,
    text.euros_short,
    text.signed_euros,
    text.number,
    text.percent,
    text.file_size,
    text.de,
    text.join_and,
):
    register.filter(_function.__name__, _function)


@register.filter
def long_date(day: date | None) -> str:
    """Return « 3 mars 2026 », nothing for None."""
    return text.long_date(day) if day else ""


@register.filter
def instant(moment: datetime | None) -> str:
    """Return « 3 mars 2026 à 14 h 32 », nothing for None."""
    return text.instant(moment) if moment else ""


@register.filter
def since(moment: datetime | None, now: datetime | None = None) -> str:
    """Return « il y a 3 jours »."""
    return f"il y a {text.elapsed(moment, now or timezone.now())}" if moment else ""


@register.filter
def elapsed(moment: datetime | None, now: datetime | None = None) -> str:
    """Return « 3 jours », for a sentence that begins with « depuis »."""
    return text.elapsed(moment, now or timezone.now()) if moment else ""


@register.filter
def counted(total: int, nouns: str) -> str:
    """Return « 3 dossiers » from ``3|counted:"dossier,dossiers"``."""
    one, many = nouns.split(",")
    return text.count(total, one, many)


@register.simple_tag
def state_badge(state: str, label: str) -> SafeString:
    """Return the badge of a state; in a long list, call it once in Python for each state rather than for each row."""
    tone = TONES.get(str(state), "")
    classes = f"fr-badge fr-badge--no-icon fr-badge--{tone}" if tone else "fr-badge"
    return format_html('<span class="{}">{}</span>', classes, label)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """Return the query string of the page with these parameters replaced, an empty value removing one."""
    request = context.get("request")
    params = request.GET.copy() if isinstance(request, HttpRequest) else QueryDict(mutable=True)
    for name, value in changes.items():
        params.pop(name, None)
        if value not in (None, ""):
            params[name] = str(value)
    return "?" + params.urlencode()


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*steps: str) -> dict[str, Any]:
    """Draw the path to the page: label, address, label, address… and the name of this page."""
    return {"links": list(zip(steps[:-1:2], steps[1:-1:2], strict=True)), "current": steps[-1]}


@register.filter
def page_range(page: Page[Any]) -> Iterator[int | str]:
    """Return the numbers to show of a list's pages, with ellipses."""
    return page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)


@register.filter
def labelled(row: Sequence[Any], columns: Sequence[Any]) -> list[tuple[Any, Any]]:
    """Return each cell of a row with its column."""
    return list(zip(columns, row, strict=True))


@register.filter
def error_title(form: BaseForm) -> str:
    """Return the title of the summary of errors."""
    total = sum(len(errors) for errors in form.errors.values())
    return "Une correction est nécessaire" if total == 1 else f"{total} corrections sont nécessaires"


@register.filter
def error_anchor(field: BoundField) -> str:
    """Return the id that a link must point to in order to reach the field."""
    return field.id_for_label or f"{field.auto_id}_0"


@register.filter
def button_classes(classes: str) -> str:
    """Return the classes of a crispy button without those of another design system."""
    return " ".join(each for each in classes.split() if not each.startswith("btn"))
