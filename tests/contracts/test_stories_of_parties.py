"""Stories of files whose parties change: co-signataires, transfer to another préfecture, termination."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from contracts.acts import Acknowledgement, Reasoned, Termination
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import AssociatedService, Contract, CoSignatory, Signature
from contracts.services.deliberations import confirm_coverage, save_deliberation
from contracts.services.parties import accept_transfer, add_cosignatory, leave, propose_transfer
from ctai.demo_data.journey import Duo, Journey
from documents.enums import DocumentKind
from documents.models import IssuedDocument
from tests.contracts.stage import (
    Stage,
    endow,
    prefet_of_gironde,
    print_documents,
    second_town,
    to_approved,
    to_exchange,
    to_proposal,
    to_signed,
)
from tests.contracts.stories import ASKED, REASON, decide, sign, taken

# --- co-signataires -------------------------------------------------------------------------------------------------


def _join(journey: Journey) -> tuple[Duo, CoSignatory]:
    other = second_town()
    authority = other.agent.organisation.local_authority
    assert authority is not None
    row = add_cosignatory(
        journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now
    )
    return other, row


def _vote(journey: Journey, duo: Duo) -> None:
    authority = duo.agent.organisation.local_authority
    assert authority is not None
    day = timezone.localdate(journey.now)
    save_deliberation(
        journey.contract.pk,
        authority=authority,
        fields={
            "organ": "assembly",
            "number": "2026-4",
            "purpose": "Contrat",
            "voted_on": day,
            "published_on": day,
            "transmitted_on": day,
        },
        by=duo.agent,
        now=journey.now,
    )


def test_cosignatory_signs_and_the_contract_waits_for_it(journey: Journey) -> None:
    to_exchange(journey)
    other, row = _join(journey)
    journey.meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()
    print_documents(journey.contract)
    _vote(journey, other)
    journey.deliberate().sign("local").sign("state")
    assert journey.contract.state == State.APPROVED
    assert journey.contract.turn == "local"

    journey.later()
    sign(
        journey.contract,
        other.signatory,
        str(row.authority_id),
        timezone.localdate(journey.now),
        journey.now,
    )

    assert Contract.objects.get().state == State.SIGNED
    assert Signature.objects.count() == 3


def test_cosignatory_that_steps_out_before_approval_is_not_waited_for(journey: Journey) -> None:
    to_exchange(journey)
    other, row = _join(journey)
    reason = "Le conseil municipal a voté contre."
    assert Contract.objects.visible_to(other.agent).exists()
    leave(journey.contract.pk, cosignatory_id=row.pk, reason=reason, by=other.signatory, now=journey.now)
    assert not Contract.objects.visible_to(other.agent).exists()

    journey.meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()
    print_documents(journey.contract)
    journey.deliberate().sign("local").sign("state")

    assert journey.contract.state == State.SIGNED
    data = IssuedDocument.objects.get(kind=DocumentKind.CONTRACT).data
    assert [party["full_name"] for party in data["parties"]["local"]] == [journey.porteur.full_name]


def test_cosignatory_that_steps_out_after_approval_makes_a_new_issue(stage: Stage, journey: Journey) -> None:
    to_exchange(journey)
    _, row = _join(journey)
    journey.meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()
    print_documents(journey.contract)
    journey.deliberate().sign("local").sign("state")

    with pytest.raises(PermissionDenied):
        leave(journey.contract.pk, cosignatory_id=row.pk, reason=REASON, by=stage.people.vienne_agent, now=stage.now)
    leave(journey.contract.pk, cosignatory_id=row.pk, reason=REASON, by=journey.local.agent, now=journey.later())

    assert Contract.objects.get().state == State.APPROVED
    first, second = IssuedDocument.objects.filter(kind=DocumentKind.CONTRACT).order_by("number")
    assert first.superseded_at == journey.now
    assert len(second.data["parties"]["local"]) == 1
    assert Signature.objects.filter(voided_at=journey.now).count() == 2
    print_documents(journey.contract)
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    journey.sign("local").sign("state")
    assert journey.contract.state == State.SIGNED


# --- transfer -------------------------------------------------------------------------------------------------------


def test_lead_goes_to_the_prefecture_that_accepts_it(stage: Stage, journey: Journey) -> None:
    to_proposal(journey)
    prefet = prefet_of_gironde()
    with pytest.raises(PermissionDenied):
        accept_transfer(journey.contract.pk, by=prefet, now=journey.now)
    propose_transfer(journey.contract.pk, organisation=prefet.organisation, by=journey.state.agent, now=journey.now)

    accept_transfer(journey.contract.pk, by=prefet, now=journey.later())

    contract = Contract.objects.get()
    assert contract.lead_service == prefet.organisation
    assert AssociatedService.objects.get().organisation == journey.state.agent.organisation
    assert contract.reference == "CTAI-2026-086-0001"
    gironde = Duo(stage.people.gironde_agent, prefet)
    envelope = endow(stage.people, prefet.organisation, stage.campaign, Decimal("90000.00"), journey.now)
    vienne, journey.state = journey.state, gironde
    journey.propose().submit().adopt()
    with pytest.raises(PermissionDenied):
        journey.go("return_letter", vienne.agent, Reasoned(reason=REASON))
    journey.approve()
    assert taken(envelope) == ASKED
    assert taken(stage.envelope) == 0


def test_transfer_is_refused_once_the_envelope_is_committed(stage: Stage, journey: Journey) -> None:
    to_approved(journey)
    elsewhere = stage.people.gironde_agent.organisation

    with pytest.raises(TransitionRefused, match="ne se transfère plus"):
        propose_transfer(journey.contract.pk, organisation=elsewhere, by=journey.state.agent, now=journey.now)


# --- termination ----------------------------------------------------------------------------------------------------


def test_signed_contract_is_terminated_at_a_date(journey: Journey) -> None:
    to_signed(journey)
    act = Termination(reason=REASON, person=journey.person(journey.state.signatory), effective_on=date(2026, 12, 1))

    journey.go("terminate", journey.state.signatory, act)

    assert journey.contract.state == State.TERMINATED
    assert journey.contract.terminated_on == date(2026, 12, 1)
    with pytest.raises(TransitionRefused, match="n’est plus possible"):
        decide(journey, "reinstate")


def test_agent_in_charge_follows_the_file(journey: Journey) -> None:
    journey.open().write_letter().send_letter()
    agent = journey.state.agent

    with pytest.raises(TransitionRefused, match="Choisissez l’agent"):
        journey.go("acknowledge", agent, Acknowledgement())
    journey.acknowledge()

    assert Contract.objects.get().instructor == agent.user
