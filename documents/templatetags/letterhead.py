"""What the head of a document shows, from its frozen data: the logos of the collectivités, the office of the State."""

import re
import textwrap
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

LINE = 20  # characters: longer, « Provence-Alpes-Côte d’Azur » would run into what stands beside
# « préfet · de la région · d’Île-de-France, · préfet · de Paris »
_BREAKS = re.compile(r"(?<=,) | (?=(?:de|du|des|en|auprès)\b|d’)|(?<=région) ")


@register.filter
def logos(data: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the logos of the collectivités of a document, the porteur’s first; those without one are left out."""
    parties = data["parties"]["local"] if "parties" in data else [data["porteur"], *data["co_signatories"]]
    return [party["logo"] for party in parties if "logo" in party]


@register.filter
def office_lines(office: str) -> SafeString:
    """Break « préfet de la Vienne » as the charter of the State does: the office, then its territory."""
    parts = _BREAKS.split(f"{office[:1].upper()}{office[1:]}".replace("'", "’"))
    lines = [line for part in parts for line in textwrap.wrap(part, LINE)]
    return format_html_join(mark_safe("<br>"), "{}", ((line,) for line in lines))
