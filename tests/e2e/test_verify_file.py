"""Whoever holds a file learns on the public page, without sending it, whether it is one of the portal’s."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from contracts.acts import Reissue
from contracts.queries import current_contract_document
from contracts.services.advance import advance
from contracts.services.deliberations import confirm_coverage
from ctai.demo_data.journey import Journey
from ctai.text import long_date
from documents.models import IssuedDocument, Seal, Upload
from tests.contracts.stage import print_documents, set_stage, to_approved
from tests.people import People

pytestmark = pytest.mark.postgres

ISSUED, SEALED, STRANGE = b"%PDF-1.7 emis", b"%PDF-1.7 emis et scelle", b"%PDF-1.7 autre"
SIGNED, OLD, OLD_SIGNED = b"%PDF-1.7 signe", b"%PDF-1.7 ancien", b"%PDF-1.7 ancien signe"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def document(transactional_db: None, people: People, now: datetime) -> IssuedDocument:
    """A contract reissued once, that every party signed and that the portal sealed."""
    journey = reissued(to_approved(set_stage(people, now).journey()))
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    contract = journey.sign("local").sign("state").contract
    old, found = list(IssuedDocument.objects.filter(contract=contract, kind="contract").order_by("number"))
    for version, content, copy in ((old, OLD, OLD_SIGNED), (found, ISSUED, SIGNED)):
        IssuedDocument.objects.filter(pk=version.pk).update(sha256=sha256(content))
        Upload.objects.filter(pk=version.signatures.earliest("pk").upload_id).update(sha256=sha256(copy))
    Seal.objects.create(
        document=found, sha256=sha256(SEALED), size=len(SEALED), source_sha256=sha256(ISSUED), sealed_at=now
    )
    current: IssuedDocument = found
    return current


def reissued(journey: Journey) -> Journey:
    """Let the town sign, then replace the version that it signed."""
    journey.deliberate().sign("local")
    document = current_contract_document(journey.contract)
    assert document is not None
    act = Reissue(reason="Une faute dans l’article 3.", document_id=document.pk)
    advance(journey.contract.pk, "reissue", by=journey.state.agent, now=journey.later(1), act=act)
    print_documents(journey.contract)
    return journey


def dropped(zone: Locator, content: bytes) -> None:
    """Let a file fall on the zone."""
    zone.evaluate(
        """(zone, text) => {
            const data = new DataTransfer();
            data.items.add(new File([text], "contrat.pdf", { type: "application/pdf" }));
            for (const type of ["dragover", "drop"]) {
                zone.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
            }
        }""",
        content.decode(),
    )


def violations(page: Page) -> list[Any]:
    return [each["id"] for each in Axe().run(page).response["violations"]]


def test_file_is_recognised_in_the_browser_and_sent_nowhere(
    browser: Browser, live_server: LiveServer, document: IssuedDocument, tmp_path: Path
) -> None:
    page = browser.new_context(locale="fr-FR").new_page()
    page.goto(f"{live_server.url}/verifier/{document.verification_code}/")
    zone, answer = page.locator("[data-verify]"), page.locator("[data-verify] [role=status]")
    shown = answer.locator("[data-answer]:visible")
    field = page.get_by_label("Fichier à comparer")
    path = tmp_path / "contrat.pdf"
    path.write_bytes(ISSUED)
    asked: list[tuple[str, str]] = []
    page.on("request", lambda request: asked.append((request.method, request.url)))

    # By keyboard: the zone’s field takes the focus; the choice of a file that it opens is the browser’s own.
    page.locator("h1").evaluate("title => { title.tabIndex = -1; title.focus(); }")
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    field.set_input_files(path)
    expect(shown).to_have_text("C’est le fichier émis par le portail, octet pour octet.")
    expect(answer).to_contain_text(sha256(ISSUED))
    found = {"right": violations(page)}

    dropped(zone, SEALED)
    expect(shown).to_have_text("C’est l’exemplaire scellé par le portail, octet pour octet.")

    dropped(zone, SIGNED)
    expect(shown).to_have_text("C’est un exemplaire signé de ce document, tel qu’il a été déposé sur le portail.")

    old = IssuedDocument.objects.get(contract=document.contract_id, kind="contract", number=1)
    gone = f" : version 1, remplacée le {long_date(old.superseded_at or old.created_at)}, qui ne vaut plus."
    dropped(zone, OLD)
    expect(shown).to_have_text(f"C’est le fichier émis par le portail, octet pour octet{gone}")
    dropped(zone, OLD_SIGNED)
    expect(shown).to_have_text(
        f"C’est un exemplaire signé de ce document, tel qu’il a été déposé sur le portail{gone}"
    )
    found["replaced"] = violations(page)

    dropped(zone, STRANGE)
    expect(shown).to_have_text(
        "Ce fichier n’est ni celui que le portail a émis, ni un exemplaire signé qui y a été déposé,"
        " ni l’exemplaire qu’il a scellé, ni une autre version de ce document."
    )
    expect(answer).to_contain_text(sha256(STRANGE))
    found["wrong"] = violations(page)

    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.scrollingElement.scrollWidth") <= 320
    assert found == {"right": [], "replaced": [], "wrong": []}
    assert {method for method, _ in asked} <= {"GET"}  # pictures of the page at most
    assert not [url for _, url in asked if sha256(ISSUED) in url]
