"""The templates of documents: read, prepared as a draft beside its preview, published."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.mixins import ActorView
from accounts.roles import Permission
from ctai.pdf import PdfError
from documents.enums import KIND_SLUGS, DocumentKind
from documents.errors import Refused
from documents.forms import ArticleForm
from documents.merging import CONDITIONS, BodyRefused, check_body
from documents.models import DocumentTemplate, IssuedDocument, TemplateArticle, TemplateVersion
from documents.offers import EDITABLE, fields_of, slot_of
from documents.preview import (
    Shown,
    citations_of,
    differences,
    offers_of,
    preview_pdf,
    shown_articles,
)
from documents.queries import articles_of, examples_of, published_before, templates_with_versions, versions_of
from documents.templates import (
    add_article,
    change_article,
    discard_template,
    draft_template,
    move_article,
    problems_of,
    publish_template,
    remove_article,
)

KINDS = {KIND_SLUGS[kind]: kind for kind in EDITABLE}


class TemplateListView(ActorView):
    """Lists the kinds of document, with the version in force and the draft of each."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(KIND_SLUGS[DocumentKind(each.kind)], each) for each in templates_with_versions()]
        return self.render("documents/templates/list.html", rows=rows)


class TemplatePage(ActorView):
    """A page of one template."""

    permission: Permission | None = Permission.TEMPLATE_MANAGE
    template: DocumentTemplate
    model: str

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.model = kwargs["model"]
        self.template = get_object_or_404(DocumentTemplate, kind=KINDS.get(self.model, ""))
        return super().dispatch(request, *args, **kwargs)

    @property
    def kind(self) -> DocumentKind:
        return DocumentKind(self.template.kind)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page, which knows its template."""
        return super().render(template, status, model=self.template, address=self.model, **context)


class VersionsView(TemplatePage):
    """Lists the versions of a template, with how many documents were issued with each; opens a draft."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, model: str) -> HttpResponse:
        versions = versions_of(self.template)
        return self.render(
            "documents/templates/versions.html",
            versions=versions,
            draft=next((each for each in versions if each.published_at is None), None),
            may_manage=self.may(Permission.TEMPLATE_MANAGE),
        )

    def post(self, request: HttpRequest, model: str) -> HttpResponse:
        draft = draft_template(template=self.template, by=self.actor)
        return redirect("documents:template", model, draft.number)


class VersionPage(TemplatePage):
    """A page of one version of a template, looked at on a file."""

    version: TemplateVersion

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kind = KINDS.get(kwargs["model"], "")
        versions = TemplateVersion.objects.select_related("template")
        self.version = get_object_or_404(versions, template__kind=kind, number=kwargs["number"])
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_draft(self) -> bool:
        return self.version.published_at is None

    @cached_property
    def articles(self) -> list[TemplateArticle]:
        """The articles in order, read once."""
        return articles_of(self.version)

    @cached_property
    def examples(self) -> list[IssuedDocument]:
        """The files on which the version can be looked at, read once."""
        return examples_of(self.kind, self.actor)

    @cached_property
    def example(self) -> IssuedDocument | None:
        """The document whose data the preview takes: the one asked for, the latest, or none."""
        asked = self.request.POST.get("dossier") or self.request.GET.get("dossier", "")
        if asked == "exemple":
            return None
        chosen = next((each for each in self.examples if str(each.pk) == asked), None)
        return chosen or (self.examples[0] if self.examples else None)

    @property
    def data(self) -> dict[str, Any] | None:
        """The data of the file looked at; None for the examples of the fields."""
        return None if self.example is None else dict(self.example.data)

    def article(self, key: str) -> TemplateArticle:
        """Return an article of this version, or answer 404."""
        return get_object_or_404(self.version.articles.select_related("version__template"), key=key)

    def back(self, anchor: str = "") -> HttpResponse:
        """Go to the version, at an article of it."""
        address = reverse("documents:template", args=[self.model, self.version.number])
        return redirect(f"{address}#{anchor}" if anchor else address)

    def render(self, template: str, status: int = 200, **context: Any) -> HttpResponse:
        """Return the page, which knows its version and the file looked at."""
        looked = {"version": self.version, "example": self.example, "examples": self.examples}
        return super().render(template, status, **looked, **context)


