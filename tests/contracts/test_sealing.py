"""The seal of the service: added to what was signed, once, and only by a certificate that can be used."""

import io
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pikepdf
import pytest
from asn1crypto.tsp import TimeStampReq
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pyhanko.sign.timestamps import DummyTimeStamper

from contracts.models import Contract
from contracts.queries import current_contract_document
from contracts.sealing import seal_document
from contracts.services.copies import examine_file
from ctai.demo_data.journey import Journey
from documents.checks import check_seal
from documents.defaults import ensure_templates
from documents.enums import DocumentKind, Verdict
from documents.issuing import issue
from documents.models import IssuedDocument, Seal
from documents.rendering import render
from documents.returned import Known, examine
from documents.sealing import SealImpossible, sealed
from documents.sealing import certificate as usable_certificate
from journal.enums import EffectStatus
from journal.leases import MAX_ATTEMPTS, run
from journal.models import Effect
from tests.contracts.test_signed_copies import browser, deposit, ready
from tests.documents.test_conformity import long_contract
from tests.factories.documents import contract_data
from tests.factories.signing import PASSWORD, authority, scanned, signed
from tests.verapdf import failures, needs_java

pytestmark = pytest.mark.django_db


@pytest.fixture
def certificate(settings: Any, tmp_path: Path) -> Path:
    path = tmp_path / "portail.p12"
    path.write_bytes(authority().pkcs12("Portail CTAI"))
    settings.SEAL_PKCS12, settings.SEAL_PASSWORD = str(path), PASSWORD.decode()
    return path


def issued_contract(data: dict[str, Any] | None = None) -> Known:
    now = datetime.fromisoformat("2026-06-02T10:00:00+02:00")
    ensure_templates(now)
    frozen = data or contract_data()
    row = issue(kind=DocumentKind.CONTRACT, contract_id=None, data=frozen, by=None, now=now, event=None)
    pdf = render(row)
    return Known(row.verification_code, pdf.content, pdf.page_count)


class _Clock(BaseHTTPRequestHandler):
    """A timestamping service (RFC 3161) on this machine."""

    stamper: DummyTimeStamper

    def do_POST(self) -> None:
        asked = TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
        answer = self.stamper.request_tsa_response(asked).dump()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def clock(stamper: DummyTimeStamper) -> Iterator[str]:
    """Run a timestamping service; yield where it answers."""
    server = HTTPServer(("127.0.0.1", 0), type("_Set", (_Clock,), {"stamper": stamper}))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_seal_bears_the_instant_that_the_timestamping_service_certifies(certificate: Path, settings: Any) -> None:
    issued = issued_contract()
    at = timezone.now().replace(microsecond=0) - timedelta(hours=1)

    with clock(authority().stamper("Horodatage des essais", at)) as settings.SEAL_TIMESTAMP_URL:
        result = sealed(issued.content, issued=issued, now=timezone.now())
    with pytest.raises(OSError, match="timestamp server"):  # nobody answers any more
        sealed(issued.content, issued=issued, now=timezone.now())

    stamp = examine(result, issued=issued).signatures[0].timestamp
    assert stamp is not None
    assert (stamp.at, stamp.authority) == (at, "Horodatage des essais")


@needs_java
def test_seal_follows_the_issue_or_the_signatures_and_keeps_the_conformity(certificate: Path, tmp_path: Path) -> None:
    issued = issued_contract()
    copy = signed(issued.content, authority().signer("Claire Dumont"))

    alone, after = (sealed(content, issued=issued, now=timezone.now()) for content in (issued.content, copy))

    assert alone.startswith(issued.content)
    assert after.startswith(copy)
    signers = [[each.signer for each in examine(content, issued=issued).signatures] for content in (alone, after)]
    assert signers == [["Portail CTAI"], ["Claire Dumont", "Portail CTAI"]]
    long = signed_by_two(issued_contract(long_contract()))
    found = failures(tmp_path, {"sealed": alone, "signed and sealed": after, "seven parties, signed twice": long})
    assert {name: rules for name, rules in found.items() if rules} == {}


def signed_by_two(issued: Known) -> bytes:
    """Sign by two people, with proofs of validity and the certified time, then seal."""
    revocations, stamper = authority().revocations(), authority().stamper("Horodatage des essais")
    content = issued.content
    for name in ("Claire Dumont", "Paul Martin"):
        signer = authority().signer(name)
        content = signed(content, signer, revocations=revocations, stamper=stamper, field_name=name)
    result = sealed(content, issued=issued, now=timezone.now())
    signers = [each.signer for each in examine(result, issued=issued).signatures]
    assert signers == ["Claire Dumont", "Paul Martin", "Portail CTAI"]
    return result


