"""How the frozen data of a document are written on its pages."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils.safestring import SafeString

from ctai.text import NBSP, count, de, euros, euros_in_words, file_size, instant, join_and, long_date, number, percent
from documents.budgets import Budget, budget_of
from documents.merging import unbroken, with_article
from documents.text import as_html, in_lines, rich_html

register = template.Library()

SIRET_LENGTH = 14
LONG_NUMBER = 30  # beyond, the number of an act may begin a line


@register.filter
def money(amount: str | None) -> str:
    """Write « 12 345,67 € », or a dash where there is no amount yet."""
    return "–" if amount is None else euros(Decimal(amount))


@register.filter
def money_in_words(amount: str) -> str:
    """Write « douze euros et trois centimes »."""
    return euros_in_words(Decimal(amount))


@register.filter
def rate(value: str | None) -> str:
    """Write « 62,50 % » from « 62.50 »."""
    return "–" if value is None else percent(Decimal(value) / 100, 2)


@register.filter
def day(value: str | None) -> str:
    """Write « 3 mars 2026 » from an ISO day, or a dash where there is none yet."""
    return unbroken(long_date(date.fromisoformat(value))) if value else "–"


@register.filter
def moment(value: str) -> str:
    """Write « 3 mars 2026 à 14 h 05 » from an ISO instant."""
    return unbroken(instant(datetime.fromisoformat(value)))


@register.filter
def people(value: int | None) -> str:
    """Write a number of persons, or a dash."""
    return "–" if value is None else number(value)


@register.filter
def expected(value: int) -> str:
    """Write « 48 personnes prévues », or « 1 personne prévue »."""
    return count(value, "personne prévue", "personnes prévues")


@register.filter
def prose(text: str) -> SafeString:
    """Write plain text as paragraphs and lists."""
    return as_html(text)


@register.filter
def rich(text: str) -> SafeString:
    """Write a rich text, or the plain text that older documents hold."""
    return rich_html(text)


@register.filter
def lines(text: str) -> SafeString:
    """Write the lines of an address."""
    return in_lines(text)


@register.filter
def listed(items: list[str]) -> str:
    """Write « a, b et c »."""
    return join_and(items)


@register.filter
def identifier(value: str) -> str:
    """Write a SIREN or a SIRET in its usual groups: « 218 601 946 00013 »."""
    groups = [value[0:3], value[3:6], value[6:9], value[9:]]
    return "\u00a0".join(group for group in groups if group)


@register.filter
def numbered(value: str) -> str:
    """Write « SIRET 218 601 946 00013 » or « SIREN 218 601 946 », all on one line; nothing where there is none."""
    return f"{'SIRET' if len(value) == SIRET_LENGTH else 'SIREN'}{NBSP}{identifier(value)}" if value else ""


@register.filter
def instructed(reference: str) -> str:
    """Write the instruction of a campaign with its article, whatever form its reference was given."""
    first = reference.split(" ", 1)[0].lower()
    if first == "instruction":
        return f"l’{reference[0].lower()}{reference[1:]}"
    if first in ("circulaire", "note", "directive"):
        return f"la {reference[0].lower()}{reference[1:]}"
    return f"l’instruction ministérielle {reference}"


@register.filter
def named(name: str) -> str:
    """Write the name of a collectivité with its article: « la Commune de Poitiers »."""
    return with_article(name)


@register.filter
def kept(actions: list[dict[str, object]]) -> list[dict[str, object]]:
    """Leave out the actions that were not retained."""
    return [action for action in actions if action["decision"] != "rejected"]


@register.filter
def indicated(actions: list[dict[str, object]]) -> list[dict[str, object]]:
    """Keep the actions that have an indicator: a table without a row is no table."""
    return [action for action in actions if action["indicators"]]


@register.filter
def budget(action: Mapping[str, Any]) -> Budget:
    """Lay out the budget of an action: a line for each account and funder, a column for each year."""
    return budget_of(action)


@register.filter
def files(attachments: list[Any]) -> list[Mapping[str, Any]]:
    """Return the pieces to list; older data know their names alone."""
    return [
        {"name": each, "nature": "", "size": 0, "sha256": ""} if isinstance(each, str) else each
        for each in attachments
    ]


@register.filter
def weight(size: int) -> str:
    """Write « 312 Ko »."""
    return file_size(size)


@register.filter
def cited(deliberation: Mapping[str, Any]) -> str:
    """Write « délibération n° 2026-058 », or « décision n° 12 » for one taken by delegation."""
    kind = "décision" if _is_decision(deliberation) else "délibération"
    number = deliberation["number"]
    return f"{kind} n°{NBSP if len(number) < LONG_NUMBER else ' '}{number}"


@register.filter
def taken_by(deliberation: Mapping[str, Any]) -> str:
    """Write the organ that took an act: « conseil municipal », or « par délégation »."""
    if _is_decision(deliberation):
        return "par délégation"
    return f"{deliberation['body'][:1].lower()}{deliberation['body'][1:]}"


@register.filter
def by_organ(deliberation: Mapping[str, Any], party: str) -> str:
    """Write who voted: « du conseil municipal de la Commune de Poitiers »."""
    if _is_decision(deliberation):
        return f"prise par délégation de l’assemblée {de(party)}"
    organ = taken_by(deliberation)
    return f"{de(organ) if organ else ''} {de(party)}".strip()


def _is_decision(deliberation: Mapping[str, Any]) -> bool:
    return str(deliberation["body"]).lower().startswith("décision")


@register.filter
def represented(name: str) -> str:
    """Write « représentée par » as the name of the collectivité asks, or what agrees with any."""
    first = name.split(" ", 1)[0].lower()
    contracted = de(name)
    if contracted == f"de la {name}" or first.endswith("métropole"):
        return "représentée par"
    return "représenté par" if contracted == f"du {name}" else "ayant pour représentant"


@register.filter
def signers(parties: Mapping[str, Any]) -> str:
    """Write « l’État, la Commune de Poitiers et la Communauté urbaine Grand Poitiers »."""
    return join_and(["l’État", *(with_article(party["full_name"]) for party in parties["local"])])
