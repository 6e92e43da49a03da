"""The figures of the diagnostic: all of them on one page, confirmed, exported, imported."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.forms.figures import FiguresImportForm
from contracts.mixins import FileView
from contracts.services.editing import editing
from contracts.services.sections import approvals_watched
from ctai.text import count, join_and, long_date
from diagnostics.errors import Refused
from diagnostics.figures import figures_of, sections_with_figures, written
from diagnostics.figures_files import FileRefused, as_csv, as_xlsx, existing_lines, read, template_lines
from diagnostics.figures_import import Imported, import_figures
from diagnostics.models import Diagnostic, Indicator
from diagnostics.prefill import confirm_figure
from diagnostics.queries import diagnostic_of

P = Permission
_FORMATS = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "xlsx": (as_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}


class FiguresPage(FileView):
    """A page of the figures of this file's diagnostic."""

    page = "diagnostic"
    diagnostic: Diagnostic

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        diagnostic = diagnostic_of(self.contract.pk)
        if diagnostic is None:
            raise Http404("Le diagnostic n’est pas encore ouvert.")
        self.diagnostic = diagnostic


class FiguresView(FiguresPage):
    """Lists every figure, and takes a file of them: all of it or nothing."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        form = FiguresImportForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            done, texts = self._import(form)
        except FileRefused as refusal:
            return self._show(self._form(), status=422, problems=refusal.problems)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        except TransitionRefused as refusal:
            form.add_error(None, " ".join(refusal.reasons))
        else:
            messages.success(request, _told(done))
            self.tell_printing("", *texts)
            return self.back("figures")
        return self._show(form, status=422)

    def _form(self) -> FiguresImportForm:
        return FiguresImportForm(initial=FiguresImportForm.initial_of(sections_with_figures(self.diagnostic)))

    def _import(self, form: FiguresImportForm) -> tuple[Imported, list[str]]:
        """Save the figures of a file; return what was done and every text of its cells."""
        upload = form.cleaned_data["file"]
        lines = read(upload.read(), upload.name)
        payload: dict[str, Any] = {}
        door = editing(
            self.contract.pk, P.DIAGNOSTIC_WRITE, by=self.actor, now=self.now, kind="figures_imported", payload=payload
        )
        with door as contract, approvals_watched(contract, by=self.actor, now=self.now):
            done = import_figures(
                diagnostic=self.diagnostic,
                lines=lines,
                seen=form.cleaned_data["versions"],
                by=self.actor,
                now=self.now,
            )
            payload |= {"added": done.added, "changed": done.changed, "label": join_and(done.sections)}
        return done, [cell for line in lines for cell in line.cells.values() if isinstance(cell, str)]

    def _show(self, form: FiguresImportForm, status: int = 200, problems: Any = ()) -> HttpResponse:
        figures = list(figures_of(self.diagnostic))
        return self.render(
            "contracts/diagnostic/figures.html",
            status=status,
            form=form,
            problems=list(problems),
            rows=[_row(each) for each in figures],
            editable=self.can_edit(P.DIAGNOSTIC_WRITE),
        )


class TemplateView(FiguresPage):
    """Serves the file to fill, with the indicators that the questions expect."""

    name = "modele"
    lines = staticmethod(template_lines)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        extension = request.GET.get("format", "csv")
        if extension not in _FORMATS:
            raise Http404("Ce fichier n’existe pas.")
        write, content_type = _FORMATS[extension]
        lines = self.lines(sections_with_figures(self.diagnostic))
        response = HttpResponse(write(lines), content_type=content_type)
        name = f"{self.contract.reference}-diagnostic-{self.name}.{extension}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response


class ExportView(TemplateView):
    """Serves the figures that exist."""

    name = "chiffres"
    lines = staticmethod(existing_lines)


class ConfirmFigureView(FiguresPage):
    """Confirms a figure that the portal wrote."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        if not figures_of(self.diagnostic).filter(pk=kwargs["pk"]).exists():
            raise Http404("Ce chiffre n’existe pas.")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.back("figures")

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.DIAGNOSTIC_WRITE)
        payload: dict[str, Any] = {}
        try:
            with editing(
                self.contract.pk,
                P.DIAGNOSTIC_WRITE,
                by=self.actor,
                now=self.now,
                kind="figure_confirmed",
                payload=payload,
            ):
                figure = confirm_figure(contract_id=self.contract.pk, figure_id=kwargs["pk"])
                payload |= {"figure": figure.pk, "label": figure.label}
        except Refused as refusal:
            messages.error(request, str(refusal))
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, f"Chiffre confirmé : {figure.label}.")
        return self._return()

    def _return(self) -> HttpResponse:
        """Go back to the section from which the person confirmed, else to all the figures."""
        section = self.request.POST.get("section", "")
        known = section in self.diagnostic.sections.values_list("question__key", flat=True)
        return redirect(self.url("section", section)) if known else self.back("figures")


def _row(figure: Indicator) -> dict[str, Any]:
    return {
        "id": figure.pk,
        "section": figure.section.question.title,
        "key": figure.section.question.key,
        "label": figure.label,
        "value": written(figure),
        "territory": figure.territory,
        "as_of": long_date(figure.as_of),
        "source": figure.source,
        "comment": figure.comment or "–",
        "prefilled": figure.prefilled,
    }


def _told(done: Imported) -> str:
    """Say what an import did."""
    if not done.added and not done.changed:
        return "Tous les chiffres du fichier figurent déjà au diagnostic : rien n’a changé."
    parts = [count(done.added, "chiffre ajouté", "chiffres ajoutés")] if done.added else []
    parts += [count(done.changed, "chiffre modifié", "chiffres modifiés")] if done.changed else []
    return f"{join_and(parts)} dans {join_and([f'« {each} »' for each in done.sections])}."
