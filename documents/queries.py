"""What is read of templates, of real files to look at them on, and of the pieces deposited in a file."""

from __future__ import annotations

from typing import Any

from django.db.models import Count

from accounts.actors import Actor
from documents.enums import DocumentKind, Visibility
from documents.models import DocumentTemplate, IssuedDocument, TemplateArticle, TemplateVersion, Upload
from documents.offers import EDITABLE
from documents.schemas import AttachedFile

MOST_EXAMPLES = 20


def templates_with_versions() -> list[DocumentTemplate]:
    """Return the templates that can be edited, in the order of the procedure, each with ``in_force`` and ``draft``."""
    ranks = {kind.value: rank for rank, kind in enumerate(EDITABLE)}
    templates = DocumentTemplate.objects.filter(kind__in=EDITABLE).prefetch_related("versions")
    found = sorted(templates, key=lambda each: ranks[each.kind])
    for each in found:
        rows: list[TemplateVersion] = sorted(each.versions.all(), key=lambda row: -row.number)
        marks: Any = each
        marks.in_force = next((row for row in rows if row.published_at is not None), None)
        marks.draft = next((row for row in rows if row.published_at is None), None)
    return found


def versions_of(template: DocumentTemplate) -> list[TemplateVersion]:
    """Return the versions, the newest first, each with the number of documents ``issued`` with it."""
    counted = template.versions.select_related("created_by").annotate(issued=Count("documents"))
    return list(counted.order_by("-number"))


def articles_of(version: TemplateVersion) -> list[TemplateArticle]:
    """Return the articles of a version in order."""
    return list(version.articles.order_by("rank", "pk"))


def published_before(version: TemplateVersion) -> TemplateVersion | None:
    """Return the version that this one replaces, if any."""
    older = TemplateVersion.objects.filter(template=version.template_id, number__lt=version.number)
    return older.filter(published_at__isnull=False).order_by("-number").first()


def examples_of(kind: DocumentKind, actor: Actor) -> list[IssuedDocument]:
    """Return the latest documents of this kind that exist for the person, one for each file, without their data."""
    issued = IssuedDocument.objects.visible_to(actor).filter(kind=kind, contract__isnull=False)
    latest: dict[int, IssuedDocument] = {}
    rows = issued.select_related("contract__porteur").defer("data").order_by("-pk")[: 5 * MOST_EXAMPLES]
    for each in rows:
        latest.setdefault(each.contract_id or 0, each)
    return list(latest.values())[:MOST_EXAMPLES]


def shared_files(contract_id: int) -> list[AttachedFile]:
    """Return the pieces of a file that both sides see, as documents name them."""
    rows = Upload.objects.filter(contract=contract_id, visibility=Visibility.SHARED).order_by("pk")
    return [
        {"name": each.original_name, "nature": each.get_kind_display(), "size": each.size, "sha256": each.sha256}
        for each in rows
    ]
