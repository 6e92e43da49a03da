"""The refusals of money, as French sentences fit to show."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ctai.text import euros


class FundingRefused(Exception):
    """What money does not allow; ``reasons`` are sentences for the person at the screen."""

    def __init__(self, *reasons: str) -> None:
        self.reasons = list(reasons)
        super().__init__(" ".join(self.reasons))


class StaleVersion(FundingRefused):
    """Someone else saved the same thing since the page was shown."""

    def __init__(self, what: str = "Cette fiche a été modifiée") -> None:
        super().__init__(
            f"{what} par une autre personne, ou dans un autre onglet, depuis l’affichage de la page. Rien n’a été "
            "enregistré\u00a0: votre saisie est encore à l’écran. Comparez-la avec ce qui est enregistré, indiqué à "
            "côté, puis enregistrez de nouveau."
        )


class InputRefused(FundingRefused):
    """Entries that are wrong: ``errors`` gives a sentence for each field, « » for the whole."""

    def __init__(self, errors: Mapping[str, str]) -> None:
        self.errors = dict(errors)
        super().__init__(*self.errors.values())


class LinesRefused(FundingRefused):
    """Budget lines that are wrong: ``errors`` gives a sentence for each position in the list that was sent."""

    def __init__(self, errors: Mapping[int, str]) -> None:
        self.errors = dict(errors)
        super().__init__(*self.errors.values())


class BudgetsRefused(FundingRefused):
    """Lines of several budgets that are wrong: ``errors`` gives, by action id and year, those of ``LinesRefused``."""

    def __init__(self, errors: Mapping[tuple[int, int], Mapping[int, str]]) -> None:
        self.errors = {place: dict(wrong) for place, wrong in errors.items()}
        super().__init__(*(text for wrong in self.errors.values() for text in wrong.values()))


class EnvelopeExceeded(FundingRefused):
    """An envelope does not cover what is asked of it; amounts in euros."""

    def __init__(self, *, needed: Decimal, remaining: Decimal, year: int, holder: str = "", credit: str = "") -> None:
        self.needed, self.remaining, self.year = needed, remaining, year
        whose = f" ({holder})" if holder else ""
        kind = f" en {credit}" if credit else ""
        super().__init__(
            f"Enveloppe {year}{whose} insuffisante{kind} : {euros(needed)} nécessaires pour "
            f"{euros(remaining)} disponibles, il manque {euros(needed - remaining)}."
        )

    @property
    def missing(self) -> Decimal:
        return self.needed - self.remaining
