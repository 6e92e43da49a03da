"""The seal on a version that every party signed: made after commit, kept once, told by the history and the proof."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from contracts.case import Case
from contracts.models import Contract, Signature
from contracts.queries import current_contract_document
from contracts.snapshot import View, proof_data
from ctai.text import instant
from documents.canonical import sha256_of
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.models import CopyCheck, IssuedDocument, Seal
from documents.returned import Known
from documents.sealing import SealImpossible, sealed
from journal.effects import handler, plan
from journal.enums import EffectStatus
from journal.leases import MAX_ATTEMPTS
from journal.models import Effect
from journal.services import record

logger = logging.getLogger(__name__)

EFFECT = "seal_document"

UNUSABLE = "Le certificat du portail ne peut pas servir, ou le fichier n’accepte aucune signature de plus."
UNANSWERED = "Un service dont le scellement dépend n’a pas répondu."
STILL_SIGNED = "Le contrat reste signé ; sa version émise et les exemplaires déposés n’ont pas changé."
GIVEN_UP = (
    "Le portail n’essaie plus de lui-même : prévenez l’assistance, qui fera corriger le certificat puis relancera"
    " le scellement."
)


def plan_seal(case: Case) -> None:
    """Plan the seal of the version that every party signed; nothing where the service has no certificate."""
    document = current_contract_document(case.contract)
    if settings.SEAL_PKCS12 and document is not None:
        plan(EFFECT, event=case.event, payload={"document": document.pk}, now=case.now)


@handler(EFFECT)
def seal_document(payload: dict[str, Any]) -> None:
    """Seal a signed version, once; its issued bytes and the copies of the parties stay as they are.

    Raises:
        SealImpossible: the certificate cannot be used.
    """
    document = IssuedDocument.objects.defer("data").get(pk=payload["document"])
    if Seal.objects.filter(document=document).exists():
        return
    now = timezone.now()
    source, content = _made(document, now)
    seal = Seal(
        document=document,
        sha256=sha256_of(content),
        size=len(content),
        source_sha256=sha256_of(source),
        sealed_at=now,
    )
    seal.content.save("", ContentFile(content), save=False)
    kept = False
    try:
        kept = _keep(seal, now)
    finally:
        if not kept:  # another worker was faster, or the database refused: no file without its row
            seal.content.storage.delete(str(seal.content.name))


def trouble(contract: Contract) -> str:
    """Say why the seal of a signed contract is late and what happens next; empty when it is not; one query."""
    effect = Effect.objects.filter(kind=EFFECT, event__contract=contract).order_by("-pk").first()
    if effect is None or not effect.last_error or effect.status == EffectStatus.DONE:
        return ""
    cause = UNUSABLE if effect.last_error.startswith(SealImpossible.__name__) else UNANSWERED
    if effect.status == EffectStatus.FAILED:
        return f"{cause} {GIVEN_UP} {STILL_SIGNED}"
    if effect.status == EffectStatus.RUNNING:
        return f"{cause} Un nouvel essai est en cours. {STILL_SIGNED}"
    following = f"Essai {effect.attempts} sur {MAX_ATTEMPTS} ; le prochain suit le {instant(effect.not_before)}."
    return f"{cause} {following} {STILL_SIGNED}"


def _made(document: IssuedDocument, now: datetime) -> tuple[bytes, bytes]:
    """Return what is sealed, and the same with its seal.

    The copy with the most electronic signatures is sealed, so that the file bears all that can be checked; where none
    was signed so, or where it forbids one more signature, the issued version is.
    """
    issued = Known(document.verification_code, _bytes(document.content), document.page_count or 0)
    copy = _fullest_copy(document)
    if copy is not None:
        try:
            return copy, sealed(copy, issued=issued, now=now)
        except SealImpossible as problem:
            logger.warning("The signed copy of document %s takes no seal, its issue does: %s", document.pk, problem)
    return issued.content, sealed(issued.content, issued=issued, now=now)


def _fullest_copy(document: IssuedDocument) -> bytes | None:
    kept = Signature.objects.filter(document=document, voided_at__isnull=True).values("upload")
    checks = CopyCheck.objects.filter(document=document, upload__in=kept).select_related("upload")
    electronic = [each for each in checks.order_by("pk") if each.signatures]
    fullest = max(electronic, key=lambda each: (len(each.signatures), each.pk), default=None)
    return None if fullest is None else _bytes(fullest.upload.file)


def _bytes(file: Any) -> bytes:
    with file.open("rb") as stored:
        content: bytes = stored.read()
    return content


def _keep(seal: Seal, now: datetime) -> bool:
    """Write the row, tell it in the history, and issue the proof again with it; False when there is one already."""
    document = seal.document
    with transaction.atomic():
        contract = Contract.objects.select_for_update(of=("self",), no_key=True).get(pk=document.contract_id)
        if Seal.objects.filter(document=document).exists():
            return False
        seal.save(force_insert=True)
        label = f"Version {document.number}, SHA-256 de l’exemplaire scellé : {seal.sha256}."
        event = record(
            kind="contract_sealed",
            by=None,
            now=now,
            contract_id=contract.pk,
            payload={"document": document.pk, "sha256": seal.sha256, "label": label},
        )
        contract.last_event_at = now
        contract.save(update_fields=["last_event_at"])
        data = proof_data(View(contract=contract, now=now))
        issue(kind=DocumentKind.PROOF, contract_id=contract.pk, data=data, by=None, now=now, event=event)
    return True
