"""The fields of documents: a file to deposit, judged by its bytes, and an article of a template."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.base import File

from ctai.forms import DsfrForm, LineField, UploadField
from ctai.printable import normalise, told
from ctai.restructured import restructured
from ctai.richtext import SOURCE_LENGTH, simple
from documents.articles import ArticleInput
from documents.enums import DocumentKind
from documents.filetypes import EXTENSIONS, UploadRefused, recognise
from documents.merging import BodyRefused, Condition
from documents.models import TemplateArticle
from documents.offers import conditions_of, needs_title, slot_of
from documents.wording import check_title

#: The place before every article; no key looks like it.
HEAD = "-"


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
    """An article of a template: its title, its text, when it applies and where it stands."""

    title = LineField(label="Titre", required=False, help_text="Sans titre, le texte paraît seul.")
    body = ArticleTextField(
        label="Texte de l’article", error_messages={"required": "Écrivez le texte de l’article : il paraîtrait vide."}
    )
    condition = forms.ChoiceField(label="Paraît", required=False)
    after = forms.ChoiceField(label="Place", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        kind: DocumentKind,
        article: TemplateArticle | None = None,
        rows: Sequence[TemplateArticle] = (),
        **kwargs: Any,
    ) -> None:
        self.kind, self.key = kind, article.key if article else ""
        initial = {"after": _before(kind, rows, article)} | (_kept(article) if article else {})
        super().__init__(data, initial=initial, **kwargs)
        for name in ("condition", "after"):
            self.fields[name].settled = True
        self.fields["condition"].choices = _choices(conditions_of(kind))
        if needs_title(kind, self.key):
            self.fields["title"].required = True
            self.fields["title"].error_messages["required"] = "Donnez un titre à l’article : il paraît au sommaire."
            self["title"].help_text = "Il paraît dans le texte, avec son numéro, et au sommaire."
        places = _places(kind, rows, article)
        if places:
            self.fields["after"].choices = places
        else:
            del self.fields["after"]

    def clean_title(self) -> str:
        """Return the title once the document can print it."""
        title: str = self.cleaned_data["title"]
        try:
            check_title(self.kind, self.key, title)
        except BodyRefused as refusal:
            raise ValidationError(str(refusal), code="refused") from refusal
        return title

    def article(self) -> ArticleInput:
        """Return the article that was typed."""
        values = self.cleaned_data
        return ArticleInput(
            title=values["title"], body=values["body"], condition=values["condition"], after=self.place()
        )

    def place(self) -> str | None:
        """Return the key of the article to follow, nothing for the first place, None where no place was asked."""
        asked: str = self.cleaned_data.get("after", "")
        return None if not asked else asked.removeprefix(HEAD)

    def told(self) -> str:
        """Return what the author must know of characters that could not be kept, and of a structure changed."""
        title, body = str(self.data.get("title", "")), str(self.data.get("body", ""))
        return " ".join(filter(None, [told(title, body), restructured(body, simple=True)]))


def _choices(conditions: Mapping[str, Condition]) -> list[tuple[str, str]]:
    return [
        ("", "Toujours"),
        *((name, f"Si : {each.label[0].lower()}{each.label[1:]}") for name, each in conditions.items()),
    ]


def _kept(article: TemplateArticle) -> dict[str, str]:
    return {"title": article.title, "body": article.body, "condition": article.condition, "seen": article.mark}


def _movable(kind: DocumentKind, key: str, edge: str) -> bool:
    slot = slot_of(kind, key)
    return slot is None or slot.pinned != edge


def _before(kind: DocumentKind, rows: Sequence[TemplateArticle], article: TemplateArticle | None) -> str:
    """Return the key of the article before this one; a new one comes last, before what closes the document."""
    key = HEAD
    for each in rows:
        if article is not None and each.key == article.key:
            break
        if _movable(kind, each.key, "last"):
            key = each.key
    return key


def _places(
    kind: DocumentKind, rows: Sequence[TemplateArticle], article: TemplateArticle | None
) -> list[tuple[str, str]]:
    """Return where an article may stand; nothing for one that opens or closes the document, or stands alone."""
    slot = slot_of(kind, article.key) if article else None
    others = [each for each in rows if article is None or each.key != article.key]
    if (slot is not None and slot.pinned) or not others:
        return []
    first = [] if any(not _movable(kind, each.key, "first") for each in others) else [(HEAD, "En tête")]
    after = [(each.key, f"Après « {each.heading} »") for each in others if _movable(kind, each.key, "last")]
    return first + after
