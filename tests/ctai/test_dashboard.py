"""The home of each role: what waits for the person, in a constant number of queries."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.enums import AccessRequestStatus
from accounts.models import AccessRequest, Organisation
from campaigns.models import Campaign
from contracts.enums import State, Turn
from contracts.models import Contract, Opinion
from documents.models import IssuedDocument
from exchanges.models import Remark
from funding.enums import Stage
from funding.models import Envelope
from tests.factories.campaigns import open_year
from tests.monitoring.scale import a_contract, a_movement, an_event
from tests.people import People

DASHBOARD = "dashboard"


def home(client: Client, query: str = "") -> Any:
    return client.get(reverse(DASHBOARD) + query)


def in_correction(people: People, number: int, campaign: Campaign, now: datetime, reply_by: date) -> Contract:
    contract = a_contract(
        people, number, State.CORRECTION_REQUESTED, campaign=campaign, submitted_at=now, suspended_at=now,
        reply_by=reply_by, turn=Turn.LOCAL, turn_since=now,
    )  # fmt: skip
    contract.save()
    return contract


def under_review(people: People, number: int, campaign: Campaign, submitted_at: datetime) -> Contract:
    contract = a_contract(
        people, number, State.UNDER_REVIEW, campaign=campaign, submitted_at=submitted_at, turn=Turn.STATE,
        turn_since=submitted_at,
    )  # fmt: skip
    contract.save()
    return contract


def with_events(contract: Contract) -> Contract:
    for kind in ("open_file", "send_letter", "note_written", "acknowledge", "message_posted"):
        an_event(contract.pk, kind)
    return contract


def test_home_without_a_file_tells_how_to_begin(people: People) -> None:
    Organisation.objects.filter(pk=people.vienne_agent.organisation.pk).update(telephone="05 49 55 70 00")

    page = home(people.client_for(people.poitiers_agent)).content.decode()

    assert page.count("ctai-steps__who") == 5
    assert "05 49 55 70 00" in page
    assert f'href="{reverse("contracts:new")}"' in page


def test_card_tells_what_is_expected_and_the_last_events(people: People) -> None:
    now = timezone.now()
    campaign = open_year(people.dgef, now)
    contract = with_events(in_correction(people, 1, campaign, now, date(2026, 3, 12)))
    Remark.objects.create(
        contract=contract, body="Préciser le public.", side="state", author=people.vienne_agent.user,
        organisation=people.vienne_agent.organisation, created_at=now,
    )  # fmt: skip

    response = home(people.client_for(people.poitiers_agent))

    (card,) = response.context["cards"]
    assert card.expected == "Action attendue de vous"
    assert card.task == "Répondez à 1\u00a0remarque, puis déposez la correction."
    assert "Avant le 12 mars 2026." in response.content.decode()
    assert [each["sentence"] for each in card.events] == [
        "Message envoyé",
        "Accusé de réception délivré",
        "Lettre d’intention envoyée",
    ]
    assert response.context["inbox_count"] == 1


def test_card_keeps_the_last_documents_at_hand(people: People) -> None:
    now = timezone.now()
    contract = in_correction(people, 1, open_year(people.dgef, now), now, date(2026, 3, 12))
    issued: list[tuple[str, dict[str, Any]]] = [
        ("letter", {}),
        ("funding_request", {"is_draft": True}),
        ("minutes", {"superseded_at": now}),
    ]
    for number, (kind, fields) in enumerate(issued, start=1):
        IssuedDocument.objects.create(
            contract=contract, kind=kind, number=number, data={}, data_sha256="0" * 64, status="ready",
            sha256="0" * 64, size=1, page_count=1, progress=100, content="a.pdf",
            created_at=now, ready_at=now, **fields,
        )  # fmt: skip

    response = home(people.client_for(people.poitiers_agent))

    [card], [letter] = response.context["cards"], IssuedDocument.objects.filter(kind="letter")
    address = reverse("contracts:issued", args=[contract.reference, letter.pk])
    assert [each["url"] for each in card.documents] == [address]
    assert f'href="{address}"' in response.content.decode()


def test_card_says_what_the_other_side_does(people: People) -> None:
    now = timezone.now()
    under_review(people, 1, open_year(people.dgef, now), now - timedelta(days=3))
    a_contract(people, 2, State.SIGNED).save()

    cards = {card.reference[-1]: card for card in home(people.client_for(people.poitiers_agent)).context["cards"]}

    assert cards["1"].expected == "Action attendue de la préfecture"
    assert cards["1"].meanwhile == "La préfecture instruit votre demande, depuis 3\u00a0jours."
    assert cards["2"].meanwhile.startswith("Contrat ")


def test_queue_has_a_tab_for_each_turn(people: People) -> None:
    a_contract(people, 1, State.LETTER_SENT, turn=Turn.STATE).save()
    a_contract(people, 2, State.EXCHANGE, turn=Turn.LOCAL).save()
    a_contract(people, 3, State.EXCHANGE, turn=Turn.BOTH).save()
    a_contract(people, 4, State.SIGNED).save()
    client = people.client_for(people.vienne_agent)

    tabs = {tab["label"]: tab for tab in home(client).context["tabs"]}

    assert {label: tab["count"] for label, tab in tabs.items()} == {"À nous": 1, "À eux": 1, "À deux": 1, "Signés": 1}
    for number, label in enumerate(("À nous", "À eux", "À deux", "Signés"), start=1):
        (row,) = home(client, tabs[label]["url"]).context["rows"]
        assert row.reference == f"CTAI-2026-086-000{number}"
    assert home(people.client_for(people.gironde_agent)).context["rows"] == []


def test_queue_is_sorted_by_urgency(people: People) -> None:
    now = timezone.now()
    campaign = open_year(people.dgef, now)
    a_contract(people, 1, State.LETTER_SENT, turn=Turn.STATE, turn_since=now - timedelta(days=2)).save()
    a_contract(people, 2, State.LETTER_SENT, turn=Turn.STATE, turn_since=now - timedelta(days=9)).save()
    under_review(people, 3, campaign, now - timedelta(days=5))
    under_review(people, 4, campaign, now - timedelta(days=70))

    rows = home(people.client_for(people.vienne_agent)).context["rows"]

    assert [row.reference[-1] for row in rows] == ["4", "3", "2", "1"]
    assert [row.late for row in rows] == [True, False, False, False]


def test_my_files_come_first_and_the_service_at_will(people: People) -> None:
    mine, other = people.vienne_agent.user, people.vienne_prefet.user
    for number, instructor in ((1, mine), (2, other), (3, None)):
        a_contract(people, number, State.LETTER_SENT, turn=Turn.STATE, instructor=instructor).save()
    client = people.client_for(people.vienne_agent)

    assert {row.reference[-1] for row in home(client).context["rows"]} == {"1", "3"}
    assert len(home(client, "?dossiers=tous").context["rows"]) == 3
    assert len(home(client, "?dossiers=invente&onglet=invente&page=x").context["rows"]) == 2


def test_envelope_deadlines_and_requests_of_the_prefecture(people: People) -> None:
    now = timezone.now()
    campaign = open_year(people.dgef, now)
    prefecture = people.vienne_agent.organisation
    Envelope.objects.create(campaign=campaign, organisation=prefecture, allotted=Decimal(1000), taken=Decimal(400))
    contract = under_review(people, 1, campaign, now - timedelta(days=50))
    a_movement(contract, an_event(), Stage.REQUESTED, "250.50").save()
    in_correction(people, 2, campaign, now, timezone.localdate(now) + timedelta(days=3))
    Opinion.objects.create(
        contract=contract, service="DREETS", asked_at=now, due_on=timezone.localdate(now) - timedelta(days=1),
        recorded_by=people.vienne_agent.user,
    )  # fmt: skip
    AccessRequest.objects.create(
        organisation=prefecture, routed_to=prefecture, email="n@vienne.fr", first_name="N", last_name="O", title="t",
        role="instructor", status=AccessRequestStatus.PENDING,
    )  # fmt: skip

    context = home(people.client_for(people.vienne_agent)).context

    (bar,) = context["bars"]
    assert (bar.taken, bar.asked) == (40, 25)
    assert bar.text.endswith("reste 600\u00a0€ sur 1\u00a0000\u00a0€.")
    assert [(each.text, each.late) for each in context["deadlines"]] == [
        ("avis attendu : DREETS", True),
        ("réponse attendue", False),
        ("décision implicite de rejet", False),
    ]
    assert context["requests"] == 1


def test_other_roles_have_their_own_home(people: People) -> None:
    a_contract(people, 1, State.SIGNED).save()

    region = home(people.client_for(people.sgar))
    support = home(people.client_for(people.support))

    assert region.context["place"] == "Nouvelle-Aquitaine"
    assert region.context["figures"].headlines[0].cell.value == 1
    assert reverse("accounts:assistance") in support.content.decode()
    assert home(people.client_for(people.diair)).url == reverse("monitoring:national")
    assert home(people.client_for(people.stranger)).url == reverse("accounts:no_organisation")
    assert home(Client()).url.startswith(reverse("accounts:login"))


@pytest.mark.parametrize("who", ["poitiers_agent", "vienne_agent", "sgar"])
def test_home_takes_the_same_queries_for_1_and_3_files(people: People, who: str) -> None:
    now = timezone.now()
    campaign = open_year(people.dgef, now)
    client = people.client_for(people.actors[who])
    counts = []
    for numbers in ((1,), (2, 3)):
        for number in numbers:
            with_events(under_review(people, number, campaign, now - timedelta(days=number)))
            with_events(in_correction(people, number + 10, campaign, now, timezone.localdate(now)))
        with CaptureQueriesContext(connection) as captured:
            home(client)
        counts.append(len(captured))

    assert counts[0] == counts[1]
    assert counts[0] <= 16
