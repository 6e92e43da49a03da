"""Whole stories of files, by the services: what the machine must allow, and what it must leave behind."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.utils import timezone

from contracts.enums import Origin, State
from contracts.errors import TransitionRefused
from contracts.models import Contract, NamedAct, Signature
from contracts.services.opening import PaperLetter, import_signed, register_letter, take_over
from ctai.demo_data.journey import Journey
from ctai.demo_data.scan import signed_copy
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument, Upload
from documents.uploads import accept
from funding.enums import Stage as MoneyStage
from funding.models import FundingRequest, Movement
from funding.queries import ledger_by_year, ledger_totals
from journal.services import verify_chain
from tests.contracts.stage import (
    Stage,
    centre_val_de_loire,
    endow,
    prefet_of_gironde,
    print_documents,
    to_review,
    to_signed,
)
from tests.contracts.stories import ASKED, kinds, spans, taken
from tests.factories.territories import poitiers

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
    assert ledger_totals()[MoneyStage.GRANTED] == ledger_totals()[MoneyStage.NOTIFIED] == Decimal("20000.50")
    assert taken(stage.envelope) == 0
    with pytest.raises(PermissionDenied):
        import_signed(by=stage.people.diair, **values)
