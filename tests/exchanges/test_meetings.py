"""Minutes: a version each, approved by both sides, never by one who read another text."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from accounts.enums import Side
from exchanges.errors import Refused, StaleMinutes
from exchanges.inputs import DecisionInput
from exchanges.models import Meeting, MeetingDecision, Message, MinutesApproval
from exchanges.queries import meeting_states
from exchanges.services.meetings import (
    approve_minutes,
    mark_decision,
    object_to_minutes,
    record_meeting,
    send_minutes,
    update_minutes,
)
from tests.factories.exchanges import file_of_poitiers, meeting_input
from tests.people import People


def recorded(people: People, now: datetime, **changes: object) -> Meeting:
    contract = file_of_poitiers(people, now)
    return record_meeting(contract_id=contract.pk, data=meeting_input(**changes), by=people.vienne_agent, now=now)


def test_record_keeps_participants_and_decisions(people: People, now: datetime) -> None:
    meeting = recorded(people, now)

    assert meeting.minutes_version == 1
    assert [each.name for each in meeting.participants.order_by("pk")] == ["Inès Robert", "Éloïse Lefèvre"]
    assert MeetingDecision.objects.get().due_on == date(2026, 3, 15)
    assert meeting_states(meeting.contract_id)[0].approved_by == frozenset()


def test_minutes_are_sent_once_written_and_held(people: People, now: datetime) -> None:
    unwritten = recorded(people, now, minutes="")
    with pytest.raises(Refused):
        send_minutes(meeting=unwritten, version=0, by=people.vienne_agent, now=now)
    planned = record_meeting(
        contract_id=unwritten.contract_id,
        data=meeting_input(held_on=date(2026, 3, 20)),
        by=people.vienne_agent,
        now=now,
    )
    with pytest.raises(Refused):
        send_minutes(meeting=planned, version=1, by=people.vienne_agent, now=now)

    sent = send_minutes(meeting=planned, version=1, by=people.vienne_agent, now=now + timedelta(days=18))

    assert sent.minutes_sent_at == now + timedelta(days=18)


def test_both_sides_approve_the_version_that_was_sent(people: People, now: datetime) -> None:
    meeting = recorded(people, now)
    with pytest.raises(Refused):
        approve_minutes(meeting=meeting, version=1, by=people.poitiers_agent, now=now)
    send_minutes(meeting=meeting, version=1, by=people.vienne_agent, now=now)
    with pytest.raises(StaleMinutes):
        approve_minutes(meeting=meeting, version=2, by=people.poitiers_agent, now=now)
    with pytest.raises(Refused):
        approve_minutes(meeting=meeting, version=1, by=people.diair, now=now)

    for actor in (people.poitiers_agent, people.vienne_agent, people.vienne_prefet):
        approve_minutes(meeting=meeting, version=1, by=actor, now=now)

    assert meeting_states(meeting.contract_id)[0].approved_by == {Side.LOCAL, Side.STATE}
    assert MinutesApproval.objects.count() == 2


def test_a_change_of_the_minutes_voids_their_approvals(people: People, now: datetime) -> None:
    meeting = recorded(people, now)
    send_minutes(meeting=meeting, version=1, by=people.vienne_agent, now=now)
    approve_minutes(meeting=meeting, version=1, by=people.poitiers_agent, now=now)
    decision = MeetingDecision.objects.get()
    mark_decision(decision=decision, done=True, by=people.poitiers_agent, now=now)

    changed = update_minutes(
        meeting=meeting,
        expected_version=1,
        data=meeting_input(
            minutes="Texte revu.", decisions=(DecisionInput(text="Réunir les associations", id=decision.pk),)
        ),
        by=people.vienne_agent,
        now=now,
    )

    state = meeting_states(meeting.contract_id)[0]
    assert changed.minutes_version == 2
    assert (state.approved_by, state.minutes_sent_at, state.objected) == (frozenset(), None, False)
    assert MeetingDecision.objects.get().done_at == now


def test_saving_the_same_minutes_changes_nothing(people: People, now: datetime) -> None:
    meeting = recorded(people, now)
    send_minutes(meeting=meeting, version=1, by=people.vienne_agent, now=now)

    update_minutes(meeting=meeting, expected_version=1, data=meeting_input(), by=people.vienne_agent, now=now)
    with pytest.raises(StaleMinutes):
        update_minutes(meeting=meeting, expected_version=0, data=meeting_input(), by=people.vienne_agent, now=now)

    fresh = Meeting.objects.get()
    assert (fresh.minutes_version, fresh.minutes_sent_at) == (1, now)


def test_an_objection_stops_the_tacit_agreement_and_says_why(people: People, now: datetime) -> None:
    meeting = recorded(people, now)
    send_minutes(meeting=meeting, version=1, by=people.vienne_agent, now=now)
    approve_minutes(meeting=meeting, version=1, by=people.poitiers_agent, now=now)

    object_to_minutes(
        meeting=meeting, version=1, reason="Il manque la date du comité.", by=people.poitiers_maire, now=now
    )

    state = meeting_states(meeting.contract_id)[0]
    assert state.objected
    assert state.approved_by == frozenset()
    message = Message.objects.get()
    assert message.expects_reply
    assert "12 février 2026" in message.body
    assert message.body.endswith("Il manque la date du comité.")

    approve_minutes(meeting=meeting, version=1, by=people.poitiers_maire, now=now)
    assert not meeting_states(meeting.contract_id)[0].objected


def test_a_decision_is_done_and_undone(people: People, now: datetime) -> None:
    recorded(people, now)
    decision = MeetingDecision.objects.get()

    mark_decision(decision=decision, done=True, by=people.poitiers_agent, now=now)
    mark_decision(decision=decision, done=True, by=people.poitiers_agent, now=now + timedelta(days=1))
    assert MeetingDecision.objects.get().done_at == now

    mark_decision(decision=decision, done=False, by=people.poitiers_agent, now=now)
    assert MeetingDecision.objects.get().done_at is None


def test_an_input_is_frozen() -> None:
    assert replace(meeting_input(), place="Visio").place == "Visio"
