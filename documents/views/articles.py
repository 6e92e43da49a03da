"""The articles of a draft: written beside their preview, moved, taken out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from ctai.compared import Group
from documents.articles import (
    Outdated,
    Unprintable,
    add_article,
    change_article,
    move_article,
    placed,
    remove_article,
)
from documents.errors import Refused
from documents.forms import ArticleForm
from documents.merging import BodyRefused, check_body
from documents.models import TemplateArticle
from documents.offers import fields_of, slot_of
from documents.preview import Shown, citations_of, differences, offers_of, shown_articles
from documents.views.page import VersionPage
from documents.wording import citable


class ArticleFormView(VersionPage):
    """The form of an article, new or not, beside the fields that it may take and its preview."""

    def get(self, request: HttpRequest, model: str, number: int, key: str = "") -> HttpResponse:
        if not self.is_draft:
            raise Http404("Cette version est publiée : elle ne change plus.")
        article = self.article(key) if key else None
        return self._show(ArticleForm(kind=self.kind, article=article, rows=self.articles), article)

    def post(self, request: HttpRequest, model: str, number: int, key: str = "") -> HttpResponse:
        """Look at what is typed, or save it; what cannot be saved stays on the page with its reason."""
        article = next((each for each in self.articles if each.key == key), None)
        if key and article is None and not request.POST.get("seen"):
            raise Http404("Cet article n’existe pas.")
        form = self._form(request.POST, article)
        if not form.is_valid():
            return self._show(form, article, status=422)
        if request.POST.get("act") == "preview":
            return self._show(form, article, typed=form)
        try:
            saved = self._save(form, article, key)
        except Outdated as refusal:
            return self._outdated(form, refusal)
        except Refused as refusal:
            form.add_error("body" if isinstance(refusal, Unprintable) else None, str(refusal))
            return self._show(form, article, status=422)
        if sentence := form.told():
            messages.warning(request, sentence)
        messages.success(request, "Article enregistré dans le brouillon.")
        return self.back(saved.key)

    def _form(self, data: Any, article: TemplateArticle | None) -> ArticleForm:
        return ArticleForm(data, kind=self.kind, article=article, rows=self.articles)

    def _save(self, form: ArticleForm, article: TemplateArticle | None, key: str) -> TemplateArticle:
        if article is not None:
            seen = form.cleaned_data["seen"]
            return change_article(article=article, data=form.article(), by=self.actor, seen=seen)
        if key:
            raise Outdated(
                "Une autre personne a retiré cet article du brouillon pendant votre saisie. Votre texte est gardé : "
                "l’enregistrer l’y ajoutera de nouveau.",
                None,
            )
        return add_article(version=self.version, data=form.article(), by=self.actor)

    def _outdated(self, typed: ArticleForm, refusal: Outdated) -> HttpResponse:
        """Show what is kept beside what was typed; saving again is then a choice."""
        current = refusal.current
        data = self.request.POST.copy()
        data["seen"] = current.mark if current else ""
        form = self._form(data, current)
        form.is_valid()
        form.add_error(None, str(refusal))
        return self._show(form, current, status=422, kept=differences([current], [_typed(typed)]) if current else [])

    def _show(
        self,
        form: ArticleForm,
        article: TemplateArticle | None,
        status: int = 200,
        typed: ArticleForm | None = None,
        kept: Sequence[Group] = (),
    ) -> HttpResponse:
        looked, after = (_typed(typed), typed.place()) if typed else (article, None)
        shown, refusal = looked_at(self, looked, after)
        return self.render(
            "documents/templates/article.html",
            status=status,
            form=form,
            article=article,
            slot=slot_of(self.kind, article.key) if article else None,
            offers=offers_of(self.kind, self.data),
            citations=citations_of(self.kind, [each for each in self.articles if each.key != form.key]),
            shown=shown,
            refusal=refusal,
            kept=kept,
        )


class ArticlePreviewView(VersionPage):
    """The preview of the article being typed, asked by the page as it changes."""

    def post(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        key = request.POST.get("key", "")
        article = next((each for each in self.articles if each.key == key), None)
        form = ArticleForm(request.POST, kind=self.kind, article=article, rows=self.articles)
        form.is_valid()
        shown, refusal = looked_at(self, _typed(form), form.place())
        return self.render("documents/templates/_preview.html", shown=shown, refusal=refusal)


class MoveArticleView(VersionPage):
    """Moves an article of a draft by one place."""

    def post(self, request: HttpRequest, model: str, number: int, key: str) -> HttpResponse:
        try:
            move_article(article=self.article(key), up=request.POST.get("act") == "up", by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        return self.back(key)


class RemoveArticleView(VersionPage):
    """Takes an article out of a draft."""

    def post(self, request: HttpRequest, model: str, number: int, key: str) -> HttpResponse:
        article = self.article(key)
        try:
            remove_article(article=article, by=self.actor)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"Article « {article.heading} » retiré du brouillon.")
        return self.back()


def looked_at(page: VersionPage, looked: TemplateArticle | None, after: str | None = None) -> tuple[list[Shown], str]:
    """Return an article as it would read at its place, kept or being typed, and why it cannot be read."""
    if looked is None:
        return [], ""
    rows = [looked if each.key == looked.key else each for each in page.articles]
    rows = placed(page.kind, rows if looked in rows else [*rows, looked], looked, after)
    try:
        check_body(looked.body, citable(page.kind, rows), {field.name for field in fields_of(page.kind)})
    except BodyRefused as refusal:
        return [], str(refusal)
    return [each for each in shown_articles(rows, page.data) if each.key == looked.key], ""


def _typed(form: ArticleForm) -> TemplateArticle:
    values = form.cleaned_data
    return TemplateArticle(
        key=form.key or "nouvel_article",
        title=values.get("title", ""),
        body=values.get("body", ""),
        condition=values.get("condition", ""),
    )
