"""The frame of the pages of a template, and of those of one of its versions, looked at on a file."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from accounts.mixins import ActorView
from accounts.roles import Permission
from documents.enums import KIND_SLUGS, DocumentKind
from documents.models import DocumentTemplate, IssuedDocument, TemplateArticle, TemplateVersion
from documents.offers import EDITABLE
from documents.queries import articles_of, examples_of

KINDS = {KIND_SLUGS[kind]: kind for kind in EDITABLE}


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
