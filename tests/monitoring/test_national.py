"""The national page: figures that equal the list that each opens, in a constant number of queries."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import CampaignTarget
from contracts.enums import State
from ctai.text import euros
from funding.enums import Stage
from funding.models import Movement
from monitoring.figures import Cell, Figures
from tests.factories.accounts import prefecture
from tests.factories.funding import CampaignFactory
from tests.factories.territories import CommuneFactory, DepartementFactory, RegionFactory, bordeaux_metropole
from tests.monitoring.scale import a_contract, a_movement, an_event, many
from tests.people import People

NATIONAL, TARGETS = "monitoring:national", "monitoring:targets_export"


def cells(figures: Figures) -> Iterator[tuple[str, Cell]]:
    """Walk the figures whose list counts the same thing."""
    for headline in figures.headlines:
        if headline.label != "collectivités engagées":
            yield headline.label, headline.cell
    for table in (*figures.tables, figures.money):
        for label, row in table.rows:
            yield from ((f"{table.caption}, {label}", cell) for cell in row)


def a_country(people: People) -> None:
    """Files of two régions and of the overseas, of several states, years and categories, with money."""
    many(people, 9)
    metropolis = bordeaux_metropole()
    other = RegionFactory.create(code="53", name="Bretagne")
    far = CommuneFactory.create(code="98818", name="Nouméa", departement__code="988", departement__region=None)
    a_contract(people, 20, State.SIGNED, porteur=metropolis, category="epci", departement_id="33").save()
    a_contract(people, 21, State.EXCHANGE, region_id=other.pk, category="region").save()
    a_contract(
        people, 22, State.SIGNED, origin="imported", signed_at=None, notified_on=None, region_id=other.pk
    ).save()
    a_contract(people, 23, State.EXCHANGE, porteur=far, departement_id="988", region_id=None).save()
    contract = a_contract(people, 24, State.EXCHANGE)
    contract.save()
    event = an_event()
    Movement.objects.bulk_create(
        [
            a_movement(contract, event, Stage.REQUESTED, "10.10", year=2027),
            a_movement(contract, event, Stage.REQUESTED, "0.05", year=2027),
            a_movement(contract, event, Stage.GRANTED, "7.00", year=2027),
            a_movement(contract, event, Stage.GRANTED, "-7.00", year=2027),
        ]
    )


@pytest.mark.parametrize("who", ["dgef", "sgar"])
def test_each_figure_equals_the_list_that_it_opens(people: People, who: str) -> None:
    a_country(people)
    client = people.client_for(people.actors[who])
    figures = client.get(reverse(NATIONAL)).context["figures"]
    followed = 0

    for label, cell in cells(figures):
        if not cell.url:
            assert not cell.value, label
            continue
        page = client.get(cell.url)
        followed += 1
        if isinstance(cell.value, Decimal):
            assert euros(cell.value) in page.context["sentence"], label
        else:
            assert page.context["page_obj"].paginator.count == cell.value, label

    assert followed > 15


def test_collectivites_are_counted_apart_from_contracts(people: People) -> None:
    many(people, 3)
    client = people.client_for(people.diair)

    contracts, authorities = client.get(reverse(NATIONAL)).context["figures"].headlines[:2]

    assert (contracts.cell.value, authorities.cell.value) == (1, 1)
    a_contract(people, 30, State.SIGNED).save()
    contracts, authorities = client.get(reverse(NATIONAL)).context["figures"].headlines[:2]
    assert (contracts.cell.value, authorities.cell.value) == (2, 1)
    assert "1\u00a0collectivité engagée" in client.get(authorities.cell.url).context["sentence"]


def test_stage_without_data_reads_non_disponible(people: People) -> None:
    many(people, 4)

    money = people.client_for(people.diair).get(reverse(NATIONAL)).context["figures"].money

    totals = dict(zip(money.columns[1:], dict(money.rows)["Toutes les tranches"], strict=True))
    assert totals["Retenu"].value == Decimal("1600.10")
    assert totals["Indicatif"].value == Decimal("0.40")
    assert totals["Versé"].text == totals["Notifié"].text == "non disponible"


def test_coordinator_reads_its_region_alone(people: People) -> None:
    a_country(people)

    figures = people.client_for(people.sgar).get(reverse(NATIONAL)).context["figures"]

    regions = next(table for table in figures.tables if table.key == "region")
    assert [name for name, _ in regions.rows] == ["Nouvelle-Aquitaine"]
    assert figures.headlines[0].cell.value == 5


@pytest.mark.parametrize("who", ["poitiers_maire", "vienne_prefet", "support"])
def test_figures_are_for_those_who_steer(people: People, who: str) -> None:
    assert people.client_for(people.actors[who]).get(reverse(NATIONAL)).status_code == 403


def test_page_says_the_date_of_its_figures(people: People) -> None:
    page = people.client_for(people.dgef).get(reverse(NATIONAL)).content.decode()

    assert "<title>Pilotage national au " in page
    assert ">Pilotage national au " in page


def test_figures_take_the_same_queries_for_1_3_and_1000_files(people: People) -> None:
    client = people.client_for(people.dgef)
    counts = []
    for start, total in ((1, 1), (2, 2), (4, 997)):
        many(people, total, start=start)
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(NATIONAL))
        counts.append(len(captured))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 12


# --- targets of the préfets -----------------------------------------------------------------------------------------


def an_aim(people: People, *, vienne: int = 3, gironde: int = 2) -> None:
    """Expect contracts of two préfectures in the year of the files, which is the present one."""
    campaign = CampaignFactory.create(year=timezone.localdate().year)
    for actor, count in ((people.vienne_agent, vienne), (people.gironde_agent, gironde)):
        CampaignTarget.objects.create(campaign=campaign, organisation=actor.organisation, contracts=count)


def signed_this_year(people: People, number: int, **fields: Any) -> None:
    a_contract(people, number, State.SIGNED, signed_at=timezone.now(), **fields).save()


def test_signed_contracts_are_read_against_the_targets(people: People) -> None:
    an_aim(people)
    signed_this_year(people, 1)
    signed_this_year(people, 2)
    a_contract(people, 3, State.EXCHANGE).save()
    client = people.client_for(people.dgef)

    figures = client.get(reverse(NATIONAL)).context["figures"]

    table = next(each for each in figures.tables if each.key == "objectifs")
    assert [[label, *(cell.text for cell in row)] for label, row in table.rows] == [
        [f"Nouvelle-Aquitaine – {people.gironde_agent.organisation.name}", "0", "2", "2"],
        [f"Nouvelle-Aquitaine – {people.vienne_agent.organisation.name}", "2", "3", "1"],
        ["Toutes les préfectures", "2", "5", "3"],
    ]
    assert "dont 2 en" in figures.headlines[0].note
    assert "sur 5 attendus des préfets" in figures.headlines[0].note
    opened = client.get(table.rows[1][1][0].url)
    assert opened.context["page_obj"].paginator.count == 2
    assert f"suivis par {people.vienne_agent.organisation.name}" in opened.context["sentence"]


def test_targets_beyond_reach_and_without_target_never_go_below_zero(people: People) -> None:
    an_aim(people, vienne=1)
    signed_this_year(people, 1)
    signed_this_year(people, 2)
    signed_this_year(people, 3, lead_service=people.sgar.organisation)

    figures = people.client_for(people.dgef).get(reverse(NATIONAL)).context["figures"]

    rows = dict(next(each for each in figures.tables if each.key == "objectifs").rows)
    told = {label.partition(" – ")[2]: [cell.text for cell in row] for label, row in rows.items()}
    assert told[people.vienne_agent.organisation.name] == ["2", "1", "0"]
    assert told[people.sgar.organisation.name] == ["1", "—", "—"]


def test_targets_are_exported_in_the_scope_of_the_reader(people: People) -> None:
    an_aim(people)
    signed_this_year(people, 1)
    elsewhere = prefecture(DepartementFactory.create(code="29", region=RegionFactory.create(code="53")))
    CampaignTarget.objects.create(
        campaign=CampaignFactory.create(year=timezone.localdate().year), organisation=elsewhere, contracts=7
    )

    lines = {
        who: b"".join(people.client_for(people.actors[who]).get(reverse(TARGETS, args=["csv"]))).decode().splitlines()
        for who in ("dgef", "sgar")
    }

    assert (len(lines["dgef"]), len(lines["sgar"])) == (4, 3)
    assert any(
        f"{people.vienne_agent.organisation.name};{timezone.localdate().year};1;3;2" in each for each in lines["sgar"]
    )
    assert elsewhere.name not in "".join(lines["sgar"])
    assert people.client_for(people.dgef).get(reverse(TARGETS, args=["pdf"])).status_code == 404


def test_targets_take_the_same_queries_for_1_and_3_prefectures(people: People) -> None:
    an_aim(people)
    client, counts = people.client_for(people.dgef), []
    for codes in ((), ("22", "29", "35")):
        for code in codes:
            place = DepartementFactory.create(code=code, region=RegionFactory.create(code=f"5{code[0]}"))
            signed_this_year(people, int(code), lead_service=prefecture(place))
        with CaptureQueriesContext(connection) as captured:
            client.get(reverse(NATIONAL))
        counts.append(len(captured))

    assert counts[0] == counts[1]
