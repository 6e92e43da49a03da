"""Budgets: changed lines alone are written, wrong ones are refused with their place, sums are exact."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract
from funding.errors import FundingRefused, LinesRefused, StaleVersion
from funding.models import BudgetLine
from funding.queries import action_states, totals
from funding.services.actions import save_action
from funding.services.budgets import LineInput, fingerprint, save_budget
from tests.factories.funding import action_input, an_action, balanced_lines
from tests.people import People


def _charge(amount: str, account: str = "60", label: str = "") -> LineInput:
    return LineInput(side="charge", account=account, amount=Decimal(amount), label=label)


def test_save_budget_writes_changed_lines_alone(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by)
    before = {row.pk: row.amount for row in BudgetLine.objects.filter(action=action, year=2026)}

    changed = save_budget(action=action, year=2026, lines=balanced_lines(town="6000.00"), by=by, now=now)

    after = {row.pk: row.amount for row in BudgetLine.objects.filter(action=action, year=2026)}
    assert changed is True
    assert after.keys() == before.keys()
    assert sorted(after.values()) == [Decimal("6000.00"), Decimal("10000.00"), Decimal("16000.00")]
    assert save_budget(action=action, year=2026, lines=balanced_lines(town="6000.00"), by=by, now=now) is False
    assert BudgetLine.objects.filter(action=action, year=2027).count() == 3


def test_save_budget_removes_lines_left_out_or_nil(proposal: Contract, people: People, now: datetime) -> None:
    action = an_action(proposal, people.poitiers_agent)

    save_budget(
        action=action, year=2026, lines=[_charge("0.00"), _charge("12.34", "61")], by=people.poitiers_agent, now=now
    )

    assert [(row.account, row.amount) for row in BudgetLine.objects.filter(action=action, year=2026)] == [
        ("61", Decimal("12.34"))
    ]


def test_save_budget_takes_the_same_queries_for_three_lines_and_sixty(
    proposal: Contract, people: People, now: datetime
) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by)
    counts = []
    for lines in (3, 60):
        wanted = [_charge("1.00", label=f"Poste {place}") for place in range(lines)]
        wanted[0] = _charge("2.00", label="Poste 0") if lines == 60 else wanted[0]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            save_budget(action=action, year=2026, lines=wanted, by=by, now=now)
        counts.append(len(queries))

    assert counts[1] - counts[0] <= 1  # one more where a line is changed in place


def test_save_budget_refuses_each_wrong_line_at_its_place(proposal: Contract, people: People, now: datetime) -> None:
    action = an_action(proposal, people.poitiers_agent)
    lines = [
        _charge("1.00"),
        _charge("-1.00", "61"),
        _charge("1.001", "62"),
        _charge("1000000000000.00", "63"),
        _charge("5.00", "74"),
        LineInput(side="product", account="74", amount=Decimal("5.00")),
        LineInput(side="product", account="70", amount=Decimal("5.00"), funder="region"),
        _charge("3.00"),
        _charge("NaN", "64"),
    ]

    with pytest.raises(LinesRefused) as refusal:
        save_budget(action=action, year=2026, lines=lines, by=people.poitiers_agent, now=now)

    assert sorted(refusal.value.errors) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert BudgetLine.objects.filter(action=action, year=2026).count() == 3


def test_save_budget_refuses_a_stale_page_but_not_the_same_entry_twice(
    proposal: Contract, people: People, now: datetime
) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by)
    seen = fingerprint(BudgetLine.objects.filter(action=action, year=2026))
    save_budget(action=action, year=2026, lines=[_charge("1.00")], by=by, now=now, seen=seen)

    again = save_budget(action=action, year=2026, lines=[_charge("1.00")], by=by, now=now, seen=seen)
    with pytest.raises(StaleVersion, match="Ce budget"):
        save_budget(action=action, year=2026, lines=[_charge("2.00")], by=by, now=now, seen=seen)

    assert again is False
    assert BudgetLine.objects.get(action=action, year=2026).amount == Decimal("1.00")


def test_budget_of_a_year_outside_the_calendar_may_only_be_emptied(
    proposal: Contract, people: People, now: datetime
) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by)
    save_action(contract_id=proposal.pk, number=1, fields=action_input(), by=by, now=now)  # 2026 alone
    action.refresh_from_db()

    assert action_states(proposal.pk)[0].missing == ("budget 2027 à effacer, hors du calendrier",)
    with pytest.raises(FundingRefused, match="2027 est hors"):
        save_budget(action=action, year=2027, lines=balanced_lines(), by=by, now=now)
    save_budget(action=action, year=2027, lines=[], by=by, now=now)
    assert action_states(proposal.pk)[0].missing == ()


def test_states_keep_contributions_in_kind_apart(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by)
    lines = [
        *balanced_lines("0.10", "0.20"),
        LineInput(side="charge", account="86", amount=Decimal("99.99")),
        LineInput(side="product", account="87", amount=Decimal("99.98")),
    ]

    save_budget(action=action, year=2026, lines=lines, by=by, now=now)

    state = action_states(proposal.pk)[0].years[0]
    assert (state.charges, state.products) == (Decimal("0.30"), Decimal("0.30"))
    assert (state.voluntary_charges, state.voluntary_products) == (Decimal("99.99"), Decimal("99.98"))
    assert (state.state_line, state.is_balanced) == (Decimal("0.10"), False)


def test_totals_are_the_sums_of_the_rows(proposal: Contract, people: People) -> None:
    an_action(proposal, people.poitiers_agent, state="10000.10", title="Un")
    an_action(proposal, people.poitiers_agent, state="0.02", title="Deux", beneficiary_name="Le Toit du Monde")

    sums = totals(proposal.pk)

    assert [(row.label, row.requested) for row in sums.by_year] == [
        ("2026", Decimal("10000.12")),
        ("2027", Decimal("10000.12")),
    ]
    assert {row.label: row.requested for row in sums.by_beneficiary} == {
        "Ville de Poitiers": Decimal("20000.20"),
        "Le Toit du Monde": Decimal("0.04"),
    }
    assert {row.label: row.total for row in sums.by_funder} == {
        "État – programme 104": Decimal("20000.24"),
        "Commune": Decimal("20000.00"),
    }
    assert (sums.whole.cost, sums.whole.requested) == (Decimal("40000.24"), Decimal("20000.24"))
    assert sums.whole.rate == Decimal("20000.24") / Decimal("40000.24")


def test_database_refuses_lines_that_the_service_refuses(proposal: Contract, people: People) -> None:
    action = an_action(proposal, people.poitiers_agent)
    good = {"action": action, "year": 2026, "side": "product", "account": "74", "funder": "region", "amount": 1}

    for wrong in (
        {"amount": Decimal("-0.01")},
        {"account": "60", "funder": ""},
        {"account": "70"},
        {"funder": ""},
        {"funder": "commune"},  # already there
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            BudgetLine.objects.create(**(good | wrong))
