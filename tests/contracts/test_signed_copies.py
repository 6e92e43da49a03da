"""The signed copies that parties deposit: examined, accepted with a verdict, or refused with its reason."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.middleware import SESSION_KEY
from contracts.models import Signature
from contracts.queries import current_contract_document
from ctai.demo_data.journey import Journey
from documents.effects import render_document
from documents.models import CopyCheck, IssuedDocument, Upload
from tests.contracts.stage import to_review
from tests.factories.signing import authority, resaved, scanned, signed

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user, backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = actor.membership.pk
    session.save()
    return client


def ready(journey: Journey) -> tuple[IssuedDocument, bytes]:
    """Carry the file to the signature, its contract drawn; return the version and its bytes."""
    to_review(journey).adopt().approve().deliberate()
    journey.later(3)
    document = current_contract_document(journey.contract)
    assert document is not None
    render_document({"document": document.pk})
    document.refresh_from_db()
    return document, document.content.read()


def deposit(journey: Journey, actor: Actor, document: IssuedDocument, content: bytes, **more: Any) -> Any:
    address = reverse("contracts:act", args=[journey.contract.reference, "sign"])
    data = {
        "mode": "paper",
        "name": actor.user.full_name,
        "title": "maire",
        "basis": "in_title",
        "acted_on": f"{journey.now:%Y-%m-%d}",
        "document_id": document.pk,
        "document": SimpleUploadedFile("signe.pdf", content, content_type="application/pdf"),
    }
    return browser(actor).post(address, data | more)


def test_copies_are_examined_kept_with_their_verdict_and_told(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, issued = ready(journey)
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    mayor, prefet = journey.local.signatory, journey.state.signatory

    refusals = {
        "sans aucune signature": deposit(journey, mayor, document, issued),
        "réenregistré ou modifié": deposit(journey, mayor, document, resaved(issued)),
        "Cochez la déclaration": deposit(journey, mayor, document, scanned(issued, resolution=40, blur=True)),
    }
    for said, answer in refusals.items():
        assert answer.status_code == 422
        assert said in answer.content.decode()
    assert (Signature.objects.count(), Upload.objects.filter(kind="signed_contract").count()) == (0, 0)

    by_hand = deposit(journey, mayor, document, scanned(issued))
    electronic = deposit(journey, prefet, document, signed(issued, authority().signer("Paul Martin")), title="préfet")

    assert (by_hand.status_code, electronic.status_code) == (302, 302)
    checks = list(CopyCheck.objects.order_by("pk"))
    assert [(each.verdict, each.matched_by) for each in checks] == [
        ("unverifiable", "qr_code"),
        ("unverifiable", "bytes"),
    ]
    assert {each.document_sha256 for each in checks} == {document.sha256}
    assert checks[1].signatures[0]["signer"] == "Paul Martin"
    page = browser(mayor).get(reverse("contracts:signature", args=[journey.contract.reference])).content.decode()
    assert "Conforme, signature manuscrite non vérifiable" in page
    assert "Signature électronique de Paul Martin" in page
    history = browser(mayor).get(reverse("contracts:history", args=[journey.contract.reference])).content.decode()
    assert "Exemplaire examiné par le portail : conforme, signature manuscrite non vérifiable." in history
