"""The fields of documents: a file to deposit, judged by its bytes, and an article of a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File

from ctai.forms import DsfrForm, LineField, UploadField
from ctai.printable import normalise, told
from ctai.richtext import SOURCE_LENGTH, simple
from documents.enums import DocumentKind
from documents.filetypes import EXTENSIONS, UploadRefused, recognise
from documents.merging import Condition
from documents.models import TemplateArticle
from documents.offers import conditions_of
from documents.templates import ArticleInput


class DepositField(UploadField):
    """A file to deposit; `documents.uploads.accept` then stores what the form returns."""

    def __init__(
        self, *, accept: tuple[str, ...] = EXTENSIONS, must_be_plain_pdf: bool = False, **kwargs: Any
    ) -> None:
        self.must_be_plain_pdf = must_be_plain_pdf
        super().__init__(accept=("pdf",) if must_be_plain_pdf else accept, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file once its bytes were recognised."""
        file: File[Any] | None = super().clean(data, initial)
        if file is not None and data:
            try:
                recognise(file, must_be_plain_pdf=self.must_be_plain_pdf)
            except UploadRefused as refusal:
                raise ValidationError(str(refusal), code="refused") from refusal
        return file


class ArticleTextField(forms.CharField):
    """A text of paragraphs, lists and bold, cleaned of all the rest, as the fonts can draw it."""

    default_error_messages = {"too_heavy": "Ce texte est trop lourd pour être lu. Collez-le en plusieurs fois."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 12, "data-rich": "simple"}), **kwargs)

    def to_python(self, value: Any) -> str:
        source = super().to_python(value) or ""
        if len(source) > SOURCE_LENGTH:
            raise ValidationError(self.error_messages["too_heavy"], code="too_heavy")
        return normalise(simple(source))


class ArticleForm(DsfrForm):
    """An article of a template: its title, its text and when it applies."""

    title = LineField(label="Titre", required=False, help_text="Sans titre, le texte paraît seul.")
    body = ArticleTextField(label="Texte de l’article")
    condition = forms.ChoiceField(label="Paraît", required=False)

    def __init__(
        self, data: Any = None, *, kind: DocumentKind, article: TemplateArticle | None = None, **kwargs: Any
    ) -> None:
        initial = {"title": article.title, "body": article.body, "condition": article.condition} if article else {}
        super().__init__(data, initial=initial, **kwargs)
        self.fields["condition"].choices = _choices(conditions_of(kind))

    def article(self) -> ArticleInput:
        """Return the article that was typed."""
        values = self.cleaned_data
        return ArticleInput(title=values["title"], body=values["body"], condition=values["condition"])

    def told(self) -> str:
        """Return what the author must know of characters that could not be kept."""
        return told(str(self.data.get("title", "")), str(self.data.get("body", "")))


def _choices(conditions: Mapping[str, Condition]) -> list[tuple[str, str]]:
    return [
        ("", "Toujours"),
        *((name, f"Si : {each.label[0].lower()}{each.label[1:]}") for name, each in conditions.items()),
    ]
