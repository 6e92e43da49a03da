"""The certificate of proof: who did what when on the signed version, with hashes and verdicts."""

from __future__ import annotations

from datetime import date
from typing import Any

from accounts.models import Delegation
from contracts.history import all_events
from contracts.models import Contract, Deliberation, Rectification, Signature
from contracts.queries import current_contract_document
from documents.enums import DocumentKind
from documents.models import CopyCheck, IssuedDocument, Seal

NOT_EXAMINED = "Exemplaire non examiné"
#: What makes a version, and what corrects it: its issue, the votes that cover it, its signatures, rectifications.
KINDS = frozenset(
    {
        "approve",
        "reissue",
        "reinstate",
        "deliberation_saved",
        "deliberation_confirmed",
        "sign",
        "complete",
        "contract_sealed",
        "rectification_proposed",
        "rectification_accepted",
        "rectification_complete",
        "rectification_withdrawn",
    }
)


def proof_of(contract: Contract) -> dict[str, Any]:
    """Return what the certificate adds to the identity of a file whose version every party signed."""
    document = current_contract_document(contract)
    if document is None:
        raise AssertionError("A contract is signed on a version.")
    return {
        "version": _version(document),
        "deliberations": _deliberations(contract),
        "signatures": _signatures(document),
        "seal": _seal(document),
        "rectifications": _rectifications(contract),
        "events": [
            {"at": each.at.isoformat(timespec="seconds"), "title": each.title, "who": each.who, "hash": each.hash}
            for each in all_events(contract)
            if each.kind in KINDS and each.at >= document.created_at
        ],
    }


def _version(document: IssuedDocument) -> dict[str, Any]:
    return {
        "number": document.number,
        "issued_at": document.created_at.isoformat(timespec="seconds"),
        "sha256": document.sha256,
        "data_sha256": document.data_sha256,
        "verification_code": document.verification_code,
        "page_count": document.page_count or 0,
    }


def _seal(document: IssuedDocument) -> dict[str, Any] | None:
    seal = Seal.objects.filter(document=document).first()
    if seal is None:
        return None
    return {"sealed_at": seal.sealed_at.isoformat(timespec="seconds"), "sha256": seal.sha256}


def _rectifications(contract: Contract) -> list[dict[str, Any]]:
    """Return the material errors whose correction every party accepted, in their order."""
    rows = list(Rectification.objects.filter(contract=contract, accepted_at__isnull=False).order_by("number"))
    papers = IssuedDocument.objects.filter(
        contract=contract, kind=DocumentKind.RECTIFICATION, superseded_at__isnull=True
    )
    codes = dict(papers.values_list("subject_id", "verification_code"))
    return [
        {
            "number": each.number,
            "place": each.place,
            "accepted_at": each.accepted_at.isoformat(timespec="seconds"),
            "verification_code": codes.get(each.pk, ""),
        }
        for each in rows
        if each.accepted_at is not None
    ]


def _deliberations(contract: Contract) -> list[dict[str, Any]]:
    """Return the délibération of each collectivité, the porteur first."""
    rows = Deliberation.objects.filter(contract=contract).select_related(
        "authority__departement", "authority__region", "covers"
    )
    ordered = sorted(rows, key=lambda row: (row.authority_id != contract.porteur_id, row.pk))
    return [
        {
            "party": each.authority.full_name,
            "number": each.number,
            "body": each.get_organ_display(),
            "subject": each.purpose,
            "voted_on": each.voted_on.isoformat(),
            "published_on": _iso(each.published_on),
            "transmitted_on": _iso(each.transmitted_on),
            "enforceable_on": _iso(each.enforceable_on),
            "version": each.covers.number if each.covers else None,
        }
        for each in ordered
    ]


def _delegation(row: Delegation | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "nature": row.get_kind_display(),
        "reference": row.reference,
        "full_name": row.holder_name,
        "capacity": row.holder_title,
        "starts_on": row.starts_on.isoformat(),
        "ends_on": _iso(row.ends_on),
        "published_on": row.published_on.isoformat(),
        "territory": row.territory,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _signatures(document: IssuedDocument) -> list[dict[str, Any]]:
    rows = Signature.objects.filter(document=document, voided_at__isnull=True)
    rows = rows.select_related("authority", "delegation", "upload").order_by("signed_on", "pk")
    checks = {each.upload_id: each for each in CopyCheck.objects.filter(document=document)}
    return [_signature(each, checks.get(each.upload_id or 0)) for each in rows]


def _signature(row: Signature, check: CopyCheck | None) -> dict[str, Any]:
    return {
        "party": row.authority.full_name if row.authority else "L’État",
        "signatory": row.signatory_name,
        "capacity": row.signatory_title,
        "signed_on": row.signed_on.isoformat(),
        "delegation": row.delegation.reference if row.delegation else "",
        "delegation_act": _delegation(row.delegation),
        "recorded_at": row.recorded_at.isoformat(timespec="seconds"),
        "copy_sha256": row.upload.sha256 if row.upload else "",
        "verdict": check.label if check else NOT_EXAMINED,
        "sentences": list(check.sentences) if check else [],
    }
