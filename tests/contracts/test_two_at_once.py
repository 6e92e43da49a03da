"""Two people act on the same file at the same instant, on two connections: one wins, the other is told why."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from contracts.acts import Acknowledgement, Approval, Decision, NamedPerson, Sending, Signing
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Signature
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.advance import advance
from ctai.demo_data.journey import Journey
from documents.enums import DocumentKind
from documents.models import IssuedDocument
from funding.models import Envelope, Movement
from funding.queries import exact_sum
from journal.models import Event
from journal.services import verify_chain
from tests.contracts.stage import Stage, proposed, set_stage, to_approved, to_letter, to_review, to_sent
from tests.people import People

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("absent_worker")]

Outcome = Contract | TransitionRefused
REASON = "Le projet ne répond pas aux priorités."


@pytest.fixture
def stage(people: People, now: Any, transactional_db: None) -> Stage:
    return set_stage(people, now)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do each act in its own thread and connection, all released together; return what each came to."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=20)
            return act()
        except TransitionRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def winner_and_refusal(outcomes: list[Outcome]) -> tuple[Contract, list[str]]:
    """Return the one that won and the reasons given to the other; fails when there are not exactly one of each."""
    [won] = [each for each in outcomes if isinstance(each, Contract)]
    [lost] = [each for each in outcomes if isinstance(each, TransitionRefused)]
    return won, [reason.replace("\u00a0", " ") for reason in lost.reasons]


def _approve(journey: Journey) -> Contract:
    act = Approval(person=journey.person(journey.state.signatory))
    return advance(
        journey.contract.pk, "approve", by=journey.state.signatory, now=journey.now, act=act, seen="under_review"
    )


def _refuse(journey: Journey) -> Contract:
    act = Decision(reason=REASON, person=journey.person(journey.state.signatory))
    return advance(
        journey.contract.pk, "refuse", by=journey.state.signatory, now=journey.now, act=act, seen="under_review"
    )


def test_approve_and_refuse_at_once_leave_one_decision(stage: Stage) -> None:
    journey = to_review(stage.journey()).adopt()

    won, reasons = winner_and_refusal(at_once(lambda: _approve(journey), lambda: _refuse(journey)))

    contract = Contract.objects.get()
    assert contract.state == won.state
    assert contract.state in (State.APPROVED, State.REFUSED)
    label = State(contract.state).label
    verb = "Refuser" if contract.state == State.APPROVED else "Approuver le contrat"
    assert reasons == [
        f"« {verb} » n’est plus possible : le dossier est maintenant à l’état « {label} ». Rien n’a été modifié."
    ]
    assert Event.objects.filter(kind__in=["approve", "refuse"]).count() == 1
    taken = Envelope.objects.get(pk=stage.envelope.pk).taken
    assert taken == exact_sum(Movement.objects.filter(stage="granted"))
    assert taken == (proposed(contract) if contract.state == State.APPROVED else 0)
    assert verify_chain() == []


def test_approving_twice_at_once_takes_the_envelope_once(stage: Stage) -> None:
    journey = to_review(stage.journey()).adopt()

    won, reasons = winner_and_refusal(at_once(lambda: _approve(journey), lambda: _approve(journey)))

    assert won.state == State.APPROVED
    assert "n’est plus possible" in reasons[0]
    assert Envelope.objects.get(pk=stage.envelope.pk).taken == proposed(journey.contract)
    assert IssuedDocument.objects.filter(kind=DocumentKind.CONTRACT).count() == 1


def test_two_files_approved_at_once_never_overdraw_the_envelope(stage: Stage) -> None:
    first, second = (to_review(stage.journey()).adopt() for _ in range(2))
    Envelope.objects.filter(pk=stage.envelope.pk).update(allotted=proposed(first.contract) + Decimal("0.01"))

    won, reasons = winner_and_refusal(at_once(lambda: _approve(first), lambda: _approve(second)))

    assert won.state == State.APPROVED
    assert "Enveloppe 2026 insuffisante" in reasons[0]
    assert Envelope.objects.get(pk=stage.envelope.pk).remaining == Decimal("0.01")
    assert sorted(Contract.objects.values_list("state", flat=True)) == ["approved", "under_review"]


def test_same_party_signs_once_when_two_record_it_at_once(stage: Stage) -> None:
    journey = to_approved(stage.journey())
    document = current_contract_document(journey.contract)
    assert document is not None
    person = NamedPerson(
        name="Hélène Marchand", title="préfète", acted_on=journey.person(journey.state.agent).acted_on, in_title=True
    )
    act = Signing(party=STATE_PARTY, person=person, document_id=document.pk)

    def sign() -> Contract:
        return advance(journey.contract.pk, "sign", by=journey.state.signatory, now=journey.now, act=act)

    won, reasons = winner_and_refusal(at_once(sign, sign))

    assert won.state == State.APPROVED
    assert reasons == ["La signature de l’État est déjà enregistrée pour cette version."]
    assert Signature.objects.count() == 1


def test_last_two_signatures_at_once_complete_the_contract_once(stage: Stage) -> None:
    journey = to_approved(stage.journey()).deliberate()
    journey.later(1)
    document = current_contract_document(journey.contract)
    assert document is not None

    def sign(side: str) -> Contract:
        actor = journey.local.signatory if side == "local" else journey.state.signatory
        party = STATE_PARTY if side == "state" else str(journey.porteur.pk)
        act = Signing(party=party, person=journey.person(actor), document_id=document.pk)
        return advance(journey.contract.pk, "sign", by=actor, now=journey.now, act=act)

    outcomes = at_once(lambda: sign("local"), lambda: sign("state"))

    assert all(isinstance(each, Contract) for each in outcomes)
    assert Contract.objects.get().state == State.SIGNED
    assert Event.objects.filter(kind="complete").count() == 1


def test_two_letters_sent_at_once_get_numbers_that_follow(stage: Stage) -> None:
    first, second = (to_letter(stage.journey()) for _ in range(2))

    def send(journey: Journey) -> Contract:
        act = Sending(person=journey.person(journey.local.signatory))
        return advance(journey.contract.pk, "send_letter", by=journey.local.signatory, now=journey.now, act=act)

    outcomes = at_once(lambda: send(first), lambda: send(second))

    assert all(isinstance(each, Contract) for each in outcomes)
    assert sorted(Contract.objects.values_list("reference", flat=True)) == [
        "CTAI-2026-086-0001",
        "CTAI-2026-086-0002",
    ]
    assert verify_chain() == []


def test_withdrawal_and_acknowledgement_at_once_leave_one_history(stage: Stage) -> None:
    journey = to_sent(stage.journey())
    agent = journey.state.agent

    def acknowledge() -> Contract:
        act = Acknowledgement(agent_id=agent.user.pk)
        return advance(journey.contract.pk, "acknowledge", by=agent, now=journey.now, act=act, seen="letter_sent")

    def dismiss() -> Contract:
        act = Decision(reason=REASON, person=journey.person(journey.state.signatory))
        return advance(
            journey.contract.pk, "dismiss", by=journey.state.signatory, now=journey.now, act=act, seen="letter_sent"
        )

    won, reasons = winner_and_refusal(at_once(acknowledge, dismiss))

    assert won.state in (State.EXCHANGE, State.DISMISSED)
    assert "n’est plus possible" in reasons[0]
    assert Contract.objects.get().state == won.state
