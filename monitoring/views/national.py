"""The figures of steering, and the export of the files that exist for the reader."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date

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
from monitoring.targets import TARGET_HEADER, target_lines, targets_for

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
        known_format(extension)
        form = FilterForm(request.GET, actor=self.actor, now=self.now)
        if not form.is_valid():
            raise Http404("Un filtre de cet export n’a pas été compris.")
        order = form.wanted.get("tri", "") or DEFAULT_ORDER
        found = ordered(selected(form), order).select_related("region").iterator(chunk_size=CHUNK)
        lines = file_lines(found, self.actor)
        return written("contrats", extension, FILE_HEADER, lines, timezone.localdate(self.now))


class TargetExportView(ActorView):
    """What is signed in the year against the targets of the préfets, as a file."""

    def get(self, request: HttpRequest, extension: str) -> HttpResponseBase:
        self.allow(Permission.NATIONAL_READ)
        known_format(extension)
        today = timezone.localdate(self.now)
        lines = target_lines(targets_for(self.actor, today.year), today.year)
        return written("objectifs", extension, TARGET_HEADER, lines, today)


def known_format(extension: str) -> None:
    """Go on only with a format that exists.

    Raises:
        Http404: otherwise.
    """
    if extension != "csv" and extension not in BOOKS:
        raise Http404("Ce format d’export n’existe pas.")


def written(
    subject: str, extension: str, header: Sequence[str], lines: Iterable[exports.Line], day: date
) -> HttpResponseBase:
    """Answer with a table as a file that bears its day."""
    headers = {"Content-Disposition": f'attachment; filename="{subject}-{day:%Y-%m-%d}.{extension}"'}
    if extension == "csv":
        content = exports.csv_lines(header, lines)
        return StreamingHttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
    write, content_type = BOOKS[extension]
    return HttpResponse(write(subject.capitalize(), header, lines), content_type=content_type, headers=headers)
