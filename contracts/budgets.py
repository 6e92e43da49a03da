"""What the pages of the budget say of it in words: balance, rate of the State, share of the collectivités."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal

from ctai.text import NBSP, euros, percent
from funding.figures import Totals, share_of, total
from funding.models import Action

#: Said in place of the balance, as the sheet does while one types.
UNREADABLE = "Une case n’est pas un montant\u00a0: corrigez-la."


def balance_sentence_of(sums: Mapping[str, Decimal]) -> str:
    """Say what the two sides lack to be equal, from the sums of a form."""
    gap = sums["charge"] - sums["product"]
    if gap:
        return f"Il manque {euros(abs(gap))} de {'produits' if gap > 0 else 'charges'}."
    if sums["voluntary_charge"] != sums["voluntary_product"]:
        return "Les contributions volontaires (comptes 86 et 87) doivent être égales."
    return "Budget équilibré." if sums["charge"] else "Budget à remplir."


def summary(actions: Sequence[Action], totals: Totals, own: Collection[str]) -> list[tuple[str, str]]:
    """Return the facts at the head of the consolidated budget.

    Args:
        actions: with their lines.
        totals: their sums.
        own: the funders that the collectivités of the contract are.
    """
    whole = totals.whole
    others = total(row.total for row in totals.by_funder) - whole.requested
    share = share_of(actions, own)
    facts = [
        ("Coût total", euros(whole.cost)),
        ("Demandé à l’État (programme 104)", _with_rate(whole.requested, whole.cost)),
        ("Part propre des collectivités du contrat", _with_rate(share, whole.cost)),
        ("Autres cofinancements", _with_rate(others - share, whole.cost)),
    ]
    return facts if whole.cost else facts[:1]


def _with_rate(amount: Decimal, whole: Decimal) -> str:
    return f"{euros(amount)}, soit {percent(amount / whole, 1)} du coût" if whole else euros(amount)


def masked_iban(iban: str) -> str:
    """Return an IBAN that tells the bank and the end of the account, no more: « FR76 3000 •••• 0189 »."""
    return f"{iban[:4]} {iban[4:8]} •••• {iban[-4:]}".replace(" ", NBSP)
