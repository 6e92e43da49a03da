"""One action of the proposal: its fiche, and its budget year by year."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from campaigns.queries import axes_of
from contracts.budgets import UNREADABLE, balance_sentence_of
from contracts.forms.budget import BudgetForm
from contracts.forms.pieces import ActionFileForm
from contracts.forms.proposal import ActionForm, IndicatorForm, IndicatorFormSet, indicator_entries
from contracts.proposal import action_row, budget_table, fiche, indicator_rows, year_row
from contracts.services.editing import editing
from contracts.views.proposal import ProposalPage
from contracts.views.written import REFUSALS, reasons_of
from ctai.text import euros
from diagnostics.queries import needs_of
from funding.errors import InputRefused, LinesRefused, StaleVersion
from funding.figures import year_states
from funding.models import Action, BudgetLine
from funding.queries import files_of, known_bodies
from funding.services.actions import ActionInput, as_input, save_action
from funding.services.budgets import fingerprint, save_budget

_NO_ACTION = 0


class FichePage(ProposalPage):
    """The fiche of an action, new or not."""

    def needs(self) -> list[tuple[int, str]]:
        return [(need.id, f"{need.number} – {need.text}") for need in needs_of(self.contract.pk)]

    def form(self, *data: Any, action: Action | None = None, **options: Any) -> ActionForm:
        """Return the form, with the axes of the campaign and the needs of the diagnostic."""
        axes = [(axis.pk, axis.label) for axis in axes_of(self.contract.campaign)]
        contract = self.contract
        bodies = known_bodies(self.actor, departement=contract.departement_id, region=contract.region_id)
        return ActionForm(
            *data,
            axes=axes,
            needs=self.needs(),
            bodies=bodies,
            to_update=action.to_update if action else (),
            agir_threshold=contract.campaign.agir_threshold if contract.campaign else None,
            **options,
        )

    def show_form(
        self, form: ActionForm, indicators: Any, *, action: Action | None = None, status: int = 200
    ) -> HttpResponse:
        """Return the page of those who write."""
        needs_exist = "need" in form.fields
        row = action_row(action, self.contract.years, needs_exist=needs_exist) if action else None
        return self.render(
            "contracts/proposal/action.html",
            status=status,
            form=form,
            indicators=indicators,
            action=action,
            row=row,
            tabs=self.tabs(action, None) if action else [],
            files=files_of(action) if action else [],
            files_form=ActionFileForm(),
            editable=self.can_edit(Permission.PROPOSAL_WRITE),
        )

    def save(self, request: HttpRequest, action: Action | None) -> HttpResponse:
        """Save what was typed, or show it again with what is wrong."""
        self.require(Permission.PROPOSAL_WRITE)
        form = self.form(request.POST, action=action)
        indicators = IndicatorFormSet(request.POST, prefix="indicators")
        status = 422
        if form.is_valid() and indicators.is_valid():
            try:
                saved = self._write(form, form.entry(indicator_entries(indicators)), action)
            except InputRefused as refusal:
                form.refuse(refusal.errors)
            except StaleVersion as refusal:
                form.add_error(None, str(refusal))
                if action is not None:
                    form.tell_saved(as_input(action))
                form.data = form.data.copy()
                form.data["version"] = str(action.version if action else "")
                status = 409
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, f"Action {saved.number} enregistrée.")
                self.tell_printing()
                return redirect(self.url("action", saved.number))
        return self.show_form(form, indicators, action=action, status=status)

    def _write(self, form: ActionForm, entry: ActionInput, action: Action | None) -> Action:
        payload: dict[str, Any] = {}
        with editing(
            self.contract.pk,
            Permission.PROPOSAL_WRITE,
            by=self.actor,
            now=self.now,
            kind="action_saved",
            payload=payload,
        ):
            saved = save_action(
                contract_id=self.contract.pk,
                number=action.number if action else None,
                fields=entry,
                by=self.actor,
                now=self.now,
                expected_version=form.cleaned_data["version"],
                after=form.cleaned_data["after"],
                reviewed=form.cleaned_data.get("reviewed", ()),
            )
            payload |= {"action": saved.pk, "number": saved.number, "version": saved.version}
        return saved


class NewActionView(FichePage):
    """Adds an action; the collectivité is proposed as its beneficiary, the contract's period as its calendar."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(Permission.PROPOSAL_WRITE)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contract = self.contract
        numbers = [each.number for each in Action.objects.filter(contract=contract)]
        initial = {
            "beneficiary_name": contract.porteur.full_name,
            "beneficiary_siret": contract.porteur.siren or "",
            "starts_on": contract.starts_on,
            "ends_on": contract.ends_on,
            "after": max(numbers, default=_NO_ACTION),
        }
        return self.show_form(self.form(initial=initial), IndicatorFormSet(prefix="indicators"))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.save(request, None)


