"""The door of the templates: a draft comes from the last version; once published it never changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.text import slugify

from accounts.actors import Actor
from accounts.roles import Permission, may
from ctai.text import count
from documents.enums import DocumentKind
from documents.errors import Refused
from documents.merging import BodyRefused, check_body, used_fields
from documents.models import DocumentTemplate, TemplateArticle, TemplateVersion
from documents.offers import conditions_of, fields_of, slot_of
from journal.services import record

KEY_LENGTH = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInput:
    """An article as the manager types it: a title, a cleaned rich text, the name of a condition or nothing."""

    title: str
    body: str
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What forbids the publication of a draft, and the article where it lies."""

    article: TemplateArticle
    sentence: str


@transaction.atomic
def draft_template(*, template: DocumentTemplate, by: Actor) -> TemplateVersion:
    """Prepare the next version as a copy of the last one; the draft that exists is returned.

    Raises:
        PermissionDenied: the actor does not manage templates.
    """
    require_manager(by)
    DocumentTemplate.objects.select_for_update(of=("self",), no_key=True).get(pk=template.pk)
    last = template.versions.order_by("-number").first()
    if last is not None and last.published_at is None:
        return last
    draft = TemplateVersion.objects.create(
        template=template, number=last.number + 1 if last else 1, created_by=by.user
    )
    copies = list(last.articles.order_by("rank", "pk")) if last else []
    for rank, each in enumerate(copies, start=1):
        each.pk, each.version, each.rank = None, draft, rank
    TemplateArticle.objects.bulk_create(copies)
    return draft


@transaction.atomic
def add_article(*, version: TemplateVersion, data: ArticleInput, by: Actor) -> TemplateArticle:
    """Add an article at the end of a draft, before the one of signatures where the document has one.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, or the text holds something that cannot be merged.
    """
    version = _draft(version, by)
    rows = list(version.articles.order_by("rank", "pk"))
    kind, keys = DocumentKind(version.template.kind), [each.key for each in rows]
    _check(kind, data, keys)
    added = TemplateArticle.objects.create(
        version=version,
        key=_new_key(data.title, set(keys)),
        rank=len(rows) + 1,
        title=data.title,
        body=data.body,
        condition=data.condition,
    )
    if rows and rows[-1].key == "signatures":
        _number([*rows[:-1], added, rows[-1]])
    else:
        _number([*rows, added])
    return added


@transaction.atomic
def change_article(*, article: TemplateArticle, data: ArticleInput, by: Actor) -> TemplateArticle:
    """Change an article of a draft; its key, by which others cite it, stays.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, or the text holds something that cannot be merged.
    """
    version = _draft(article.version, by)
    kind = DocumentKind(version.template.kind)
    _check(kind, data, list(version.articles.values_list("key", flat=True)))
    slot = slot_of(kind, article.key)
    if data.condition and slot is not None and slot.kept:
        raise Refused(f"Cet article ne peut pas dépendre d’une condition. {slot.sentence}")
    article.title, article.body, article.condition = data.title, data.body, data.condition
    article.save(update_fields=["title", "body", "condition"])
    return article


