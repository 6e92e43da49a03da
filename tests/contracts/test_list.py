"""The list of files: what it shows, to whom, in how many queries."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.enums import State
from contracts.models import CoSignatory
from funding.enums import Stage
from funding.models import Movement
from tests.factories.territories import CommuneFactory, bordeaux_metropole
from tests.monitoring.scale import a_contract, a_movement, an_event, many
from tests.people import People

NBSP = "\u00a0"


def url(**filters: object) -> str:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return f"{reverse('contracts:list')}?{query}"


def references(client: Client, **filters: object) -> list[str]:
    response = client.get(url(**filters))
    assert response.status_code == 200
    return [row.reference for row in response.context["rows"]]


def queries_of(request: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        request()
    return len(captured)


@pytest.mark.parametrize("who", ["poitiers_agent", "vienne_agent", "sgar", "dgef"])
def test_list_takes_the_same_queries_for_1_3_and_1000_files(people: People, who: str) -> None:
    client = people.client_for(people.actors[who])
    counts = []
    for start, total in ((1, 1), (2, 2), (4, 997)):
        many(people, total, start=start)
        counts.append(queries_of(lambda: client.get(url(tri="-montant"))))

    assert counts[0] == counts[1] == counts[2]
    assert counts[0] <= 12


def test_list_shows_the_files_of_the_reader_alone(people: People) -> None:
    many(people, 3)

    assert len(references(people.client_for(people.vienne_agent))) == 3
    assert references(people.client_for(people.gironde_agent)) == []
    assert len(references(people.client_for(people.sgar))) == 3
    assert references(people.client_for(people.bordeaux_agent)) == []
    assert people.client_for(people.stranger).get(url()).headers["Location"] == reverse("accounts:no_organisation")


def test_row_is_written_once_with_exact_amounts(people: People) -> None:
    contract = a_contract(people, 1, State.SIGNED)
    contract.save()
    event = an_event()
    Movement.objects.bulk_create(
        [a_movement(contract, event, Stage.REQUESTED, "0.10") for _ in range(3)]
        + [
            a_movement(contract, event, Stage.GRANTED, "12345.60"),
            a_movement(contract, event, Stage.INDICATIVE, "0.07"),
        ]
    )

    row = people.client_for(people.vienne_agent).get(url()).context["rows"][0]

    assert row.name == "Poitiers (86)"
    assert row.requested == f"0,30{NBSP}€"
    assert row.granted == f"12{NBSP}345,67{NBSP}€"
    assert row.turn == row.step == row.since == "—"


def test_each_side_reads_its_own_words(people: People) -> None:
    a_contract(people, 1, State.LETTER_SENT, turn="state").save()

    prefecture = people.client_for(people.vienne_agent).get(url()).context["rows"][0]
    town = people.client_for(people.poitiers_agent).get(url()).context["rows"][0]

    assert "Lettre reçue, à enregistrer" in prefecture.badge
    assert prefecture.turn == "Vous"
    assert "Lettre déposée" in town.badge
    assert town.turn == "Préfecture"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"texte": "poit"}, 4),
        ({"texte": "bord"}, 1),
        ({"texte": "saint"}, 1),
        ({"texte": "086-0002"}, 1),
        ({"texte": "<script>"}, 0),
        ({"etat": "signed"}, 2),
        ({"etat": "signes"}, 3),
        ({"etat": "en-cours"}, 2),
        ({"etape": "2"}, 1),
        ({"attendu": "nous"}, 1),
        ({"attendu": "local"}, 1),
        ({"annee": "2026"}, 2),
        ({"annee": "inconnue"}, 1),
        ({"categorie": "commune"}, 5),
        ({"categorie": "epci"}, 0),
        ({"dossiers": "miens"}, 1),
        ({"montant": "granted"}, 1),
        ({"montant": "granted", "tranche": "2027"}, 0),
        ({"etat": "signes", "annee": "2026", "texte": "poitiers"}, 1),
    ],
)
def test_filters_keep_the_files_that_answer(people: People, filters: dict[str, str], found: int) -> None:
    rochelle = CommuneFactory.create(code="86999", name="Saint-Benoît", departement_id="86")
    cosigned = a_contract(people, 1, State.SIGNED)
    cosigned.save()
    CoSignatory.objects.create(contract=cosigned, authority=bordeaux_metropole(), joined_at=cosigned.created_at)
    a_contract(people, 2, State.LETTER_SENT, turn="state").save()
    a_contract(people, 3, State.EXCHANGE, instructor=people.vienne_agent.user).save()
    a_contract(people, 4, State.SIGNED, porteur=rochelle).save()
    a_contract(
        people, 5, State.TERMINATED, origin="imported", ended_at=datetime(2026, 2, 1, tzinfo=UTC), turn="nobody"
    ).save()
    Movement.objects.bulk_create([a_movement(cosigned, an_event(), Stage.GRANTED, "5.00")])

    assert len(references(people.client_for(people.vienne_agent), **filters)) == found


def test_money_given_back_keeps_no_file(people: People) -> None:
    given_back, partly = (a_contract(people, number, State.SIGNED) for number in (1, 2))
    for contract in (given_back, partly):
        contract.save()
    event = an_event()
    taken = [a_movement(given_back, event, Stage.GRANTED, "0.10") for _ in range(3)]
    kept = a_movement(partly, event, Stage.GRANTED, "5.00")
    back = [a_movement(given_back, event, Stage.GRANTED, "-0.30"), a_movement(partly, event, Stage.GRANTED, "-4.99")]
    Movement.objects.bulk_create([*taken, kept, *back])
    client = people.client_for(people.vienne_agent)

    assert references(client, montant="granted") == [partly.reference]
    assert references(client, montant="granted", tranche=2026) == [partly.reference]
    assert references(client, tranche=2026) == [partly.reference]
    Movement.objects.bulk_create([a_movement(given_back, event, Stage.PROPOSED, "5.00")])
    assert references(client, montant="granted") == [partly.reference]
    assert len(references(client, tranche=2026)) == 2


def test_year_of_signature_is_that_of_paris(people: People) -> None:
    a_contract(people, 1, State.SIGNED, signed_at=datetime(2025, 12, 31, 23, 30, tzinfo=UTC)).save()
    client = people.client_for(people.dgef)

    assert len(references(client, annee=2026)) == 1
    assert "2025" not in dict(client.get(url()).context["form"]["annee"].field.choices)


def test_filters_read_as_a_sentence(people: People) -> None:
    many(people, 8)
    client = people.client_for(people.dgef)

    assert client.get(url(etat="signed", region="75", annee="2026")).context["sentence"] == (
        f"4{NBSP}contrats signés de la Nouvelle-Aquitaine en 2026"
    )
    money = client.get(url(etat="signes", montant="granted", tranche="2026")).context["sentence"]
    assert money.endswith(f"montant retenu pour 2026{NBSP}: 3{NBSP}200,20{NBSP}€ — 1{NBSP}collectivité engagée")


def test_sort_keeps_the_filters_and_empty_values_last(people: People) -> None:
    many(people, 8)
    client = people.client_for(people.vienne_agent)

    response = client.get(url(tri="-montant", etat=""))

    amounts = [row.granted for row in response.context["rows"]]
    assert amounts[0] == f"800,25{NBSP}€"
    assert amounts[-1] == "—"
    first, last = references(client, tri="dernier"), references(client, tri="-dernier")
    assert first == last[::-1]


def test_pages_hold_25_files_and_keep_the_filters(people: People) -> None:
    many(people, 30)
    client = people.client_for(people.vienne_agent)

    assert len(references(client, categorie="commune")) == 25
    assert len(references(client, categorie="commune", page=2)) == 5
    assert len(references(client, categorie="commune", page=99)) == 5
    assert "categorie=commune&amp;page=2" in client.get(url(categorie="commune")).content.decode()


def test_wrong_filter_is_told_and_shows_nothing(people: People) -> None:
    many(people, 1)
    client = people.client_for(people.vienne_agent)

    for filters in ({"etat": "inventé"}, {"annee": "12345"}, {"tranche": "-1"}, {"tri": "password"}):
        response = client.get(url(**filters))
        assert response.status_code == 400
        assert response.context["rows"] == []
        assert "Un filtre n’a pas été compris" in response.content.decode()


def test_empty_list_says_why_and_what_to_do(people: People) -> None:
    town = people.client_for(people.poitiers_agent).get(url()).content.decode()
    filtered = people.client_for(people.vienne_agent).get(url(etat="signed")).content.decode()

    assert "Une lettre d’intention suffit pour commencer" in town
    assert reverse("contracts:new") in town
    assert "Retirez-en un, ou effacez-les tous" in filtered


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("poitiers_agent", ["contracts:new"]),
        ("vienne_agent", ["contracts:register", "contracts:take_over"]),
        ("sgar", []),
        ("diair", []),
        ("dgef", ["contracts:import"]),
    ],
)
def test_list_offers_what_the_role_may_begin(people: People, who: str, names: list[str]) -> None:
    buttons = people.client_for(people.actors[who]).get(url()).context["buttons"]

    assert [address for _, address in buttons] == [reverse(name) for name in names]
