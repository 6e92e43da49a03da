"""From the row of an issued document to its bytes: reads nothing else, and gives the same bytes each time."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.template.loader import render_to_string

from ctai.pdf import Attached, Pdf, make
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
        attachments=[Attached("donnees.json", "Données du document", canonical_json(document.data))],
        on_layout=lambda: on_progress(80),
    )


def html_of(document: IssuedDocument) -> str:
    """Return the HTML of this document, from its frozen data and the articles of its template version."""
    data: Mapping[str, Any] = document.data
    version = document.template_version
    articles = [] if version is None else list(version.articles.order_by("rank"))
    context = {
        "data": data,
        "info": data["document"],
        "articles": merged_articles(articles, data),
        "qr": segno.make(data["document"]["verification_url"], error="m").svg_data_uri(border=0),
        "brand": settings.BRAND,
    }
    return render_to_string(f"documents/pdf/{document.kind}.html", context).replace(NARROW, NO_BREAK)
