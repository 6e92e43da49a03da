"""What a figure may not say: small counts of persons, and anything that looks like someone's data."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from diagnostics.enums import Unit
from diagnostics.inputs import IndicatorInput
from diagnostics.models import SMALL_COUNT

SMALL = (
    "Un nombre de personnes compris entre 1 et 4 permettrait de reconnaître quelqu’un : cochez « moins de 5 » "
    "et laissez la valeur vide."
)
PERSONAL = "ressemble à une donnée personnelle ({what}) : le diagnostic n’en contient aucune."
_PERSONAL_DATA: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("adresse électronique", re.compile(r"[\w.+-]+@[\w-]+\.\w")),
    # sex, year, month, département, commune, order, and the key that may be missing
    ("numéro de sécurité sociale", re.compile(r"(?<!\d)[12]\s?\d{2}\s?\d{2}\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}(?!\d)")),
    (
        "numéro de sécurité sociale",
        re.compile(r"(?<!\d)[12]\s?\d{2}\s?\d{2}\s?(?:\d{2}|2[AB])\s?\d{3}\s?\d{3}\s?\d{2}(?!\d)"),
    ),
    ("numéro de téléphone", re.compile(r"(?<!\d)(?:(?:\+|00)33\s?|0)[1-9](?:[\s.-]?\d{2}){4}(?!\d)")),
    ("numéro d’étranger", re.compile(r"(?<!\d)\d{10}(?!\d)")),
)
_WHOLE = (Unit.PERSONS, Unit.PLACES)


def personal_data(text: str) -> str:
    """Return what kind of personal data the text seems to hold, or an empty text."""
    return next((what for what, pattern in _PERSONAL_DATA if pattern.search(text)), "")


def figure_problems(figure: IndicatorInput) -> Iterator[tuple[str, str]]:
    """Yield each field that is wrong with the sentence that says why."""
    if figure.below_five and figure.unit != Unit.PERSONS:
        yield "below_five", "« Moins de 5 » ne vaut que pour un nombre de personnes."
    if figure.below_five and figure.value is not None:
        yield "value", "Laissez la valeur vide quand « moins de 5 » est coché."
    if not figure.below_five and figure.value is None:
        yield "value", "Indiquez une valeur, ou cochez « moins de 5 »."
    if figure.value is not None and not figure.below_five:
        yield from _value_problems(figure.unit, figure.value)
    if figure.unit == Unit.OTHER and not figure.unit_label:
        yield "unit_label", "Précisez l’unité."
    for name in ("label", "territory", "source", "comment", "unit_label"):
        if what := personal_data(getattr(figure, name)):
            yield name, "Ce texte " + PERSONAL.format(what=what)


def _value_problems(unit: Unit, value: Decimal) -> Iterator[tuple[str, str]]:
    if value < 0:
        yield "value", "La valeur ne peut pas être négative."
    elif unit in _WHOLE and value != value.to_integral_value():
        yield "value", "Indiquez un nombre entier."
    elif unit == Unit.PERSONS and 0 < value < SMALL_COUNT:
        yield "value", SMALL
    elif unit == Unit.SHARE and value > 100:
        yield "value", "Une part ne dépasse pas 100 %."