def test_check_refuses_a_certificate_that_cannot_seal(certificate: Path, settings: Any) -> None:
    assert check_seal(None) == []
    settings.SEAL_PASSWORD = "autre"
    wrong_password = [each.id for each in check_seal(None)]
    certificate.write_bytes(b"pas un certificat")
    damaged = [each.id for each in check_seal(None)]
    certificate.unlink()
    missing = [each.id for each in check_seal(None)]
    settings.SEAL_PKCS12 = ""

    assert (wrong_password, damaged, missing) == (["documents.E001"],) * 3
    assert check_seal(None) == []


def test_an_expired_certificate_seals_nothing(certificate: Path) -> None:
    with pytest.raises(SealImpossible, match="valid from"):
        usable_certificate(timezone.now() + timedelta(days=40_000))


def _complete(journey: Journey, last: Callable[[bytes], bytes]) -> tuple[IssuedDocument, bytes]:
    document, issued = ready(journey)
    deposit(journey, journey.local.signatory, document, scanned(issued))
    answer = deposit(journey, journey.state.signatory, document, last(issued), title="préfet")
    assert answer.status_code == 302
    assert Contract.objects.get().state == "signed"
    return document, issued


def failures_are_told(journey: Journey, planned: Effect, certificate: Path) -> None:
    """Check that the side of the State reads why the seal is late and what follows, until its cause is mended."""
    address = reverse("contracts:documents", args=[journey.contract.reference])
    good = certificate.read_bytes()
    certificate.write_bytes(b"pas un certificat")

    run(planned.pk)

    page = browser(journey.state.agent).get(address).text
    assert "Le contrat n’est pas encore scellé" in page
    assert "Le certificat du portail ne peut pas servir" in page
    assert "Essai 1 sur 8" in page
    assert "n’est pas encore scellé" not in browser(journey.local.agent).get(address).text
    Effect.objects.filter(pk=planned.pk).update(attempts=MAX_ATTEMPTS - 1, not_before=timezone.now())
    run(planned.pk)
    assert "prévenez l’assistance" in browser(journey.state.agent).get(address).text
    certificate.write_bytes(good)
    call_command("retry_effects", "render_document")
    assert Effect.objects.get(pk=planned.pk).status == EffectStatus.FAILED
    call_command("retry_effects", "seal_document")
    assert "Essai 0" not in browser(journey.state.agent).get(address).text


def test_complete_plans_the_seal_which_is_made_once_and_offered(
    journey: Journey, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    document, issued = _complete(journey, lambda content: signed(content, authority().signer("Paul Martin")))
    planned = Effect.objects.get(kind="seal_document")
    monkeypatch.undo()  # the certificate is valid today
    failures_are_told(journey, planned, certificate)

    run(planned.pk)
    first = Seal.objects.get()
    seal_document(planned.payload)

    assert list(Seal.objects.values_list("pk", "sha256")) == [(first.pk, first.sha256)]
    document.refresh_from_db()
    assert document.content.read() == issued
    reader = browser(journey.local.agent)
    reference = journey.contract.reference
    address = reverse("contracts:sealed", args=[reference, document.pk])
    content = reader.get(address).getvalue()
    assert content.startswith(issued)
    assert len(pikepdf.open(io.BytesIO(content)).Root.AcroForm.Fields) == 2
    for page in ("signature", "documents"):
        assert address in reader.get(reverse(f"contracts:{page}", args=[reference])).text
    public = Client().get(reverse("monitoring:verify", args=[document.verification_code])).text
    assert first.sha256 in public
    finding, told = examine_file(content)
    assert told == document
    assert (finding.verdict, finding.sentences[1][:32]) == (Verdict.UNVERIFIABLE, "Exemplaire scellé par le portail")
    assert IssuedDocument.objects.filter(kind="proof").latest("pk").data["seal"]["sha256"] == first.sha256
    assert "Contrat scellé par le portail" in reader.get(reverse("contracts:history", args=[reference])).text
    archive = zipfile.ZipFile(io.BytesIO(reader.get(reverse("contracts:archive", args=[reference])).getvalue()))
    assert content in [archive.read(each) for each in archive.namelist()]


def test_nothing_is_sealed_without_a_certificate(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)
    document, _ = _complete(journey, scanned)

    assert not Effect.objects.filter(kind="seal_document").exists()
    assert current_contract_document(journey.contract) == document
    address = reverse("contracts:sealed", args=[journey.contract.reference, document.pk])
    assert browser(journey.local.agent).get(address).status_code == 404


def test_seal_refuses_a_file_that_is_not_the_issue(certificate: Path) -> None:
    issued = issued_contract()

    with pytest.raises(SealImpossible):
        sealed(scanned(issued.content), issued=issued, now=timezone.now())
