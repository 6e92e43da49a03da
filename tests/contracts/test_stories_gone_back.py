"""Stories of files that go back: withdrawn, refused, reopened, issued again, corrected."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.acts import Reasoned, Reissue
from contracts.clock import implicit_decision_on
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.models import Signature
from contracts.queries import current_contract_document
from contracts.services.deliberations import confirm_coverage
from ctai.demo_data.journey import Journey
from diagnostics.models import SectionApproval, SectionVersion
from documents.enums import DocumentKind
from documents.models import IssuedDocument
from funding.enums import Stage as MoneyStage
from funding.models import Movement
from funding.queries import ledger_totals
from journal.models import StateSpan
from journal.services import verify_chain
from tests.contracts.stage import (
    Stage,
    print_documents,
    to_approved,
    to_correction,
    to_diagnostic,
    to_review,
)
from tests.contracts.stories import ASKED, decide, spans, taken


def test_withdrawal_after_approval_gives_the_envelope_back(stage: Stage, journey: Journey) -> None:
    to_approved(journey).deliberate().sign("local")
    assert taken(stage.envelope) == ASKED

    journey.withdraw()

    assert journey.contract.state == State.WITHDRAWN
    assert taken(stage.envelope) == 0
    assert ledger_totals()[MoneyStage.GRANTED] == 0
    assert Movement.objects.filter(stage=MoneyStage.GRANTED).count() == 4  # taken, then given back: nothing is erased
    assert Signature.objects.get().voided_at == journey.now
    assert current_contract_document(journey.contract) is None


def test_reinstatement_to_the_signature_takes_the_envelope_again(stage: Stage, journey: Journey) -> None:
    to_approved(journey).deliberate().sign("local").withdraw()

    decide(journey, "reinstate")

    assert journey.contract.state == State.APPROVED
    assert taken(stage.envelope) == ASKED
    document = current_contract_document(journey.contract)
    assert document is not None
    assert document.number == 2
    assert spans(journey.contract)[-3:] == ["approved", "withdrawn", "approved"]
    print_documents(journey.contract)
    with pytest.raises(TransitionRefused, match="couvre la version à signer"):
        journey.sign("local")
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    journey.sign("local").sign("state")
    assert journey.contract.state == State.SIGNED
    assert verify_chain() == []


def test_refusal_is_reinstated_where_it_was(stage: Stage, journey: Journey) -> None:
    to_correction(journey)
    suspended_at = journey.contract.suspended_at
    journey.refuse()
    assert journey.contract.state == State.REFUSED

    decide(journey, "reinstate")

    assert journey.contract.state == State.CORRECTION_REQUESTED
    assert journey.contract.suspended_at == suspended_at
    assert taken(stage.envelope) == 0


def test_reopening_voids_signatures_and_frees_the_envelope(stage: Stage, journey: Journey) -> None:
    to_approved(journey).deliberate().sign("local")

    decide(journey, "reopen")

    assert journey.contract.state == State.UNDER_REVIEW
    assert journey.contract.approved_at is None
    assert taken(stage.envelope) == 0
    assert current_contract_document(journey.contract) is None
    assert Signature.objects.get().voided_at is not None
    journey.approve()
    assert taken(stage.envelope) == ASKED
    document = current_contract_document(journey.contract)
    assert document is not None
    assert document.number == 2


def test_reissue_asks_each_party_again_and_changes_no_amount(stage: Stage, journey: Journey) -> None:
    to_approved(journey).deliberate().sign("local")
    document = current_contract_document(journey.contract)
    assert document is not None
    movements = Movement.objects.count()

    journey.go("reissue", journey.state.agent, Reissue(reason="Une adresse est corrigée.", document_id=document.pk))

    assert journey.contract.state == State.APPROVED
    assert Movement.objects.count() == movements
    assert spans(journey.contract)[-1] == "approved"
    assert StateSpan.objects.filter(contract=journey.contract, state="approved").count() == 1
    print_documents(journey.contract)
    with pytest.raises(TransitionRefused, match="couvre la version à signer"):
        journey.sign("local")
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    journey.sign("local").sign("state")
    assert journey.contract.state == State.SIGNED
    assert Signature.objects.filter(voided_at__isnull=True).count() == 2


def test_return_to_diagnostic_keeps_what_was_approved(journey: Journey) -> None:
    to_review(journey)
    versions, approvals = SectionVersion.objects.count(), SectionApproval.objects.count()

    journey.go("return_to_diagnostic", journey.state.agent, Reasoned(reason="Le besoin de garde manque."))

    assert journey.contract.state == State.DIAGNOSTIC
    assert journey.contract.submitted_at is None
    assert SectionVersion.objects.count() == versions
    assert SectionApproval.objects.count() == approvals
    journey.conclude_diagnostic().submit()
    assert journey.contract.state == State.UNDER_REVIEW
    assert ledger_totals()[MoneyStage.REQUESTED] == ASKED


def test_exchange_and_letter_are_gone_back_to(journey: Journey) -> None:
    to_diagnostic(journey)
    campaign = journey.contract.campaign

    journey.go("return_to_exchange", journey.state.agent, Reasoned(reason="Un acteur manque à la table."))
    journey.conclude_exchange()

    assert journey.contract.state == State.DIAGNOSTIC
    assert journey.contract.campaign == campaign
    assert spans(journey.contract)[-3:] == ["diagnostic", "exchange", "diagnostic"]


def test_letter_sent_again_keeps_its_number(journey: Journey) -> None:
    journey.open().write_letter().send_letter()
    reference = journey.contract.reference

    journey.return_letter().send_letter()

    assert journey.contract.reference == reference
    assert IssuedDocument.objects.filter(kind=DocumentKind.LETTER).count() == 2


def test_correction_suspends_the_clock(journey: Journey) -> None:
    to_review(journey)
    due = implicit_decision_on(journey.contract, journey.now)
    assert due is not None

    journey.request_correction()
    assert implicit_decision_on(journey.contract, journey.now + timedelta(days=10)) == due + timedelta(days=10)
    journey.correct()

    assert journey.contract.suspended_seconds == 5 * 86_400
    assert implicit_decision_on(journey.contract, journey.now) == due + timedelta(days=5)
    assert journey.contract.turn == "state"
