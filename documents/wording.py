"""What an article of a template may say, so that no document prints a hole, a brace or the number of nothing."""

from __future__ import annotations

from collections.abc import Sequence

from ctai.richtext import plain
from documents.enums import DocumentKind
from documents.merging import BodyRefused, check_body, numbers_of
from documents.models import TemplateArticle
from documents.offers import NUMBERED, fields_of, needs_title


def check_article(kind: DocumentKind, key: str, *, title: str, body: str, rows: Sequence[TemplateArticle]) -> None:
    """Accept an article that can be printed, or refuse it.

    Args:
        kind: what its document is.
        key: its key.
        title: its title.
        body: its text.
        rows: the articles of its version, which it may cite.

    Raises:
        BodyRefused: its title or its text is missing, or holds something that cannot be merged.
    """
    check_title(kind, key, title)
    if not plain(body).strip():
        raise BodyRefused("Écrivez le texte de l’article : il paraîtrait vide.")
    check_body(body, citable(kind, rows), {field.name for field in fields_of(kind)})


def check_title(kind: DocumentKind, key: str, title: str) -> None:
    """Accept a title, or refuse it.

    Raises:
        BodyRefused: it is missing where the document prints one, or holds a field, which titles do not merge.
    """
    if not title and needs_title(kind, key):
        raise BodyRefused("Donnez un titre à l’article : il paraît dans le texte et au sommaire.")
    if "{{" in title or "{%" in title:
        raise BodyRefused("Un titre ne prend pas de champ : écrivez-le en toutes lettres.")


def citable(kind: DocumentKind, rows: Sequence[TemplateArticle]) -> dict[str, int]:
    """Return the articles that another may cite, with their number when all of them apply."""
    return numbers_of(rows) if kind in NUMBERED else {}
