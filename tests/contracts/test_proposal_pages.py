"""The pages of the proposal: who reads, who writes, what is refused, and what one action costs in queries."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.forms.proposal import ActionForm
from contracts.models import Contract
from exchanges.enums import Anchor, RemarkStatus
from exchanges.models import Remark
from exchanges.services.remarks import add_remark
from funding.models import Action, BudgetLine, FundingRequest
from journal.models import Event
from tests.factories.funding import AxisFactory, a_file, an_action
from tests.people import People


def _url(name: str, contract: Contract, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def contract(people: People) -> Contract:
    return a_file(people, "proposal", last=2027)


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.poitiers_agent)


def _fiche(**changes: Any) -> dict[str, Any]:
    return {
        "title": "Ateliers de français",
        "axis": AxisFactory.create().pk,
        "starts_on": "2026-01-01",
        "ends_on": "2026-12-31",
        "holder_siret": "775 672 272 24553",
        "indicators-TOTAL_FORMS": "1",
        "indicators-INITIAL_FORMS": "0",
        "indicators-0-label": "Personnes accueillies",
        "indicators-0-kind": "output",
        "indicators-0-target": "60",
    } | changes


ROLES = {
    "poitiers_agent": 200,
    "poitiers_maire": 200,
    "vienne_agent": 200,
    "vienne_prefet": 200,
    "sgar": 200,
    "diair": 200,
    "dgef": 200,
    "gironde_agent": 404,
    "bordeaux_agent": 404,
    "support": 404,
}


@pytest.mark.parametrize(("who", "status"), ROLES.items())
def test_pages_open_to_those_for_whom_the_file_exists(
    contract: Contract, people: People, who: str, status: int
) -> None:
    an_action(contract, people.poitiers_agent)
    client = people.client_for(people.actors[who])

    found = [
        client.get(_url(name, contract, *args)).status_code
        for name, args in (("proposal", ()), ("action", (1,)), ("budget", (1, 2026)))
    ]

    assert found == [status] * 3


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("new_action", ()),
        ("action", (1,)),
        ("remove_action", (1,)),
        ("move_action", (1,)),
        ("duplicate_action", (1,)),
        ("budget", (1, 2026)),
        ("request", (2026,)),
    ],
)
def test_only_the_collectivite_writes(contract: Contract, people: People, name: str, args: tuple[int, ...]) -> None:
    an_action(contract, people.poitiers_agent)
    before = Event.objects.count()

    assert people.client_for(people.vienne_agent).post(_url(name, contract, *args)).status_code == 403
    assert people.client_for(people.gironde_agent).post(_url(name, contract, *args)).status_code == 404
    assert (Event.objects.count(), Action.objects.filter(removed_at__isnull=True).count()) == (before, 1)


def test_an_action_is_added_once_however_often_it_is_sent(contract: Contract, agent: Client) -> None:
    page = agent.get(_url("new_action", contract))
    after = page.context["form"]["after"].value()

    first = agent.post(_url("new_action", contract), _fiche(after=after))
    second = agent.post(_url("new_action", contract), _fiche(after=after))

    action = Action.objects.get(contract=contract)
    assert first["Location"] == second["Location"] == _url("action", contract, 1)
    assert (action.title, action.holder_siret, action.beneficiary_name) == (
        "Ateliers de français",
        "77567227224553",
        "",
    )
    assert [each.target for each in action.indicators.all()] == [Decimal("60.00")]
    assert Event.objects.filter(kind="action_saved", contract_id=contract.pk).exists()


def test_a_wrong_fiche_comes_back_with_what_was_typed(contract: Contract, agent: Client) -> None:
    answer = agent.post(
        _url("new_action", contract),
        _fiche(title="", ends_on="2025-12-31", holder_siret="77567227224554", objectives="Tout ce que j’ai écrit"),
    )

    assert answer.status_code == 422
    assert "Tout ce que j’ai écrit" in answer.content.decode()
    assert not Action.objects.exists()


def test_a_wrong_key_is_said_beside_its_field(contract: Contract, agent: Client) -> None:
    answer = agent.post(_url("new_action", contract), _fiche(holder_siret="77567227224554"))

    assert answer.status_code == 422
    assert answer.context["form"].errors == {
        "holder_siret": ["Ce numéro SIRET n’existe pas\u00a0: vérifiez chaque chiffre."]
    }


def test_an_old_page_does_not_overwrite(contract: Contract, agent: Client, people: People) -> None:
    action = an_action(contract, people.poitiers_agent)
    agent.post(_url("action", contract, 1), _fiche(title="Premier", version=action.version))

    answer = agent.post(_url("action", contract, 1), _fiche(title="Second", version=action.version))

    assert answer.status_code == 409
    assert "autre personne" in answer.content.decode()
    assert 'value="Second"' in answer.content.decode()
    assert answer.context["form"].errors["title"] == ["Enregistré\u00a0: Premier"]
    assert Action.objects.get().title == "Premier"


def test_an_action_of_another_file_is_not_found(people: People, agent: Client) -> None:
    mine, other = a_file(people), a_file(people, porteur=people.bordeaux_agent.organisation.local_authority)
    an_action(other, people.bordeaux_agent)

    statuses = [
        agent.post(_url(name, mine, *args)).status_code
        for name, args in (
            ("action", (1,)),
            ("remove_action", (1,)),
            ("budget", (1, 2026)),
            ("duplicate_action", (1,)),
        )
    ]

    assert statuses == [404] * 4


def test_axis_and_need_come_from_the_file(contract: Contract, agent: Client) -> None:
    answer = agent.post(_url("new_action", contract), _fiche(axis="99999", need="1"))

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"axis"}


def test_buttons_move_copy_and_remove(contract: Contract, agent: Client, people: People) -> None:
    for title in ("Un", "Deux"):
        an_action(contract, people.poitiers_agent, title=title)

    agent.post(_url("move_action", contract, 2), {"direction": "up"})
    agent.post(_url("duplicate_action", contract, 1))
    agent.post(_url("remove_action", contract, 1))

    kept = Action.objects.filter(removed_at__isnull=True).order_by("rank")
    assert [each.title for each in kept] == ["Deux", "Un (copie)"]


def _budget(**changes: str) -> dict[str, str]:
    return {
        "amount-charge-64": "15 000,00",
        "amount-product-74-state_p104": "10000",
        "amount-product-74-commune": "5 000 €",
    } | changes


def test_a_budget_is_saved_as_typed(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)
    sent = _budget(
        **{
            "account-product-0": "74/region",
            "label-product-0": "Fonds régional",
            "amount-product-0": "0,01",
            "amount-charge-60": "0,01",
        }
    )

    for _ in range(2):
        answer = agent.post(_url("budget", contract, 1, 2026), sent, follow=True)

    assert answer.status_code == 200
    assert "Budget équilibré." in answer.content.decode()
    rows = BudgetLine.objects.filter(year=2026).order_by("account", "funder").values_list("funder", "label", "amount")
    assert list(rows) == [
        ("", "", Decimal("0.01")),
        ("", "", Decimal("15000.00")),
        ("commune", "", Decimal("5000.00")),
        ("region", "Fonds régional", Decimal("0.01")),
        ("state_p104", "", Decimal("10000.00")),
    ]


@pytest.mark.parametrize(
    "typed", ["-1", "12 345,678", "1.234,56", "1000000000000", "=1+1", "10e3", "abc", "NaN", "١٢", "1,2,3"]
)
def test_bad_amounts_come_back_beside_their_cell(
    contract: Contract, agent: Client, people: People, typed: str
) -> None:
    an_action(contract, people.poitiers_agent)

    answer = agent.post(_url("budget", contract, 1, 2026), _budget(**{"amount-charge-60": typed}))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["amount-charge-60"]
    assert f'value="{typed}"' in page
    assert 'value="15 000,00"' in page
    assert BudgetLine.objects.filter(year=2026).count() == 3


def test_a_duplicate_line_and_an_unnamed_one_are_refused(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)
    extra = {"account-charge-0": "60", "amount-charge-0": "1", "label-charge-0": "Livres"}
    extra |= {"account-charge-1": "60", "amount-charge-1": "2", "label-charge-1": "Livres"}

    twice = agent.post(_url("budget", contract, 1, 2026), _budget(**extra))
    unnamed = agent.post(_url("budget", contract, 1, 2026), _budget(**(extra | {"label-charge-1": ""})))

    assert list(twice.context["form"].errors) == ["amount-charge-1"]
    assert list(unnamed.context["form"].errors) == ["label-charge-1"]
    assert (twice.status_code, unnamed.status_code) == (422, 422)


def test_an_old_budget_page_is_refused_with_its_entry(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)
    seen = agent.get(_url("budget", contract, 1, 2026)).context["form"]["seen"].value()
    agent.post(_url("budget", contract, 1, 2026), _budget(seen=seen, **{"amount-charge-61": "3"}))

    answer = agent.post(_url("budget", contract, 1, 2026), _budget(seen=seen, **{"amount-charge-61": "4"}))

    assert answer.status_code == 409
    assert answer.context["form"].errors["amount-charge-61"] == ["Montant enregistré\u00a0: 3,00\u00a0€."]
    assert BudgetLine.objects.get(year=2026, account="61").amount == Decimal("3.00")


def test_a_year_outside_the_contract_is_not_found(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)

    assert agent.get(_url("budget", contract, 1, 2030)).status_code == 404
    assert agent.post(_url("request", contract, 2030)).status_code == 404


def test_the_request_of_a_year_is_prepared_once(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)

    agent.post(_url("request", contract, 2026), {"request-2026-comment": "Première année"})
    too_long = agent.post(_url("request", contract, 2026), {"request-2026-comment": "a" * 2001})

    assert too_long.status_code == 422
    assert [(each.year, each.comment) for each in FundingRequest.objects.all()] == [(2026, "Première année")]


def test_a_remark_of_the_prefecture_is_answered(people: People, now: Any) -> None:
    contract = a_file(people, "correction_requested")
    action = an_action(contract, people.poitiers_agent)
    remark = add_remark(
        contract_id=contract.pk, body="Précisez le public.", by=people.vienne_agent, now=now, anchor=Anchor.ACTION,
        anchor_id=action.pk, anchor_label="1. Ateliers",
    )  # fmt: skip
    agent, field = people.client_for(people.poitiers_agent), f"answer-{remark.pk}-answer"

    empty = agent.post(_url("answer_on_proposal", contract, remark.pk), {field: " "})
    agent.post(_url("answer_on_proposal", contract, remark.pk), {field: "Soixante personnes."})

    stored = Remark.objects.get()
    assert empty.status_code == 422
    assert (stored.status, stored.answer) == (RemarkStatus.ANSWERED, "Soixante personnes.")


def test_nothing_is_written_once_the_request_is_under_review(people: People) -> None:
    contract = a_file(people, "under_review")
    an_action(contract, people.poitiers_agent)
    agent = people.client_for(people.poitiers_agent)

    fiche = agent.post(_url("action", contract, 1), _fiche(title="Trop tard"))
    budget = agent.post(_url("budget", contract, 1, 2026), _budget())
    agent.post(_url("remove_action", contract, 1))

    assert (fiche.status_code, budget.status_code) == (422, 422)
    assert "n’est plus possible" in fiche.content.decode()
    assert (Action.objects.get().title, Action.objects.get().removed_at) == ("Ateliers de français", None)


def _queries(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("who", ["poitiers_agent", "vienne_agent"])
def test_the_page_costs_the_same_with_one_action_three_and_forty(contract: Contract, people: People, who: str) -> None:
    client, counts = people.client_for(people.actors[who]), []
    for wanted in (1, 3, 40):
        for number in range(Action.objects.count(), wanted):
            an_action(contract, people.poitiers_agent, title=f"Action {number}")
        counts.append(_queries(client, _url("proposal", contract)))

    assert counts[0] == counts[1] == counts[2] <= 15


def test_the_button_that_moved_an_action_takes_the_focus_again(
    contract: Contract, agent: Client, people: People
) -> None:
    for title in ("Un", "Deux"):
        an_action(contract, people.poitiers_agent, title=title)

    moved = agent.post(_url("move_action", contract, 1), {"direction": "down"})
    page = agent.get(_url("proposal", contract)).content.decode()

    assert moved["Location"] == f"{_url('proposal', contract)}#down-1"
    assert page.index('id="up-2"') < page.index('id="down-2"') < page.index('id="down-1"') < page.index('id="up-1"')
    assert [page.count(f'id="{each}"') for each in ("up-1", "up-2", "down-1", "down-2")] == [1, 1, 1, 1]


def test_an_action_outside_the_contract_says_why_it_has_no_budget(
    contract: Contract, agent: Client, people: People
) -> None:
    an_action(contract, people.poitiers_agent)
    outside = an_action(contract, people.poitiers_agent, title="Avant")
    outside.budget_lines.all().delete()
    Action.objects.filter(pk=outside.pk).update(starts_on="2024-01-01", ends_on="2024-12-31")

    rows = agent.get(_url("proposal", contract)).context["actions"]
    fiche = agent.get(_url("action", contract, 2)).content.decode()

    assert [row["mark"] for row in rows] == ["Équilibré", "Aucune année"]
    assert "ne touche aucune année du contrat" in fiche
    assert agent.get(_url("budget_grid", contract, 2))["Location"] == f"{_url('action', contract, 2)}#budget"


def test_an_empty_budget_is_not_said_balanced(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent).budget_lines.all().delete()

    [row] = agent.get(_url("proposal", contract)).context["actions"]

    assert (row["mark"], row["balance"]) == ("À remplir", "")


def test_nobody_is_let_to_write_in_vain(people: People, agent: Client) -> None:
    closed = a_file(people, "diagnostic", last=2027)

    for name in ("new_action", "renewal"):
        page = agent.get(_url(name, closed)).content.decode()

        assert "La proposition n’est pas ouverte à l’écriture en ce moment" in page
        assert not any(each in page for each in ("Enregistrer la fiche</button>", "Reprendre les budgets</button>"))


def test_the_fiche_tells_what_the_deposit_will_ask(contract: Contract, agent: Client) -> None:
    page = agent.get(_url("new_action", contract)).content.decode()

    assert page.count("(demandé au dépôt)") == len(ActionForm.DUE) - 1  # this diagnostic has no need to choose
    assert "Objectifs (demandé au dépôt)" in page
    assert "Partenaires (facultatif)" in page
