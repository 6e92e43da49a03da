"""The door of the templates: a draft comes from the last version; once published it never changes."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.actors import Actor
from accounts.roles import Permission, may
from ctai.text import count
from documents.enums import DocumentKind
from documents.errors import Refused
from documents.merging import BodyRefused, used_fields
from documents.models import DocumentTemplate, TemplateArticle, TemplateVersion
from documents.wording import check_article
from journal.services import record


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
def publish_template(
    *, version: TemplateVersion, by: Actor, now: datetime, seen: str | None = None
) -> TemplateVersion:
    """Publish a draft: documents issued from now on use it, the others keep theirs.

    Args:
        version: the draft.
        by: who publishes it.
        now: when.
        seen: the mark of the draft that was read; None publishes it whatever it says.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published already, changed since it was read, is empty, or has an article that cannot
            be printed.
    """
    version = draft_of(version, by)
    _require_unchanged(version, seen)
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
def discard_template(*, version: TemplateVersion, by: Actor, seen: str | None = None) -> None:
    """Throw a draft away; nothing was issued with it.

    Args:
        version: the draft.
        by: who throws it away.
        seen: the mark of the draft that was read; None throws it away whatever it says.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, or changed since it was read.
    """
    version = draft_of(version, by)
    _require_unchanged(version, seen)
    version.delete()


def mark_of(articles: Sequence[TemplateArticle]) -> str:
    """Return what tells a draft from another state of it, its articles given in order."""
    return hashlib.sha256(" ".join(f"{each.key}:{each.mark}" for each in articles).encode()).hexdigest()[:16]


def problems_of(version: TemplateVersion) -> list[Problem]:
    """Return, article by article, what would be printed wrong: a hole, an unknown field, an absent article cited."""
    kind = DocumentKind(version.template.kind)
    rows = list(version.articles.order_by("rank", "pk"))
    by_key = {each.key: each for each in rows}
    found: list[Problem] = []
    for each in rows:
        try:
            check_article(kind, each.key, title=each.title, body=each.body, rows=rows)
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


def draft_of(version: TemplateVersion, by: Actor) -> TemplateVersion:
    """Return this draft, locked, to whoever manages templates.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published.
    """
    require_manager(by)
    locked = TemplateVersion.objects.select_for_update(of=("self",), no_key=True)
    found = locked.select_related("template").get(pk=version.pk)
    if found.published_at is not None:
        raise Refused("Cette version est publiée : elle ne change plus. Préparez une nouvelle version.")
    return found


def _require_unchanged(version: TemplateVersion, seen: str | None) -> None:
    if seen is not None and mark_of(list(version.articles.order_by("rank", "pk"))) != seen:
        raise Refused(
            "Une autre personne a modifié ce brouillon depuis que vous l’avez ouvert. Relisez-le tel qu’il est "
            "maintenant, puis recommencez."
        )
