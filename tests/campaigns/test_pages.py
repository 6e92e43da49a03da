"""The pages of the campaigns: who reads, who changes, and what comes back when it is wrong."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from campaigns.enums import ChargeAccount
from campaigns.models import Campaign, CampaignAxis, CampaignTarget, DeadlineExtension
from campaigns.queries import axes_of, criteria_of, deadline_for, targets_of
from funding.enums import CHARGE_ACCOUNTS, Account
from journal.models import Event
from tests.factories.campaigns import open_year
from tests.factories.funding import CampaignFactory
from tests.factories.territories import nouvelle_aquitaine, poitiers, vienne
from tests.people import People


def _campaign(**changes: Any) -> dict[str, Any]:
    return {
        "year": "2027",
        "opens_on": "2027-01-04",
        "submission_deadline": "2027-06-30",
        "closes_on": "2027-12-31",
        "mandatory_axes": ["FRANCAIS"],
        "rate_threshold": "80",
        "silence_months": "2",
        "correction_days": "21",
        "opinion_days": "15",
        "eligible_accounts": ["60", "64"],
        "advance_share": "40",
        "instalment_share": "40",
        "balance_share": "20",
    } | changes


@pytest.mark.parametrize(
    ("who", "reads", "opens"),
    [("dgef", 200, 200), ("diair", 200, 403), ("sgar", 200, 403), ("vienne_agent", 403, 403), ("support", 403, 403)],
)
def test_campaigns_are_read_by_those_who_steer(people: People, who: str, reads: int, opens: int) -> None:
    CampaignFactory.create()
    client = people.client_for(people.actors[who])

    assert client.get(reverse("campaigns:list")).status_code == reads
    assert client.get(reverse("campaigns:create")).status_code == opens
    assert client.get(reverse("campaigns:edit", args=[2026])).status_code == opens


def test_a_campaign_is_opened_changed_and_closed(people: People) -> None:
    client = people.client_for(people.dgef)

    wrong = client.post(reverse("campaigns:create"), _campaign(submission_deadline="2026-01-01"))
    uneven = client.post(reverse("campaigns:create"), _campaign(balance_share="20.01"))
    client.post(reverse("campaigns:create"), _campaign())
    twice = client.post(reverse("campaigns:create"), _campaign())
    client.post(reverse("campaigns:edit", args=[2027]), _campaign(closes_on="2028-01-31"))
    client.post(reverse("campaigns:close", args=[2027]))

    campaign = Campaign.objects.get()
    assert [wrong.status_code, uneven.status_code, twice.status_code] == [422, 422, 422]
    assert uneven.context["form"].errors == {
        "balance_share": ["Les trois parts font 100,01\u00a0%\u00a0: elles doivent faire 100\u00a0%."]
    }
    assert twice.context["form"].errors == {
        "year": ["La campagne 2027 existe déjà\u00a0: modifiez-la, ou changez d’année."]
    }
    assert campaign.eligible_accounts == ["60", "64"]
    assert (campaign.closes_on, campaign.is_open) == (date(2028, 1, 31), False)
    assert [each.axis.code for each in campaign.axes.filter(mandatory=True)] == ["FRANCAIS"]


def test_the_next_year_is_offered_as_the_last_one_a_year_later(people: People, now: datetime) -> None:
    open_year(people.dgef, now, 2026, rate_threshold=70, eligible_accounts=["60"], advance_share=20, balance_share=50)

    form = people.client_for(people.dgef).get(reverse("campaigns:create")).context["form"]

    shown = {name: form[name].value() for name in ("year", "submission_deadline", "rate_threshold", "advance_share")}
    assert shown == {"year": 2027, "submission_deadline": date(2027, 6, 30), "rate_threshold": 70, "advance_share": 20}
    assert form["eligible_accounts"].value() == ["60"]


def _axes(campaign: Campaign, **changes: Any) -> dict[str, Any]:
    rows = campaign.axes.select_related("axis")
    entry: dict[str, Any] = {f"rank-{each.axis_id}": each.rank for each in rows}
    entry |= {f"active-{each.axis_id}": "on" for each in rows}
    return entry | changes


def test_axes_are_ordered_set_aside_and_added(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    client, address = people.client_for(people.dgef), reverse("campaigns:axes", args=[2026])
    job, home = (campaign.axes.get(axis__code=code).axis_id for code in ("EMPLOI", "LOGEMENT"))
    entry = _axes(campaign, **{f"mandatory-{job}": "on", f"rank-{job}": 99, "new_label": "Parrainage citoyen"})
    del entry[f"active-{home}"]

    assert client.post(address, entry).status_code == 302
    again = client.post(address, _axes(campaign, new_label="parrainage CITOYEN"))
    wrong = _axes(campaign, **{f"mandatory-{home}": "on"})
    del wrong[f"active-{home}"]
    contrary = client.post(address, wrong)

    assert [again.status_code, contrary.status_code] == [422, 422]
    assert list(contrary.context["form"].errors) == [f"mandatory-{home}"]
    codes = [axis.code for axis in axes_of(campaign)]
    assert codes[-2:] == ["EMPLOI", "PARRAINAGE_CITOYEN"]
    assert "LOGEMENT" not in codes
    assert CampaignAxis.objects.get(campaign=campaign, axis=job).mandatory is True
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignAxis.objects.filter(axis=home).update(mandatory=True)


def test_an_extension_counts_for_its_territory_alone(people: People) -> None:
    campaign, town = CampaignFactory.create(), poitiers()
    nouvelle_aquitaine(), vienne()
    client, address = people.client_for(people.dgef), reverse("campaigns:extensions", args=[2026])

    def deadline(authority: int = town.pk, departement: str | None = "86") -> date:
        return deadline_for(campaign, region="75", departement=departement, authority=authority)

    before = deadline()
    entry = {"territory": "departement-86", "siren": "", "deadline": "2026-09-15", "reason": "Inondations"}
    assert client.post(address, entry).status_code == 302
    assert (
        client.post(address, entry | {"territory": "", "siren": town.siren, "deadline": "2026-10-01"}).status_code
        == 302
    )
    wrong = [
        client.post(address, entry | change)
        for change in (
            {"siren": town.siren},
            {"territory": ""},
            {"deadline": "2026-06-30"},
            {"deadline": "2027-01-01"},
            {"territory": "departement-99"},
            {"reason": ""},
            {"territory": "", "siren": "356000000"},
        )
    ]

    assert {each.status_code for each in wrong} == {422}
    assert (before, deadline(), deadline(authority=0), deadline(authority=0, departement="33")) == (
        date(2026, 6, 30),
        date(2026, 10, 1),
        date(2026, 9, 15),
        date(2026, 6, 30),
    )
    extension = DeadlineExtension.objects.get(authority=town)
    assert client.post(address, {"remove": extension.pk}).status_code == 302
    assert [client.post(address, {"remove": wrong}).status_code for wrong in ("999", "x")] == [404, 404]
    assert deadline() == date(2026, 9, 15)
    kinds = Event.objects.filter(kind__startswith="deadline").order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["deadline_extended", "deadline_extended", "deadline_extension_removed"]


def test_targets_are_set_and_copied_to_the_next_year(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    client, address = people.client_for(people.dgef), reverse("campaigns:targets", args=[2026])
    here, region = people.vienne_agent.organisation.pk, people.sgar.organisation.pk

    assert client.post(address, {f"target-{here}": "3", f"target-{region}": "1"}).status_code == 302
    assert client.post(address, {f"target-{here}": "-1"}).status_code == 422
    assert client.post(address, {f"target-{here}": "4"}).status_code == 302

    assert targets_of(campaign) == {here: 4}
    assert targets_of(open_year(people.dgef, now, 2027)) == {here: 4}
    assert CampaignTarget.objects.count() == 2


def test_the_grid_is_changed_and_copied_to_the_next_year(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    client, address = people.client_for(people.dgef), reverse("campaigns:criteria", args=[2026])
    rows = list(criteria_of(campaign))
    entry: dict[str, Any] = {"new_label": "Innovation", "new_points": "10"}
    for each in rows:
        entry |= {f"label-{each.pk}": each.label, f"points-{each.pk}": 4, f"rank-{each.pk}": each.rank}
    entry |= {f"active-{each.pk}": "on" for each in rows[1:]}

    assert client.post(address, entry).status_code == 302
    again = client.post(address, entry | {"new_label": rows[0].label.upper()})
    wrong = client.post(address, entry | {f"points-{rows[0].pk}": "0"})

    grid = [(each.label, each.points, each.active) for each in criteria_of(campaign)]
    assert [again.status_code, wrong.status_code] == [422, 422]
    assert grid[0] == (rows[0].label, 4, False)
    assert grid[-1] == ("Innovation", 10, True)
    copied = criteria_of(open_year(people.dgef, now, 2027)).values_list("label", flat=True)
    assert list(copied) == [label for label, _, active in grid if active]


def test_two_criteria_of_the_grid_exchange_their_labels(people: People, now: datetime) -> None:
    campaign = open_year(people.dgef, now)
    first, second, *others = criteria_of(campaign)
    labels = {first.pk: second.label, second.pk: first.label} | {each.pk: each.label for each in others}
    entry: dict[str, Any] = {"new_label": "Innovation", "new_points": "10"}
    for rank, (pk, label) in enumerate(labels.items(), start=1):
        entry |= {f"label-{pk}": label, f"points-{pk}": 4, f"rank-{pk}": rank, f"active-{pk}": "on"}
    client, address = people.client_for(people.dgef), reverse("campaigns:criteria", args=[2026])

    answer = client.post(address, entry)

    assert answer.status_code == 302
    assert dict(criteria_of(campaign).exclude(label="Innovation").values_list("pk", "label")) == labels
    assert criteria_of(campaign).filter(label="Innovation").count() == 1


@pytest.mark.parametrize("name", ["axes", "criteria", "extensions", "targets"])
def test_only_the_manager_changes_the_parts_of_a_campaign(people: People, name: str) -> None:
    CampaignFactory.create()
    address = reverse(f"campaigns:{name}", args=[2026])

    answers = {
        who: people.client_for(people.actors[who]).get(address).status_code for who in ("dgef", "diair", "sgar")
    }

    assert answers == {"dgef": 200, "diair": 403, "sgar": 403}


def test_charges_of_the_campaigns_are_those_of_the_budgets() -> None:
    assert ChargeAccount.choices == [choice for choice in Account.choices if choice[0] in CHARGE_ACCOUNTS]


def test_database_refuses_payments_that_do_not_add_to_a_hundred(people: People) -> None:
    campaign = CampaignFactory.create()

    with pytest.raises(IntegrityError), transaction.atomic():
        Campaign.objects.filter(pk=campaign.pk).update(balance_share=21)
