"""What the text of a contract takes from its file: what the file gives, and the merge fields that it leaves empty."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property

from django.utils import timezone

from contracts.models import Contract, ContractWording, CoSignatory, Letter
from documents.enums import DocumentKind
from documents.issuing import current_template
from documents.merging import used_fields
from documents.models import TemplateArticle
from funding.queries import firm_years


@dataclass(frozen=True, eq=False)
class TextSource:
    """Where the text of a contract finds what its file may leave empty; each is read when it is asked."""

    contract: Contract
    known_open_years: Collection[int] | None = None

    @cached_property
    def letter(self) -> Letter | None:
        return Letter.objects.filter(contract=self.contract).first()

    @cached_property
    def wording(self) -> ContractWording | None:
        return ContractWording.objects.filter(contract=self.contract).first()

    @cached_property
    def firm_years(self) -> Collection[int]:
        known = self.known_open_years
        return firm_years(self.contract.pk, self.contract.years) if known is None else known

    @cached_property
    def given(self) -> dict[str, str]:
        """What the file itself says, by field of the wording; empty where it says nothing."""
        letter, concluded = self.letter, self.contract.diagnostic_concluded_at
        return {
            "representative": letter.signatory_name if letter else "",
            "capacity": letter.signatory_title if letter else "",
            "diagnostic_on": timezone.localdate(concluded).isoformat() if concluded else "",
            "public": letter.expected_public if letter else "",
        }

    def value(self, name: str) -> str:
        """Return what the file says, else what the préfecture wrote for it."""
        written = getattr(self.wording, name) if not self.given[name] and self.wording else None
        return self.given[name] or str(written or "")

    @property
    def mark(self) -> str:
        """What tells these mentions from others, to find out that they changed since they were read."""
        written = [str(getattr(self.wording, name) or "") if self.wording else "" for name in self.given]
        return hashlib.sha256("\n".join(written).encode()).hexdigest()[:16]

    @property
    def to_fill(self) -> list[str]:
        """The fields of the wording that the file leaves empty."""
        return [name for name, value in self.given.items() if not value]

    def years(self, *, indicative: bool) -> list[int]:
        """Return the years of the contract whose amount is indicative, or the others."""
        return [year for year in self.contract.years if (year not in self.firm_years) == indicative]


#: The only fields of a contract about to be issued that may be empty: requirements and constraints hold the others.
MAY_BE_EMPTY: dict[str, Callable[[TextSource], bool]] = {
    "porteur.siren": lambda source: not source.contract.porteur.siren,
    "porteur.representant": lambda source: not source.value("representative"),
    "porteur.qualite": lambda source: not source.value("capacity"),
    "contrat.debut": lambda source: source.contract.starts_on is None,
    "contrat.fin": lambda source: source.contract.ends_on is None,
    "contrat.public": lambda source: not source.value("public"),
    "diagnostic.date": lambda source: not source.value("diagnostic_on"),
    "lettre.date": lambda source: source.contract.letter_sent_at is None,
    "montant.annees_fermes": lambda source: not source.years(indicative=False),
    "montant.annees_indicatives": lambda source: not source.years(indicative=True),
    "tribunal.adresse": lambda source: True,
}
#: Whether an article applies, from what a file under way tells at little cost; the others are taken to apply.
APPLIES: dict[str, Callable[[TextSource], bool]] = {
    "annees_indicatives": lambda source: bool(source.years(indicative=True)),
    "plusieurs_annees": lambda source: len(source.contract.years) > 1,
    "plusieurs_collectivites": lambda source: CoSignatory.objects.filter(
        contract=source.contract, left_at__isnull=True
    ).exists(),
}


def text_gaps(contract: Contract, known_open_years: Collection[int] | None = None) -> tuple[str, ...]:
    """Return the merge fields that the published template of the contract prints and this file leaves empty.

    Args:
        contract: the file, under review or approved.
        known_open_years: the years whose campaign is open, where the caller has read them and nothing is taken yet.
    """
    source = TextSource(contract, known_open_years)
    articles = TemplateArticle.objects.filter(version=current_template(DocumentKind.CONTRACT)).order_by("rank")
    gaps = [name for article in articles for name in _empty(article, source)]
    return tuple(dict.fromkeys(gaps))


def _empty(article: TemplateArticle, source: TextSource) -> list[str]:
    may_be_empty = [name for name in used_fields(article.body) if name in MAY_BE_EMPTY]
    applies = APPLIES.get(article.condition)
    if not may_be_empty or (applies is not None and not applies(source)):
        return []
    return [name for name in may_be_empty if MAY_BE_EMPTY[name](source)]
