"""The form of a special clause."""

from __future__ import annotations

from ctai.forms import DsfrForm, LineField
from documents.forms import ArticleTextField


class ClauseForm(DsfrForm):
    """A clause: a title and a rich text."""

    title = LineField(label="Titre de la clause")
    body = ArticleTextField(label="Texte de la clause")
