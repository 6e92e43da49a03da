"""The templates of documents and their versions: listed, and the next one begun."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.mixins import ActorView
from accounts.roles import Permission
from documents.enums import KIND_SLUGS, DocumentKind
from documents.queries import templates_with_versions, versions_of
from documents.templates import draft_template
from documents.views.page import TemplatePage


class TemplateListView(ActorView):
    """Lists the kinds of document, with the version in force and the draft of each."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(KIND_SLUGS[DocumentKind(each.kind)], each) for each in templates_with_versions()]
        return self.render("documents/templates/list.html", rows=rows)


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
