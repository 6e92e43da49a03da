"""The signed copies that parties deposit: examined, accepted with a verdict, or refused with its reason."""

import html
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.actors import Actor
from accounts.middleware import SESSION_KEY
from contracts.acts import Reissue
from contracts.models import Deliberation, Signature
from contracts.queries import current_contract_document
from contracts.services.advance import advance
from contracts.services.deliberations import confirm_coverage
from ctai.demo_data.journey import Journey
from ctai.text import long_date
from documents.effects import render_document
from documents.models import CopyCheck, IssuedDocument, Upload
from tests.contracts.stage import to_review
from tests.factories.signing import Authority, authority, picture, resaved, scanned, signed, store

BACKEND = "django.contrib.auth.backends.ModelBackend"

pytestmark = pytest.mark.django_db


def browser(actor: Actor) -> Client:
    client = Client()
    client.force_login(actor.user, backend=BACKEND)
    session = client.session
    session[SESSION_KEY] = actor.membership.pk
    session.save()
    return client


def ready(journey: Journey, reviewed: Journey | None = None) -> tuple[IssuedDocument, bytes]:
    """Carry the file to the signature, its contract drawn; return the version and its bytes."""
    (reviewed or to_review(journey)).adopt().approve().deliberate()
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
    proof = IssuedDocument.objects.get(kind="proof")
    assert proof.data["version"]["sha256"] == document.sha256
    assert [each["verdict"] for each in proof.data["signatures"]] == [each.label for each in checks]
    votes = Deliberation.objects.filter(contract=journey.contract)
    assert [
        (each["number"], each["body"], each["voted_on"], each["enforceable_on"], each["version"])
        for each in proof.data["deliberations"]
    ] == [
        (row.number, row.get_organ_display(), f"{row.voted_on}", f"{row.enforceable_on}", document.number)
        for row in votes
    ]
    assert [each["title"] for each in proof.data["events"]] == [
        "Contrat approuvé",
        "Délibération enregistrée",
        "Signature enregistrée",
        "Signature enregistrée",
        "Contrat signé par toutes les parties",
    ]


def test_command_judges_any_file(journey: Journey, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, issued = ready(journey)
    files = {
        "issued": (issued, None, "octet pour octet, celui que le portail a émis"),
        "signed": (signed(issued, authority().signer("Paul Martin")), None, "Signature électronique de Paul Martin"),
        "scan": (scanned(issued), None, "code QR lu sur"),
        "resaved": (resaved(issued), 1, "réenregistré ou modifié"),
        "stranger": (picture(), 1, "aucun document émis par ce portail"),
    }
    for name, (content, code, said) in files.items():
        path = tmp_path / f"{name}.pdf"
        path.write_bytes(content)
        ended = None
        try:
            call_command("verify_contract", path)
        except SystemExit as end:
            ended = end.code
        assert (name, ended) == (name, code)
        out = capsys.readouterr().out
        assert said in out
        assert ("Contrat non signé. Toutes les parties n’ont pas signé" in out) == (code is None)
        assert "Poitiers" not in out


def test_command_says_the_same_as_the_public_page(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, issued = ready(journey)
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    old, new = tmp_path / "old.pdf", tmp_path / "new.pdf"
    old.write_bytes(issued)
    act = Reissue(reason="Une faute dans l’article 3.", document_id=document.pk)
    advance(journey.contract.pk, "reissue", by=journey.state.agent, now=journey.now, act=act)
    second = current_contract_document(journey.contract)
    assert second is not None
    render_document({"document": second.pk})
    second.refresh_from_db()
    new.write_bytes(second.content.read())
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    journey.sign("local").sign("state")

    call_command("verify_contract", new)
    signed_one = capsys.readouterr().out.replace("\u00a0", " ")
    with pytest.raises(SystemExit) as ended:
        call_command("verify_contract", old)
    replaced = capsys.readouterr().out
    page = Client().get(reverse("monitoring:verify", args=[second.verification_code])).text

    for said in ("Contrat signé", journey.contract.reference, "L’État et Commune de Poitiers", second.sha256):
        assert said in signed_one
        assert said in page
    assert ended.value.code == 1
    assert "une version remplacée le" in replaced
    IssuedDocument.objects.filter(pk=second.pk).update(superseded_at=journey.now)
    with pytest.raises(SystemExit):
        call_command("verify_contract", new)
    assert "une version annulée le" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        call_command("verify_contract", old)
    assert "aucune n’est en vigueur à ce jour" in capsys.readouterr().out


def test_command_knows_a_deposited_scan_whose_code_cannot_be_read(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document, issued = ready(journey)
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    path = tmp_path / "scan.pdf"
    path.write_bytes(scanned(issued, resolution=40, blur=True))
    with pytest.raises(SystemExit):
        call_command("verify_contract", path)

    answer = deposit(journey, journey.local.signatory, document, path.read_bytes(), declared="on")

    assert answer.status_code == 302
    capsys.readouterr()
    call_command("verify_contract", path)
    said = capsys.readouterr().out
    assert "Conforme, signature manuscrite non vérifiable" in said
    assert "Exemplaire déposé au dossier le" in said
    Signature.objects.update(voided_at=journey.now, void_reason="Contrat rouvert")
    with pytest.raises(SystemExit):
        call_command("verify_contract", path)


def test_day_told_is_the_one_that_a_trusted_timestamp_certifies(
    journey: Journey, monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    document, issued = ready(journey)
    at = journey.now.replace(hour=23, minute=30, second=0, microsecond=0) - timedelta(days=1)  # 22 h 30 in UTC
    journey.later(1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    mayor, prefet = journey.local.signatory, journey.state.signatory
    signer, proofs = authority().signer("Claire Dumont"), authority().revocations()
    certain = signed(issued, signer, revocations=proofs, stamper=authority().stamper("Horodatage des essais", at))
    doubtful = signed(issued, signer, stamper=Authority("Une autre autorité").stamper("Inconnu", at))

    wrong = deposit(journey, mayor, document, certain)
    kept = (Signature.objects.count(), Upload.objects.filter(kind="signed_contract").count())
    right = deposit(journey, mayor, document, certain, acted_on=f"{at:%Y-%m-%d}")
    unproven = deposit(journey, prefet, document, doubtful, title="préfet")

    assert (wrong.status_code, kept) == (422, (0, 0))
    said = f"Un horodatage de confiance certifie que cet exemplaire a été signé le {long_date(at)}, et non"
    assert f"{said} le {long_date(journey.now)}" in html.unescape(wrong.text)
    assert (right.status_code, unproven.status_code) == (302, 302)
    days = dict(Signature.objects.values_list("signatory_name", "signed_on"))
    assert days == {mayor.user.full_name: at.date(), prefet.user.full_name: journey.now.date()}
