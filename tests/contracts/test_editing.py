"""The door of every write that is not a transition: lock, right, state, then the row of the journal and whose turn."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied

from accounts.actors import Actor
from accounts.roles import RELATIONS, Permission, may
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Letter
from contracts.services.editing import editing
from contracts.services.opening import open_file
from contracts.services.parties import StaleLetter, add_cosignatory, associate_service, save_letter
from contracts.windows import WINDOWS, is_open
from ctai.demo_data.journey import Journey
from journal.models import Event
from journal.services import verify_chain
from tests.contracts.stage import Stage, second_town, to_approved, to_exchange, to_proposal, to_sent
from tests.factories.funding import a_file
from tests.factories.territories import poitiers
from tests.people import People


def _edit(contract: Contract, permission: Permission, by: Actor, now: Any) -> None:
    with editing(contract.pk, permission, by=by, now=now, kind="tested", payload={"n": 1}):
        pass


def test_write_is_journaled_with_its_author(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)

    _edit(journey.contract, Permission.EXCHANGE_TALK, stage.people.vienne_agent, journey.later())

    event = Event.objects.order_by("-sequence")[0]
    assert (event.kind, event.payload, event.at) == ("tested", {"n": 1}, journey.now)
    assert event.actor_id == stage.people.vienne_agent.user.pk
    assert Contract.objects.get().last_event_at == journey.now
    assert verify_chain() == []


def test_right_comes_before_state(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)
    events = Event.objects.count()

    with pytest.raises(PermissionDenied):
        _edit(journey.contract, Permission.PROPOSAL_WRITE, stage.people.vienne_agent, stage.now)
    with pytest.raises(TransitionRefused, match="Échange en cours"):
        _edit(journey.contract, Permission.PROPOSAL_WRITE, stage.people.poitiers_agent, stage.now)

    assert Event.objects.count() == events


def test_failure_inside_writes_nothing(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)
    events = Event.objects.count()

    def fail() -> None:
        door = editing(
            journey.contract.pk, Permission.EXCHANGE_TALK, by=stage.people.vienne_agent, now=stage.now, kind="tested"
        )
        with door as contract:
            Letter.objects.filter(contract=contract).update(motivation="perdue")
            raise ValueError("panne")

    with pytest.raises(ValueError, match="panne"):
        fail()

    assert Event.objects.count() == events
    assert Letter.objects.get().motivation != "perdue"


@pytest.mark.parametrize("state", ["letter_sent", "exchange", "diagnostic", "proposal", "under_review", "approved"])
def test_each_right_is_used_by_its_relations_in_its_states(people: People, now: Any, state: str) -> None:
    contract = a_file(people, state)
    about_a_file = [each for each in WINDOWS if each in RELATIONS]

    for actor in people.actors.values():
        for permission in about_a_file:
            fresh = Contract.objects.get()
            try:
                _edit(contract, permission, actor, now)
            except PermissionDenied:
                assert not may(actor, permission, fresh)
            except TransitionRefused:
                assert may(actor, permission, fresh)
                assert not is_open(permission, state)
            else:
                assert may(actor, permission, fresh)
                assert is_open(permission, state)


def test_neighbours_and_readers_write_nothing(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)
    people = stage.people

    for actor in (people.gironde_agent, people.bordeaux_agent, people.sgar, people.diair, people.dgef, people.support):
        for permission in (each for each in WINDOWS if each in RELATIONS):
            with pytest.raises(PermissionDenied):
                _edit(journey.contract, permission, actor, stage.now)


def test_letter_saved_on_an_older_version_is_refused(stage: Stage, journey: Journey) -> None:
    journey.open().write_letter()
    values: dict[str, Any] = {"axes": [], "by": stage.people.poitiers_agent, "now": stage.now}

    with pytest.raises(StaleLetter):
        save_letter(journey.contract.pk, fields={"motivation": "trop tard"}, version=1, **values)
    save_letter(journey.contract.pk, fields={"motivation": "à temps"}, version=2, **values)

    letter = Letter.objects.get()
    assert (letter.motivation, letter.version) == ("à temps", 3)


def test_letter_is_closed_once_sent(stage: Stage, journey: Journey) -> None:
    to_sent(journey)

    with pytest.raises(TransitionRefused, match="Lettre déposée"):
        save_letter(
            journey.contract.pk,
            fields={"motivation": "changée"},
            axes=[],
            version=2,
            by=stage.people.poitiers_agent,
            now=stage.now,
        )


def test_file_is_opened_for_one_s_own_collectivite(stage: Stage) -> None:
    for actor in (stage.people.bordeaux_agent, stage.people.vienne_agent, stage.people.dgef, stage.people.support):
        with pytest.raises(PermissionDenied):
            open_file(porteur=poitiers(), by=actor, now=stage.now)

    assert not Contract.objects.exists()


def test_letter_never_sent_is_invisible_to_the_state(stage: Stage, journey: Journey) -> None:
    journey.open()
    people = stage.people

    seen = [name for name, actor in people.actors.items() if Contract.objects.visible_to(actor).exists()]
    assert seen == ["poitiers_agent", "poitiers_maire"]
    journey.write_letter().send_letter().return_letter()

    seen = [name for name, actor in people.actors.items() if Contract.objects.visible_to(actor).exists()]
    assert seen == ["poitiers_agent", "poitiers_maire", "vienne_agent", "vienne_prefet", "sgar", "diair", "dgef"]
    assert Contract.objects.get().state == State.LETTER_DRAFT


def test_cosignatory_reads_and_writes_where_the_porteur_allows(stage: Stage, journey: Journey) -> None:
    to_proposal(journey)
    other = second_town()
    authority = other.agent.organisation.local_authority
    assert authority is not None
    row = add_cosignatory(
        journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now
    )

    with pytest.raises(PermissionDenied):
        _edit(journey.contract, Permission.PROPOSAL_WRITE, other.agent, journey.now)
    _edit(journey.contract, Permission.EXCHANGE_TALK, other.agent, journey.now)
    row.may_write = True
    row.save()
    _edit(journey.contract, Permission.PROPOSAL_WRITE, other.agent, journey.now)
    with pytest.raises(TransitionRefused, match="déjà co-signataire"):
        add_cosignatory(
            journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now
        )
    with pytest.raises(TransitionRefused, match="déjà le porteur"):
        add_cosignatory(
            journey.contract.pk, authority=journey.porteur, may_write=False, by=journey.local.agent, now=journey.now
        )


def test_party_is_not_added_once_the_contract_is_issued(journey: Journey) -> None:
    to_approved(journey)
    authority = second_town().agent.organisation.local_authority
    assert authority is not None

    with pytest.raises(TransitionRefused, match="rouvrez l’instruction"):
        add_cosignatory(
            journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now
        )


def test_associated_prefecture_reads_and_speaks_but_decides_nothing(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)
    neighbour = stage.people.gironde_agent
    associate_service(
        journey.contract.pk, organisation=neighbour.organisation, by=journey.state.agent, now=journey.now
    )

    assert Contract.objects.visible_to(neighbour).exists()
    _edit(journey.contract, Permission.EXCHANGE_TALK, neighbour, journey.now)
    with pytest.raises(PermissionDenied):
        _edit(journey.contract, Permission.MEETING_RECORD, neighbour, journey.now)
    with pytest.raises(PermissionDenied):
        journey.go("conclude_exchange", neighbour)


def test_turn_follows_what_is_lacking(stage: Stage, journey: Journey) -> None:
    def turn() -> str:
        return str(Contract.objects.values_list("turn", flat=True).get())

    journey.open()
    assert turn() == "local"
    journey.write_letter().send_letter()
    assert turn() == "state"
    journey.acknowledge()
    assert turn() == "state"
    journey.meet(approve=False)
    assert turn() == "both"
    journey.meet().conclude_exchange()
    assert turn() == "both"
    journey.write_diagnostic().approve_sections(sides=1)
    assert turn() == "local"
    journey.approve_sections()
    assert turn() == "state"
    journey.conclude_diagnostic()
    assert turn() == "local"
    journey.propose().submit()
    assert turn() == "state"
    journey.request_correction()
    assert turn() == "local"