class VersionView(VersionPage):
    """Shows the articles of a version beside their preview; those of a draft can be changed."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        editable = self.is_draft and self.may(Permission.TEMPLATE_MANAGE)
        problems = problems_of(self.version) if self.is_draft else []
        return self.render(
            "documents/templates/version.html",
            rows=[self._row(each) for each in self.articles],
            shown=shown_articles(self.articles, self.data),
            problems=problems,
            previous=published_before(self.version),
            editable=editable,
        )

    def post(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        """Publish the draft, or throw it away."""
        try:
            if request.POST.get("act") == "discard":
                discard_template(version=self.version, by=self.actor)
                messages.success(request, "Brouillon supprimé. La version publiée reste en vigueur.")
                return redirect("documents:versions", model)
            publish_template(version=self.version, by=self.actor, now=self.now)
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"Version {number} publiée. Les prochains documents l’utiliseront ; ceux qui sont émis gardent la "
                "leur.",
            )
        return self.back()

    def _row(self, article: TemplateArticle) -> dict[str, Any]:
        condition = CONDITIONS[article.condition].label if article.condition else ""
        return {"article": article, "condition": condition, "slot": slot_of(self.kind, article.key)}


class DifferencesView(VersionPage):
    """Shows what a version changes to the one that it replaces."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        previous = published_before(self.version)
        if previous is None:
            raise Http404("Cette version est la première.")
        groups = differences(articles_of(previous), self.articles)
        return self.render(
            "documents/templates/differences.html",
            previous=previous,
            groups=groups,
            same=[each for each in groups if not each.changed],
        )


class PreviewPdfView(VersionPage):
    """Serves the PDF that a version would give on a file, watermarked; nothing is kept."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        if self.example is None:
            raise Http404("Aucun document de ce type n’a encore été émis.")
        try:
            pdf = preview_pdf(self.version, self.example)
        except PdfError:
            messages.error(request, "L’aperçu n’a pas pu être préparé. Réessayez dans un instant.")
            return self.back()
        response = HttpResponse(pdf.content, content_type="application/pdf")
        response["Content-Disposition"] = f'inline; filename="apercu-{model}-{number}.pdf"'
        response["Cache-Control"] = "private, no-store"
        return response


class ArticleFormView(VersionPage):
    """The form of an article, new or not, beside the fields that it may take and its preview."""

    def get(self, request: HttpRequest, model: str, number: int, key: str = "") -> HttpResponse:
        self._require_draft()
        article = self.article(key) if key else None
        return self._show(ArticleForm(kind=self.kind, article=article), article)

    def post(self, request: HttpRequest, model: str, number: int, key: str = "") -> HttpResponse:
        self._require_draft()
        article = self.article(key) if key else None
        form = ArticleForm(request.POST, kind=self.kind, article=article)
        if not form.is_valid():
            return self._show(form, article, status=422)
        if request.POST.get("act") == "preview":
            return self._show(form, article, typed=form)
        try:
            if article is None:
                article = add_article(version=self.version, data=form.article(), by=self.actor)
            else:
                article = change_article(article=article, data=form.article(), by=self.actor)
        except Refused as refusal:
            form.add_error("body", str(refusal))
            return self._show(form, article, status=422)
        if sentence := form.told():
            messages.warning(request, sentence)
        messages.success(request, "Article enregistré dans le brouillon.")
        return self.back(article.key)

    def _show(
        self,
        form: ArticleForm,
        article: TemplateArticle | None,
        status: int = 200,
        typed: ArticleForm | None = None,
    ) -> HttpResponse:
        shown, refusal = looked_at(self, article, typed)
        return self.render(
            "documents/templates/article.html",
            status=status,
            form=form,
            article=article,
            slot=slot_of(self.kind, article.key) if article else None,
            offers=offers_of(self.kind, self.data),
            citations=citations_of([each for each in self.articles if article is None or each.key != article.key]),
            shown=shown,
            refusal=refusal,
        )

    def _require_draft(self) -> None:
        if not self.is_draft:
            raise Http404("Cette version est publiée : elle ne change plus.")


class ArticlePreviewView(VersionPage):
    """The preview of the article being typed, asked by the page as it changes."""

    def post(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        key = request.POST.get("key", "")
        article = next((each for each in self.articles if each.key == key), None)
        form = ArticleForm(request.POST, kind=self.kind, article=article)
        form.is_valid()
        shown, refusal = looked_at(self, article, form)
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


def looked_at(
    page: VersionPage, article: TemplateArticle | None, typed: ArticleForm | None
) -> tuple[list[Shown], str]:
    """Return the article as it would read, kept or being typed, and why it cannot be read."""
    if typed is not None:
        values = typed.cleaned_data
        key = article.key if article else "nouvel_article"
        looked = TemplateArticle(
            key=key,
            title=values.get("title", ""),
            body=values.get("body", ""),
            condition=values.get("condition", ""),
        )
    elif article is not None:
        looked = article
    else:
        return [], ""
    others = [looked if each.key == looked.key else each for each in page.articles]
    if article is None:
        others.append(looked)
    try:
        check_body(looked.body, [each.key for each in others], {field.name for field in fields_of(page.kind)})
    except BodyRefused as refusal:
        return [], str(refusal)
    return [each for each in shown_articles(others, page.data) if each.key == looked.key], ""
