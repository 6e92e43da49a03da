"""What is asked and proposed: frozen at submission, moved in the ledger by differences alone."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from contracts.models import Contract
from funding.enums import Decision, Stage
from funding.errors import FundingRefused, InputRefused
from funding.models import Action, FundingRequest, Movement, YearAmount
from funding.queries import actions_data, ledger_totals, totals_data
from funding.services.budgets import save_budget
from funding.services.envelopes import take
from funding.services.requests import freeze_requests, prepare_request
from funding.services.review import adopt_requested, propose
from tests.factories.funding import (
    CampaignFactory,
    a_file,
    a_request,
    an_action,
    an_envelope,
    an_event,
    balanced_lines,
)
from tests.people import People


def _ledger(contract: Contract, stage: Stage) -> list[Decimal]:
    rows = Movement.objects.filter(contract=contract, stage=stage).order_by("pk")
    return list(rows.values_list("amount", flat=True))


def test_prepare_request_keeps_one_row_per_year_of_the_contract(
    proposal: Contract, people: People, now: datetime
) -> None:
    by = people.poitiers_agent

    prepare_request(contract_id=proposal.pk, year=2026, comment="Premier", by=by, now=now)
    prepare_request(contract_id=proposal.pk, year=2026, comment="Second", by=by, now=now)
    with pytest.raises(FundingRefused, match="hors de la période"):
        prepare_request(contract_id=proposal.pk, year=2028, comment="", by=by, now=now)

    assert [(each.year, each.comment) for each in FundingRequest.objects.all()] == [(2026, "Second")]


def test_freeze_requests_records_the_state_lines_then_only_what_changed(
    proposal: Contract, people: People, now: datetime
) -> None:
    by = people.poitiers_agent
    action = an_action(proposal, by, state="10000.00")
    request = a_request(proposal, by, 2026)

    freeze_requests(proposal.pk, an_event(proposal), now)
    freeze_requests(proposal.pk, an_event(proposal), now)
    save_budget(action=action, year=2026, lines=balanced_lines("8500.50"), by=by, now=now)
    freeze_requests(proposal.pk, an_event(proposal), now)

    request.refresh_from_db()
    assert (request.amount, request.submitted_at) == (Decimal("8500.50"), now)
    assert _ledger(proposal, Stage.REQUESTED) == [Decimal("10000.00"), Decimal("10000.00"), Decimal("-1499.50")]
    assert list(YearAmount.objects.order_by("year").values_list("year", "requested")) == [
        (2026, Decimal("8500.50")),
        (2027, Decimal("10000.00")),
    ]


def test_freeze_requests_moves_to_the_new_beneficiary(proposal: Contract, people: People, now: datetime) -> None:
    action = an_action(proposal, people.poitiers_agent, beneficiary_siret="218601946")
    freeze_requests(proposal.pk, an_event(proposal), now)

    Action.objects.filter(pk=action.pk).update(beneficiary_siret="77567227224553", beneficiary_name="Association")
    freeze_requests(proposal.pk, an_event(proposal), now)

    sums: dict[str, Decimal] = {}
    for siret, amount in Movement.objects.values_list("beneficiary_siret", "amount"):
        sums[siret] = sums.get(siret, Decimal(0)) + amount
    assert sums == {"218601946": Decimal("0.00"), "77567227224553": Decimal("20000.00")}


def test_propose_asks_why_less_and_moves_the_ledger(review: Contract, people: People, now: datetime) -> None:
    by = people.vienne_agent
    action = an_action(review, people.poitiers_agent, requested=True)

    with pytest.raises(InputRefused) as refusal:
        propose(action=action, decision="retained", amounts={2026: (Decimal("9999.99"), " ")}, by=by, now=now)
    assert list(refusal.value.errors) == ["2026-reason"]
    propose(
        action=action,
        decision="retained",
        amounts={2026: (Decimal("7500.00"), "Enveloppe contrainte"), 2027: (Decimal("10000.00"), "sans objet")},
        by=by,
        now=now,
    )

    rows = YearAmount.objects.order_by("year").values_list("proposed", "reduction_reason")
    assert list(rows) == [(Decimal("7500.00"), "Enveloppe contrainte"), (Decimal("10000.00"), "")]
    assert _ledger(review, Stage.PROPOSED) == [Decimal("7500.00"), Decimal("10000.00")]


def test_an_action_set_aside_has_a_reason_and_nothing_proposed(
    review: Contract, people: People, now: datetime
) -> None:
    by = people.vienne_agent
    action = an_action(review, people.poitiers_agent, requested=True)
    adopt_requested(contract_id=review.pk, by=by, now=now)
    action.refresh_from_db()

    with pytest.raises(InputRefused):
        propose(action=action, decision="rejected", amounts={}, by=by, now=now)
    propose(action=action, decision="rejected", rejection_reason="Doublon avec AGIR", amounts={}, by=by, now=now)

    action.refresh_from_db()
    assert (action.decision, action.rejection_reason) == (Decision.REJECTED, "Doublon avec AGIR")
    assert list(YearAmount.objects.values_list("proposed", flat=True)) == [None, None]
    assert ledger_totals(Movement.objects.filter(contract=review))[Stage.PROPOSED] == Decimal("0.00")


@pytest.mark.parametrize("amount", ["-0.01", "1.001", "1000000000000.00", "Infinity"])
def test_propose_refuses_bad_amounts(review: Contract, people: People, now: datetime, amount: str) -> None:
    action = an_action(review, people.poitiers_agent, requested=True)

    with pytest.raises(InputRefused):
        propose(
            action=action,
            decision="retained",
            amounts={2026: (Decimal(amount), "motif")},
            by=people.vienne_agent,
            now=now,
        )

    assert not Movement.objects.exists()


def test_propose_refuses_a_year_that_was_not_asked_for(review: Contract, people: People, now: datetime) -> None:
    action = an_action(review, people.poitiers_agent, requested=True)

    with pytest.raises(InputRefused, match="Rien n’a été demandé pour 2030"):
        propose(action=action, decision="retained", amounts={2030: (Decimal(1), "")}, by=people.vienne_agent, now=now)


def test_adopt_requested_spares_the_actions_set_aside(review: Contract, people: People, now: datetime) -> None:
    by = people.vienne_agent
    an_action(review, people.poitiers_agent, title="Un", requested=True)
    aside = an_action(review, people.poitiers_agent, title="Deux", requested=True)
    propose(action=aside, decision="rejected", rejection_reason="Doublon avec AGIR", amounts={}, by=by, now=now)

    assert adopt_requested(contract_id=review.pk, by=by, now=now) == 1
    adopt_requested(contract_id=review.pk, by=by, now=now)

    assert list(Action.objects.order_by("number").values_list("decision", flat=True)) == ["retained", "rejected"]
    assert _ledger(review, Stage.PROPOSED) == [Decimal("10000.00")] * 2


def test_adopt_requested_needs_a_request(people: People, now: datetime) -> None:
    contract = a_file(people, "under_review")
    an_action(contract, people.poitiers_agent)

    with pytest.raises(FundingRefused, match="Aucun montant"):
        adopt_requested(contract_id=contract.pk, by=people.vienne_agent, now=now)


def test_documents_print_the_proposals_only_once_decided(review: Contract, people: People, now: datetime) -> None:
    an_action(review, people.poitiers_agent, state="10000.10", requested=True)
    adopt_requested(contract_id=review.pk, by=people.vienne_agent, now=now)

    asked = actions_data(review.pk)[0]
    an_envelope(review.lead_service)
    take(review, an_event(review), now)
    CampaignFactory.create(year=2027)
    decided = actions_data(review.pk)[0]

    assert (asked["decision"], asked["years"][0]["proposed"]) == ("", None)
    assert (decided["decision"], decided["years"][0]["proposed"]) == ("retained", "10000.10")
    assert decided["years"][0]["charges"] == [{"account": "64", "label": "Charges de personnel", "amount": "15000.10"}]
    assert [year["is_indicative"] for year in decided["years"]] == [False, True]
    sums = totals_data(review.pk, retained_only=True)
    assert (sums["total_cost"], sums["requested"], sums["granted"]) == ("30000.20", "20000.20", "20000.20")
    assert sums["state_rate"] == "66.67"
    assert [year["is_indicative"] for year in sums["by_year"]] == [False, True]
