"""Whole stories of files, by the services: what the machine must allow, and what it must leave behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone

from accounts.actors import Actor
from contracts.acts import Acknowledgement, Decision, NamedPerson, Reasoned, Reissue, Signing, Termination
from contracts.clock import implicit_decision_on
from contracts.enums import Origin, State
from contracts.errors import TransitionRefused
from contracts.models import AssociatedService, Contract, CoSignatory, NamedAct, Signature
from contracts.queries import current_contract_document
from contracts.services.advance import advance
from contracts.services.deliberations import confirm_coverage, save_deliberation
from contracts.services.opening import PaperLetter, import_signed, register_letter, take_over
from contracts.services.parties import accept_transfer, add_cosignatory, leave, propose_transfer
from ctai.demo_data.journey import Duo, Journey
from ctai.demo_data.scan import signed_copy
from diagnostics.models import SectionApproval, SectionVersion
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument, Upload
from documents.uploads import accept
from funding.enums import Stage as MoneyStage
from funding.models import Envelope, FundingRequest, Movement
from funding.queries import exact_sum, ledger_by_year, ledger_totals
from journal.models import Event, StateSpan
from journal.services import verify_chain
from tests.contracts.stage import (
    ONE_YEAR,
    Stage,
    centre_val_de_loire,
    endow,
    prefet_of_gironde,
    print_documents,
    second_town,
    to_approved,
    to_correction,
    to_diagnostic,
    to_exchange,
    to_proposal,
    to_review,
    to_signed,
)
from tests.factories.territories import poitiers

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


# --- the whole way --------------------------------------------------------------------------------------------------


def test_file_goes_from_letter_to_signature(stage: Stage, journey: Journey) -> None:
    to_signed(journey)

    contract = Contract.objects.get()
    assert contract.reference == "CTAI-2026-086-0001"
    assert contract.state == State.SIGNED
    assert contract.notified_on == timezone.localdate(contract.signed_at)
    assert contract.turn == "nobody"
    assert kinds(contract) == [
        "open_file", "send_letter", "acknowledge", "conclude_exchange", "conclude_diagnostic", "submit_proposal",
        "approve", "sign", "sign", "complete",
    ]  # fmt: skip
    assert spans(contract) == [
        "letter_draft", "letter_sent", "exchange", "diagnostic", "proposal", "under_review", "approved", "signed",
    ]  # fmt: skip
    assert taken(stage.envelope) == ASKED
    assert ledger_totals() == {
        MoneyStage.REQUESTED: ASKED,
        MoneyStage.PROPOSED: ASKED,
        MoneyStage.INDICATIVE: Decimal("0.00"),
        MoneyStage.GRANTED: ASKED,
        MoneyStage.NOTIFIED: ASKED,
    } | {each: Decimal("0.00") for each in MoneyStage if each.value in ("committed", "paid")}
    signatures = Signature.objects.order_by("pk")
    assert {each.document_sha256 for each in signatures} == {signatures[0].document.sha256}
    assert NamedAct.objects.count() == 3
    assert verify_chain() == []


def test_three_year_contract_takes_the_open_year_and_shows_the_others(stage: Stage) -> None:
    journey = stage.journey(starts_on=date(2026, 1, 1), months=36)
    to_review(journey).adopt().approve()

    by_year = ledger_by_year(Movement.objects.filter(contract=journey.contract))

    assert {key: amount for key, amount in by_year.items() if key[1] != MoneyStage.PROPOSED} == {
        (2026, MoneyStage.REQUESTED): ASKED,
        (2027, MoneyStage.REQUESTED): ASKED,
        (2028, MoneyStage.REQUESTED): ASKED,
        (2026, MoneyStage.GRANTED): ASKED,
        (2027, MoneyStage.INDICATIVE): ASKED,
        (2028, MoneyStage.INDICATIVE): ASKED,
    }
    assert taken(stage.envelope) == ASKED
    assert FundingRequest.objects.filter(contract=journey.contract, amount=ASKED).count() == 3


def test_regional_contract_draws_on_the_envelope_of_its_region(stage: Stage) -> None:
    local, state = centre_val_de_loire()
    envelope = endow(stage.people, state.agent.organisation, stage.campaign, Decimal("90000.00"), stage.now)
    journey = stage.journey(local=local, state=state)

    to_signed(journey)

    assert journey.contract.reference == "CTAI-2026-R24-0001"
    assert journey.contract.departement is None
    assert journey.contract.lead_service == state.agent.organisation
    assert taken(envelope) == ASKED
    assert taken(stage.envelope) == 0
    assert not Contract.objects.visible_to(stage.people.vienne_agent).exists()
    assert not Contract.objects.visible_to(stage.people.sgar).exists()


# --- other beginnings -----------------------------------------------------------------------------------------------


def _scan(stage: Stage, contract: Contract | None = None) -> Upload:
    actor = stage.people.vienne_agent
    return accept(
        ContentFile(signed_copy("Lettre", "Claire Dumont"), name="lettre.pdf"),
        kind=UploadKind.SIGNED_LETTER,
        contract_id=contract.pk if contract else None,
        organisation=actor.organisation,
        by=actor,
        now=stage.now,
    )


def _paper(stage: Stage, **changes: Any) -> PaperLetter:
    today = timezone.localdate(stage.now)
    values: dict[str, Any] = {
        "signatory_name": "Claire Dumont",
        "signatory_title": "maire",
        "signed_on": today - timedelta(days=9),
        "received_on": today - timedelta(days=2),
        "upload_id": _scan(stage).pk,
        "letter_fields": {"starts_on": date(2026, 9, 1), "months": 4, "motivation": "Accueillir"},
    }
    return PaperLetter(**(values | changes))


def test_paper_letter_is_registered_then_follows_the_way(stage: Stage, journey: Journey) -> None:
    agent = stage.people.vienne_agent
    contract = register_letter(porteur=poitiers(), letter=_paper(stage), by=agent, now=stage.now)

    assert (contract.origin, contract.state) == (Origin.PAPER, State.LETTER_SENT)
    assert contract.reference == "CTAI-2026-086-0001"
    assert timezone.localdate(contract.first_sent_at) == timezone.localdate(stage.now) - timedelta(days=2)
    assert NamedAct.objects.get().upload is not None
    assert IssuedDocument.objects.get().kind == DocumentKind.REGISTRATION_RECEIPT
    journey.contract = contract
    journey.acknowledge().meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()
    print_documents(contract)
    journey.deliberate().sign("state").sign("local")
    assert journey.contract.state == State.SIGNED


def test_paper_letter_refuses_wrong_dates_and_other_prefectures(stage: Stage) -> None:
    today = timezone.localdate(stage.now)

    with pytest.raises(TransitionRefused, match="La date de réception doit suivre"):
        register_letter(
            porteur=poitiers(),
            letter=_paper(stage, received_on=today + timedelta(days=1)),
            by=stage.people.vienne_agent,
            now=stage.now,
        )
    with pytest.raises(PermissionDenied):
        register_letter(porteur=poitiers(), letter=_paper(stage), by=prefet_of_gironde(), now=stage.now)
    assert not Contract.objects.exists()


def test_file_under_way_is_taken_over_at_its_step(stage: Stage, journey: Journey) -> None:
    values: dict[str, Any] = {
        "porteur": poitiers(),
        "campaign": stage.campaign,
        "starts_on": date(2026, 9, 1),
        "months": 4,
        "first_sent_on": date(2025, 11, 3),
        "reason": "Dossier ouvert avant le portail.",
        "by": stage.people.vienne_agent,
        "now": stage.now,
    }
    contract = take_over(state=State.PROPOSAL, **values)

    assert (contract.origin, contract.state, contract.turn) == (Origin.TAKEN_OVER, State.PROPOSAL, "local")
    assert spans(contract) == ["proposal"]
    journey.contract = contract
    journey.propose().submit().adopt().approve()
    assert journey.contract.state == State.APPROVED
    with pytest.raises(TransitionRefused, match="se reprend à l’échange"):
        take_over(state=State.SIGNED, **values)
    with pytest.raises(TransitionRefused, match="Choisissez la campagne"):
        take_over(state=State.DIAGNOSTIC, **(values | {"campaign": None}))
    with pytest.raises(PermissionDenied):
        take_over(state=State.PROPOSAL, **(values | {"by": stage.people.poitiers_agent}))


def test_signed_contract_is_imported_with_its_amounts(stage: Stage) -> None:
    values: dict[str, Any] = {
        "porteur": poitiers(),
        "lead_service": stage.people.vienne_agent.organisation,
        "starts_on": date(2023, 1, 1),
        "ends_on": date(2025, 12, 31),
        "signed_on": date(2022, 12, 5),
        "now": stage.now,
        "amounts": {2023: Decimal("12000.50"), 2024: Decimal("8000.00")},
    }
    contract = import_signed(by=stage.people.dgef, **values)

    assert (contract.origin, contract.state, contract.turn) == (Origin.IMPORTED, State.SIGNED, "nobody")
    assert contract.reference == "CTAI-2022-086-0001"
    assert ledger_totals()[MoneyStage.GRANTED] == Decimal("20000.50")
    assert taken(stage.envelope) == 0
    with pytest.raises(PermissionDenied):
        import_signed(by=stage.people.diair, **values)


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


# --- back and again -------------------------------------------------------------------------------------------------


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