class ActionView(FichePage):
    """Shows an action, and saves it."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        action = self.action(kwargs["number"])
        if not self.can_edit(Permission.PROPOSAL_WRITE):
            return self._show_reader(action)
        known = as_input(action)
        initial = {name: getattr(known, name) for name in ActionForm.base_fields if hasattr(known, name)}
        initial |= {"axis": known.axis_id, "need": known.need_id, "version": action.version}
        rows = [{name: getattr(each, name) for name in IndicatorForm.base_fields} for each in known.indicators]
        return self.show_form(
            self.form(initial=initial, action=action),
            IndicatorFormSet(initial=rows, prefix="indicators"),
            action=action,
        )

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.save(request, self.action(kwargs["number"]))

    def _show_reader(self, action: Action) -> HttpResponse:
        needs = dict(self.needs())
        return self.render(
            "contracts/proposal/action_read.html",
            action=action,
            parts=fiche(action, needs.get(action.need_id or 0, "")),
            indicator_rows=indicator_rows(action),
            row=action_row(action, self.contract.years, needs_exist=bool(needs)),
            tabs=self.tabs(action, None),
            files=files_of(action),
            files_form=None,
        )


class BudgetView(ProposalPage):
    """The budget of an action for a year, in two sides."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        action, lines = self._load(**kwargs)
        year = kwargs["year"]
        if not self.can_edit(Permission.PROPOSAL_WRITE):
            return self.render(
                "contracts/proposal/budget_read.html",
                action=action,
                sides=budget_table(action, year),
                row=self._year_row(action, year),
                tabs=self.tabs(action, year),
            )
        return self._show(action, year, BudgetForm(lines=lines, initial={"seen": fingerprint(lines)}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PROPOSAL_WRITE)
        action, lines = self._load(**kwargs)
        year, status = kwargs["year"], 422
        form = BudgetForm(request.POST, lines=lines)
        if form.is_valid():
            entries = form.entries()
            try:
                self._write(action.number, year, form, [line for _, line in entries])
            except LinesRefused as refusal:
                for position, message in refusal.errors.items():
                    form.add_error(entries[position][0], message)
            except StaleVersion as refusal:
                form.add_error(None, str(refusal))
                form.tell_saved()
                form.data = dict(form.data.items()) | {"seen": fingerprint(lines)}
                status = 409
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, f"Budget {year} enregistré.")
                self.tell_printing()
                return redirect(self.url("budget", action.number, year))
        return self._show(action, year, form, status=status)

    def _load(self, **kwargs: Any) -> tuple[Action, list[BudgetLine]]:
        action = self.action(kwargs["number"])
        if kwargs["year"] not in {state.year for state in year_states(action, self.contract.years)}:
            raise Http404("Cette action n’a pas de budget pour cette année.")
        return action, [line for line in action.budget_lines.all() if line.year == kwargs["year"]]

    def _write(self, number: int, year: int, form: BudgetForm, lines: list[Any]) -> None:
        with editing(
            self.contract.pk,
            Permission.PROPOSAL_WRITE,
            by=self.actor,
            now=self.now,
            kind="budget_saved",
            payload={"number": number, "year": year},
        ):
            save_budget(
                action=self.action(number),
                year=year,
                lines=lines,
                by=self.actor,
                now=self.now,
                seen=form.cleaned_data["seen"] or None,
            )

    def _year_row(self, action: Action, year: int) -> dict[str, Any]:
        return next(year_row(state) for state in year_states(action, self.contract.years) if state.year == year)

    def _show(self, action: Action, year: int, form: BudgetForm, status: int = 200) -> HttpResponse:
        sums = form.sums()
        return self.render(
            "contracts/proposal/budget.html",
            status=status,
            action=action,
            year=year,
            form=form,
            sums={name: euros(amount) for name, amount in sums.items()},
            difference=UNREADABLE if form.unreadable() else balance_sentence_of(sums),
            tabs=self.tabs(action, year),
        )
