"""The readable difference between two versions of a contract, before anyone signs."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from contracts.changes import changes
from contracts.mixins import FileView
from contracts.queries import contract_versions
from documents.models import IssuedDocument


class DifferencesView(FileView):
    """Shows what a version changes, to the one before it or to the one asked for."""

    page = "documents"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        known = contract_versions(self.contract).select_related("template_version")
        newer = get_object_or_404(known, pk=kwargs["pk"])
        older = self._older(newer)
        chapters = [
            {"title": title, "groups": groups, "same": [each for each in groups if not each.changed]}
            for title, groups in changes(older, newer)
            if groups
        ]
        return self.render(
            "contracts/differences.html",
            newer=newer,
            older=older,
            chapters=chapters,
            unchanged=all(len(each["groups"]) == len(each["same"]) for each in chapters),
        )

    def _older(self, newer: IssuedDocument) -> IssuedDocument:
        earlier = contract_versions(self.contract).select_related("template_version")
        earlier = earlier.filter(number__lt=newer.number, is_draft=newer.is_draft).order_by("-number")
        asked = self.request.GET.get("depuis", "")
        found = earlier.filter(number=int(asked)).first() if asked.isdecimal() and len(asked) < 6 else earlier.first()
        if found is None:
            raise Http404("Cette version est la première.")
        return found
