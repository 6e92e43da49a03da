"""Reconduction: the actions of former contracts, or the budgets of a year, carried over to be brought up to date."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts.forms.renewal import CarryOverForm, CarryYearForm
from contracts.services.editing import editing
from contracts.views.proposal import ProposalPage
from contracts.views.written import REFUSALS, reasons_of
from ctai.text import count
from funding.errors import FundingRefused
from funding.models import Action
from funding.services.renewal import carry_over, carry_year, renewable

P = Permission


class RenewalView(ProposalPage):
    """Offers what may be carried over, and carries it."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(P.PROPOSAL_WRITE)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if "source" in request.POST:
            years = CarryYearForm(request.POST, years=self.contract.years)
            return self._answer(years, lambda: self._carry_year(years)) or self._show(years=years, status=422)
        actions = self._offered(request.POST)
        return self._answer(actions, lambda: self._carry_over(actions)) or self._show(actions=actions, status=422)

    def _answer(self, form: Any, act: Callable[[], str]) -> HttpResponse | None:
        """Do what a valid form asks; None when it could not be."""
        if form.is_valid():
            try:
                done = act()
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(self.request, f"{done} Ce qui est à mettre à jour est signalé sur chaque fiche.")
                return self.back(anchor="actions")
        return None

    def _carry_over(self, form: CarryOverForm) -> str:
        wanted = set(form.cleaned_data["actions"])
        payload: dict[str, Any] = {"sources": sorted(wanted)}
        with self._door("actions_carried_over", payload) as contract:
            if contract.starts_on is None or contract.ends_on is None:
                raise FundingRefused("La période du contrat n’est pas encore connue.")
            sources = [each for each in renewable(contract.pk, self.actor) if each.pk in wanted]
            period = (contract.starts_on, contract.ends_on)
            made = carry_over(contract_id=contract.pk, sources=sources, period=period, by=self.actor, now=self.now)
            payload["actions"] = [each.pk for each in made]
        return f"{count(len(made), 'action reconduite', 'actions reconduites')}."

    def _carry_year(self, form: CarryYearForm) -> str:
        source, target = form.cleaned_data["source"], form.cleaned_data["target"]
        payload: dict[str, Any] = {"source": source, "target": target}
        with self._door("budgets_carried_over", payload):
            made = carry_year(contract_id=self.contract.pk, source=source, target=target, by=self.actor, now=self.now)
            payload["actions"] = [each.pk for each in made]
        return f"{count(len(made), 'budget repris', 'budgets repris')} de {source} en {target}."

    def _door(self, kind: str, payload: dict[str, Any]) -> Any:
        return editing(self.contract.pk, P.PROPOSAL_WRITE, by=self.actor, now=self.now, kind=kind, payload=payload)

    def _offered(self, *data: Any) -> CarryOverForm:
        return CarryOverForm(
            *data, actions=[(each.pk, _name(each)) for each in renewable(self.contract.pk, self.actor)]
        )

    def _show(
        self, actions: CarryOverForm | None = None, years: CarryYearForm | None = None, status: int = 200
    ) -> HttpResponse:
        several = len(self.contract.years) > 1
        offered = actions or self._offered()
        return self.render(
            "contracts/proposal/renewal.html",
            status=status,
            form=offered,
            years_form=(years or CarryYearForm(years=self.contract.years)) if several else None,
            any_action=bool(offered.fields["actions"].choices),
            editable=self.can_edit(P.PROPOSAL_WRITE),
        )


def _name(action: Action) -> str:
    return f"{action.title} ({action.contract.reference}, action {action.number}, {action.axis.label})"
