"""What is promised for a year and not confirmed: told beside what remains of each envelope, never taken twice."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign
from contracts.acts import NamedPerson
from contracts.models import Contract
from contracts.services.tranches import confirm_tranche
from funding.models import Action, Envelope
from funding.services.tranches import Confirmed
from tests.factories.collective import page_at
from tests.factories.funding import a_file, a_signed_file, an_action, an_envelope
from tests.people import People


@pytest.fixture
def signed(people: People, now: datetime) -> Contract:
    """A contract of two years signed while 2026 alone was open; 2027 opened since, and its tranche waits."""
    an_envelope(people.vienne_agent.organisation)
    contract = a_signed_file(people, now, last=2027)
    an_envelope(contract.lead_service, "25000.00", year=2027)
    return contract


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def _confirm(contract: Contract, people: People, now: datetime, amount: str) -> None:
    person = NamedPerson(name=people.vienne_prefet.user.full_name, title="préfète", acted_on=now.date(), in_title=True)
    pk = Action.objects.get(contract=contract).pk
    entry = {pk: Confirmed(Decimal(amount), "Crédits réduits par la loi.")}
    confirm_tranche(contract.pk, 2027, amounts=entry, person=person, by=people.vienne_prefet, now=now)


def _on_review(agent: Client, contract: Contract) -> dict[int, tuple[str, ...]]:
    """Return, by year, what the review tells of the envelope: others, this file, what remains, what is promised."""
    page = agent.get(reverse("contracts:review", args=[contract.reference]))
    rows = page.context["envelopes"]
    return {row["year"]: tuple(_plain(row[key]) for key in ("others", "needed", "left", "promised")) for row in rows}


def test_the_review_of_a_signed_contract_tells_what_it_took_and_what_waits(
    signed: Contract, people: People, agent: Client, now: datetime
) -> None:
    before = _on_review(agent, signed)
    _confirm(signed, people, now, "6000.00")

    assert before == {
        2026: ("0,00 €", "10 000,00 €", "90 000,00 €", ""),
        2027: ("0,00 €", "0,00 €", "25 000,00 €", "10 000,00 €"),
    }
    assert _on_review(agent, signed)[2027] == ("0,00 €", "6 000,00 €", "19 000,00 €", "")


def test_the_review_says_which_amounts_are_indicative(
    signed: Contract, people: People, agent: Client, now: datetime
) -> None:
    def marked() -> dict[int, bool]:
        page = agent.get(reverse("contracts:review", args=[signed.reference]))
        (action,) = page.context["actions"]
        assert page.text.count(">indicatif</span>") == sum(year["indicative"] for year in action["years"])
        return {year["year"]: year["indicative"] for year in action["years"]}

    before = marked()
    _confirm(signed, people, now, "10000.00")

    assert (before, marked()) == ({2026: False, 2027: True}, {2026: False, 2027: False})


def test_the_review_of_an_ended_contract_asks_nothing_more_of_its_envelope(signed: Contract, agent: Client) -> None:
    Contract.objects.filter(pk=signed.pk).update(state="terminated", ended_at=signed.created_at)

    assert _on_review(agent, signed)[2026] == ("0,00 €", "10 000,00 €", "90 000,00 €", "")


def test_a_contract_that_changed_prefecture_still_shows_the_envelope_it_drew_on(
    signed: Contract, people: People
) -> None:
    Contract.objects.filter(pk=signed.pk).update(lead_service=people.gironde_agent.organisation)
    ministry = people.client_for(people.dgef)

    page = ministry.get(reverse("contracts:review", args=[signed.reference]))

    assert [row["holder"] for row in page.context["envelopes"]] == [people.vienne_agent.organisation.name]


def test_the_requests_of_the_year_tell_what_signed_contracts_wait_for(
    signed: Contract, people: People, agent: Client, now: datetime
) -> None:
    asking = a_file(people, "under_review", first=2027, last=2027)
    an_action(asking, people.poitiers_agent, requested=True, state="12000.00")
    Campaign.objects.filter(year=2027).update(is_open=False)
    approved = a_signed_file(people, now, "500.00", last=2027)
    Campaign.objects.filter(year=2027).update(is_open=True)
    Contract.objects.filter(pk=approved.pk).update(
        state="approved", signed_at=None, notified_on=None, approved_at=approved.created_at
    )

    page = agent.get(page_at(annee=2027))
    (envelope,) = page.context["envelopes"]
    lines = {file["pk"]: [line["decision"] for line in file["lines"]] for file in page.context["files"]}
    _confirm(signed, people, now, "10000.00")
    (after,) = agent.get(page_at(annee=2027)).context["envelopes"]

    assert {key: _plain(envelope[key]) for key in ("others", "needed", "left", "promised")} == {
        "others": "0,00 €",
        "needed": "12 000,00 €",
        "left": "13 000,00 €",
        "promised": "10 500,00 €",
    }
    assert lines == {
        signed.pk: ["Tranche à confirmer"],
        asking.pk: [""],
        approved.pk: ["Indicatif, à confirmer après la signature"],
    }
    assert "à confirmer, non déduit : 10 500,00 €" in _plain(page.content.decode())
    assert [_plain(after[key]) for key in ("others", "left", "promised")] == ["10 000,00 €", "3 000,00 €", "500,00 €"]


def test_the_home_tells_what_waits_and_no_more_once_it_is_confirmed(
    signed: Contract, people: People, agent: Client, now: datetime
) -> None:
    def said() -> list[str]:
        return [_plain(each.text) for each in agent.get(reverse("dashboard")).context["bars"]]

    before = said()
    _confirm(signed, people, now, "10000.00")

    assert before[0] == (
        "0 € retenus, 0 € demandés en instruction, 10 000 € promis à confirmer, reste 25 000 € sur 25 000 €."
    )
    assert said()[0] == "10 000 € retenus, 0 € demandés en instruction, reste 15 000 € sur 25 000 €."
    assert Envelope.objects.get(campaign__year=2027).remaining == Decimal("15000.00")


#: Whatever the tranches that wait.
QUERIES = {"vienne_agent": 12, "sgar": 15}


@pytest.mark.parametrize("who", ["vienne_agent", "sgar"])
def test_the_home_takes_the_same_queries_for_1_and_3_tranches_that_wait(
    signed: Contract, people: People, who: str, now: datetime
) -> None:
    client, counts, listed = people.client_for(people.actors[who]), [], []
    for more in (0, 2):
        Campaign.objects.filter(year=2027).update(is_open=False)
        for _ in range(more):
            a_signed_file(people, now, last=2027)
        Campaign.objects.filter(year=2027).update(is_open=True)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(reverse("dashboard"))
        counts.append(len(captured))
        listed.append(len(page.context.get("tranches", [])))

    assert counts == [QUERIES[who]] * 2
    assert listed == ([1, 3] if who == "vienne_agent" else [0, 0])
