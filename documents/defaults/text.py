"""An article of a first template, as it is written here."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """An article as written here."""

    key: str
    title: str
    body: str
    condition: str = ""
