"""From the row of an issued document to its bytes: reads nothing else, and gives the same bytes each time."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string

from ctai.pdf import Attached, Pdf, make
from documents.budgets import budget_csv
from documents.canonical import canonical_json
from documents.merging import merged_articles
from documents.models import IssuedDocument

# The fonts have no narrow no-break space; the plain one reads the same.
NARROW, NO_BREAK = "\u202f", "\u00a0"
TAG = re.compile(r"(<[^>]*>)")
# Longer than any word, too long for a column; with the mark that a no-break space holds before it, if any.
LONG_WORD = re.compile(r"(?:[^\s&<>;]{1,3}\u00a0)?(?:&[#\w]+;|[^\s\u00a0&<>]){30,}")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")  # has a style of its own


def render(document: IssuedDocument, *, on_progress: Callable[[int], None] = lambda _percent: None) -> Pdf:
    """Make the PDF of this document.

    Raises:
        PdfError: the engine failed.
    """
    html = html_of(document)
    on_progress(40)
    info = document.data["document"]
    return make(
        html,
        brand=settings.BRAND,
        at=datetime.fromisoformat(info["issued_at"]),
        attachments=attached(document.data),
        on_layout=lambda: on_progress(80),
    )


def attached(data: Mapping[str, Any]) -> list[Attached]:
    """Return the files embedded in a document: its data, and the budget of its actions where it has some."""
    found = [Attached("donnees.json", "Données du document", canonical_json(data))]
    if "actions" in data:
        found.append(Attached("budget.csv", "Budget des actions, par année et par ligne", budget_csv(data["actions"])))
    return found


def html_of(document: IssuedDocument) -> str:
    """Return the HTML of this document, from its frozen data and the articles of its template version."""
    data: Mapping[str, Any] = document.data
    version = document.template_version
    articles = [] if version is None else list(version.articles.order_by("rank"))
    context = {
        "data": data,
        "info": data["document"],
        "articles": merged_articles(articles, data),
        "qr": segno.make(data["document"]["verification_url"], error="m").png_data_uri(border=0, scale=6),
        "brand": settings.BRAND,
    }
    written = render_to_string(f"documents/pdf/{document.kind}.html", context)
    page = written.replace("&nbsp;", NO_BREAK).replace(NARROW, NO_BREAK)
    head, body, rest = page.partition("<body")
    return head + body + "".join(map(_broken_anywhere, TAG.split(rest)))


def _broken_anywhere(part: str) -> str:
    """Mark the words of a text that may be cut at any letter; a tag is left as it is."""
    return part if part.startswith("<") else LONG_WORD.sub(_marked, part)


def _marked(word: re.Match[str]) -> str:
    return word[0] if FINGERPRINT.fullmatch(word[0]) else f'<span class="long">{word[0]}</span>'
