"""How French is written here: amounts, dates, counts and lists, as pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils import timezone
from num2words import num2words

NBSP = "\u00a0"
MINUS = "\u2212"
UNAVAILABLE = "non disponible"

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_CENT = Decimal("0.01")
_VOWELS = "aàâäeéèêëiîïoôöuùûüœæ"
# Place names whose h is aspirated: no elision before them.
_ASPIRATED = ("haut", "havre", "hameau", "haguenau", "harfleur", "honfleur", "houilles", "halles")
_FEMININE = (
    "commune",
    "communauté",
    "métropole",
    "ville",
    "préfecture",
    "région",
    "collectivité",
    "direction",
    "commission",
)
_MASCULINE = ("département", "conseil", "territoire", "syndicat", "pays", "service", "bureau", "haut-commissariat")


def euros(amount: Decimal | int | None) -> str:
    """Return the amount to the cent, as « 12 345,67 € »; « non disponible » for None."""
    if amount is None:
        return UNAVAILABLE
    return _grouped(f"{Decimal(amount):,.2f}") + NBSP + "€"


def euros_short(amount: Decimal | int | None) -> str:
    """Return the amount without its cents where they are nil, as « 12 345 € »."""
    if amount is None:
        return UNAVAILABLE
    value = Decimal(amount)
    return _grouped(f"{value:,.0f}") + NBSP + "€" if value == value.to_integral_value() else euros(value)


def signed_euros(amount: Decimal | int | None) -> str:
    """Return a difference with its sign, as « + 1 200 € »; nil has no sign."""
    if amount is None:
        return UNAVAILABLE
    sign = "+" if amount > 0 else MINUS
    return euros_short(amount) if amount == 0 else f"{sign}{NBSP}{euros_short(abs(Decimal(amount)))}"


def euros_in_words(amount: Decimal) -> str:
    """Return the amount in words, as « douze euros et trois centimes ».

    Raises:
        ValueError: the amount is negative.
    """
    if amount < 0:
        raise ValueError("An amount in words cannot be negative.")
    whole, cents = divmod(int(amount.quantize(_CENT, ROUND_HALF_UP) * 100), 100)
    parts = []
    if whole or not cents:
        words = num2words(whole, lang="fr")
        link = " d’" if words.split()[-1].rstrip("s") in ("million", "milliard") else " "
        parts.append(f"{words}{link}{'euros' if whole > 1 else 'euro'}")
    if cents:
        parts.append(f"{num2words(cents, lang='fr')} {'centimes' if cents > 1 else 'centime'}")
    return " et ".join(parts)


def number(value: Decimal | int | None, digits: int = 0) -> str:
    """Return the number with its thousands apart, as « 34 969 »."""
    return UNAVAILABLE if value is None else _grouped(f"{value:,.{digits}f}")


def count(total: int, one: str, many: str) -> str:
    """Return the count with its noun, as « 2 dossiers »; the plural begins at two."""
    return f"{number(total)}{NBSP}{many if abs(total) >= 2 else one}"


def percent(ratio: Decimal | float | None, digits: int = 0) -> str:
    """Return a ratio (1 is the whole) as « 45 % »; « non disponible » for None."""
    return UNAVAILABLE if ratio is None else _grouped(f"{ratio * 100:,.{digits}f}") + NBSP + "%"


def file_size(size: int) -> str:
    """Return a number of bytes as « 312 Ko » or « 1,4 Mo »."""
    if size < 1024 * 1024:
        return f"{number(max(1, round(size / 1024)))}{NBSP}Ko"
    return f"{number(Decimal(size) / (1024 * 1024), 1).removesuffix(',0')}{NBSP}Mo"


def long_date(day: date) -> str:
    """Return the day as « 3 mars 2026 », an instant being read at Paris."""
    if isinstance(day, datetime):
        day = _at_paris(day)
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def instant(moment: datetime) -> str:
    """Return the instant as « 3 mars 2026 à 14 h 32 », at Paris."""
    local = _at_paris(moment)
    return f"{long_date(local)} à {local.hour}{NBSP}h{NBSP}{local.minute:02d}"


def elapsed(start: datetime, now: datetime) -> str:
    """Return how long ago the start is, in days of the calendar beyond one day: « 3 jours », « 2 heures »."""
    minutes = int((now - start).total_seconds() // 60)
    if minutes < 1:
        return "moins d’une minute"
    if minutes < 60:
        return count(minutes, "minute", "minutes")
    days = (_at_paris(now).date() - _at_paris(start).date()).days
    if minutes < 24 * 60:
        return count(minutes // 60, "heure", "heures")
    if days < 60:
        return count(max(days, 1), "jour", "jours")
    return count(days // 30, "mois", "mois") if days < 730 else count(days // 365, "an", "ans")


def join_and(items: Sequence[str]) -> str:
    """Return the list as « a, b et c »."""
    return " et ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def de(name: str) -> str:
    """Return the name after « de », elided or contracted: « d’Aurillac », « du Mans », « de la Ville de Metz »."""
    head = re.split(r"[\s'’]", name, maxsplit=1)[0].lower()
    if name.startswith(("Le ", "Les ")):
        article, rest = name.split(" ", 1)
        return f"{'du' if article == 'Le' else 'des'} {rest}"
    if head in _FEMININE:
        return f"de la {name}"
    if head in _MASCULINE:
        return f"du {name}"
    if head in ("établissement", "état", "eurométropole", "agglomération"):
        return f"de l’{name}"
    return f"d’{name}" if _elides(name) else f"de {name}"


def _elides(name: str) -> bool:
    lower = name.lower()
    if lower[:1] == "y":
        return lower[1:2] not in _VOWELS or not lower[1:]
    if lower[:1] == "h":
        return not lower.startswith(_ASPIRATED)
    return lower[:1] != "" and lower[0] in _VOWELS


def _grouped(english: str) -> str:
    return english.replace(",", NBSP).replace(".", ",").replace("-", MINUS)


def _at_paris(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def safe_cell(value: Any) -> Any:
    """Return a cell of a CSV file that no spreadsheet takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
