"""The form of a special clause."""

from __future__ import annotations

from django import forms

from ctai.forms import DsfrForm, LineField
from documents.forms import ArticleTextField


class ClauseForm(DsfrForm):
    """A clause: a title and a rich text."""

    title = LineField(label="Titre de la clause")
    body = ArticleTextField(label="Texte de la clause")


class ChangedClauseForm(ClauseForm):
    """A clause that is being changed, and what it said when it was opened."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
