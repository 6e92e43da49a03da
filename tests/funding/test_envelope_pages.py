"""The pages of envelopes and campaigns: who reads, who distributes, what comes back when it is wrong."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from funding.models import Allocation, Envelope
from funding.services.distribution import allot
from tests.factories.accounts import prefecture
from tests.factories.funding import CampaignFactory, an_envelope, an_event
from tests.factories.territories import DepartementFactory, RegionFactory, nouvelle_aquitaine
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


def test_envelopes_follow_their_region_and_are_summed_without_what_they_gave_each_other(
    people: People, now: datetime
) -> None:
    CampaignFactory.create()
    other = DepartementFactory.create(
        code="29", name="Finistère", region=RegionFactory.create(code="53", name="Bretagne")
    )
    brest = prefecture(other)
    steps = (
        (people.dgef, people.dgef.organisation, "1000.50"),
        (people.dgef, people.sgar.organisation, "600.00"),
        (people.dgef, brest, "100.25"),
        (people.sgar, people.vienne_agent.organisation, "200.10"),
    )
    for by, receiver, amount in steps:
        own = Envelope.objects.filter(organisation=by.organisation).first()
        allot(
            campaign=CampaignFactory.create(),
            organisation=receiver,
            amount=Decimal(amount),
            source=None if receiver == by.organisation else own,
            reason="Notification",
            by=by,
            now=now,
        )
    Envelope.objects.filter(organisation=brest).update(taken=Decimal("50.05"))

    def shown(who: str) -> tuple[list[str], list[str]]:
        table = people.client_for(people.actors[who]).get(_envelopes()).context["tables"][0]
        return [row[0] for row in table["rows"]], [each.replace("\u00a0", " ") for each in table["total"]]

    names = [each.name for each in (people.dgef.organisation, brest, people.sgar.organisation)]
    label, vienne = "Ensemble, distributions déduites", people.vienne_agent.organisation.name
    assert shown("dgef") == ([*names, vienne], [label, "1 000,50 €", "", "50,05 €", "950,45 €"])
    assert shown("sgar") == ([names[2], vienne], [label, "600,00 €", "", "0,00 €", "600,00 €"])
    assert shown("vienne_agent") == ([vienne], [])


def test_the_history_says_where_it_stops(people: People, now: datetime) -> None:
    campaign, dgef = CampaignFactory.create(), people.dgef
    envelope = an_envelope(dgef.organisation)
    Allocation.objects.bulk_create(
        Allocation(
            envelope=envelope, amount=place, reason="Loi", recorded_at=now, event=an_event(), decided_by=dgef.user
        )
        for place in range(1, 51)
    )
    client = people.client_for(dgef)
    before = client.get(_envelopes())
    allot(
        campaign=campaign,
        organisation=dgef.organisation,
        amount=Decimal(1),
        source=None,
        reason="Loi",
        by=dgef,
        now=now,
    )
    after = client.get(_envelopes())

    assert [len(each.context["history"]) for each in (before, after)] == [50, 50]
    assert ["Les 50 opérations" in each.text for each in (before, after)] == [False, True]


def test_money_goes_down_from_the_law_to_the_prefecture(people: People) -> None:
    CampaignFactory.create()
    dgef, sgar = people.client_for(people.dgef), people.client_for(people.sgar)
    national, regional, vienne = (each.organisation.pk for each in (people.dgef, people.sgar, people.vienne_agent))

    for client, receiver, amount in ((dgef, national, "1 000,50"), (dgef, regional, "600"), (sgar, vienne, "200,10")):
        entry = {
            "act": "give",
            "organisation": receiver,
            "amount": amount,
            "cp_amount": "100",
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
    good = {
        "act": "give",
        "organisation": people.vienne_agent.organisation.pk,
        "amount": "10",
        "reason": "Notification initiale",
    }

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
    entry = {"act": "give", "reason": "Notification"}
    CampaignFactory.create()
    for rows in (1, 3):
        while Envelope.objects.count() < rows:
            place = prefecture(DepartementFactory.create(region=nouvelle_aquitaine()))
            client.post(_envelopes(), entry | {"organisation": people.dgef.organisation.pk, "amount": "10"})
            client.post(_envelopes(), entry | {"organisation": place.pk, "amount": "1"})
        for when in ({}, {"au": "2026-02-01"}):
            client.get(_envelopes(), when)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(_envelopes(), when).status_code == 200
            counts.append(len(queries))

    assert counts[:2] == counts[2:]


def test_money_is_taken_back_and_redeployed_in_both_credits(people: People) -> None:
    CampaignFactory.create()
    dgef, sgar = people.client_for(people.dgef), people.client_for(people.sgar)
    national, regional = people.dgef.organisation.pk, people.sgar.organisation.pk
    vienne, gironde = people.vienne_agent.organisation.pk, people.gironde_agent.organisation.pk

    def send(client: Client, act: str, organisation: int, ae: str, cp: str, receiver: int | str = "") -> int:
        entry = {"act": act, "organisation": organisation, "receiver": receiver, "amount": ae, "cp_amount": cp}
        return client.post(_envelopes(), entry | {"reason": "Notification"}).status_code

    done = [
        send(dgef, "give", national, "1000", "500"),
        send(dgef, "give", regional, "600", "300"),
        send(sgar, "give", vienne, "200", "100"),
        send(sgar, "redeploy", vienne, "50", "", gironde),
        send(sgar, "take_back", vienne, "", "40"),
    ]
    refused = [
        send(dgef, "take_back", vienne, "1", ""),  # the région gave it
        send(sgar, "redeploy", vienne, "150,01", "", gironde),
        send(sgar, "redeploy", vienne, "1", "", vienne),
        send(sgar, "redeploy", vienne, "1", ""),
        send(sgar, "take_back", vienne, "", "60,01"),
        send(dgef, "redeploy", national, "1", "", vienne),
        send(sgar, "give", vienne, "", ""),
    ]

    assert (set(done), set(refused)) == ({302}, {422})
    left = {each.organisation_id: (each.remaining, each.cp_remaining) for each in Envelope.objects.all()}
    assert left == {
        national: (Decimal("400.00"), Decimal("200.00")),
        regional: (Decimal("400.00"), Decimal("240.00")),
        vienne: (Decimal("150.00"), Decimal("60.00")),
        gironde: (Decimal("50.00"), Decimal("0.00")),
    }


def test_page_of_a_past_day_shows_what_was_recorded_until_its_evening(people: People, now: datetime) -> None:
    campaign, dgef = CampaignFactory.create(), people.dgef
    for days, amount in ((0, "1000.00"), (10, "500.00")):
        allot(
            campaign=campaign,
            organisation=dgef.organisation,
            amount=Decimal(amount),
            cp_amount=Decimal(amount) / 2,
            source=None,
            reason="Loi de finances",
            by=dgef,
            now=now + timedelta(days=days),
        )
    client = people.client_for(dgef)

    def shown(day: date) -> list[Decimal]:
        rows = client.get(_envelopes(), {"au": day.isoformat()}).context["rows"]
        return [amount for row in rows for amount in (row.ae.remaining, row.cp.remaining)]

    begun = timezone.localdate(now)
    assert shown(begun - timedelta(days=1)) == [Decimal("0.00")] * 2
    assert shown(begun) == [Decimal("1000.00"), Decimal("500.00")]
    assert shown(begun + timedelta(days=10)) == [Decimal("1500.00"), Decimal("750.00")]
    page = client.get(_envelopes(), {"au": begun.isoformat()})
    assert page.context["form"] is None
    assert len(page.context["history"]) == 1
    for wrong in ("hier", "2026-02-30", "2090-01-01"):
        assert client.get(_envelopes(), {"au": wrong}).status_code == 422