@transaction.atomic
def move_article(*, article: TemplateArticle, up: bool, by: Actor) -> None:
    """Move an article of a draft by one place; at the edge it stays where it is.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published.
    """
    version = _draft(article.version, by)
    rows = list(version.articles.order_by("rank", "pk"))
    here = next(index for index, each in enumerate(rows) if each.pk == article.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    _number(rows)


@transaction.atomic
def remove_article(*, article: TemplateArticle, by: Actor) -> None:
    """Take an article out of a draft; published versions keep theirs.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, the page adds something to this article, or another one cites it.
    """
    version = _draft(article.version, by)
    slot = slot_of(DocumentKind(version.template.kind), article.key)
    if slot is not None and slot.kept:
        raise Refused(f"L’article « {article.heading} » ne peut pas être retiré. {slot.sentence}")
    rows = list(version.articles.order_by("rank", "pk"))
    citing = [each for each in rows if each.pk != article.pk and f"article.{article.key}" in used_fields(each.body)]
    if citing:
        raise Refused(
            f"L’article « {article.heading} » est cité par « {citing[0].heading} » : corrigez d’abord celui-ci."
        )
    kept = [each for each in rows if each.pk != article.pk]
    article.delete()
    _number(kept)


@transaction.atomic
def publish_template(*, version: TemplateVersion, by: Actor, now: datetime) -> TemplateVersion:
    """Publish a draft: documents issued from now on use it, the others keep theirs.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published already, is empty, or has an article that cannot be printed.
    """
    version = _draft(version, by)
    if not version.articles.exists():
        raise Refused("Ajoutez au moins un article avant de publier : un document ne peut pas être vide.")
    problems = problems_of(version)
    if problems:
        number = count(len(problems), "article est à corriger", "articles sont à corriger")
        raise Refused(f"{number} avant de publier : {problems[0].sentence}")
    version.published_at = now
    version.save(update_fields=["published_at"])
    record(
        kind="template_published",
        by=by,
        now=now,
        payload={"template": version.template.kind, "version": version.pk, "number": version.number},
    )
    return version


@transaction.atomic
def discard_template(*, version: TemplateVersion, by: Actor) -> None:
    """Throw a draft away; nothing was issued with it.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published.
    """
    _draft(version, by).delete()


def problems_of(version: TemplateVersion) -> list[Problem]:
    """Return, article by article, what would be printed wrong: an unknown field, a citation of an absent article."""
    kind = DocumentKind(version.template.kind)
    rows = list(version.articles.order_by("rank", "pk"))
    by_key = {each.key: each for each in rows}
    offered = {field.name for field in fields_of(kind)}
    found: list[Problem] = []
    for each in rows:
        try:
            check_body(each.body, by_key, offered)
        except BodyRefused as refusal:
            found.append(Problem(each, f"« {each.heading} » : {refusal}"))
            continue
        cited = [name.removeprefix("article.") for name in used_fields(each.body) if name.startswith("article.")]
        found += [
            Problem(
                each,
                f"« {each.heading} » cite « {by_key[key].heading} », qui ne paraît pas toujours : donnez-leur la même "
                "condition, ou retirez le renvoi.",
            )
            for key in dict.fromkeys(cited)
            if by_key[key].condition not in ("", each.condition)
        ]
    return found


def require_manager(by: Actor) -> None:
    """Go on only for whoever manages templates.

    Raises:
        PermissionDenied: otherwise.
    """
    if not may(by, Permission.TEMPLATE_MANAGE):
        raise PermissionDenied


def _draft(version: TemplateVersion, by: Actor) -> TemplateVersion:
    require_manager(by)
    locked = TemplateVersion.objects.select_for_update(of=("self",), no_key=True)
    found = locked.select_related("template").get(pk=version.pk)
    if found.published_at is not None:
        raise Refused("Cette version est publiée : elle ne change plus. Préparez une nouvelle version.")
    return found


def _check(kind: DocumentKind, data: ArticleInput, keys: list[str]) -> None:
    try:
        check_body(data.body, keys, {field.name for field in fields_of(kind)})
    except BodyRefused as refusal:
        raise Refused(str(refusal)) from refusal
    if data.condition and data.condition not in conditions_of(kind):
        raise Refused("Cette condition n’a pas de sens pour ce type de document.")


def _number(rows: list[TemplateArticle]) -> None:
    """Rank the rows from one; by two steps, since a rank is used once at any instant."""
    for rank, each in enumerate(rows, start=1):
        each.rank = len(rows) + rank + 1
    TemplateArticle.objects.bulk_update(rows, ["rank"])
    for rank, each in enumerate(rows, start=1):
        each.rank = rank
    TemplateArticle.objects.bulk_update(rows, ["rank"])


def _new_key(title: str, taken: set[str]) -> str:
    """Return a key by which other articles may cite this one: « sante_mentale »."""
    base = slugify(title).replace("-", "_")[: KEY_LENGTH - 3].strip("_") or "article"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key
