"""The figures of steering, and the export of the files that exist for the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.roles import Permission, Role
from contracts.filters import DEFAULT_ORDER, FilterForm, selected
from contracts.lists import ordered
from contracts.mixins import ActorView
from ctai.text import instant
from monitoring import exports
from monitoring.figures import figures_for
from monitoring.tables import FILE_HEADER, file_lines

CHUNK = 2000
Writer = Callable[[str, Sequence[str], Iterable[exports.Line]], bytes]
BOOKS: dict[str, tuple[Writer, str]] = {
    "ods": (exports.ods, "application/vnd.oasis.opendocument.spreadsheet"),
    "xlsx": (exports.xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class NationalView(ActorView):
    """The figures as they stand now, in the scope of the reader."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow(Permission.NATIONAL_READ)
        figures = figures_for(self.actor, self.now)
        region = self.actor.organisation.region if self.actor.role == Role.REGIONAL_COORDINATOR else None
        context = {
            "figures": figures,
            "place": region.name if region else "Pilotage national",
            "as_of": instant(figures.at),
            "formats": ("csv", "ods", "xlsx"),
        }
        return render(request, "monitoring/national/index.html", context)


class ExportView(ActorView):
    """The files that the filters keep, as a file."""

    def get(self, request: HttpRequest, extension: str) -> HttpResponseBase:
        self.allow(Permission.EXPORT)
        if extension != "csv" and extension not in BOOKS:
            raise Http404("Ce format d’export n’existe pas.")
        form = FilterForm(request.GET, actor=self.actor, now=self.now)
        if not form.is_valid():
            raise Http404("Un filtre de cet export n’a pas été compris.")
        order = form.wanted.get("tri", "") or DEFAULT_ORDER
        found = ordered(selected(form), order).select_related("region").iterator(chunk_size=CHUNK)
        lines = file_lines(found, self.actor)
        return self._answer(extension, lines)

    def _answer(self, extension: str, lines: Iterable[exports.Line]) -> HttpResponseBase:
        name = f"contrats-{timezone.localdate(self.now):%Y-%m-%d}.{extension}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        if extension == "csv":
            content = exports.csv_lines(FILE_HEADER, lines)
            return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
        write, content_type = BOOKS[extension]
        return HttpResponse(write("Contrats", FILE_HEADER, lines), content_type=content_type, headers=headers)
