"""The pages of the exchange: what each reads there, what is refused, what is kept of a wrong entry."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.enums import State
from contracts.models import Contract
from exchanges.enums import Anchor
from exchanges.models import InternalNote, Meeting, Message, MinutesApproval, PieceRequest, Remark
from exchanges.services.meetings import record_meeting, send_minutes
from exchanges.services.messages import post_message, write_note
from exchanges.services.pieces import request_piece
from exchanges.services.remarks import add_remark
from journal.models import Event
from tests.factories.campaigns import open_year
from tests.factories.exchanges import file_of_poitiers, meeting_input
from tests.people import People


@pytest.fixture
def contract(people: People, now: datetime) -> Contract:
    open_year(people.dgef, now)
    return file_of_poitiers(people, now)


def url(contract: Contract, name: str, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


def meeting_data(**changes: Any) -> dict[str, Any]:
    return {
        "subject": "Cadrage",
        "held_on": "2026-02-12",
        "mode": "video",
        "place": "",
        "agenda": "",
        "minutes": "Relevé des échanges.",
        "version": "0",
        "participants-TOTAL_FORMS": "2",
        "participants-INITIAL_FORMS": "0",
        "participants-0-name": "Inès Robert",
        "participants-0-organisation": "Préfecture de la Vienne",
        "participants-1-name": "",
        "decisions-TOTAL_FORMS": "1",
        "decisions-INITIAL_FORMS": "0",
        "decisions-0-text": "Réunir les associations",
        "decisions-0-due_on": "2026-03-15",
        **changes,
    }


def fill(contract: Contract, people: People, now: datetime, total: int) -> None:
    for index in range(total):
        at = now + timedelta(hours=index)
        record_meeting(contract_id=contract.pk, data=meeting_input(), by=people.vienne_agent, now=at)
        post_message(contract_id=contract.pk, body="Bonjour", by=people.poitiers_agent, now=at)
        write_note(contract_id=contract.pk, body="À rappeler", by=people.vienne_agent, now=at)
        add_remark(contract_id=contract.pk, body="Préciser", by=people.poitiers_agent, now=at)
        request_piece(contract_id=contract.pk, label="Statuts", by=people.vienne_agent, now=at)


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("poitiers_agent", 200),
        ("poitiers_maire", 200),
        ("vienne_agent", 200),
        ("vienne_prefet", 200),
        ("sgar", 200),
        ("diair", 200),
        ("dgef", 200),
        ("bordeaux_agent", 404),
        ("gironde_agent", 404),
        ("support", 404),
    ],
)
def test_the_exchange_exists_for_those_of_the_file(
    people: People, contract: Contract, now: datetime, name: str, status: int
) -> None:
    fill(contract, people, now, 1)

    response = people.client_for(people.actors[name]).get(url(contract, "exchange"))

    assert response.status_code == status
    if status == 200:
        text = response.content.decode()
        assert ("À rappeler" in text) == name.startswith("vienne")
        assert "Cadrage du diagnostic" in text
        assert ("Envoyer le message" in text) == name.startswith(("poitiers", "vienne"))


def test_the_page_costs_the_same_for_one_or_three(people: People, contract: Contract, now: datetime) -> None:
    client = people.client_for(people.vienne_agent)
    counts = []
    for total in (1, 2):  # one of each, then three
        fill(contract, people, now, total)
        with CaptureQueriesContext(connection) as queries:
            client.get(url(contract, "exchange"))
        counts.append(len(queries))

    assert counts[0] == counts[1]


def test_an_empty_exchange_says_what_to_do(people: People, contract: Contract) -> None:
    town = people.client_for(people.poitiers_agent).get(url(contract, "exchange")).content.decode()
    service = people.client_for(people.vienne_agent).get(url(contract, "exchange")).content.decode()

    assert "La préfecture enregistrera ici" in town
    assert "Enregistrer un échange" in service
    assert "Enregistrer un échange" not in town


def test_a_message_is_posted_and_journaled(people: People, contract: Contract) -> None:
    client = people.client_for(people.poitiers_agent)

    response = client.post(url(contract, "message"), {"message-body": "Bonjour", "message-expects_reply": "on"})

    assert response.status_code == 302
    message = Message.objects.get()
    assert (message.body, message.expects_reply, message.side) == ("Bonjour", True, "local")
    assert Event.objects.filter(kind="message_posted", contract_id=contract.pk).count() == 1


def test_a_wrong_message_comes_back_with_what_was_typed(people: People, contract: Contract) -> None:
    client = people.client_for(people.poitiers_agent)

    empty = client.post(url(contract, "message"), {"message-body": "  "})
    long = client.post(url(contract, "message"), {"message-body": "mot " * 2000})

    assert (empty.status_code, long.status_code) == (422, 422)
    assert "mot mot mot" in long.content.decode()
    assert Message.objects.count() == 0


def test_readers_do_not_write(people: People, contract: Contract) -> None:
    client = people.client_for(people.diair)

    for name, data in (
        ("message", {"message-body": "Bonjour"}),
        ("note", {"note-body": "Bonjour"}),
        ("new_remark", {"remark-body": "Bonjour", "remark-anchor": "file"}),
        ("new_piece", {"piece-label": "RIB"}),
        ("new_meeting", meeting_data()),
    ):
        assert client.post(url(contract, name), data).status_code == 403

    assert people.client_for(people.poitiers_agent).get(url(contract, "new_meeting")).status_code == 403
    assert (Message.objects.count(), InternalNote.objects.count(), Meeting.objects.count()) == (0, 0, 0)


def test_a_file_that_ended_takes_no_message(people: People, contract: Contract, now: datetime) -> None:
    ended = file_of_poitiers(
        people,
        now,
        State.WITHDRAWN,
        reference="CTAI-2026-086-0002",
        state_before_end=State.EXCHANGE,
        ended_at=now,
    )
    client = people.client_for(people.poitiers_agent)

    response = client.post(url(ended, "message"), {"message-body": "Encore un mot"})

    assert response.status_code == 422
    assert "Encore un mot" in response.content.decode()
    assert "Retiré" in response.content.decode()
    assert Message.objects.count() == 0


def test_a_meeting_is_recorded_with_its_rows(people: People, contract: Contract) -> None:
    client = people.client_for(people.vienne_agent)

    response = client.post(url(contract, "new_meeting"), meeting_data())

    assert response.status_code == 302
    meeting = Meeting.objects.get()
    assert [each.name for each in meeting.participants.all()] == ["Inès Robert"]
    assert [each.text for each in meeting.decisions.all()] == ["Réunir les associations"]


def test_a_wrong_meeting_comes_back_with_its_rows(people: People, contract: Contract) -> None:
    client = people.client_for(people.vienne_agent)
    data = meeting_data(held_on="2026-13-45") | {
        "participants-1-name": "Sans organisme",
        "decisions-0-due_on": "bientôt",
    }

    response = client.post(url(contract, "new_meeting"), data)

    text = response.content.decode()
    assert response.status_code == 422
    assert "Sans organisme" in text
    assert "Participant 2, organisme" in text
    assert "Décision 1, échéance" in text
    assert Meeting.objects.count() == 0


def test_the_minutes_travel_from_one_side_to_the_other(people: People, contract: Contract, now: datetime) -> None:
    service, town = people.client_for(people.vienne_agent), people.client_for(people.poitiers_maire)
    meeting = record_meeting(contract_id=contract.pk, data=meeting_input(), by=people.vienne_agent, now=now)
    minutes = url(contract, "minutes", meeting.pk)

    assert town.post(minutes, {"act": "send", "version": "1"}).status_code == 403
    assert town.post(minutes, {"act": "approve", "version": "1"}).status_code == 422
    assert service.post(minutes, {"act": "send", "version": "1"}).status_code == 302
    assert town.post(minutes, {"act": "object", "version": "1", "reason": "court"}).status_code == 422
    assert town.post(minutes, {"act": "object", "version": "1", "reason": "Il manque une date."}).status_code == 302

    edited = meeting_data(version="1", minutes="Corrigé.")
    assert service.post(url(contract, "meeting", meeting.pk), edited).status_code == 302
    assert service.post(minutes, {"act": "send", "version": "2"}).status_code == 302
    assert town.post(minutes, {"act": "approve", "version": "1"}).status_code == 409  # an old tab
    assert town.post(minutes, {"act": "approve", "version": "2"}).status_code == 302
    assert service.post(minutes, {"act": "approve", "version": "2"}).status_code == 302
    assert {each.side for each in MinutesApproval.objects.filter(version=2)} == {"local", "state"}
    assert "approuvé par Claire Dumont" in town.get(url(contract, "exchange")).content.decode()


def test_an_old_tab_does_not_overwrite_the_minutes(people: People, contract: Contract, now: datetime) -> None:
    client = people.client_for(people.vienne_agent)
    meeting = record_meeting(contract_id=contract.pk, data=meeting_input(), by=people.vienne_agent, now=now)
    client.post(url(contract, "meeting", meeting.pk), meeting_data(version="1", minutes="Premier onglet."))

    response = client.post(url(contract, "meeting", meeting.pk), meeting_data(version="1", minutes="Second onglet."))

    assert response.status_code == 409
    assert "Second onglet." in response.content.decode()
    assert Meeting.objects.get().minutes == "Premier onglet."


def test_what_belongs_to_another_file_does_not_exist_here(people: People, contract: Contract, now: datetime) -> None:
    other = file_of_poitiers(people, now, reference="CTAI-2026-086-0002")
    meeting = record_meeting(contract_id=other.pk, data=meeting_input(), by=people.vienne_agent, now=now)
    send_minutes(meeting=meeting, version=1, by=people.vienne_agent, now=now)
    remark = add_remark(contract_id=other.pk, body="…", by=people.poitiers_agent, now=now)
    piece = request_piece(contract_id=other.pk, label="RIB", by=people.vienne_agent, now=now)
    client = people.client_for(people.vienne_agent)

    assert client.post(url(contract, "minutes", meeting.pk), {"act": "approve", "version": "1"}).status_code == 404
    assert client.get(url(contract, "meeting", meeting.pk)).status_code == 404
    decision = meeting.decisions.get()
    assert client.post(url(contract, "meeting_decision", decision.pk), {"done": "1"}).status_code == 404
    assert client.get(url(contract, "remark", remark.pk)).status_code == 404
    assert people.client_for(people.poitiers_agent).get(url(contract, "piece", piece.pk)).status_code == 404
    assert MinutesApproval.objects.count() == 0


def test_a_remark_is_raised_answered_and_resolved(people: People, contract: Contract) -> None:
    service, town = people.client_for(people.vienne_agent), people.client_for(people.poitiers_agent)
    data = {"remark-anchor": "file", "remark-body": "Préciser le périmètre", "remark-expects_reply": "on"}

    assert service.post(url(contract, "new_remark"), data).status_code == 302
    remark = Remark.objects.get()
    page = url(contract, "remark", remark.pk)
    assert town.post(page, {"act": "answer", "answer": ""}).status_code == 422
    assert town.post(page, {"act": "resolve"}).status_code == 422
    assert town.post(page, {"act": "answer", "answer": "La commune entière."}).status_code == 302
    assert (
        service.post(page, {"act": "resolve", "next": "https://ailleurs.example/"})
        .headers["Location"]
        .startswith("/contrats/")
    )

    assert "Résolue" in town.get(url(contract, "exchange")).content.decode()
    kinds = Event.objects.order_by("sequence").values_list("kind", flat=True)
    assert [kind for kind in kinds if kind.startswith("remark")] == [
        "remark_added",
        "remark_answered",
        "remark_resolved",
    ]


@pytest.mark.parametrize("anchor", [Anchor.SECTION, Anchor.ACTION, Anchor.BUDGET])
def test_a_remark_on_a_place_of_another_file_is_refused(people: People, contract: Contract, anchor: Anchor) -> None:
    client = people.client_for(people.vienne_agent)

    response = client.post(
        url(contract, "new_remark"), {"remark-anchor": anchor.value, "remark-anchor_id": "999", "remark-body": "Ici"}
    )

    assert response.status_code == 422
    assert Remark.objects.count() == 0


def test_a_piece_is_asked_and_provided(people: People, contract: Contract) -> None:
    service, town = people.client_for(people.vienne_agent), people.client_for(people.poitiers_agent)
    assert service.post(url(contract, "new_piece"), {"piece-label": ""}).status_code == 422
    assert service.post(url(contract, "new_piece"), {"piece-label": "RIB"}).status_code == 302
    piece = PieceRequest.objects.get()
    page = url(contract, "piece", piece.pk)
    fake = SimpleUploadedFile("rib.pdf", b"<html><script>alert(1)</script></html>", content_type="application/pdf")
    real = SimpleUploadedFile("rib.csv", b"banque;iban\nX;Y\n", content_type="text/csv")

    assert service.get(page).status_code == 403
    assert town.post(page, {"document": fake}).status_code == 422
    assert town.post(page, {"document": real}).status_code == 302

    assert PieceRequest.objects.get().upload is not None
    assert "rib.csv" in service.get(url(contract, "exchange")).content.decode()
