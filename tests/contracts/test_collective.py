"""The requests of a year side by side: scenarios change nothing until the signatory of the State applies one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.models import Contract, Scenario
from funding.enums import Stage
from funding.models import Action, Movement, YearAmount
from funding.queries import ledger_totals
from journal.models import Event
from tests.factories.funding import a_file, an_action, an_envelope
from tests.people import People


def _page(**query: Any) -> str:
    return f"{reverse('contracts:collective')}?{urlencode(query)}"


@pytest.fixture
def files(people: People) -> list[Contract]:
    """Two requests under review and one approved, on one envelope."""
    an_envelope(people.vienne_agent.organisation, "15000.00")
    files = [a_file(people, state) for state in ("under_review", "under_review", "approved")]
    for contract in files:
        an_action(contract, people.poitiers_agent, requested=True)
    return files


def _entry(files: list[Contract], *amounts: str, name: str = "Rabot", reason: str = "Enveloppe") -> dict[str, str]:
    entry = {"name": name}
    for contract, amount in zip(files, amounts, strict=False):
        pk = Action.objects.get(contract=contract).pk
        entry |= {f"amount-{pk}": amount, f"reason-{pk}": reason}
    return entry


SEEN = {"vienne_agent": 3, "vienne_prefet": 3, "sgar": 3, "gironde_agent": 0}


def test_each_service_sees_the_requests_it_follows(files: list[Contract], people: People) -> None:
    answers = {who: people.client_for(actor).get(_page()) for who, actor in people.actors.items()}

    assert {who: len(each.context["files"]) for who, each in answers.items() if each.status_code == 200} == SEEN
    assert {each.status_code for who, each in answers.items() if who not in SEEN} == {403}


def test_a_scenario_is_saved_then_applied_by_the_signatory_alone(files: list[Contract], people: People) -> None:
    agent, prefet = people.client_for(people.vienne_agent), people.client_for(people.vienne_prefet)
    before = Event.objects.count()

    saved = [agent.post(_page(), _entry(files, "9000", amount)).status_code for amount in ("6 000,00", "5 999,99")]

    scenario = Scenario.objects.get()
    assert saved == [302, 302]
    assert Event.objects.count() == before
    assert not YearAmount.objects.filter(proposed__isnull=False).exists()
    page = agent.get(_page(scenario=scenario.pk))
    assert [each["left"] for each in page.context["envelopes"]] == ["0,01\u00a0€"]

    apply = {"act": "apply", "scenario": str(scenario.pk)}
    refused = [people.client_for(each).post(_page(), apply).status_code for each in (people.vienne_agent, people.sgar)]
    assert refused == [403, 404]
    assert prefet.post(_page(), apply).status_code == 302

    rows = YearAmount.objects.filter(action__contract__in=files[:2]).order_by("action__contract")
    assert list(rows.values_list("proposed", "granted")) == [(Decimal("9000.00"), None), (Decimal("5999.99"), None)]
    sums = ledger_totals(Movement.objects.all())
    assert (sums[Stage.PROPOSED], sums[Stage.GRANTED]) == (Decimal("14999.99"), Decimal("0.00"))
    events = Event.objects.order_by("pk")[before:]
    assert [(each.kind, each.contract_id) for each in events] == [("scenario_applied", each.pk) for each in files[:2]]
    scenario.refresh_from_db()
    assert scenario.applied_by == people.vienne_prefet.user


def test_a_scenario_applies_whole_or_not_at_all(files: list[Contract], people: People) -> None:
    prefet = people.client_for(people.vienne_prefet)
    prefet.post(_page(), _entry(files, "10000", "9000", reason=""))
    apply = {"act": "apply", "scenario": str(Scenario.objects.get().pk)}

    unexplained = prefet.post(_page(), apply, follow=True)
    prefet.post(_page(), _entry(files, "10000", "10000"))
    Contract.objects.filter(pk=files[1].pk).update(state="approved", approved_at=files[1].submitted_at)
    moved = prefet.post(_page(), apply, follow=True)

    assert "Indiquez pourquoi le montant 2026" in unexplained.content.decode()
    assert "n’est plus possible" in moved.content.decode()
    assert not YearAmount.objects.filter(proposed__isnull=False).exists()
    assert not Event.objects.filter(kind="scenario_applied").exists()


@pytest.mark.parametrize("change", [{"name": ""}, {"amount": "-1"}, {"amount": ""}, {"amount": "1,234"}])
def test_a_wrong_scenario_comes_back(files: list[Contract], people: People, change: dict[str, str]) -> None:
    entry = _entry(files, change.get("amount", "10"), "10", name=change.get("name", "Rabot"))

    answer = people.client_for(people.vienne_agent).post(_page(), entry)

    assert answer.status_code == 422
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("query", [{"annee": "2031"}, {"annee": "x"}, {"scenario": "9"}, {"scenario": "x"}])
def test_an_unknown_year_or_scenario_is_not_found(
    files: list[Contract], people: People, query: dict[str, str]
) -> None:
    assert people.client_for(people.vienne_agent).get(_page(**query)).status_code == 404


def test_the_page_costs_the_same_with_one_request_and_three(people: People) -> None:
    client, counts = people.client_for(people.vienne_agent), []
    an_envelope(people.vienne_agent.organisation)
    for wanted in (1, 3):
        while Contract.objects.count() < wanted:
            an_action(a_file(people, "under_review"), people.poitiers_agent, requested=True)
        client.get(_page())
        with CaptureQueriesContext(connection) as queries:
            client.get(_page())
        counts.append(len(queries))

    assert counts[0] == counts[1]
