"""Every request of a year on one page: the what-if of a préfecture or a région, and its scenarios."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.roles import Permission, Role
from campaigns.models import Campaign
from campaigns.queries import current_campaign
from contracts.collective import Line, envelopes_needed, requests_for
from contracts.errors import TransitionRefused
from contracts.forms.collective import ScenarioForm
from contracts.mixins import ActorView
from contracts.models import Scenario
from contracts.review import way
from contracts.services.scenarios import apply_scenario, save_scenario
from ctai.text import euros, signed_euros


class CollectiveView(ActorView):
    """Compares the requests of a year, and saves or applies a scenario."""

    year: int

    def prepare(self, **kwargs: Any) -> None:
        self.allow(Permission.REQUESTS_COMPARE)
        self.year = self._year()

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = request.GET.get("scenario", "")
        scenario = self._scenario(asked) if asked else None
        lines = requests_for(self.actor, self.year)
        return self._show(lines, self._form(lines, scenario), scenario)

    def post(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("act") == "apply":
            return self._apply(self._scenario(request.POST.get("scenario", "")))
        lines = requests_for(self.actor, self.year)
        form = self._form(lines, None, request.POST)
        if not form.is_valid():
            return self._show(lines, form, None, status=422)
        name = form.cleaned_data["name"]
        scenario = save_scenario(year=self.year, name=name, amounts=form.amounts(), by=self.actor, now=self.now)
        messages.success(request, f"Scénario «\u00a0{scenario.name}\u00a0» enregistré. Aucun dossier n’a été modifié.")
        return redirect(self._address(scenario))

    def _apply(self, scenario: Scenario) -> HttpResponse:
        try:
            files = apply_scenario(scenario=scenario, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            messages.error(self.request, " ".join(refusal.reasons))
        else:
            plural = "s" if files > 1 else ""
            messages.success(
                self.request,
                f"Montants proposés dans {files} dossier{plural}. La décision reste à prendre dans chacun.",
            )
        return redirect(self._address(scenario))

    def _year(self) -> int:
        asked = self.request.GET.get("annee", "")
        years = {str(year): year for year in Campaign.objects.values_list("year", flat=True)}
        if asked and asked not in years:
            raise Http404("Il n’y a pas de campagne pour cette année.")
        campaign = current_campaign(self.now)
        return years[asked] if asked else campaign.year if campaign else max(years.values(), default=self.now.year)

    def _scenario(self, key: str) -> Scenario:
        saved = Scenario.objects.filter(organisation=self.actor.organisation, year=self.year)
        keys = {str(pk): pk for pk in saved.values_list("pk", flat=True)}
        return get_object_or_404(saved, pk=keys.get(key, 0))

    def _address(self, scenario: Scenario) -> str:
        return f"{reverse('contracts:collective')}?annee={self.year}&scenario={scenario.pk}"

    def _form(self, lines: list[Line], scenario: Scenario | None, *data: Any) -> ScenarioForm:
        known = {each.action_id: (each.amount, each.reason) for each in scenario.amounts.all()} if scenario else {}
        return ScenarioForm(*data, lines=lines, known=known, initial={"name": scenario.name if scenario else ""})

    def _show(
        self, lines: list[Line], form: ScenarioForm, scenario: Scenario | None, status: int = 200
    ) -> HttpResponse:
        context = {
            "year": self.year,
            "tabs": self._tabs(),
            "files": [
                {"contract": contract, "lines": [self._cells(each, form) for each in group]}
                for contract, group in groupby(lines, key=lambda line: line.action.contract)
            ],
            "envelopes": envelopes_needed(lines, self.year, form.shown()),
            "form": form,
            "scenario": scenario,
            "scenarios": Scenario.objects.filter(organisation=self.actor.organisation, year=self.year)
            .select_related("saved_by", "applied_by")
            .order_by("-saved_at", "-pk"),
            "address": reverse("contracts:collective"),
            "may_apply": self.actor.role == Role.STATE_SIGNATORY,
        }
        return render(self.request, "contracts/collective.html", context, status=status)

    def _cells(self, line: Line, form: ScenarioForm) -> dict[str, Any]:
        cells = form.cells(line.action.pk) if line.is_open else None
        settled = line.proposed if line.granted is None else line.granted
        shown = form.shown().get(line.action.pk) if line.is_open else line.proposed
        difference = shown - line.requested if shown is not None else None
        return {
            "action": line.action,
            "cells": cells,
            "requested": euros(line.requested),
            "requested_cents": int(line.requested * 100),
            "settled": "" if settled is None else euros(settled),
            "difference": signed_euros(difference) if difference else "",
            "way": way(difference) if difference else "",
        }

    def _tabs(self) -> list[dict[str, Any]]:
        address, years = reverse("contracts:collective"), Campaign.objects.order_by("-year")
        return [
            {"label": str(year), "url": f"{address}?annee={year}", "current": year == self.year, "count": ""}
            for year in years.values_list("year", flat=True)
        ]
