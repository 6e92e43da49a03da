"""What the forms refuse of money, written straight to the tables: the database refuses it too."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Model

from contracts.models import Contract, Scenario, ScenarioAmount
from funding.models import (
    Action,
    ActionIndicator,
    Allocation,
    BudgetLine,
    Envelope,
    Expenditure,
    FundingRequest,
    Movement,
    Tranche,
    TrancheAmount,
    YearAmount,
)
from tests.factories.funding import a_file, an_action, an_envelope, an_event
from tests.people import People

TEN = Decimal("10000.00")


class Rows:
    """A right row of each table of money, to be spoiled one field at a time."""

    def __init__(self, people: People, now: datetime) -> None:
        self.people, self.now = people, now
        self.contract: Contract = a_file(people, "signed", last=2027, signed_at=now, notified_on=now.date())
        self.action = an_action(self.contract, people.poitiers_agent)
        self.envelope = an_envelope(people.vienne_agent.organisation)
        self.national = an_envelope(people.dgef.organisation)
        self.by, self.event = people.vienne_prefet.user, an_event(self.contract)
        self.amount = YearAmount.objects.create(
            action=self.action, year=2026, requested=TEN, proposed=TEN, granted=TEN, committed=TEN / 2, paid=TEN / 4
        )

    def of(self, model: type[Model]) -> dict[str, Any]:
        """Return the fields of a right row."""
        contract, action, now = self.contract, self.action, self.now
        scenario = {"organisation": self.envelope.organisation, "year": 2026, "saved_by": self.by, "saved_at": now}
        rows: dict[type[Model], dict[str, Any]] = {
            Action: {"contract": contract, "number": 9, "title": "Autre", "axis": action.axis},
            ActionIndicator: {"action": action, "kind": "output", "label": "Personnes"},
            BudgetLine: {
                "action": action,
                "year": 2026,
                "side": "product",
                "account": "74",
                "funder": "region",
                "status": "requested",
                "amount": TEN,
            },
            YearAmount: {"action": action, "year": 2027, "requested": TEN, "granted": TEN},
            FundingRequest: {"contract": contract, "year": 2027, "prepared_by": self.by, "prepared_at": now},
            Envelope: {"campaign": self.envelope.campaign, "organisation": self.people.sgar.organisation},
            Allocation: {
                "envelope": self.envelope,
                "source": self.national,
                "amount": TEN,
                "cp_amount": TEN,
                "reason": "Répartition",
                "recorded_at": now,
                "event": self.event,
            },
            Movement: {
                "contract": contract,
                "action": action,
                "year": 2026,
                "stage": "granted",
                "amount": TEN,
                "envelope": self.envelope,
                "recorded_at": now,
                "effective_on": now.date(),
                "event": self.event,
            },
            Expenditure: {
                "contract": contract,
                "year": 2026,
                "kind": "commitment",
                "chorus_number": "2104567890",
                "amount": TEN,
                "day": now.date(),
                "recorded_by": self.by,
                "recorded_at": now,
                "event": an_event(contract),
            },
            Tranche: {
                "contract": contract,
                "year": 2027,
                "confirmed_by": self.by,
                "confirmed_at": now,
                "event": an_event(contract),
            },
            Scenario: {**scenario, "name": "Rabot"},
        }
        if model is TrancheAmount:
            tranche = Tranche.objects.create(**self.of(Tranche) | {"year": 2026})
            return {"tranche": tranche, "action": action, "promised": TEN, "amount": TEN}
        if model is ScenarioAmount:
            kept = Scenario.objects.create(**scenario, name="Prudent")
            return {"scenario": kept, "action": action, "amount": TEN}
        return rows[model]


#: What is written, and what is wrong with it.
WRONG: list[tuple[type[Model], dict[str, Any]]] = [
    (Action, {"number": 1}),
    (Action, {"decision": "maybe"}),
    (Action, {"decision": "rejected"}),
    (Action, {"holder_kind": "bank"}),
    (Action, {"epa_count": 3, "bpi_count": 4}),
    (ActionIndicator, {"kind": "wish"}),
    (BudgetLine, {"amount": Decimal("-0.01")}),
    (BudgetLine, {"account": "64", "funder": ""}),
    (BudgetLine, {"side": "charge"}),
    (BudgetLine, {"side": "gift"}),
    (BudgetLine, {"funder": ""}),
    (BudgetLine, {"funder": "lottery"}),
    (BudgetLine, {"funder": "commune"}),  # already there
    (BudgetLine, {"status": "hoped"}),
    (BudgetLine, {"account": "70", "funder": "", "status": "requested"}),
    (YearAmount, {"year": 2026}),  # already there
    (YearAmount, {"requested": Decimal("-0.01")}),
    (YearAmount, {"proposed": Decimal("-0.01")}),
    (YearAmount, {"granted": Decimal("-0.01")}),
    (YearAmount, {"committed": TEN + 1}),
    (YearAmount, {"committed": TEN, "paid": TEN + 1}),
    (YearAmount, {"paid": Decimal("-0.01")}),
    (YearAmount, {"granted": None, "committed": Decimal("0.01")}),
    (FundingRequest, {"amount": TEN}),  # an amount that nobody submitted
    (Envelope, {"allotted": Decimal("-0.01")}),
    (Envelope, {"taken": Decimal("0.01")}),
    (Envelope, {"distributed": Decimal("0.01")}),
    (Envelope, {"cp_paid": Decimal("0.01")}),
    (Allocation, {"amount": Decimal(0), "cp_amount": Decimal(0)}),
    (Allocation, {"cp_amount": -TEN}),
    (Allocation, {"reason": ""}),
    (Movement, {"amount": Decimal(0)}),
    (Movement, {"stage": "wished", "envelope": None}),
    (Movement, {"stage": "notified"}),  # draws on an envelope
    (Expenditure, {"amount": Decimal(0)}),
    (Expenditure, {"amount": -TEN}),
    (Expenditure, {"kind": "gift"}),
    (Expenditure, {"chorus_number": "21045"}),
    (Tranche, {"withdrawal_reason": "Crédits repris"}),
    (TrancheAmount, {"amount": TEN + 1}),
    (TrancheAmount, {"amount": TEN - 1}),  # lowered without a reason
    (TrancheAmount, {"amount": Decimal(-1), "reason": "Crédits réduits"}),
    (ScenarioAmount, {"amount": Decimal("-0.01")}),
]
TABLES = list(dict.fromkeys(model for model, _ in WRONG))


@pytest.fixture
def rows(people: People, now: datetime) -> Rows:
    return Rows(people, now)


def _refused(model: type[Model], fields: dict[str, Any]) -> bool:
    try:
        with transaction.atomic():
            model._default_manager.create(**fields)
    except IntegrityError:
        return True
    return False


def test_the_database_takes_the_right_rows_and_refuses_the_wrong_ones(rows: Rows) -> None:
    right = {model: rows.of(model) for model in TABLES}

    taken = [model.__name__ for model, wrong in WRONG if not _refused(model, right[model] | wrong)]
    refused = [model.__name__ for model in TABLES if _refused(model, right[model])]

    assert (taken, refused) == ([], [])


@pytest.mark.parametrize("model", [BudgetLine, YearAmount, FundingRequest, Envelope, Tranche])
def test_the_database_refuses_the_same_row_twice(rows: Rows, model: type[Model]) -> None:
    fields = rows.of(model)
    first = _refused(model, fields)
    if "event" in fields:
        fields["event"] = an_event(rows.contract)

    assert (first, _refused(model, fields)) == (False, True)


@pytest.mark.postgres
@pytest.mark.parametrize("model", [BudgetLine, YearAmount, FundingRequest, Tranche])
@pytest.mark.parametrize("year", [2025, 2028])
def test_the_database_refuses_a_year_outside_the_contract(rows: Rows, model: type[Model], year: int) -> None:
    assert _refused(model, rows.of(model) | {"year": year})


@pytest.mark.postgres
def test_the_database_refuses_a_state_line_above_what_was_granted(rows: Rows) -> None:
    line = BudgetLine.objects.filter(action=rows.action, year=2026, funder="state_p104")

    with pytest.raises(IntegrityError), transaction.atomic():
        line.update(amount=TEN + Decimal("0.01"))
    line.update(amount=TEN)

    assert line.get().amount == TEN
