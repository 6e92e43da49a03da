"""The journal: each row is sealed with the one before, and nobody changes it unseen."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from diagnostics.models import SectionVersion
from funding.models import Allocation, Movement
from journal.chain import canonical, seal
from journal.models import Event, JournalHead, StateSpan
from journal.services import broken_links, enter_state, record, verify_chain
from tests.factories.funding import a_file
from tests.people import People


@pytest.fixture
def events(people: People, now: datetime) -> list[Event]:
    """Three rows of the journal."""
    return [
        record(
            kind=f"step_{number}", by=people.poitiers_agent, now=now + timedelta(hours=number), payload={"n": number}
        )
        for number in range(3)
    ]


def test_record_links_each_row_to_the_one_before(events: list[Event], people: People) -> None:
    rows = list(Event.objects.order_by("sequence"))

    assert [each.sequence for each in rows] == [1, 2, 3]
    assert rows[0].previous_hash == ""
    assert [each.previous_hash for each in rows[1:]] == [each.hash for each in rows[:2]]
    assert [seal(each) for each in rows] == [each.hash for each in rows]
    assert rows[0].actor_id == people.poitiers_agent.user.pk
    assert rows[0].role == "contributor"
    assert JournalHead.objects.get().hash == rows[2].hash
    assert verify_chain() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [("payload", {"n": 9}), ("kind", "other"), ("actor_id", 999), ("role", "instructor"), ("contract_id", 4)],
)
def test_altered_row_is_found(events: list[Event], name: str, value: Any) -> None:
    setattr(events[1], name, value)

    assert list(broken_links(events)) == [events[1]]


def test_altered_instant_is_found(events: list[Event]) -> None:
    events[1].at += timedelta(seconds=1)

    assert list(broken_links(events)) == [events[1]]


def test_row_altered_and_sealed_again_breaks_the_next(events: list[Event]) -> None:
    events[1].payload = {"n": 9}
    events[1].hash = seal(events[1])

    assert list(broken_links(events)) == [events[2]]


def test_missing_and_added_rows_are_found(events: list[Event], now: datetime) -> None:
    assert list(broken_links([events[0], events[2]])) == [events[2]]

    forged = Event(sequence=4, kind="forged", at=now, recorded_at=now, previous_hash="", payload={})
    forged.hash = seal(forged)
    Event.objects.bulk_create([forged])

    assert [each.kind for each in verify_chain()] == ["forged", "forged"]
    with pytest.raises(CommandError, match="rompue"):
        call_command("verify_journal", stdout=StringIO(), stderr=StringIO())


def test_row_cut_from_the_end_is_found(events: list[Event]) -> None:
    JournalHead.objects.update(hash="0" * 64)

    assert verify_chain() == [events[2]]


def test_whole_journal_is_told_so(events: list[Event]) -> None:
    out = StringIO()

    call_command("verify_journal", stdout=out)

    assert out.getvalue() == "Le journal est intact.\n"


def test_rolled_back_act_leaves_no_row_nor_gap(events: list[Event], now: datetime) -> None:
    with transaction.atomic():
        record(kind="undone", by=None, now=now)
        transaction.set_rollback(True)

    assert record(kind="next", by=None, now=now).sequence == 4
    assert verify_chain() == []


def test_canonical_text_does_not_depend_on_the_order() -> None:
    assert canonical({"b": 1, "a": ["é"]}) == canonical({"a": ["é"], "b": 1}) == '{"a":["é"],"b":1}'


def test_spans_follow_each_other(people: People, now: datetime) -> None:
    contract = a_file(people, "exchange")
    first = record(kind="one", by=None, now=now, contract_id=contract.pk)
    enter_state(contract_id=contract.pk, state="letter_sent", event=first, now=now)
    later = now + timedelta(days=2)
    second = record(kind="two", by=None, now=later, contract_id=contract.pk)

    enter_state(contract_id=contract.pk, state="exchange", event=second, now=later)

    spans = StateSpan.objects.order_by("pk").values_list("state", "entered_at", "left_at")
    assert list(spans) == [("letter_sent", now, later), ("exchange", later, None)]


# --- the database itself refuses, on PostgreSQL ---------------------------------------------------------------


@pytest.mark.postgres
def test_database_refuses_to_change_or_delete_a_row(events: list[Event]) -> None:
    for sentence in (
        "UPDATE journal_event SET kind = 'other'",
        "DELETE FROM journal_event WHERE sequence = 3",
    ):
        refused = pytest.raises(DatabaseError, match="never changed nor deleted")
        with refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sentence)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(sequence=2).update(payload={})

    assert verify_chain() == []


@pytest.mark.postgres
def test_chain_tells_when_the_guard_was_lifted(events: list[Event]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE journal_event DISABLE TRIGGER USER")
        cursor.execute("UPDATE journal_event SET kind = 'other' WHERE sequence = 2")
        cursor.execute("ALTER TABLE journal_event ENABLE TRIGGER USER")

    assert [each.sequence for each in verify_chain()] == [2]


@pytest.mark.postgres
@pytest.mark.parametrize("model", [Event, Movement, Allocation, SectionVersion])
def test_tables_of_what_happened_only_grow(db: None, model: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal", [model._meta.db_table]
        )
        assert cursor.fetchall() == [(f"{model._meta.db_table}_append_only",)]
