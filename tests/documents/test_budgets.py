"""The budget of an action, side by side on paper and line by line in the embedded CSV."""

import csv
import io

from documents.budgets import budget_csv, budget_of
from tests.factories.documents import action


def test_budget_puts_years_side_by_side_and_keeps_lines_written_twice() -> None:
    item = action(1)
    twice = {"account": "60", "label": "Achats", "amount": "10.00"}
    item["years"] = [item["years"][0], item["years"][1] | {"charges": [twice, twice]}]

    budget = budget_of(item)

    first = item["years"][0]["charges"]
    assert [(line.label, line.amounts) for line in budget.charges] == [
        ("Achats", (first[0]["amount"], "10.00")),
        ("Achats", (None, "10.00")),
        ("Services extérieurs", (first[1]["amount"], None)),
        ("Charges de personnel", (first[2]["amount"], None)),
    ]
    assert budget.products[0].funder == "État – programme 104 (sollicité)"


def test_budget_csv_holds_every_line_of_the_actions_kept_and_no_formula() -> None:
    kept = action(1, title="=CMD()")

    rows = list(csv.reader(io.StringIO(budget_csv([kept, action(2, decision="rejected")]).decode()), delimiter=";"))

    assert len(rows) == 1 + 3 * 5
    assert rows[0][0] == "\ufeffaction"
    assert rows[1] == ["1", "'=CMD()", "2026", "non", "charge", "60", "Achats", "", "", "1250.00"]
    assert {row[0] for row in rows[1:]} == {"1"}
    assert rows[4][4:9] == ["produit", "74", "Subventions d’exploitation", "État – programme 104", "sollicité"]
