"""Budgets by sheet and by workbook: cells saved together, wrong ones named, nothing half-written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from contracts.budgets import UNREADABLE
from contracts.models import Contract
from funding.models import BudgetLine
from funding.services.budgets import LineInput, save_budget
from journal.models import Event
from tests.factories.funding import a_file, an_action, balanced_lines
from tests.people import People

BLANK = "amount-charge-60-2026"


def _url(name: str, contract: Contract, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def contract(people: People) -> Contract:
    contract = a_file(people, "proposal", last=2027)
    an_action(contract, people.poitiers_agent)
    return contract


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.poitiers_agent)


def _amounts(year: int) -> dict[str, Decimal]:
    rows = BudgetLine.objects.filter(year=year).order_by("pk")
    return {
        f"{row.account}{row.funder and '/' + row.funder}{row.label and ':' + row.label}": row.amount for row in rows
    }


# --- the sheet of all the years --------------------------------------------------------------------------------------


def test_the_sheet_saves_changed_cells_alone(contract: Contract, agent: Client) -> None:
    page = agent.get(_url("budget_grid", contract, 1))
    seen = {f"seen-{year}": page.context["form"][f"seen-{year}"].value() for year in (2026, 2027)}
    before = _amounts(2026)

    answer = agent.post(_url("budget_grid", contract, 1), seen | {"amount-charge-61-2027": "1\u202f234,56\u00a0€"})

    assert answer.status_code == 302
    assert _amounts(2026) == before
    assert _amounts(2027) == before | {"61": Decimal("1234.56")}
    assert Event.objects.filter(kind="budget_saved").latest("pk").payload == {"number": 1, "years": [2027]}


def test_the_sheet_empties_cells_and_adds_named_lines(contract: Contract, agent: Client) -> None:
    sent = {"amount-product-74-commune-2026": "", "account-product-0": "74/region", "label-product-0": "Fonds"}

    agent.post(_url("budget_grid", contract, 1), sent | {"amount-product-0-2026": "5000"})

    assert _amounts(2026) == {
        "64": Decimal("15000.00"),
        "74/state_p104": Decimal("10000.00"),
        "74/region:Fonds": Decimal("5000.00"),
    }
    assert BudgetLine.objects.get(label="Fonds").status == "requested"


@pytest.mark.parametrize("typed", ["-1", "12 345,678", "1.234,56", "1000000000000", "=1+1"])
def test_a_wrong_cell_of_the_sheet_comes_back_with_the_others(contract: Contract, agent: Client, typed: str) -> None:
    answer = agent.post(_url("budget_grid", contract, 1), {BLANK: typed, "amount-charge-62-2027": "7"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [BLANK]
    assert f'value="{typed}"' in page
    assert 'value="15 000,00"' in page.replace("\u00a0", " ")
    assert answer.context["differences"] == [(2026, UNREADABLE), (2027, "Il manque 7,00\u00a0€ de produits.")]
    assert "62" not in _amounts(2027)


def test_an_old_sheet_is_refused_with_its_entry(contract: Contract, agent: Client, people: People) -> None:
    seen = agent.get(_url("budget_grid", contract, 1)).context["form"]["seen-2026"].value()
    agent.post(_url("budget_grid", contract, 1), {BLANK: "3", "seen-2026": seen})

    answer = agent.post(_url("budget_grid", contract, 1), {BLANK: "4", "seen-2026": seen})

    assert answer.status_code == 409
    form = answer.context["form"]
    assert 'name="amount-charge-60-2026" value="4"' in answer.content.decode()
    assert form.errors[BLANK] == ["Montant enregistré\u00a0: 3,00\u00a0€."]
    assert form.non_field_errors()[0].startswith(
        "Ce budget a été modifié par une autre personne, ou dans un autre onglet"
    )
    assert answer.context["differences"][0] == (2026, "Il manque 4,00\u00a0€ de produits.")
    assert _amounts(2026)["60"] == Decimal("3.00")


def test_sixty_pasted_cells_cost_the_queries_of_three(contract: Contract, agent: Client, people: People) -> None:
    lines = [*balanced_lines(), *(_charge(f"Poste {each}", each + 1) for each in range(30))]
    action = contract.actions.get()
    for year in (2026, 2027):
        save_budget(action=action, year=year, lines=lines, by=people.poitiers_agent, now=contract.created_at)
    fields = agent.get(_url("budget_grid", contract, 1)).context["form"].fields
    cells, counts = [name for name in fields if "line-" in name], []
    agent.post(_url("budget_grid", contract, 1), {BLANK: "1"})
    for many in (3, 60):
        with CaptureQueriesContext(connection) as queries:
            answer = agent.post(_url("budget_grid", contract, 1), dict.fromkeys(cells[:many], f"{many},00\u00a0€"))
        assert (answer.status_code, len(cells)) == (302, 60)
        counts.append(len(queries))

    assert counts[0] == counts[1]


def _charge(label: str, amount: int) -> Any:
    return LineInput(side="charge", account="60", label=label, amount=Decimal(amount))


# --- the workbook ----------------------------------------------------------------------------------------------------


def _download(agent: Client, contract: Contract) -> Workbook:
    return load_workbook(io.BytesIO(agent.get(_url("budget_workbook", contract)).content))


def _send(agent: Client, contract: Contract, workbook: Workbook | bytes, name: str = "budget.xlsx") -> Any:
    data = workbook
    if isinstance(workbook, Workbook):
        buffer = io.BytesIO()
        workbook.save(buffer)
        data = buffer.getvalue()
    assert isinstance(data, bytes)
    return agent.post(_url("budgets", contract), {"file": SimpleUploadedFile(name, data)})


def _row(sheet: Any, code: str) -> int:
    return next(int(row[0].row) for row in sheet.iter_rows(max_col=1) if row[0].value == code)


def _problems(answer: Any) -> list[tuple[str, str, str]]:
    return [(each.sheet, each.cell, each.text) for each in answer.context["problems"]]


def test_the_workbook_is_prefilled_and_protected(contract: Contract, agent: Client) -> None:
    workbook = _download(agent, contract)
    sheet = workbook["Action 1"]
    row = _row(sheet, "charge|64|")

    assert [sheet.cell(4, column).value for column in (5, 6)] == [2026, 2027]
    assert (sheet.cell(row, 5).value, sheet.cell(row, 5).protection.locked) == (15000, False)
    assert sheet.protection.sheet is True
    assert sheet.cell(row, 2).protection.locked is True
    charges, products = _row(sheet, "charge|total|"), _row(sheet, "product|total|")
    assert sheet.cell(charges, 5).value == f"=SUM(E6:E{charges - 1})"
    assert sheet.cell(products + 1, 6).value == f"=ROUND(F{charges}-F{products},2)"
    assert contract.reference in str(workbook["Mode d’emploi"]["A2"].value)


def test_a_filled_workbook_replaces_the_budgets_it_holds(contract: Contract, agent: Client) -> None:
    workbook = _download(agent, contract)
    sheet = workbook["Action 1"]
    sheet.cell(_row(sheet, "charge|60|"), 5, "1 234,56 €")
    sheet.cell(_row(sheet, "charge|64|"), 6).value = None
    town = _row(sheet, "product|74|commune")
    sheet.cell(town, 4, "sollicité")
    free = _row(sheet, "product|libre|")
    for column, value in ((2, "74 – Région"), (3, "Fonds régional"), (4, "acquis"), (5, 1234.56)):
        sheet.cell(free, column).value = value

    answer = _send(agent, contract, workbook)

    assert answer.status_code == 302
    assert _amounts(2026) == {
        "64": Decimal("15000.00"),
        "74/state_p104": Decimal("10000.00"),
        "74/commune": Decimal("5000.00"),
        "60": Decimal("1234.56"),
        "74/region:Fonds régional": Decimal("1234.56"),
    }
    assert "64" not in _amounts(2027)
    statuses = dict(BudgetLine.objects.filter(year=2026, account="74").values_list("funder", "status"))
    assert statuses == {"state_p104": "requested", "commune": "requested", "region": "obtained"}
    assert Event.objects.get(kind="budgets_imported").payload == {"budgets": [[1, 2026], [1, 2027]]}


def test_a_workbook_tells_which_labels_will_not_be_printed(contract: Contract, agent: Client) -> None:
    workbook = _download(agent, contract)
    sheet = workbook["Action 1"]
    free = _row(sheet, "product|libre|")
    for column, value in ((2, "74 – Région"), (3, "Fonds 🙂"), (4, "acquis"), (5, 10)):
        sheet.cell(free, column).value = value

    answer = agent.get(_send(agent, contract, workbook)["Location"])

    assert "« 🙂 » est retiré" in answer.content.decode().replace("\u00a0", " ")


def test_a_workbook_sent_back_as_it_came_changes_nothing(contract: Contract, agent: Client) -> None:
    before = list(BudgetLine.objects.order_by("pk").values())

    answer = agent.get(_send(agent, contract, _download(agent, contract))["Location"])

    assert "rien n’a changé" in answer.content.decode()
    assert list(BudgetLine.objects.order_by("pk").values()) == before


AMOUNTS: dict[str, tuple[Any, str]] = {
    "negative": (-5, "négatif"),
    "three decimals": (12345.678, "deux décimales"),
    "too large": (10**12, "dépasse"),
    "beyond any amount": (1e30, "dépasse"),
    "beyond any number": (1e300, "dépasse"),
    "two ways": ("1.234,56", "deux façons"),
    "formula": ("=1+1", "formule"),
    "date": (date(2026, 1, 1), "montant"),
    "words": ("environ 300", "montant"),
}


@pytest.mark.parametrize("wrong", AMOUNTS)
def test_a_wrong_cell_of_a_workbook_is_named_and_nothing_is_kept(
    contract: Contract, agent: Client, wrong: str
) -> None:
    value, words = AMOUNTS[wrong]
    workbook = _download(agent, contract)
    sheet = workbook["Action 1"]
    row = _row(sheet, "charge|61|")
    sheet.cell(row, 5, value)
    sheet.cell(_row(sheet, "charge|62|"), 5, 99)
    before = _amounts(2026)

    answer = _send(agent, contract, workbook)

    [(name, cell, text)] = _problems(answer)
    assert (answer.status_code, name, cell) == (422, "Action 1", f"E{row}")
    assert words in text
    assert _amounts(2026) == before


def test_duplicate_lines_unknown_accounts_and_years_are_named(contract: Contract, agent: Client) -> None:
    workbook = _download(agent, contract)
    sheet = workbook["Action 1"]
    free = _row(sheet, "charge|libre|")
    added: list[tuple[Any, ...]] = [("60 – Achats", "Livres", 5), ("60 – Achats", "Livres", 6), ("Divers", "?", 7)]
    for place, values in enumerate(added):
        for column, value in zip((2, 3, 5), values, strict=True):
            sheet.cell(free + place, column).value = value
    sheet.cell(4, 6).value = 2030

    found = _problems(_send(agent, contract, workbook))

    assert [(sheet, cell) for sheet, cell, _ in found] == [
        ("Action 1", "F4"),
        ("Action 1", f"B{free + 2}"),
        ("Action 1", f"E{free + 1}"),
    ]
    assert "2030" in found[0][2]
    assert "deux fois" in found[2][2]


def _other_version(workbook: Workbook) -> None:
    workbook["_ctai"]["B1"] = "budget-0"


def _other_file(workbook: Workbook) -> None:
    workbook["_ctai"]["B2"] = "CTAI-2026-033-0001"


def _no_mark(workbook: Workbook) -> None:
    del workbook["_ctai"]


WHOLE: dict[str, tuple[Callable[[Workbook], None], str]] = {
    "another version": (_other_version, "autre version"),
    "another file": (_other_file, "CTAI-2026-033-0001"),
    "another workbook": (_no_mark, "n’est pas le modèle"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_workbook_of_another_origin_is_refused(contract: Contract, agent: Client, case: str) -> None:
    change, words = WHOLE[case]
    workbook = _download(agent, contract)
    change(workbook)

    answer = _send(agent, contract, workbook)

    assert answer.status_code == 422
    assert words in _problems(answer)[0][2]


def _damaged(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """Return the archive with one of its parts changed."""
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        for each in archive.namelist():
            made.writestr(each, change(archive.read(each)) if each == name else archive.read(each))
    return output.getvalue()


BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    b'<!ENTITY %c "%s">' % (98 + rank, b"&%c;" % (97 + rank) * 10) for rank in range(9)
)


@pytest.mark.parametrize("part", ["docProps/core.xml", "xl/workbook.xml", "xl/worksheets/sheet4.xml"])
@pytest.mark.parametrize("change", ["cut", "empty", "bomb"])
def test_a_damaged_workbook_is_refused_whatever_is_wrong_inside(
    contract: Contract, agent: Client, part: str, change: str
) -> None:
    changes: dict[str, Callable[[bytes], bytes]] = {
        "cut": lambda content: content[: len(content) // 2],
        "empty": lambda _content: b"",
        "bomb": lambda _content: BOMB + b"]><a>&j;</a>",
    }
    data = agent.get(_url("budget_workbook", contract)).content
    before = _amounts(2026)

    answer = _send(agent, contract, _damaged(data, part, changes[change]))

    assert answer.status_code == 422
    assert _amounts(2026) == before


def test_a_workbook_older_than_a_change_is_refused(contract: Contract, agent: Client) -> None:
    workbook = _download(agent, contract)
    agent.post(_url("budget_grid", contract, 1), {BLANK: "3"})

    answer = _send(agent, contract, workbook)

    assert answer.status_code == 409
    assert _amounts(2026)["60"] == Decimal("3.00")


def test_macros_and_other_types_are_refused(contract: Contract, agent: Client) -> None:
    buffer = io.BytesIO()
    _download(agent, contract).save(buffer)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")

    renamed = _send(agent, contract, buffer.getvalue())
    named = _send(agent, contract, buffer.getvalue(), "budget.xlsm")
    text = _send(agent, contract, b"a;b;c")

    assert [each.status_code for each in (renamed, named, text)] == [422] * 3
    assert "macros" in str(renamed.context["form"].errors)


def test_the_consolidated_budget_tells_nature_rate_and_own_share(contract: Contract, agent: Client) -> None:
    page = agent.get(_url("budgets", contract)).content.decode().replace("\u00a0", " ").replace("\u202f", " ")

    for text in (
        "30 000,00 €",
        "20 000,00 €, soit 66,7 % du coût",
        "10 000,00 €, soit 33,3 % du coût",
        "64 – Charges",
    ):
        assert text in page


def test_the_budget_page_costs_the_same_with_one_action_and_three(
    contract: Contract, agent: Client, people: People
) -> None:
    counts = []
    for wanted in (1, 3):
        for place in range(contract.actions.count(), wanted):
            an_action(contract, people.poitiers_agent, title=f"Action {place}")
        agent.get(_url("budgets", contract))
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(_url("budgets", contract)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] < 15
