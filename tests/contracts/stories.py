"""What the stories of files tell of: moves, states and money, and the acts that they repeat."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from contracts.acts import Decision, NamedPerson, Signing
from contracts.models import Contract
from contracts.queries import current_contract_document
from contracts.services.advance import advance
from ctai.demo_data.journey import Journey
from funding.models import Envelope, Movement
from funding.queries import exact_sum
from journal.models import Event, StateSpan
from tests.contracts.stage import ONE_YEAR

ASKED = sum(list(ONE_YEAR.values())[:2], Decimal("0.00"))
REASON = "Une erreur a été constatée dans la décision."


def kinds(contract: Contract) -> list[str]:
    """Return what the journal tells of the moves of a file, in their order."""
    moves = Event.objects.filter(contract=contract, payload__has_key="to").order_by("sequence")
    return list(moves.values_list("kind", flat=True))


def spans(contract: Contract) -> list[str]:
    return list(StateSpan.objects.filter(contract=contract).order_by("pk").values_list("state", flat=True))


def taken(envelope: Envelope) -> Decimal:
    """Return what an envelope says that it gave, once sure that the ledger says the same."""
    shown = Envelope.objects.get(pk=envelope.pk).taken
    assert shown == exact_sum(Movement.objects.filter(envelope=envelope))
    return shown


def decide(journey: Journey, name: str) -> Journey:
    """Take a decision of the préfet, the day after."""
    journey.later()
    return journey.go(
        name, journey.state.signatory, Decision(reason=REASON, person=journey.person(journey.state.signatory))
    )


def sign(contract: Contract, actor: Actor, party: str, day: date, now: Any) -> Contract:
    """Sign the version in course in person."""
    document = current_contract_document(contract)
    person = NamedPerson(name=actor.user.full_name, title=actor.membership.title, acted_on=day, in_title=True)
    act = Signing(party=party, person=person, document_id=document.pk if document else None)
    return advance(contract.pk, "sign", by=actor, now=now, act=act)
