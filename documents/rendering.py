"""From the row of an issued document to its bytes: reads nothing else, and gives the same bytes each time."""

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
    return render_to_string(f"documents/pdf/{document.kind}.html", context).replace(NARROW, NO_BREAK)
