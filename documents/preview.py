"""How a version of a template would read: on the frozen data of a real document, or with the example of each field."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ctai.compared import Group, text_lines, whole, words
from ctai.pdf import Pdf
from documents.enums import DocumentKind
from documents.merging import CONDITIONS, MISSING, Article, example_articles, merged_articles, values
from documents.models import IssuedDocument, TemplateArticle, TemplateVersion
from documents.offers import SUBJECTS, fields_of
from documents.rendering import render
from documents.wording import citable

CODE = "APERÇU"


@dataclass(frozen=True, slots=True)
class Shown:
    """An article as it would be printed; ``absent`` says why it would not be."""

    key: str
    number: int | None
    title: str
    heading: str
    body: str
    absent: str = ""
    incomplete: bool = False


@dataclass(frozen=True, slots=True)
class Offers:
    """The fields to insert about one subject."""

    subject: str
    fields: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Offer:
    """A field to insert, with its value on the file looked at."""

    code: str
    label: str
    value: str


def shown_articles(articles: Sequence[TemplateArticle], data: dict[str, Any] | None) -> list[Shown]:
    """Return every article in order, merged with the data of a document or with the examples.

    Args:
        articles: the articles of a version, in order.
        data: the frozen data of an issued document of the same kind; None for the examples.
    """
    merged = example_articles(articles) if data is None else merged_articles(articles, data)
    found = {each.key: each for each in merged}
    return [_shown(each, found.get(each.key)) for each in articles]


def offers_of(kind: DocumentKind, data: dict[str, Any] | None) -> list[Offers]:
    """Return the fields of this kind of document by subject, with their value in the data or their example."""
    known = values(data) if data is not None else {}
    found: dict[str, list[Offer]] = {subject: [] for subject in SUBJECTS.values()}
    for field in fields_of(kind):
        value = known.get(field.name, "") if data is not None else field.example
        subject = SUBJECTS[field.name.partition(".")[0]]
        found[subject].append(Offer(f"{{{{ {field.name} }}}}", field.label, value))
    return [Offers(subject, tuple(fields)) for subject, fields in found.items() if fields]


def citations_of(kind: DocumentKind, articles: Sequence[TemplateArticle]) -> list[Offer]:
    """Return the articles that another may cite, with their number when all of them apply."""
    numbers = citable(kind, articles)
    return [
        Offer(f"{{{{ article.{each.key} }}}}", f"Numéro de l’article « {each.title} »", str(numbers[each.key]))
        for each in articles
        if each.key in numbers
    ]


def preview_pdf(version: TemplateVersion, document: IssuedDocument) -> Pdf:
    """Render a version on the data of a document, watermarked, without keeping anything.

    Raises:
        PdfError: the engine failed.
    """
    address = document.data["document"]["verification_url"].rpartition(f"{document.verification_code}/")[0]
    info = document.data["document"] | {"is_draft": True, "verification_code": CODE, "verification_url": address}
    looked = IssuedDocument(
        kind=document.kind, data=document.data | {"document": info}, template_version=version, is_draft=True
    )
    return render(looked)


def differences(older: Sequence[Any], newer: Sequence[Any]) -> list[Group]:
    """Return what changed from one list of articles to another, article by article, matched by key.

    Args:
        older: rows or merged articles with ``key``, ``title`` and ``body``.
        newer: the same.
    """
    before = {each.key: each for each in older}
    kept = {each.key for each in newer}
    found = [_difference(before.get(each.key), each) for each in newer]
    gone = [
        Group(f"{_headed(each)} (retiré)", tuple(whole("removed", line.parts[0].text) for line in _lines("", each)))
        for each in older
        if each.key not in kept
    ]
    return [*_moved(older, newer), *found, *gone]


def _moved(older: Sequence[Any], newer: Sequence[Any]) -> list[Group]:
    """Name the fewest articles whose move explains the new order."""
    before = [each.key for each in older if each.key in {one.key for one in newer}]
    after = [each for each in newer if each.key in before]
    stayed: set[str] = set()
    matcher = SequenceMatcher(None, before, [each.key for each in after], autojunk=False)
    for block in matcher.get_matching_blocks():
        stayed.update(before[block.a : block.a + block.size])
    lines = [
        whole("added", f"« {_titled(each)} » vient maintenant {_where(after, rank)}")
        for rank, each in enumerate(after)
        if each.key not in stayed
    ]
    return [Group("Ordre des articles", tuple(lines))] if lines else []


def _where(articles: Sequence[Any], rank: int) -> str:
    return f"après « {_titled(articles[rank - 1])} »." if rank else "en tête."


def _difference(old: Any, new: Any) -> Group:
    if old is None:
        return Group(f"{_headed(new)} (ajouté)", tuple(_lines("", new)))
    lines = text_lines(str(old.body), str(new.body))
    if old.title != new.title:
        lines.insert(0, words(old.title, new.title))
    note = _conditions_changed(old, new)
    if note:
        lines.append(words(*note))
    return Group(_headed(new), tuple(lines))


def _conditions_changed(old: Any, new: Any) -> tuple[str, str] | None:
    one, other = getattr(old, "condition", ""), getattr(new, "condition", "")
    return None if one == other else (f"Condition : {_condition(one)}", f"Condition : {_condition(other)}")


def _condition(name: str) -> str:
    return CONDITIONS[name].label if name else "toujours"


def _lines(older: str, article: Any) -> list[Any]:
    return text_lines(older, str(article.body))


def _headed(article: Any) -> str:
    title, number = _titled(article), getattr(article, "number", None)
    return f"Article {number} – {title}" if number else title


def _titled(article: Any) -> str:
    title: str = article.title or article.key.replace("_", " ").capitalize()
    return title


def _shown(article: TemplateArticle, merged: Article | None) -> Shown:
    if merged is None:
        why = f"Ne paraît pas dans ce dossier (condition : {CONDITIONS[article.condition].label})."
        return Shown(article.key, None, article.title, article.heading, "", why)
    incomplete = MISSING in merged.body
    return Shown(merged.key, merged.number, merged.title, article.heading, merged.body, incomplete=incomplete)
