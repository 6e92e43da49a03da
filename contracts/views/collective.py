"""Every request of a year, page by page: the what-if of a préfecture or a région, and its scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.enums import Side
from accounts.roles import Permission, Role, may
from campaigns.models import Campaign
from campaigns.queries import current_campaign
from contracts.collective import Line, Reading, envelopes_needed, places_of, requests_for, scenarios_of
from contracts.collective_page import groups, sums_of
from contracts.errors import TransitionRefused
from contracts.forms.collective import RequestFilterForm, ScenarioForm
from contracts.history import scenario_events
from contracts.mixins import ActorView
from contracts.models import Scenario
from contracts.services.applying import AlreadyApplied, ScenarioMoved, apply_scenario
from contracts.services.scenarios import Saved, known, remove_scenario, save_scenario
from ctai.text import count, euros
from funding.errors import InputRefused

PAGE_SIZE = 50


class CollectiveView(ActorView):
    """Reads the requests of a year together, and saves, applies or removes a scenario."""

    year: int
    place: str
    scenario: Scenario | None

    def prepare(self, **kwargs: Any) -> None:
        self.allow(Permission.REQUESTS_READ)
        self.year = self._year()
        self.places = places_of(self.actor)
        self.place = self.request.GET.get("departement", "")
        if self.place and self.place not in dict(self.places):
            raise Http404("Ce département n’est pas du ressort de votre service.")
        self.scenario = self._scenario(self.request.GET.get("scenario", ""))
        self.may_edit = may(self.actor, Permission.REQUESTS_COMPARE)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(self._read())

    def post(self, request: HttpRequest) -> HttpResponse:
        self.allow(Permission.REQUESTS_COMPARE)
        act = request.POST.get("act", "")
        if act in ("apply", "remove"):
            if self.scenario is None:
                raise Http404("Choisissez un scénario.")
            return self._apply(self.scenario) if act == "apply" else self._remove(self.scenario)
        return self._save()

    # --- what is read

    def _read(self) -> Reading:
        stored = known(self.scenario) if self.scenario else None
        return Reading(requests_for(self.actor, self.year, self.place), stored)

    def _year(self) -> int:
        asked = self.request.GET.get("annee", "")
        years = {str(year): year for year in Campaign.objects.values_list("year", flat=True)}
        if asked and asked not in years:
            raise Http404("Il n’y a pas de campagne pour cette année.")
        campaign = current_campaign(self.now)
        return years[asked] if asked else campaign.year if campaign else max(years.values(), default=self.now.year)

    def _scenario(self, key: str) -> Scenario | None:
        if not key:
            return None
        found = scenarios_of(self.actor, self.year, self.place)
        keys = {str(pk): pk for pk in found.values_list("pk", flat=True)}
        found = found.select_related("organisation", "saved_by", "applied_by", "removed_by")
        return get_object_or_404(found, pk=keys.get(key, 0))

    # --- what is done

    def _save(self) -> HttpResponse:
        reading = self._read()
        form = self._form(reading, self.request.POST)
        if not form.is_valid():
            return self._show(reading, form, status=422)
        try:
            saved = save_scenario(
                year=self.year,
                name=form.cleaned_data["name"],
                changes=form.changes(),
                base=self.scenario,
                by=self.actor,
                now=self.now,
            )
        except InputRefused as refusal:
            for field, text in refusal.errors.items():
                form.add_error(field, text)
            return self._show(reading, form, status=422)
        self._tell(saved, self._left(reading))
        if saved.conflicts:
            return self._conflict(saved)
        step = 1 if self.request.POST.get("act") == "next" else 0
        return redirect(self._address(scenario=saved.scenario, step=step))

    def _left(self, reading: Reading) -> list[Line]:
        """Return the lines sent that are no longer under review."""
        return [line for line in reading.lines if not line.is_open and f"amount-{line.action_id}" in self.request.POST]

    def _tell(self, saved: Saved, left: list[Line]) -> None:
        name = saved.scenario.name
        if left:
            titles = ", ".join(f"«\u00a0{line.title}\u00a0»" for line in left)
            messages.warning(self.request, f"Plus à l’instruction, donc non enregistré\u00a0: {titles}.")
        if saved.changed or not saved.conflicts:
            changed = count(saved.changed, "ligne", "lignes") if saved.changed else "rien n’avait changé"
            messages.success(
                self.request,
                f"Scénario «\u00a0{name}\u00a0» enregistré\u00a0: {changed}. Aucun dossier n’a été modifié.",
            )

    def _conflict(self, saved: Saved) -> HttpResponse:
        """Show again the cells that someone else changed: what was typed in them, what is stored beside."""
        self.scenario = self._scenario(str(saved.scenario.pk))
        reading = self._read()
        names = [f"{name}-{pk}" for pk in saved.conflicts for name in ("amount", "reason")]
        typed = {name: self.request.POST.get(name, "") for name in names} | {"name": saved.scenario.name}
        form = self._form(reading, typed)
        form.is_valid()
        for pk, (amount, reason) in saved.conflicts.items():
            why = f" (motif\u00a0: {reason})" if reason else ""
            form.add_error(
                f"amount-{pk}",
                f"Une autre personne a enregistré {euros(amount)}{why} depuis l’affichage de la page. Enregistrez de "
                "nouveau pour garder votre montant, ou reprenez le sien.",
            )
        return self._show(reading, form, status=409)

    def _apply(self, scenario: Scenario) -> HttpResponse:
        typed = self.request.POST.get("version", "")
        version = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0
        try:
            files = apply_scenario(scenario=scenario, version=version, by=self.actor, now=self.now)
        except AlreadyApplied as refusal:
            messages.info(self.request, " ".join(refusal.reasons))
        except TransitionRefused as refusal:
            return self._show(
                self._read(), refused=refusal.reasons, status=409 if isinstance(refusal, ScenarioMoved) else 422
            )
        else:
            where = count(files, "dossier", "dossiers")
            messages.success(self.request, f"Montants proposés dans {where}. La décision reste à prendre dans chacun.")
        return redirect(self._address(scenario=scenario))

    def _remove(self, scenario: Scenario) -> HttpResponse:
        try:
            remove_scenario(scenario=scenario, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            return self._show(self._read(), refused=refusal.reasons, status=409)
        messages.success(
            self.request, f"Scénario «\u00a0{scenario.name}\u00a0» retiré. Il reste lisible dans la liste."
        )
        return redirect(self._address(scenario=None))

    def _address(self, *, scenario: Scenario | None, step: int = 0, without: Iterable[str] = ()) -> str:
        """Return the address of this page with a scenario, some pages further, the filters kept but for some."""
        query = self.request.GET.copy()
        query["annee"] = str(self.year)
        for name in ("scenario", *without):
            query.pop(name, None)
        if scenario is not None:
            query["scenario"] = str(scenario.pk)
        if step:
            page = query.get("page", "1")
            query["page"] = str((int(page) if page.isascii() and page.isdigit() else 1) + step)
        return f"{reverse('contracts:collective')}?{query.urlencode()}"

    # --- what is shown

    @property
    def owns(self) -> bool:
        """Whether the scenario that is shown is of the person's own organisation."""
        return self.scenario is not None and self.scenario.organisation_id == self.actor.organisation.pk

    def _filters(self, reading: Reading) -> RequestFilterForm:
        return RequestFilterForm(
            self.request.GET,
            places=self.places,
            lines=reading.lines,
            goes_on=self.owns or self.scenario is None,
            whole="Choisir" if self.actor.side == Side.NATIONAL else "Toute la région",
        )

    def _page(self, kept: list[Line]) -> Page[Line]:
        return Paginator(kept, PAGE_SIZE).get_page(self.request.GET.get("page"))

    def _shown(self, reading: Reading, kept: list[Line]) -> list[Line]:
        """Return the lines of the page, then those sent that a change in the list moved to another page."""
        shown = list(self._page(kept).object_list)
        sent = {name.partition("-")[2] for name in self.request.POST if name.startswith("amount-")}
        return shown + [line for line in reading.lines if str(line.action_id) in sent and line not in shown]

    def _form(self, reading: Reading, *data: Any) -> ScenarioForm:
        name = self.scenario.name if self.scenario and self.owns and not self.scenario.is_frozen else ""
        helped = "Gardez ce nom pour modifier ce scénario\u00a0; un autre nom en fait un nouveau." if name else ""
        lines = self._shown(reading, self._filters(reading).kept(reading.lines))
        return ScenarioForm(*data, lines=lines, amounts=reading.amounts, helped=helped, initial={"name": name})

    def _show(
        self, reading: Reading, form: ScenarioForm | None = None, *, refused: Sequence[str] = (), status: int = 200
    ) -> HttpResponse:
        filters = self._filters(reading)
        kept = filters.kept(reading.lines)
        if form is None and self.may_edit:
            form = self._form(reading)
        figures = reading.figures | (form.shown() if form else {})
        cells = form.cells() if form else {}
        context = {
            "filters": filters,
            "reset_url": self._address(scenario=self.scenario, without=filters.wanted) if filters.wanted else "",
            "page_obj": self._page(kept),
            "files": groups(self._shown(reading, kept), kept, figures, cells, reading.stored),
            "sums": sums_of(kept, figures, cells),
            "total": len(reading.lines),
            "envelopes": envelopes_needed(reading.lines, self.year, figures, cells),
            "form": form,
            "refused": refused,
            "error_title": "Quelqu’un d’autre a changé une de vos lignes" if status == HTTPStatus.CONFLICT else "",
        }
        return render(self.request, "contracts/collective/page.html", context | self._around(), status=status)

    def _around(self) -> dict[str, Any]:
        """Return what the page shows beside the lines: the scenarios, and what may be done with the one shown."""
        scenarios = scenarios_of(self.actor, self.year, self.place)
        mine = self.owns and self.scenario is not None and not self.scenario.is_frozen
        return {
            "scenario": self.scenario,
            "scenarios": scenarios.select_related("organisation", "saved_by", "applied_by", "removed_by").order_by(
                "-saved_at", "-pk"
            ),
            "events": scenario_events(self.scenario.pk) if self.scenario else [],
            "year": self.year,
            "tabs": self._tabs(),
            "place": self.place,
            "must_choose": not self.place and self.actor.side == Side.NATIONAL,
            "may_edit": self.may_edit,
            "may_remove": mine and self.may_edit,
            "may_apply": mine and self.actor.role == Role.STATE_SIGNATORY,
            "own": self.actor.organisation.pk,
        }

    def _tabs(self) -> list[dict[str, Any]]:
        address, years = reverse("contracts:collective"), Campaign.objects.order_by("-year")
        place = f"&departement={self.place}" if self.place else ""
        return [
            {"label": str(year), "url": f"{address}?annee={year}{place}", "current": year == self.year, "count": ""}
            for year in years.values_list("year", flat=True)
        ]
