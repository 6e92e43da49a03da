"""The budget of an action as it is printed and published: by line and year, from the frozen data."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ctai.text import safe_cell

Line = Mapping[str, Any]
COLUMNS = (
    "action",
    "intitule_action",
    "annee",
    "indicative",
    "nature",
    "compte",
    "intitule",
    "financeur",
    "etat",
    "montant",
)
MOST_LINES_OF_A_PAGE = 30
# What the head of a column says already (a year is indicative or not), and the line of what is granted.
TOLD_BY_COLUMNS = frozenset({"accordé", "indicatif"})
BOM = "\ufeff"  # spreadsheets read accents then


@dataclass(frozen=True, slots=True)
class BudgetLine:
    """One account, and one funder where it is a product; its amount of each year, None where it has none."""

    account: str
    label: str
    funder: str
    amounts: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Budget:
    """The years of an action side by side."""

    years: tuple[Mapping[str, Any], ...]
    charges: tuple[BudgetLine, ...]
    products: tuple[BudgetLine, ...]

    @property
    def charges_hold_on_a_page(self) -> bool:
        """Tell whether the table of charges is short enough never to be cut."""
        return len(self.charges) <= MOST_LINES_OF_A_PAGE

    @property
    def products_hold_on_a_page(self) -> bool:
        """Tell whether the table of products is short enough never to be cut."""
        return len(self.products) <= MOST_LINES_OF_A_PAGE


def budget_of(action: Mapping[str, Any]) -> Budget:
    """Lay out the years of an action side by side."""
    years = tuple(action["years"])
    return Budget(
        years=years,
        charges=tuple(_lines([year["charges"] for year in years])),
        products=tuple(_lines([year["products"] for year in years])),
    )


def _lines(by_year: Sequence[Sequence[Line]]) -> Iterator[BudgetLine]:
    """Yield the lines by account, the State before other funders; one written twice in a year is two lines."""
    amounts: dict[tuple[str, str, str, int], list[str | None]] = {}
    for rank, lines in enumerate(by_year):
        seen: dict[tuple[str, str, str], int] = {}
        for line in lines:
            key = (line["account"], line["label"], _funder(line))
            seen[key] = seen.get(key, 0) + 1
            amounts.setdefault((*key, seen[key]), [None] * len(by_year))[rank] = line["amount"]
    for (account, label, funder, _), row in sorted(amounts.items(), key=lambda item: _rank(*item[0])):
        yield BudgetLine(account, label, funder, tuple(row))


def _rank(account: str, _label: str, funder: str, _count: int) -> tuple[str, bool]:
    """Order by account, the State before the other funders."""
    return account, not funder.startswith("État")


def _funder(line: Line) -> str:
    funder, status = line.get("funder", ""), line.get("status", "")
    return f"{funder} ({status})" if status and status not in TOLD_BY_COLUMNS else funder


def budget_csv(actions: Sequence[Mapping[str, Any]]) -> bytes:
    """Return every line of every action kept, as the CSV that is embedded in a contract."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for action in actions:
        if action["decision"] == "rejected":
            continue
        for year in action["years"]:
            head = (action["number"], action["title"], year["year"], "oui" if year["is_indicative"] else "non")
            for nature, lines in (("charge", year["charges"]), ("produit", year["products"])):
                for line in lines:
                    writer.writerow(
                        [
                            *map(safe_cell, (*head, nature, line["account"], line["label"])),
                            *map(safe_cell, (line.get("funder", ""), line.get("status", ""))),
                            line["amount"],
                        ]
                    )
    return out.getvalue().encode()
