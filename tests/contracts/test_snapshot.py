"""What documents freeze and print equals what the database holds, to the cent."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import pypdf
import pytest
from django.db.models import Sum

from contracts.models import Contract, Rectification
from contracts.snapshot import View, contract_data, minutes_data, proof_data, rectification_data
from ctai.text import euros, long_date
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.models import IssuedDocument
from documents.rendering import html_of, render
from exchanges.models import Meeting
from funding.enums import BudgetSide, Decision, Funder
from funding.models import Action, BudgetLine, Movement, YearAmount
from funding.queries import exact_sum
from tests.contracts.stage import Stage, print_documents, to_approved, to_correction, to_review
from tests.documents.schema_errors import schema_errors


def readable(text: str) -> str:
    """Return a text with plain spaces, and no line breaks."""
    return " ".join(text.replace("\u202f", " ").replace("\u00a0", " ").split())


def latest(contract: Contract, kind: DocumentKind) -> IssuedDocument:
    found: IssuedDocument | None = (
        IssuedDocument.objects.filter(contract=contract, kind=kind).order_by("-number", "-pk").first()
    )
    assert found is not None
    return found


def test_totals_of_the_contract_equal_the_database(stage: Stage) -> None:
    journey = stage.journey(starts_on=date(2026, 1, 1), months=24)
    to_review(journey).adopt().approve()

    data = latest(journey.contract, DocumentKind.CONTRACT).data

    totals = data["totals"]
    granted = YearAmount.objects.filter(action__contract=journey.contract, action__decision=Decision.RETAINED)
    charges = BudgetLine.objects.filter(action__contract=journey.contract, side=BudgetSide.CHARGE)
    assert (
        Decimal(totals["granted"])
        == exact_sum(granted, "granted")
        == exact_sum(Movement.objects.filter(contract=journey.contract, stage__in=["granted", "indicative"]))
    )
    assert Decimal(totals["requested"]) == exact_sum(granted, "requested")
    assert Decimal(totals["total_cost"]) == exact_sum(charges)
    for year in totals["by_year"]:
        assert Decimal(year["granted"]) == exact_sum(granted.filter(year=year["year"]), "granted")
        assert Decimal(year["total_cost"]) == exact_sum(charges.filter(year=year["year"]))
    assert sum(Decimal(each["granted"]) for each in totals["by_axis"]) == Decimal(totals["granted"])
    assert sum(Decimal(each["granted"]) for each in totals["by_beneficiary"]) == Decimal(totals["granted"])
    for action in data["actions"]:
        rows = granted.filter(action__number=action["number"])
        assert {each["year"]: Decimal(each["granted"]) for each in action["years"]} == {
            row.year: row.granted for row in rows
        }


def test_money_of_the_state_is_granted_or_indicative_once_decided(stage: Stage) -> None:
    journey = stage.journey(starts_on=date(2026, 1, 1), months=24)
    to_review(journey).adopt()
    before = _of_the_state(contract_data(View(contract=journey.contract, now=journey.now)))

    journey.approve()

    after = _of_the_state(latest(journey.contract, DocumentKind.CONTRACT).data)
    sums = {
        stage: exact_sum(Movement.objects.filter(contract=journey.contract, stage=stage))
        for stage in ("granted", "indicative")
    }
    assert before[0] == {(2026, "sollicité"), (2027, "sollicité")}
    assert before[1]["obtained"] == "0.00"
    assert after[0] == {(2026, "accordé"), (2027, "indicatif")}
    assert after[1]["requested"] == f"{sums['indicative']:.2f}"
    assert after[1]["obtained"] == f"{sums['granted']:.2f}"


def _of_the_state(data: dict[str, Any]) -> tuple[set[tuple[int, str]], dict[str, Any]]:
    """Return how sure the State's line of each year is said to be, and its row among the funders."""
    label = str(Funder.STATE_P104.label)
    years = [year for action in data["actions"] for year in action["years"]]
    lines = {(year["year"], line["status"]) for year in years for line in year["products"] if line["funder"] == label}
    (row,) = (each for each in data["totals"]["by_funder"] if each["label"] == label)
    return lines, row


