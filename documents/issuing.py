"""The one door by which a document is issued: its data are frozen in the transaction that decided."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from documents.canonical import canonical_json, sha256_of
from documents.enums import DocumentKind, DocumentStatus
from documents.json_schema import address_of
from documents.models import GIVEN_UP, IssuedDocument, TemplateVersion, new_verification_code
from documents.schemas import DocumentInfo
from documents.text import normalise_all
from journal.effects import plan, try_again

if TYPE_CHECKING:
    from accounts.actors import Actor
    from journal.models import Event

EFFECT = "render_document"


def issue(
    *,
    kind: DocumentKind,
    contract_id: int | None,
    data: Mapping[str, Any],
    by: "Actor | None",
    now: datetime,
    event: "Event | None",
    is_draft: bool = False,
    subject_id: int | None = None,
    supersede: bool = True,
) -> IssuedDocument:
    """Freeze the data of a document and plan its rendering; the caller holds the lock on the contract.

    Args:
        kind: what the document is.
        contract_id: its file; None outside any file.
        data: the dict of `documents.schemas` for this kind, without the keys `$schema` and `document`.
        by: who issues it; None for the system.
        now: the instant of issue, printed on it.
        event: the journal row that it follows.
        is_draft: draws the watermark; drafts are numbered apart.
        subject_id: what it is about within the file (a meeting), when a file has several.
        supersede: mark the previous ones of the same kind, subject and draft state as replaced.

    Raises:
        TypeError: the data hold a float, a Decimal or a date.
    """
    of_file = {"contract__isnull": True} if contract_id is None else {"contract": contract_id}
    peers = IssuedDocument.objects.filter(kind=kind, is_draft=is_draft, **of_file)
    number = (peers.aggregate(last=Max("number"))["last"] or 0) + 1
    code = new_verification_code()
    info = _info(kind, number, is_draft=is_draft, code=code, now=now)
    frozen = normalise_all(dict(data)) | {"$schema": address_of(kind), "document": info}
    if supersede:
        peers.filter(subject_id=subject_id, superseded_at__isnull=True).update(superseded_at=now)
    document = IssuedDocument.objects.create(
        contract_id=contract_id,
        kind=kind,
        number=number,
        subject_id=subject_id,
        is_draft=is_draft,
        data=frozen,
        data_sha256=sha256_of(canonical_json(frozen)),
        template_version=current_template(kind),
        verification_code=code,
        created_at=now,
        created_by=by.user if by else None,
    )
    plan(EFFECT, event=event, payload={"document": document.pk}, now=now)
    return document


@transaction.atomic
def prepare_again(document_id: int, *, now: datetime) -> bool:
    """Have a document that was given up prepared from the same frozen data; return whether it was given up."""
    given_up = IssuedDocument.objects.filter(pk=document_id, status=DocumentStatus.FAILED, error=GIVEN_UP)
    if not given_up.update(status=DocumentStatus.PENDING, error=""):
        return False
    try_again(EFFECT, payload={"document": document_id}, now=now)
    return True


def void_current(*, kind: DocumentKind, contract_id: int, now: datetime) -> int:
    """Mark the current issue of this kind as replaced by nothing, as a reopening does; return how many."""
    current = IssuedDocument.objects.filter(contract_id=contract_id, kind=kind, superseded_at__isnull=True)
    return current.update(superseded_at=now)


def current_template(kind: DocumentKind) -> TemplateVersion | None:
    """Return the published version to use for a new document, or None for a kind without articles."""
    published = TemplateVersion.objects.filter(template__kind=kind, published_at__isnull=False)
    return published.order_by("-number").first()


def _info(kind: DocumentKind, number: int, *, is_draft: bool, code: str, now: datetime) -> DocumentInfo:
    return {
        "kind": kind.value,
        "kind_label": str(kind.label),
        "number": number,
        "is_draft": is_draft,
        "issued_at": now.isoformat(timespec="seconds"),
        "verification_code": code,
        "verification_url": f"{settings.SITE_URL.rstrip('/')}/verifier/{code}/",
    }
