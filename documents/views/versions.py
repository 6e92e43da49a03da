"""One version of a template: read beside its preview, compared to the one before, published or thrown away."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from ctai.pdf import PdfError
from documents.errors import Refused
from documents.merging import CONDITIONS
from documents.offers import slot_of
from documents.preview import differences, preview_pdf, shown_articles
from documents.queries import articles_of, published_before
from documents.templates import discard_template, mark_of, problems_of, publish_template
from documents.views.page import VersionPage


class VersionView(VersionPage):
    """Shows the articles of a version beside their preview; those of a draft can be changed."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        editable = self.is_draft and self.may(Permission.TEMPLATE_MANAGE)
        problems = problems_of(self.version) if self.is_draft else []
        return self.render(
            "documents/templates/version.html",
            rows=self._rows(),
            shown=shown_articles(self.articles, self.data),
            problems=problems,
            previous=published_before(self.version),
            editable=editable,
            mark=mark_of(self.articles),
        )

    def post(self, request: HttpRequest, model: str, number: int) -> HttpResponse:
        """Publish the draft, or throw it away, as it was when the page was opened."""
        try:
            if "discard" in request.POST:
                discard_template(version=self.version, by=self.actor, seen=request.POST["discard"])
                messages.success(request, "Brouillon supprimé. La version publiée reste en vigueur.")
                return redirect("documents:versions", model)
            publish_template(version=self.version, by=self.actor, now=self.now, seen=request.POST.get("publish", ""))
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request,
                f"Version {number} publiée. Les prochains documents l’utiliseront ; ceux qui sont émis gardent la "
                "leur.",
            )
        return self.back()

    def _rows(self) -> list[dict[str, Any]]:
        """Return each article with what the page adds to it, and whether it may go up or down."""
        slots = [slot_of(self.kind, each.key) for each in self.articles]
        pinned = [slot.pinned if slot else "" for slot in slots]
        free = [rank for rank, edge in enumerate(pinned) if not edge]
        return [
            {
                "article": each,
                "condition": CONDITIONS[each.condition].label if each.condition else "",
                "slot": slot,
                "up": rank in free[1:],
                "down": rank in free[:-1],
            }
            for rank, (each, slot) in enumerate(zip(self.articles, slots, strict=True))
        ]


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
