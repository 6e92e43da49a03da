"""Deposited files: stored without their name, visible to whom they should be, served as downloads only."""

import hashlib
import resource
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.http import Http404

from accounts.actors import Actor
from documents.enums import DocumentKind, DocumentStatus, UploadKind, Visibility
from documents.filetypes import UploadRefused
from documents.issuing import issue
from documents.mixins import file_response
from documents.models import IssuedDocument, Upload
from documents.uploads import FileNotKept, accept, safe_name
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.documents import decision_data
from tests.people import cast


def deposited(by: Actor, now: datetime, **options: Any) -> Upload:
    asked = {"kind": UploadKind.ATTACHMENT, "contract_id": None, "organisation": by.organisation} | options
    name = asked.pop("name", "pièce.pdf")
    return accept(ContentFile(pdf_bytes(), name=name), by=by, now=now, **asked)


@pytest.mark.django_db
def test_accept_stores_the_bytes_under_a_random_name(now: datetime) -> None:
    by = cast().poitiers_agent

    upload = Upload.objects.get(pk=deposited(by, now, name="../../Délibération n° 3.pdf").pk)

    content = upload.file.read()
    assert content == pdf_bytes()
    assert upload.original_name == "Délibération n° 3.pdf"
    assert "lib" not in str(upload.file.name).removeprefix("uploads/")
    assert (upload.size, upload.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    assert (upload.content_type, upload.uploaded_by, upload.uploaded_at) == ("application/pdf", by.user, now)
    assert upload.visibility == Visibility.SHARED


@pytest.mark.django_db
def test_accept_refuses_a_signed_act_that_is_not_a_pdf(now: datetime) -> None:
    by = cast().poitiers_maire
    scan = ContentFile(b"\x89PNG\r\n\x1a\n" + bytes(64), name="contrat.png")

    with pytest.raises(UploadRefused, match="PDF"):
        accept(
            scan,
            kind=UploadKind.SIGNED_CONTRACT,
            contract_id=None,
            organisation=by.organisation,
            by=by,
            now=now,
        )

    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_a_full_disk_keeps_neither_a_row_nor_half_a_file(now: datetime, tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    by, usual = cast().poitiers_agent, resource.getrlimit(resource.RLIMIT_FSIZE)
    file = ContentFile(pdf_bytes() + bytes(200_000), name="pièce.pdf")

    resource.setrlimit(resource.RLIMIT_FSIZE, (65_536, usual[1]))
    try:
        with pytest.raises(FileNotKept):
            accept(file, kind=UploadKind.ATTACHMENT, contract_id=None, organisation=by.organisation, by=by, now=now)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)

    assert [each for each in tmp_path.rglob("*") if each.is_file()] == []
    assert not Upload.objects.exists()


@pytest.mark.django_db
def test_a_file_of_no_contract_exists_for_its_organisation_alone(now: datetime) -> None:
    people = cast()

    upload = deposited(people.vienne_prefet, now, kind=UploadKind.DELEGATION_ACT)

    seen = {name for name, actor in people.actors.items() if Upload.objects.visible_to(actor).exists()}
    assert seen == {"vienne_prefet", "vienne_agent"}
    assert upload.organisation == people.vienne_agent.organisation
    assert not Upload.objects.visible_to(None).exists()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("lettre.pdf", "lettre.pdf"),
        ("C:\\dossiers\\lettre.pdf", "lettre.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ('a"; filename="b.exe.pdf', "a- filename=-b.exe.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie- x=1.pdf"),
        ("fdp\u202egpj.exe.pdf", "fdpgpj.exe.pdf"),
        ("é" * 300 + ".pdf", "é" * 146 + ".pdf"),
        ("...", "fichier"),
    ],
)
def test_safe_name_keeps_nothing_dangerous(sent: str, kept: str) -> None:
    assert safe_name(sent) == kept


@pytest.mark.django_db
def test_a_deposited_file_is_downloaded_never_shown(now: datetime) -> None:
    upload = deposited(cast().poitiers_agent, now)
    Upload.objects.filter(pk=upload.pk).update(original_name='été"\r\nX-Evil: 1\n.pdf')

    response = file_response(Upload.objects.get(pk=upload.pk), inline=True)

    assert response["Content-Disposition"] == "attachment; filename*=utf-8''%C3%A9t%C3%A9-X-Evil-%201.pdf"
    assert response["Content-Type"] == "application/pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "X-Evil" not in response.headers
    assert b"".join(response.streaming_content) == pdf_bytes()  # type: ignore[arg-type]  # FileResponse is synchronous


@pytest.mark.django_db
def test_an_issued_document_is_served_once_ready(now: datetime) -> None:
    document = issue(kind=DocumentKind.REFUSAL, contract_id=None, data=decision_data(), by=None, now=now, event=None)
    with pytest.raises(Http404):
        file_response(document)
    document.content.save("", ContentFile(b"%PDF-1.7"), save=False)
    IssuedDocument.objects.filter(pk=document.pk).update(
        status=DocumentStatus.READY,
        progress=100,
        content=document.content.name,
        sha256="0" * 64,
        size=8,
        page_count=1,
        ready_at=now,
    )

    response = file_response(IssuedDocument.objects.get(pk=document.pk), inline=True)

    assert response["Content-Disposition"] == 'inline; filename="CTAI-2026-086-0001-refus-1.pdf"'


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"status": DocumentStatus.READY},
        {"sha256": "0" * 64},
        {"progress": 101},
        {"data_sha256": "trop court"},
        {"kind": "autre"},
        {"number": 0},
    ],
)
def test_the_database_refuses_a_document_that_contradicts_itself(change: dict[str, Any], now: datetime) -> None:
    document = issue(kind=DocumentKind.REFUSAL, contract_id=None, data=decision_data(), by=None, now=now, event=None)

    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).update(**change)
