"""Whatever the budgets, each total of each page, document and file is the sum of the rows, to the cent."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from contracts.models import Contract
from contracts.snapshot import View, request_data
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.rendering import html_of
from funding.enums import CHARGE_ACCOUNTS, PRODUCT_ACCOUNTS, Funder
from funding.models import Action, BudgetLine, Movement
from funding.queries import exact_sum
from funding.services.budgets import LineInput, save_budget
from funding.services.requests import freeze_requests
from tests.factories.funding import a_file, an_action, an_event
from tests.people import People

AMOUNTS = st.integers(0, 99_999_999).map(lambda cents: Decimal(cents) / 100)
PRODUCTS = [(account, "") for account in PRODUCT_ACCOUNTS if account != "74"] + [
    ("74", each) for each in Funder.values
]
LINES = st.one_of(
    st.tuples(st.just("charge"), st.sampled_from([(account, "") for account in CHARGE_ACCOUNTS]), AMOUNTS),
    st.tuples(st.just("product"), st.sampled_from(PRODUCTS), AMOUNTS),
)
BUDGETS = st.lists(st.lists(LINES, max_size=8, unique_by=lambda line: (line[0], line[1])), min_size=4, max_size=4)
EXAMPLES = settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class _Undo(Exception):
    """Ends an example."""


def _input(side: str, account: tuple[str, str], amount: Decimal) -> LineInput:
    return LineInput(side=side, account=account[0], funder=account[1], amount=amount)


def _sum(rows: Iterable[BudgetLine], **wanted: Any) -> Decimal:
    return sum(
        (row.amount for row in rows if all(getattr(row, name) == value for name, value in wanted.items())), Decimal(0)
    )


def _written(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",") + " €"


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def _check_tables(tables: Iterable[dict[str, Any]]) -> None:
    """Each total of a table is the sum of its cells."""
    for table in tables:
        for column, head in enumerate(table["columns"]):
            if head["numeric"] and head["label"] != "Taux":
                cells = [_read(row[column]) for row in table["rows"]]
                assert sum(cells, Decimal(0)) == _read(table["total"][column]), table["caption"]


def _read(cell: str) -> Decimal:
    return Decimal(_plain(cell).replace(" ", "").replace("€", "").replace(",", ".") or "0")


@EXAMPLES
@given(budgets=BUDGETS)
def test_every_total_is_the_sum_of_the_rows(people: People, now: datetime, budgets: list[Any]) -> None:
    try:
        with transaction.atomic():
            _example(people, now, budgets)
            raise _Undo
    except _Undo:
        pass


def _example(people: People, now: datetime, budgets: list[Any]) -> None:
    contract = a_file(people, "proposal", last=2027)
    actions = [an_action(contract, people.poitiers_agent, title=title) for title in ("Un", "Deux")]
    places = [(action, year) for action in actions for year in (2026, 2027)]
    for (action, year), lines in zip(places, budgets, strict=True):
        save_budget(
            action=action, year=year, lines=[_input(*line) for line in lines], by=people.poitiers_agent, now=now
        )
    agent = people.client_for(people.poitiers_agent)
    rows = list(BudgetLine.objects.filter(action__contract=contract))
    _check_pages(agent, contract, rows)
    _check_proposal(agent, people.client_for(people.vienne_agent), contract, rows)
    _check_document(contract, rows, people, now)
    _check_workbook(agent, contract, actions, rows)
    freeze_requests(contract.pk, an_event(contract), now)
    assert exact_sum(Movement.objects.filter(contract=contract)) == _sum(rows, funder="state_p104")


def _check_pages(agent: Client, contract: Contract, rows: list[BudgetLine]) -> None:
    url = {name: reverse(f"contracts:{name}", args=[contract.reference]) for name in ("budgets", "request_summary")}
    budget, request = agent.get(url["budgets"]), agent.get(url["request_summary"])
    _check_tables([*budget.context["tables"], *request.context["tables"], request.context["payees"]])
    by_caption = {table["caption"]: table for table in budget.context["tables"]}
    assert _read(by_caption["Charges, par nature et par année"]["total"][-1]) == _sum(rows, side="charge")
    assert _read(by_caption["Produits, par nature et par année"]["total"][-1]) == _sum(rows, side="product")
    assert _read(by_caption["Par année"]["total"][1]) == _sum(rows, side="charge")
    assert _read(request.context["payees"]["total"][-1]) == _sum(rows, funder="state_p104")
    for number in (1, 2):
        grid = agent.get(reverse("contracts:budget_grid", args=[contract.reference, number]))
        for year, sums in grid.context["form"].sums().items():
            mine = [row for row in rows if row.action.number == number and row.year == year]
            assert (sums["charge"], sums["product"]) == (_sum(mine, side="charge"), _sum(mine, side="product"))


def _check_proposal(agent: Client, reader: Client, contract: Contract, rows: list[BudgetLine]) -> None:
    """The list of the actions and its requests, then the budget of each action and year for those who read."""
    page = agent.get(reverse("contracts:proposal", args=[contract.reference]))
    _check_tables(page.context["tables"])
    for row in page.context["actions"]:
        mine = [line for line in rows if line.action_id == row["action"].pk]
        assert _read(row["cost"]) == _sum(mine, side="charge")
        assert _read(row["asked"]) == _sum(mine, funder="state_p104")
    for request in page.context["requests"]:
        assert _read(request["asked"]) == _sum(rows, funder="state_p104", year=request["year"])
    for number in (1, 2):
        for year in (2026, 2027):
            read = reader.get(reverse("contracts:budget", args=[contract.reference, number, year]))
            for side, key in zip(read.context["sides"], ("charge", "product"), strict=True):
                mine = [line for line in rows if line.action.number == number and line.year == year]
                cells = [_read(amount) for _, amount in side["rows"]]
                assert sum(cells, Decimal(0)) == _read(side["total"]) == _sum(mine, side=key)


def _check_document(contract: Contract, rows: list[BudgetLine], people: People, now: datetime) -> None:
    by = people.poitiers_agent
    data = request_data(View(contract=contract, now=now, by=by), draft=True)
    document = issue(
        kind=DocumentKind.FUNDING_REQUEST,
        contract_id=contract.pk,
        data=data,
        by=by,
        now=now,
        event=None,
        is_draft=True,
    )
    html = _plain(html_of(document))
    totals = data["totals"]
    for part, column in (("by_year", "requested"), ("by_axis", "total_cost"), ("by_beneficiary", "requested")):
        whole = totals["total_cost"] if column == "total_cost" else totals["requested"]
        assert sum((Decimal(row[column]) for row in totals[part]), Decimal(0)) == Decimal(whole)
    assert Decimal(totals["total_cost"]) == _sum(rows, side="charge")
    assert Decimal(totals["requested"]) == _sum(rows, funder="state_p104")
    assert sum((Decimal(each["total"]) for each in data["payments"]), Decimal(0)) == Decimal(totals["requested"])
    for amount in (totals["total_cost"], totals["requested"]):
        assert _written(Decimal(amount)) in html


def _check_workbook(agent: Client, contract: Contract, actions: list[Action], rows: list[BudgetLine]) -> None:
    answer = agent.get(reverse("contracts:budget_workbook", args=[contract.reference]))
    workbook = load_workbook(io.BytesIO(answer.content))
    for action in actions:
        sheet = workbook[f"Action {action.number}"]
        for column, year in ((5, 2026), (6, 2027)):
            for side in ("charge", "product"):
                cells = [
                    Decimal(str(line[column - 1].value))
                    for line in sheet.iter_rows(min_row=5)
                    if str(line[0].value).startswith(f"{side}|")
                    and not str(line[0].value).startswith(f"{side}|total")
                    and line[column - 1].value is not None
                ]
                mine = _sum(rows, action_id=action.pk, year=year, side=side)
                assert sum(cells, Decimal(0)) == mine
