"""How amounts, days, instants and hashes are written: strings, of which the published schema says the form."""

from dataclasses import dataclass
from typing import Annotated


@dataclass(frozen=True, slots=True)
class Shape:
    """What a string looks like, and how the published schema tells it in French."""

    pattern: str
    words: str


Amount = Annotated[str, Shape(r"^-?[0-9]+\.[0-9]{2}$", "deux décimales, séparées par un point")]
Day = Annotated[str, Shape(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "AAAA-MM-JJ")]
MaybeDay = Annotated[str, Shape(r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$", "AAAA-MM-JJ, ou vide")]
Instant = Annotated[
    str,
    Shape(
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?([+-][0-9]{2}:[0-9]{2}|Z)$",
        "ISO 8601, avec le décalage horaire",
    ),
]
Hash = Annotated[str, Shape(r"^[0-9a-f]{64}$", "en hexadécimal")]
Base64 = Annotated[str, Shape(r"^[A-Za-z0-9+/]+={0,2}$", "en base 64")]
MaybeHash = Annotated[str, Shape(r"^([0-9a-f]{64})?$", "en hexadécimal, ou vide")]
