"""The first version of every template: the articles with which a new portal starts."""

import re
from datetime import datetime

from django.db import transaction

from documents.defaults.contract import CONTRACT
from documents.defaults.letters import (
    DIAGNOSTIC,
    DISMISSAL,
    LETTER,
    LETTER_ACKNOWLEDGEMENT,
    REFUSAL,
    REGISTRATION_RECEIPT,
    REQUEST_ACKNOWLEDGEMENT,
)
from documents.defaults.text import Text
from documents.enums import DocumentKind
from documents.models import DocumentTemplate, TemplateArticle, TemplateVersion

NBSP = "\u00a0"

TEMPLATES: dict[DocumentKind, tuple[Text, ...]] = {
    DocumentKind.LETTER: LETTER,
    DocumentKind.REGISTRATION_RECEIPT: REGISTRATION_RECEIPT,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: LETTER_ACKNOWLEDGEMENT,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: REQUEST_ACKNOWLEDGEMENT,
    DocumentKind.DIAGNOSTIC: DIAGNOSTIC,
    DocumentKind.CONTRACT: CONTRACT,
    DocumentKind.REFUSAL: REFUSAL,
    DocumentKind.DISMISSAL: DISMISSAL,
}


@transaction.atomic
def ensure_templates(now: datetime) -> int:
    """Publish the first version of each template that has none; return how many were added."""
    return sum(_ensure_template(kind, texts, now) for kind, texts in TEMPLATES.items())


def _ensure_template(kind: DocumentKind, texts: tuple[Text, ...], now: datetime) -> bool:
    template, _ = DocumentTemplate.objects.get_or_create(kind=kind, defaults={"title": kind.label})
    version, created = TemplateVersion.objects.get_or_create(template=template, number=1)
    if created:
        TemplateArticle.objects.bulk_create(
            TemplateArticle(
                version=version,
                rank=rank,
                key=text.key,
                title=text.title,
                body=typographic(text.body),
                condition=text.condition,
            )
            for rank, text in enumerate(texts, start=1)
        )
        version.published_at = now
        version.save(update_fields=["published_at"])
    return created


def typographic(text: str) -> str:
    """Return French text with its no-break spaces, each paragraph on one line."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r" ([;:?!»])", NBSP + r"\1", text)
    text = re.sub(r"« ", "«" + NBSP, text)
    text = re.sub(r"(\d) (?=\d{3}\b|€|%)", r"\1" + NBSP, text)
    return re.sub(r"(n°|\b[LR]\.|articles?|annexe|programme) (?=[\dL{])", r"\1" + NBSP, text)
