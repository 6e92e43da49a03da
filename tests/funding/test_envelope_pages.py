"""The pages of envelopes and campaigns: who reads, who distributes, what comes back when it is wrong."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from funding.models import Allocation, Envelope
from tests.factories.accounts import prefecture
from tests.factories.funding import CampaignFactory, an_envelope
from tests.factories.territories import DepartementFactory, nouvelle_aquitaine
from tests.people import People


def _envelopes() -> str:
    return reverse("funding:envelopes")


ROLES = {
    "dgef": (200, 3),
    "diair": (200, 3),
    "sgar": (200, 2),
    "vienne_agent": (200, 1),
    "vienne_prefet": (200, 1),
    "gironde_agent": (200, 0),
    "poitiers_agent": (403, 0),
    "support": (403, 0),
}


@pytest.mark.parametrize(("who", "expected"), ROLES.items())
def test_each_level_sees_its_envelopes(people: People, who: str, expected: tuple[int, int]) -> None:
    for actor in (people.dgef, people.sgar, people.vienne_agent):
        an_envelope(actor.organisation)

    answer = people.client_for(people.actors[who]).get(_envelopes())

    status, rows = expected
    assert answer.status_code == status
    if status == 200:
        assert len(answer.context["rows"]) == rows
        assert (answer.context["form"] is not None) is (who in ("dgef", "sgar"))


def test_money_goes_down_from_the_law_to_the_prefecture(people: People) -> None:
    CampaignFactory.create()
    dgef, sgar = people.client_for(people.dgef), people.client_for(people.sgar)
    national, regional, vienne = (each.organisation.pk for each in (people.dgef, people.sgar, people.vienne_agent))

    for client, receiver, amount in ((dgef, national, "1 000,50"), (dgef, regional, "600"), (sgar, vienne, "200,10")):
        entry = {
            "organisation": receiver,
            "amount": amount,
            "reason": "Notification",
            "after": Allocation.objects.count(),
        }
        for _ in range(2):
            assert client.post(_envelopes(), entry).status_code == 302

    left = {each.organisation_id: each.remaining for each in Envelope.objects.all()}
    assert left == {national: Decimal("400.50"), regional: Decimal("399.90"), vienne: Decimal("200.10")}
    assert Allocation.objects.count() == 3


@pytest.mark.parametrize(
    ("entry", "field"),
    [
        ({"amount": "100 000,01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "1,234"}, "amount"),
        ({"amount": "-1"}, "amount"),
        ({"reason": ""}, "reason"),
        ({"organisation": "999999"}, "organisation"),
    ],
)
def test_a_wrong_distribution_comes_back(people: People, entry: dict[str, str], field: str) -> None:
    an_envelope(people.sgar.organisation)
    good = {"organisation": people.vienne_agent.organisation.pk, "amount": "10", "reason": "Notification initiale"}

    answer = people.client_for(people.sgar).post(_envelopes(), good | entry)

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Allocation.objects.exists()


def test_a_reader_does_not_distribute(people: People) -> None:
    an_envelope(people.vienne_agent.organisation)

    for who in ("diair", "vienne_prefet"):
        assert people.client_for(people.actors[who]).post(_envelopes()).status_code == 403


@pytest.mark.parametrize("year", ["2031", "abc", "²026", "-1"])
def test_a_year_without_campaign_is_not_found(people: People, year: str) -> None:
    CampaignFactory.create()

    assert people.client_for(people.dgef).get(_envelopes(), {"annee": year}).status_code == 404


def test_the_page_costs_the_same_with_one_envelope_and_three(people: People) -> None:
    client, counts = people.client_for(people.dgef), []
    CampaignFactory.create()
    for rows in (1, 3):
        while Envelope.objects.count() < rows:
            place = prefecture(DepartementFactory.create(region=nouvelle_aquitaine()))
            client.post(_envelopes(), {"organisation": people.dgef.organisation.pk, "amount": "10", "reason": "Loi"})
            client.post(_envelopes(), {"organisation": place.pk, "amount": "1", "reason": "Notification"})
        client.get(_envelopes())
        with CaptureQueriesContext(connection) as queries:
            client.get(_envelopes())
        counts.append(len(queries))

    assert counts[0] == counts[1]
