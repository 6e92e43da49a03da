"""What the diagnostic refuses, in a sentence fit to show."""

from __future__ import annotations

from typing import Any


class Refused(Exception):
    """The act does not hold as things stand; the message is for the person at the screen."""


class StaleSection(Refused):
    """Someone saved the section meanwhile: nothing was written, and ``content`` is what it holds now."""

    def __init__(self, *, version: int, revision: int, content: dict[str, Any]) -> None:
        super().__init__("Cette section a été modifiée depuis que vous l’avez ouverte. Rien n’a été écrasé.")
        self.version = version
        self.revision = revision
        self.content = content


class InvalidContent(Refused):
    """A row or a figure cannot be kept; the message says which and why."""
