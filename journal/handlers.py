"""Who does which kind of effect: each app registers its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any]], None]
HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the effects of this kind; it may run twice and must not mind."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register
