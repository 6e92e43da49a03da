"""The budgets of a proposal: consolidated, by workbook, and over all the years of an action."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts.budgets import UNREADABLE, balance_sentence_of, summary
from contracts.forms.grid import GridForm
from contracts.forms.workbook import WorkbookForm
from contracts.proposal import nature_tables, total_tables
from contracts.queries import signing_funders
from contracts.services.editing import editing
from contracts.views.proposal import ProposalPage
from contracts.views.written import REFUSALS, reasons_of
from ctai.text import euros
from funding.errors import BudgetsRefused, StaleVersion
from funding.figures import totals_of, year_states
from funding.models import Action, BudgetLine
from funding.queries import actions_of
from funding.services.budgets import save_budgets
from funding.workbook import write
from funding.workbook_reading import WorkbookRefused, read, told

P = Permission
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class BudgetsView(ProposalPage):
    """Shows the consolidated budget, and takes a workbook: all of it or nothing."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(WorkbookForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        form = WorkbookForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                done, labels = self._import(form.cleaned_data["file"].read())
            except WorkbookRefused as refusal:
                return self._show(WorkbookForm(), status=422, problems=refusal.problems)
            except StaleVersion:
                form.add_error(None, "Un budget a été modifié sur le portail depuis le téléchargement de ce fichier.")
                form.add_error(
                    None, "Rien n’a été importé : téléchargez de nouveau le modèle et reportez vos montants."
                )
                return self._show(form, status=409)
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, done)
                self.tell_printing("", *labels)
                return self.back("budgets")
        return self._show(form, status=422)

    def _import(self, data: bytes) -> tuple[str, list[str]]:
        """Save the budgets of a workbook; return what was done and the labels of its lines."""
        contract, actions = self.contract, actions_of(self.contract.pk)
        reading = read(data, reference=contract.reference, actions=actions, contract_years=contract.years)
        numbers = {each.pk: each.number for each in actions}
        payload: dict[str, Any] = {}
        with editing(
            contract.pk, P.PROPOSAL_WRITE, by=self.actor, now=self.now, kind="budgets_imported", payload=payload
        ):
            changed = save_budgets(
                actions=actions, budgets=reading.budgets, by=self.actor, now=self.now, seen=reading.seen
            )
            payload["budgets"] = [[numbers[action_id], year] for action_id, year in changed]
        labels = [line.label for place in changed for line in reading.budgets[place]]
        return told(numbers[action_id] for action_id, _ in changed), labels

    def _show(self, form: WorkbookForm, status: int = 200, problems: Any = ()) -> HttpResponse:
        actions = actions_of(self.contract.pk)
        totals = totals_of(actions, self.contract.years)
        return self.render(
            "contracts/proposal/budgets.html",
            status=status,
            form=form,
            problems=problems,
            actions=actions,
            facts=summary(actions, totals, signing_funders(self.contract)),
            tables=[*nature_tables(totals), *total_tables(totals)] if actions else [],
            editable=self.can_edit(P.PROPOSAL_WRITE),
        )


class WorkbookView(ProposalPage):
    """Serves the workbook to fill, with what the portal knows already."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contract = self.contract
        data = write(
            reference=contract.reference,
            title=contract.title,
            actions=actions_of(contract.pk),
            contract_years=contract.years,
        )
        response = HttpResponse(data, content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{contract.reference}-budget.xlsx"'
        return response


class GridView(ProposalPage):
    """The budget of an action over all its years, in one sheet."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        action = self.action(kwargs["number"])
        budgets = self._budgets(action)
        if not self.can_edit(P.PROPOSAL_WRITE) or not budgets:
            return redirect(f"{self.url('action', action.number)}#budget")
        return self._show(action, GridForm(budgets=budgets))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        action, status = self.action(kwargs["number"]), 422
        form = GridForm(request.POST, budgets=self._budgets(action))
        if form.is_valid():
            entries = form.entries()
            try:
                self._write(action, form, {year: [line for _, line in lines] for year, lines in entries.items()})
            except BudgetsRefused as refusal:
                for (_, year), wrong in refusal.errors.items():
                    for position, text in wrong.items():
                        form.add_error(entries[year][position][0], text)
            except StaleVersion as refusal:
                form.add_error(None, str(refusal))
                form.refresh()
                status = 409
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, f"Budget de l’action {action.number} enregistré.")
                self.tell_printing()
                return redirect(self.url("budget_grid", action.number))
        return self._show(action, form, status=status)

    def _budgets(self, action: Action) -> dict[int, list[BudgetLine]]:
        years = [state.year for state in year_states(action, self.contract.years)]
        return {year: [line for line in action.budget_lines.all() if line.year == year] for year in years}

    def _write(self, action: Action, form: GridForm, lines: dict[int, Any]) -> None:
        payload: dict[str, Any] = {"number": action.number}
        with editing(
            self.contract.pk, P.PROPOSAL_WRITE, by=self.actor, now=self.now, kind="budget_saved", payload=payload
        ):
            changed = save_budgets(
                actions=[action],
                budgets={(action.pk, year): each for year, each in lines.items()},
                by=self.actor,
                now=self.now,
                seen={(action.pk, year): text for year, text in form.seen().items()},
            )
            payload["years"] = [year for _, year in changed]

    def _show(self, action: Action, form: GridForm, status: int = 200) -> HttpResponse:
        sums, unreadable = form.sums(), form.unreadable()
        return self.render(
            "contracts/proposal/grid.html",
            status=status,
            action=action,
            form=form,
            hidden=form.hidden_fields(),
            years=list(sums),
            sums=[
                {"key": key, "label": label, "amounts": [(year, euros(each[key])) for year, each in sums.items()]}
                for key, label in (("charge", "Charges"), ("product", "Produits"))
            ],
            differences=[
                (year, UNREADABLE if year in unreadable else balance_sentence_of(each)) for year, each in sums.items()
            ],
            tabs=self.tabs(action, "all"),
        )
