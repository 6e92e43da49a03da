"""The signed copies that come back: each is compared with the version to sign before anything is written."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from django.core.files.base import File

from contracts.models import Contract, Signature
from contracts.queries import current_contract_document
from ctai.text import long_date
from documents.active_content import Unreadable
from documents.canonical import sha256_of
from documents.enums import DocumentKind, DocumentStatus, Verdict
from documents.findings import Finding, refused
from documents.models import IssuedDocument, Seal
from documents.returned import Former, Known, examine
from documents.scans import read_pages
from documents.sealing import recognised

UNKNOWN = (
    "Ce fichier ne porte le code de vérification d’aucun document émis par ce portail."
    " S’il s’agit d’une numérisation, refaites-la plus nette : son code QR n’a pas pu être lu."
)
DRAFT = "Ce fichier est une version de travail : elle ne se signe pas et n’engage personne."


def examine_copy(contract: Contract, file: File[Any], *, declared: bool) -> Finding | None:
    """Judge a signed copy against the version to sign; None where no version is ready, which refuses the act anyway.

    Args:
        contract: the file.
        file: what a party deposits.
        declared: the person declares that a scan whose code cannot be read is this version.
    """
    document = current_contract_document(contract)
    if document is None or document.status != DocumentStatus.READY:
        return None
    file.seek(0)
    content = file.read()
    file.seek(0)
    return examine(
        content,
        issued=known(document),
        former=former_versions(document),
        describe=partial(described, contract_id=contract.pk),
        declared=declared,
    )


def examine_file(content: bytes) -> tuple[Finding, IssuedDocument | None]:
    """Judge any PDF: find the document that it claims to be, then compare it with the bytes that were issued.

    Returns:
        The verdict, and the document that the file is; None where it is none.
    """
    deposited = _deposited(content)
    try:
        document = deposited.document if deposited else _claimed(content)
    except Unreadable as problem:
        return refused(str(problem)), None
    if document is None:
        return refused(UNKNOWN), None
    if document.is_draft:
        return refused(DRAFT), None
    if document.superseded_at is not None:
        return refused(_gone(document)), None
    finding = examine(
        content,
        issued=known(document),
        former=former_versions(document),
        describe=partial(described, contract_id=document.contract_id),
        declared=deposited is not None,
        must_be_signed=False,
    )
    if finding.verdict == Verdict.REFUSED:
        return finding, None
    named = f"{DocumentKind(document.kind).label} n° {document.number}, émis le {long_date(document.created_at)}."
    finding = _with_seal(finding, content, document)
    kept = (f"Exemplaire déposé au dossier le {long_date(deposited.recorded_at)}.",) if deposited else ()
    return replace(finding, sentences=(named, *kept, *finding.sentences)), document


def _claimed(content: bytes) -> IssuedDocument | None:
    """Return the document whose bytes these are, or whose code most of the pages bear.

    Raises:
        Unreadable: the pages cannot be drawn.
    """
    ready = IssuedDocument.objects.filter(status=DocumentStatus.READY).select_related("contract").defer("data")
    found: IssuedDocument | None = ready.filter(sha256=sha256_of(content)).first()
    if found is not None:
        return found
    bearing = read_pages(content).bearing
    by_code = {each.verification_code: each for each in ready.filter(verification_code__in=bearing)}
    code = max(by_code, key=lambda each: (len(bearing[each]), each), default="")
    return by_code.get(code)


def _gone(document: IssuedDocument) -> str:
    """Say what became of a version that is no longer in force, and where the other is."""
    when = long_date(document.superseded_at) if document.superseded_at else ""
    later = IssuedDocument.objects.filter(
        contract=document.contract_id, kind=document.kind, subject_id=document.subject_id, is_draft=False
    ).filter(number__gt=document.number)
    if not later.exists():
        return (
            f"Ce document porte le code d’une version annulée le {when} : elle ne vaut plus, et rien ne la remplace."
        )
    if not later.filter(superseded_at__isnull=True).exists():
        return f"Ce document porte le code d’une version remplacée le {when} : aucune n’est en vigueur à ce jour."
    return (
        f"Ce document porte le code d’une version remplacée le {when} : la version en vigueur se télécharge dans le"
        " dossier, sur le portail."
    )


def _deposited(content: bytes) -> Signature | None:
    """Return the signature that still stands of which these bytes are the copy: a person declared what it is."""
    rows = Signature.objects.filter(upload__sha256=sha256_of(content), voided_at__isnull=True)
    return rows.select_related("document__contract").defer("document__data").order_by("-pk").first()


def _with_seal(finding: Finding, content: bytes, document: IssuedDocument) -> Finding:
    """Recognise the copy that the portal sealed; its own certificate then needs no authority to be trusted."""
    seal = Seal.objects.filter(document=document, sha256=sha256_of(content)).first()
    if seal is None:
        return finding
    verified = all(each.is_trusted for each in finding.signatures[:-1])  # the last one is the seal
    return replace(
        finding,
        verdict=Verdict.VERIFIED if verified else Verdict.UNVERIFIABLE,
        sentences=(recognised(seal.sealed_at), *finding.sentences),
    )


def known(document: IssuedDocument) -> Known:
    """Return an issued document with its bytes."""
    return Known(document.verification_code, _content(document), document.page_count or 0)


def former_versions(document: IssuedDocument) -> list[Former]:
    """Return the versions that this one replaced, the latest first."""
    rows = IssuedDocument.objects.filter(
        contract=document.contract_id, kind=document.kind, is_draft=False, status=DocumentStatus.READY
    )
    replaced = rows.exclude(pk=document.pk).filter(superseded_at__isnull=False).defer("data").order_by("-number")
    return [Former(each.number, each.superseded_at, partial(_content, each)) for each in replaced]


def described(code: str, *, contract_id: int | None) -> str:
    """Name the document that bears a code; nothing is told of another file."""
    found = IssuedDocument.objects.filter(verification_code=code).defer("data").first()
    if found is None:
        return f"le code {code}, que le portail n’a pas émis"
    if contract_id is None or found.contract_id != contract_id:
        return "un document d’un autre dossier"
    name = DocumentKind(found.kind).label.lower()
    draft = ", version de travail" if found.is_draft else ""
    return f"{name} n° {found.number}{draft}, du {long_date(found.created_at)}"


def _content(document: IssuedDocument) -> bytes:
    with document.content.open("rb") as stored:
        content: bytes = stored.read()
    return content
