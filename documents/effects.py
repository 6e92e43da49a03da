"""Rendering after commit: done once, whatever number of times it is asked, and by whomever."""

import logging
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from ctai.pdf import Pdf
from documents.canonical import sha256_of
from documents.enums import DocumentStatus
from documents.issuing import EFFECT
from documents.models import GIVEN_UP, IssuedDocument
from documents.rendering import render
from journal.effects import handler, on_giving_up

logger = logging.getLogger(__name__)

CLAIMED = 10
FAILURE = "Le document n’a pas pu être préparé. Un nouvel essai aura lieu automatiquement."


@handler(EFFECT)
def render_document(payload: dict[str, Any]) -> None:
    """Render the document and keep its bytes; nothing happens when it is ready already.

    The lease of the effect keeps workers apart. Should two of them render all the same, the first to finish wins and
    the other throws its bytes away: there is never more than one issue of a document.
    """
    unfinished = IssuedDocument.objects.filter(pk=payload["document"]).exclude(status=DocumentStatus.READY)
    if not unfinished.update(status=DocumentStatus.RENDERING, progress=CLAIMED, error=""):
        return
    document = IssuedDocument.objects.select_related("template_version").get(pk=payload["document"])
    try:
        pdf = render(document, on_progress=lambda percent: _tell(document.pk, percent))
        _keep(document, pdf)
    except Exception:
        unfinished.update(status=DocumentStatus.FAILED, progress=0, error=FAILURE)
        raise


@on_giving_up(EFFECT)
def give_up(payload: dict[str, Any]) -> None:
    """Say on the row that nothing more will be tried; `documents.issuing.prepare_again` begins anew."""
    unfinished = IssuedDocument.objects.filter(pk=payload["document"]).exclude(status=DocumentStatus.READY)
    unfinished.update(status=DocumentStatus.FAILED, progress=0, error=GIVEN_UP)


def _tell(document_id: int, percent: int) -> None:
    IssuedDocument.objects.filter(pk=document_id, status=DocumentStatus.RENDERING).update(progress=percent)


def _keep(document: IssuedDocument, pdf: Pdf) -> None:
    """Store the bytes, then point the row to them in one conditional update."""
    field = document._meta.get_field("content")
    name = field.storage.save(field.generate_filename(document, ""), ContentFile(pdf.content))
    kept = (
        IssuedDocument.objects.filter(pk=document.pk)
        .exclude(status=DocumentStatus.READY)
        .update(
            status=DocumentStatus.READY,
            progress=100,
            error="",
            content=name,
            sha256=sha256_of(pdf.content),
            size=len(pdf.content),
            page_count=pdf.page_count,
            ready_at=timezone.now(),
        )
    )
    if not kept:
        field.storage.delete(name)
        logger.info("Document %s was ready already; the second rendering is thrown away.", document.pk)
