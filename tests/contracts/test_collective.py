"""The requests of a year side by side: who reads which, page by page, with the sums of all the pages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from contracts.models import Contract, Scenario, ScenarioAmount
from funding.enums import Decision
from funding.models import Action
from tests.factories.collective import many_requests, page_at, typed
from tests.factories.funding import a_file, an_action, an_envelope
from tests.people import People


@pytest.fixture
def files(people: People) -> list[Contract]:
    """Two requests under review and one approved, on one envelope."""
    an_envelope(people.vienne_agent.organisation, "15000.00")
    files = [a_file(people, state) for state in ("under_review", "under_review", "approved")]
    for contract in files:
        an_action(contract, people.poitiers_agent, requested=True)
    return files


# --- who reads what --------------------------------------------------------------------------------------------------

#: How many files each reads without choosing a place; the others are refused.
SEEN = {"vienne_agent": 3, "vienne_prefet": 3, "sgar": 3, "gironde_agent": 0, "diair": 0, "dgef": 0}
#: Those who choose the Vienne, and those for whom it does not exist here.
CHOOSING = {"vienne_agent": 3, "vienne_prefet": 3, "sgar": 3, "diair": 3, "dgef": 3}


def test_each_service_reads_the_requests_it_follows(files: list[Contract], people: People) -> None:
    clients = {who: people.client_for(actor) for who, actor in people.actors.items()}

    answers = {who: client.get(page_at()) for who, client in clients.items()}
    chosen = {who: clients[who].get(page_at(departement="86")) for who in SEEN}

    assert {who: len(each.context["files"]) for who, each in answers.items() if each.status_code == 200} == SEEN
    assert {each.status_code for who, each in answers.items() if who not in SEEN} == {403}
    assert {who: len(each.context["files"]) for who, each in chosen.items() if each.status_code == 200} == CHOOSING
    assert chosen["gironde_agent"].status_code == 404


def test_the_ministry_chooses_a_place_and_changes_nothing(files: list[Contract], people: People) -> None:
    client = people.client_for(people.dgef)
    scenario = Scenario.objects.create(
        organisation=people.vienne_agent.organisation,
        year=2026,
        name="Rabot",
        saved_by=people.vienne_agent.user,
        saved_at=files[0].created_at,
    )

    empty, page = client.get(page_at()), client.get(page_at(departement="86", scenario=scenario.pk))

    assert "Choisissez un territoire" in empty.content.decode()
    assert page.context["form"] is None
    assert [each["left"] for each in page.context["envelopes"]] == ["0,00\u00a0€"]
    assert "Scénario «&nbsp;Rabot&nbsp;»" in page.content.decode()
    assert [
        client.post(page_at(departement="86"), {"name": "X", "act": act}).status_code for act in ("", "apply")
    ] == [
        403,
        403,
    ]


def test_the_contracts_of_a_region_are_read_apart(people: People) -> None:
    town, regional = many_requests(people, files=2, actions=1)
    Contract.objects.filter(pk=regional.pk).update(departement=None)
    ministry, sgar = people.client_for(people.diair), people.client_for(people.sgar)

    def read(client: Client, **query: str) -> list[str]:
        return [each["first"].reference for each in client.get(page_at(**query)).context["files"]]

    assert [read(ministry, departement=place) for place in ("86", "R75")] == [[town.reference], [regional.reference]]
    assert read(sgar) == [town.reference, regional.reference]
    assert read(sgar, departement="86") == [town.reference]


def test_a_place_and_a_scenario_of_elsewhere_do_not_exist(files: list[Contract], people: People) -> None:
    scenario = Scenario.objects.create(
        organisation=people.gironde_agent.organisation,
        year=2026,
        name="Rabot",
        saved_by=people.gironde_agent.user,
        saved_at=files[0].created_at,
    )
    asked = [{"departement": "33"}, {"departement": "999"}, {"annee": "2031"}, {"annee": "x"}]
    asked += [{"scenario": str(scenario.pk)}, {"scenario": "x"}, {"scenario": "9" * 30}]

    agent, sgar = people.client_for(people.vienne_agent), people.client_for(people.sgar)

    assert {agent.get(page_at(**query)).status_code for query in asked} == {404}
    assert [sgar.get(page_at(departement=place)).status_code for place in ("75", "R11")] == [404, 404]
    assert sgar.get(page_at(scenario=scenario.pk)).status_code == 404


# --- pages, filters, sums --------------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_one_request_and_three(people: People) -> None:
    client, counts = people.client_for(people.vienne_agent), []
    an_envelope(people.vienne_agent.organisation)
    for wanted in (1, 3):
        while Contract.objects.count() < wanted:
            an_action(a_file(people, "under_review"), people.poitiers_agent, requested=True)
        client.get(page_at())
        with CaptureQueriesContext(connection) as queries:
            client.get(page_at())
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_more_lines_than_django_takes_fields_are_read_and_saved_page_by_page(people: People) -> None:
    many_requests(people, files=13, actions=40)  # 1,040 cells
    an_envelope(people.vienne_agent.organisation, "6000000.00")
    agent = people.client_for(people.vienne_agent)
    limit = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS

    first, last = agent.get(page_at()), agent.get(page_at(page=11))
    lines = Action.objects.order_by("contract", "number")
    one, other = lines[0].pk, lines[519].pk

    assert limit is not None
    assert len(first.context["form"].fields) < limit
    assert [len(each.context["form"].lines) for each in (first, last)] == [50, 20]
    assert first.context["sums"].asked == last.context["sums"].asked == "5\u00a0200\u00a0000,00\u00a0€"
    assert [first.context["envelopes"][0][key] for key in ("left", "elsewhere_cents")] == [
        "800\u00a0000,00\u00a0€",
        470 * 1_000_000,
    ]
    assert [file["continued"] for file in last.context["files"]] == [True]
    assert last.context["files"][0]["sums"].count == 40

    entry = typed(first.context["form"], "Rabot", **{f"amount_{one}": "9000", f"reason_{one}": "Enveloppe"})
    with CaptureQueriesContext(connection) as creating:
        saved = agent.post(page_at(), entry)
    address = f"{saved['Location']}&page=11"
    page = agent.get(address)
    entry = typed(page.context["form"], "Rabot", **{f"amount_{other}": "11000,50"})
    with CaptureQueriesContext(connection) as changing:
        agent.post(address, entry)

    whole = agent.get(f"{saved['Location']}&page=2").context
    assert ScenarioAmount.objects.count() == 520
    assert whole["sums"].given == "5\u00a0200\u00a0000,50\u00a0€"
    assert whole["envelopes"][0]["left"] == "799\u00a0999,50\u00a0€"
    assert max(len(creating), len(changing)) < 40


def test_filters_keep_lines_and_the_envelope_counts_them_all(people: People) -> None:
    contracts = many_requests(people, files=2, actions=2)
    an_envelope(people.vienne_agent.organisation, "50000.00")
    Action.objects.filter(contract=contracts[0], number=2).update(
        decision=Decision.REJECTED, rejection_reason="Hors champ"
    )
    client = people.client_for(people.vienne_agent)

    def shown(**query: str) -> tuple[int, str]:
        context = client.get(page_at(**query)).context
        return context["sums"].count, context["envelopes"][0]["left"]

    whole = "20\u00a0000,00\u00a0€"
    assert [shown(), shown(etat="instruction"), shown(etat="decidees"), shown(texte="poitiers action 1")] == [
        (4, whole),
        (3, whole),
        (1, whole),
        (2, whole),
    ]
    assert shown(texte=contracts[1].reference, etat="faux") == (2, whole)
    assert shown(texte="introuvable") == (0, whole)
    assert "Effacer les filtres" in client.get(page_at(texte="introuvable")).content.decode()


def test_a_line_shows_the_amount_and_the_reason_of_its_file(people: People) -> None:
    (contract,) = many_requests(people, files=1, actions=1)
    row = contract.actions.get().amounts.get()
    row.proposed, row.reduction_reason = Decimal("9000.00"), "Enveloppe\nréduite"
    row.save()

    form = people.client_for(people.vienne_agent).get(page_at()).context["form"]

    assert [form[f"{name}-{row.action_id}"].value() for name in ("amount", "reason")] == [
        "9\u00a0000,00",
        "Enveloppe réduite",
    ]
