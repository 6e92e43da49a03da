"""The clauses that the préfecture adds to one contract: read by both sides, written by it alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from accounts.roles import Permission
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.clauses import ClauseForm
from contracts.mixins import FileView
from contracts.models import SpecialClause
from contracts.services.clauses import add_clause, change_clause, move_clause, remove_clause
from contracts.views.written import answer


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
        self.clause = get_object_or_404(SpecialClause, contract=self.contract, pk=kwargs["pk"])


class ClauseView(ClausePage):
    """Changes a clause."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ClauseForm(initial={"title": self.clause.title, "body": self.clause.body}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ClauseForm(request.POST)
        if form.is_valid():
            try:
                change_clause(self.contract.pk, self.clause.pk, **form.cleaned_data, by=self.actor, now=self.now)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Clause modifiée.")
                self.tell_printing()
                return self.back("clauses")
        return self._show(form, status=422)

    def _show(self, form: ClauseForm, status: int = 200) -> HttpResponse:
        return self.render("contracts/clause.html", status=status, form=form, clause=self.clause)


class MoveClauseView(ClausePage):
    """Moves a clause by one place, or takes it out."""

    page = "clauses"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.POST.get("act") == "remove":
            return answer(self, self._remove, done=f"Clause « {self.clause.title} » retirée.")
        return answer(self, self._move, done="Clauses réordonnées.")

    def _remove(self) -> None:
        remove_clause(self.contract.pk, self.clause.pk, by=self.actor, now=self.now)

    def _move(self) -> None:
        up = self.request.POST.get("act") == "up"
        move_clause(self.contract.pk, self.clause.pk, up=up, by=self.actor, now=self.now)
