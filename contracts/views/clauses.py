"""The clauses that the préfecture adds to one contract: read by both sides, written by it alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.clauses import ChangedClauseForm, ClauseForm
from contracts.mixins import FileView
from contracts.models import SpecialClause
from contracts.services.clauses import ClauseOutdated, add_clause, change_clause, move_clause, remove_clause
from contracts.views.written import answer
from ctai.compared import Group, text_lines
from ctai.http import tell_structure


class ClausesView(FileView):
    """Lists the special clauses, and takes a new one."""

    page = "review"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ClauseForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.CLAUSE_WRITE)
        form = ClauseForm(request.POST)
        if form.is_valid():
            try:
                add_clause(self.contract.pk, **form.cleaned_data, by=self.actor, now=self.now)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Clause ajoutée. Le contrat émis ensuite la portera.")
                self.tell_printing()
                tell_structure(request, request.POST["body"], simple=True)
                return self.back("clauses")
        return self._show(form, status=422)

    def _show(self, form: ClauseForm, status: int = 200) -> HttpResponse:
        return self.render(
            "contracts/clauses.html",
            status=status,
            form=form,
            clauses=SpecialClause.objects.filter(contract=self.contract).order_by("rank", "pk"),
            editable=self.can_edit(Permission.CLAUSE_WRITE),
            is_issued=self.contract.state == State.APPROVED,
        )


class ClausePage(FileView):
    """A page about one clause of the file, for those who may write it."""

    page = "review"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(Permission.CLAUSE_WRITE)
        self.clause = SpecialClause.objects.filter(contract=self.contract, pk=kwargs["pk"]).first()


class ClauseView(ClausePage):
    """Changes a clause; what a colleague wrote meanwhile is never replaced in silence."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.clause is None:
            raise Http404("Cette clause n’existe pas.")
        clause = self.clause
        return self._show(ChangedClauseForm(initial={"title": clause.title, "body": clause.body, "seen": clause.mark}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.clause is None and not request.POST.get("seen"):
            raise Http404("Cette clause n’existe pas.")
        form = ChangedClauseForm(request.POST)
        if form.is_valid():
            try:
                change_clause(self.contract.pk, kwargs["pk"], **form.cleaned_data, by=self.actor, now=self.now)
            except ClauseOutdated as refusal:
                return self._outdated(form, refusal)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Clause modifiée.")
                self.tell_printing()
                tell_structure(request, request.POST["body"], simple=True)
                return self.back("clauses")
        return self._show(form, status=422)

    def _outdated(self, typed: ChangedClauseForm, refusal: ClauseOutdated) -> HttpResponse:
        """Show what is kept beside what was typed; saving again is then a choice."""
        current = refusal.current
        data = self.request.POST.copy()
        data["seen"] = current.mark if current else ""
        form = ChangedClauseForm(data)
        form.add_error(None, " ".join(refusal.reasons))
        kept = [Group(current.title, tuple(text_lines(current.body, typed.cleaned_data["body"])))] if current else []
        return self._show(form, status=422, kept=kept)

    def _show(self, form: ChangedClauseForm, status: int = 200, kept: Sequence[Group] = ()) -> HttpResponse:
        return self.render("contracts/clause.html", status=status, form=form, clause=self.clause, kept=kept)


class MoveClauseView(ClausePage):
    """Moves a clause by one place, or takes it out."""

    page = "clauses"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.clause is None:
            raise Http404("Cette clause n’existe pas.")
        if request.POST.get("act") == "remove":
            return answer(self, self._remove, done=f"Clause « {self.clause.title} » retirée.")
        return answer(self, self._move, done="Clauses réordonnées.")

    def _remove(self) -> None:
        remove_clause(self.contract.pk, self.kwargs["pk"], by=self.actor, now=self.now)

    def _move(self) -> None:
        up = self.request.POST.get("act") == "up"
        move_clause(self.contract.pk, self.kwargs["pk"], up=up, by=self.actor, now=self.now)
