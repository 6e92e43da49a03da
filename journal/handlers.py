"""Who does which kind of effect: each app registers its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Handler = Callable[[dict[str, Any]], None]
HANDLERS: dict[str, Handler] = {}
#: Told once, when the effects of a kind are given up.
GIVEN_UP: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that does the effects of this kind; it may run twice and must not mind."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        return function

    return register


def on_giving_up(kind: str) -> Callable[[Handler], Handler]:
    """Register the function that is told of the effects of this kind that will not be tried again."""

    def register(function: Handler) -> Handler:
        GIVEN_UP[kind] = function
        return function

    return register