def test_frozen_data_do_not_follow_the_file(stage: Stage) -> None:
    journey = to_approved(stage.journey())
    before = latest(journey.contract, DocumentKind.CONTRACT).data

    Action.objects.filter(contract=journey.contract).update(title="Un autre titre")

    assert latest(journey.contract, DocumentKind.CONTRACT).data == before
    assert "Un autre titre" not in html_of(latest(journey.contract, DocumentKind.CONTRACT))


def test_every_document_of_a_file_is_drawn_from_its_data(stage: Stage) -> None:
    journey = to_correction(stage.journey()).correct().adopt().approve()
    other = to_review(stage.journey()).refuse()
    third = stage.journey().open().write_letter().send_letter().acknowledge().dismiss()
    print_documents(journey.contract)
    meeting = Meeting.objects.get(contract=journey.contract)
    issue(
        kind=DocumentKind.MINUTES,
        contract_id=journey.contract.pk,
        data=minutes_data(View(contract=journey.contract, now=journey.now), meeting),
        by=journey.state.agent,
        now=journey.now,
        event=None,
        subject_id=meeting.pk,
    )
    correction = Rectification.objects.create(
        contract=journey.contract,
        number=1,
        place="Action 1",
        wrong="un",
        right="deux",
        reason="Une faute de frappe.",
        organisation=journey.state.agent.organisation,
        proposed_by=journey.state.agent.user,
        proposed_at=journey.now,
    )
    issue(
        kind=DocumentKind.RECTIFICATION,
        contract_id=journey.contract.pk,
        data=rectification_data(View(contract=journey.contract, now=journey.now), correction),
        by=journey.state.agent,
        now=journey.now,
        event=None,
        subject_id=correction.pk,
    )
    issue(
        kind=DocumentKind.PROOF,
        contract_id=journey.contract.pk,
        data=proof_data(View(contract=journey.contract, now=journey.now)),
        by=None,
        now=journey.now,
        event=None,
    )

    documents = IssuedDocument.objects.select_related("template_version", "contract").order_by("pk")
    drawn = {document.kind: readable(html_of(document)) for document in documents}

    assert set(drawn) == set(DocumentKind)
    assert {document.kind: schema_errors(document) for document in documents if schema_errors(document)} == {}
    assert all("Poitiers" in text for text in drawn.values())
    references = {journey.contract.reference, other.contract.reference, third.contract.reference}
    assert {document.contract.reference for document in documents if document.contract} == references
    asked = exact_sum(YearAmount.objects.filter(action__contract=journey.contract), "requested")
    for kind in (DocumentKind.FUNDING_REQUEST, DocumentKind.REQUEST_ACKNOWLEDGEMENT, DocumentKind.CONTRACT):
        assert readable(euros(asked)) in drawn[kind]
    assert "Le projet" in drawn[DocumentKind.REFUSAL] or "motif" in drawn[DocumentKind.REFUSAL].lower()
    assert "tribunal administratif" in drawn[DocumentKind.REFUSAL]


@pytest.mark.filterwarnings("ignore")
def test_issued_contract_says_its_parties_articles_actions_and_amounts(stage: Stage) -> None:
    journey = to_review(stage.journey()).adopt().approve()
    document = latest(journey.contract, DocumentKind.CONTRACT)

    pdf = render(IssuedDocument.objects.select_related("template_version").get(pk=document.pk))

    pages = pypdf.PdfReader(io.BytesIO(pdf.content)).pages
    text = readable(" ".join(page.extract_text() for page in pages))
    contract = Contract.objects.with_places().get()
    assert contract.reference in text
    assert contract.lead_service.name in text
    assert contract.porteur.full_name in text
    assert "Hélène Marchand" in text
    assert "Claire Dumont" in text
    assert f"Page 1 sur {len(pages)}" in text or f"1 sur {len(pages)}" in text
    assert contract.starts_on is not None
    assert readable(long_date(contract.starts_on)) in text
    assert document.template_version is not None
    for article in document.template_version.articles.exclude(title="").filter(condition=""):
        assert readable(article.title) in text
    for action in Action.objects.filter(contract=contract).order_by("number"):
        assert readable(action.title) in text
        assert readable(action.beneficiary_name) in text
    for row in YearAmount.objects.filter(action__contract=contract):
        assert readable(euros(row.granted)) in text
    total = YearAmount.objects.filter(action__contract=contract).aggregate(total=Sum("granted"))["total"]
    assert readable(euros(total)) in text
