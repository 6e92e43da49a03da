"""The articles of a draft: added, changed, moved and taken out, each at its place and never over somebody’s text."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.utils.text import slugify

from accounts.actors import Actor
from documents.enums import DocumentKind
from documents.errors import Refused
from documents.merging import UNNUMBERED, BodyRefused, used_fields
from documents.models import TemplateArticle, TemplateVersion
from documents.offers import SLOTS, conditions_of, slot_of
from documents.templates import draft_of
from documents.wording import check_article

KEY_LENGTH = 40
#: What the page of a contract calls otherwise: an article of this name would not be numbered, or be found twice.
RESERVED = {DocumentKind.CONTRACT: (UNNUMBERED | {"parties"}) - SLOTS[DocumentKind.CONTRACT].keys()}


class Outdated(Refused):
    """Somebody changed the article, or took it out, while it was being typed; ``current`` is what it says now."""

    def __init__(self, message: str, current: TemplateArticle | None) -> None:
        super().__init__(message)
        self.current = current


class Unprintable(Refused):
    """The title or the text of an article could not be printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleInput:
    """An article as the manager types it.

    Args:
        title: on one line, without any field.
        body: a cleaned rich text.
        condition: the name of a condition, or nothing.
        after: the key of the article that it follows, nothing for the first place; None leaves it where it is.
    """

    title: str
    body: str
    condition: str = ""
    after: str | None = None


@transaction.atomic
def add_article(*, version: TemplateVersion, data: ArticleInput, by: Actor) -> TemplateArticle:
    """Add an article to a draft, at the end where no place is asked.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Unprintable: its title or its text could not be printed.
        Refused: the version is published, or the condition is not one of this kind.
    """
    version = draft_of(version, by)
    rows = list(version.articles.order_by("rank", "pk"))
    kind, keys = DocumentKind(version.template.kind), {each.key for each in rows}
    key = _new_key(data.title, keys | RESERVED.get(kind, frozenset()))
    _check(kind, key, data, rows)
    added = TemplateArticle.objects.create(
        version=version,
        key=key,
        rank=len(rows) + 1,
        title=data.title,
        body=data.body,
        condition=data.condition,
    )
    _number(placed(kind, [*rows, added], added, data.after))
    return added


@transaction.atomic
def change_article(
    *, article: TemplateArticle, data: ArticleInput, by: Actor, seen: str | None = None
) -> TemplateArticle:
    """Change an article of a draft; its key, by which others cite it, stays.

    Args:
        article: the article.
        data: what was typed.
        by: who typed it.
        seen: the mark of the article when it was opened; None replaces it whatever it says.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Outdated: somebody changed it since, or took it out.
        Unprintable: its title or its text could not be printed.
        Refused: the version is published, or the condition is not one of this article.
    """
    version = draft_of(article.version, by)
    rows = list(version.articles.order_by("rank", "pk"))
    kept = _current(article, rows, seen)
    kind = DocumentKind(version.template.kind)
    _check(kind, kept.key, data, rows)
    slot = slot_of(kind, kept.key)
    if data.condition and slot is not None and slot.kept:
        raise Refused(f"Cet article ne peut pas dépendre d’une condition. {slot.sentence}")
    kept.title, kept.body, kept.condition = data.title, data.body, data.condition
    kept.save(update_fields=["title", "body", "condition"])
    ordered = placed(kind, rows, kept, data.after)
    if ordered != rows:
        _number(ordered)
    return kept


@transaction.atomic
def move_article(*, article: TemplateArticle, up: bool, by: Actor) -> None:
    """Move an article of a draft by one place; at the edge it stays where it is.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, or the article was taken out.
    """
    version = draft_of(article.version, by)
    rows = list(version.articles.order_by("rank", "pk"))
    here = rows.index(_current(article, rows, None))
    there = here - 1 if up else here + 1
    if 0 <= there < len(rows):
        rows[here], rows[there] = rows[there], rows[here]
    _number(_in_order(DocumentKind(version.template.kind), rows))


@transaction.atomic
def remove_article(*, article: TemplateArticle, by: Actor) -> None:
    """Take an article out of a draft; published versions keep theirs.

    Raises:
        PermissionDenied: the actor does not manage templates.
        Refused: the version is published, the page adds something to this article, or another one cites it.
    """
    version = draft_of(article.version, by)
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


def placed(
    kind: DocumentKind, rows: list[TemplateArticle], article: TemplateArticle, after: str | None
) -> list[TemplateArticle]:
    """Return the rows with this one after the article of a key; where that one is gone, or not told, it stays."""
    others = [each for each in rows if each.key != article.key]
    keys = [each.key for each in others]
    if after is None or (after and after not in keys):
        return _in_order(kind, rows)
    place = keys.index(after) + 1 if after else 0
    return _in_order(kind, [*others[:place], article, *others[place:]])


def _current(article: TemplateArticle, rows: list[TemplateArticle], seen: str | None) -> TemplateArticle:
    current = next((each for each in rows if each.pk == article.pk), None)
    if current is None:
        raise Outdated("Cet article vient d’être retiré du brouillon par une autre personne.", None)
    if seen is not None and current.mark != seen:
        raise Outdated(
            "Une autre personne a modifié cet article pendant votre saisie. Votre texte est gardé : comparez-le au "
            "sien avant de l’enregistrer, car il le remplacerait.",
            current,
        )
    return current


def _check(kind: DocumentKind, key: str, data: ArticleInput, rows: list[TemplateArticle]) -> None:
    try:
        check_article(kind, key, title=data.title, body=data.body, rows=rows)
    except BodyRefused as refusal:
        raise Unprintable(str(refusal)) from refusal
    if data.condition and data.condition not in conditions_of(kind):
        raise Refused("Cette condition n’a pas de sens pour ce type de document.")


def _in_order(kind: DocumentKind, rows: list[TemplateArticle]) -> list[TemplateArticle]:
    """Return the rows with those that open and close the document at their place."""
    edges = {each.key: slot.pinned for each in rows if (slot := slot_of(kind, each.key))}
    return sorted(rows, key=lambda each: {"first": 0, "": 1, "last": 2}[edges.get(each.key, "")])


def _number(rows: list[TemplateArticle]) -> None:
    """Rank the rows from one; by two steps, since a rank is used once at any instant."""
    for rank, each in enumerate(rows, start=1):
        each.rank = len(rows) + rank + 1
    TemplateArticle.objects.bulk_update(rows, ["rank"])
    for rank, each in enumerate(rows, start=1):
        each.rank = rank
    TemplateArticle.objects.bulk_update(rows, ["rank"])


def _new_key(title: str, taken: set[str] | frozenset[str]) -> str:
    """Return a key by which other articles may cite this one: « sante_mentale »."""
    base = slugify(title).replace("-", "_")[: KEY_LENGTH - 3].strip("_") or "article"
    number, key = 1, base
    while key in taken:
        number += 1
        key = f"{base}_{number}"
    return key
