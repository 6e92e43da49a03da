"""What a home is: a template and its variables, or the name of another page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """A home to draw."""

    template: str
    context: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A home that is another page."""

    name: str
