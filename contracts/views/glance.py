"""The diagnostic for an élu: on one page, and as a working version to take along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.mixins import FileView
from contracts.services.drafting import issue_diagnostic_draft
from diagnostics.glance import glance
from diagnostics.queries import diagnostic_of


class GlanceView(FileView):
    """Sums the diagnostic up, one line for each axis."""

    page = "diagnostic"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        diagnostic = diagnostic_of(self.contract.pk)
        if diagnostic is None:
            raise Http404("Le diagnostic n’est pas encore ouvert.")
        return self.render(
            "contracts/diagnostic/glance.html", diagnostic=diagnostic, glance=glance(diagnostic, self.remark_counts)
        )


class DraftView(FileView):
    """Asks for a working version of the diagnostic, watermarked."""

    page = "diagnostic"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.back()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.DIAGNOSTIC_WRITE)
        try:
            issue_diagnostic_draft(self.contract.pk, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return self.back()
        return redirect(self.url("documents"))
