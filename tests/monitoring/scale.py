"""Files by the thousand, each in a state that the database accepts, with its money."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from contracts.enums import Origin, State, Turn
from contracts.models import Contract
from funding.enums import Stage
from funding.models import Movement
from journal.models import Event
from journal.services import record
from tests.people import People

START = datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
CYCLE = (State.SIGNED, State.LETTER_SENT, State.EXCHANGE, State.SIGNED)
TURNS = {State.SIGNED: Turn.NOBODY, State.LETTER_SENT: Turn.STATE, State.EXCHANGE: Turn.LOCAL}


def a_contract(people: People, number: int, state: State, **fields: Any) -> Contract:
    """Return a file of Poitiers, not saved."""
    organisation = people.poitiers_agent.organisation
    authority = organisation.local_authority
    assert authority is not None
    at = START + timedelta(hours=number)
    signed = state == State.SIGNED
    values: dict[str, Any] = {
        "reference": f"CTAI-2026-086-{number:04}",
        "draft_reference": f"BROUILLON-2026-086-{number:04}",
        "origin": Origin.TAKEN_OVER,
        "porteur": authority,
        "category": authority.category,
        "departement_id": "86",
        "region_id": "75",
        "lead_service": people.vienne_agent.organisation,
        "state": state,
        "turn": TURNS.get(state, Turn.LOCAL),
        "turn_since": None if signed else at,
        "first_sent_at": at,
        "signed_at": at if signed else None,
        "notified_on": at.date() if signed else None,
        "starts_on": date(2026, 1, 1),
        "ends_on": date(2028, 12, 31),
        "last_event_at": at,
        "created_at": at,
        "created_by": people.poitiers_agent.user,
    }
    contract: Contract = Contract(**(values | fields))
    return contract


def many(people: People, total: int, start: int = 1) -> list[Contract]:
    """Put files of Poitiers in the database, half of them signed, each with its money."""
    made: list[Contract] = Contract.objects.bulk_create(
        a_contract(people, number, CYCLE[number % len(CYCLE)]) for number in range(start, start + total)
    )
    event = an_event()
    Movement.objects.bulk_create(
        a_movement(contract, event, stage, amount)
        for contract in made
        for stage, amount in (
            (Stage.REQUESTED, "1000.10"),
            *([(Stage.GRANTED, "800.05"), (Stage.INDICATIVE, "0.20")] if contract.state == State.SIGNED else []),
        )
    )
    return made


def an_event(contract_id: int | None = None, kind: str = "import_signed", at: datetime = START) -> Event:
    """Return an event of the journal."""
    return record(kind=kind, by=None, now=at, contract_id=contract_id)


def a_movement(contract: Contract, event: Event, stage: Stage, amount: str, year: int = 2026) -> Movement:
    """Return a movement of the ledger, not saved."""
    return Movement(
        contract=contract,
        year=year,
        stage=stage,
        amount=Decimal(amount),
        recorded_at=START,
        effective_on=START.date(),
        event=event,
    )
