"""The parts of a campaign that are rows: axes, extensions of the deadline, targets of the préfets."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.mixins import ActorView
from accounts.roles import Permission
from campaigns.coherence import rule_settings, set_rules
from campaigns.errors import Refused
from campaigns.forms.coherence import RulesForm
from campaigns.forms.settings import AxesForm, CriteriaForm, ExtensionForm, TargetsForm
from campaigns.models import Campaign
from campaigns.queries import criteria_of, extensions_of, targets_of
from campaigns.settings import extend_deadline, prefets, remove_extension, set_axes, set_criteria, set_targets
from campaigns.views.calendar import parts


class PartView(ActorView):
    """A part of a campaign: everyone who steers reads it, the manager changes it."""

    permission = Permission.CAMPAIGN_MANAGE
    page = ""

    def campaign(self, year: int) -> Campaign:
        return get_object_or_404(Campaign, year=year)

    def draw(self, campaign: Campaign, form: Any, status: int = 200, **context: Any) -> HttpResponse:
        """Answer with the page, under the tabs of the campaign."""
        return self.render(
            f"campaigns/{self.page}.html",
            status=status,
            campaign=campaign,
            form=form,
            tabs=parts(campaign, f"campaigns:{self.page}"),
            **context,
        )

    def done(self, campaign: Campaign, message: str) -> HttpResponse:
        messages.success(self.request, message)
        return redirect(f"campaigns:{self.page}", campaign.year)


class AxesView(PartView):
    """The axes of the year."""

    page = "axes"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        return self.draw(campaign, self._form(campaign))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        form = self._form(campaign, request.POST)
        if form.is_valid():
            label = form.cleaned_data["new_label"]
            try:
                set_axes(campaign=campaign, settings=form.settings(), new_label=label, by=self.actor, now=self.now)
            except Refused as refusal:
                form.add_error("new_label", str(refusal))
            else:
                return self.done(campaign, f"Axes {year} enregistrés.")
        return self.draw(campaign, form, status=422)

    def _form(self, campaign: Campaign, *data: Any) -> AxesForm:
        return AxesForm(*data, axes=campaign.axes.select_related("axis").order_by("rank", "pk"))


class CriteriaView(PartView):
    """The grid with which the préfectures review the requests."""

    page = "criteria"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        return self.draw(campaign, CriteriaForm(criteria=criteria_of(campaign)))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        form = CriteriaForm(request.POST, criteria=criteria_of(campaign))
        if form.is_valid():
            try:
                set_criteria(campaign=campaign, settings=form.settings(), by=self.actor, now=self.now)
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return self.done(campaign, f"Grille d’instruction {year} enregistrée.")
        return self.draw(campaign, form, status=422)


class ExtensionsView(PartView):
    """The extensions of the submission deadline."""

    page = "extensions"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        return self._draw(campaign, ExtensionForm(campaign=campaign))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        removed = request.POST.get("remove", "")
        if removed:
            keys = {str(pk): pk for pk in campaign.extensions.values_list("pk", flat=True)}
            extension = get_object_or_404(extensions_of(campaign), pk=keys.get(removed, 0))
            remove_extension(extension=extension, by=self.actor, now=self.now)
            return self.done(campaign, f"Prolongation retirée pour {extension.territory}.")
        form = ExtensionForm(request.POST, campaign=campaign)
        if form.is_valid():
            try:
                extension = extend_deadline(
                    campaign=campaign,
                    territory=form.place(),
                    deadline=form.cleaned_data["deadline"],
                    reason=form.cleaned_data["reason"],
                    by=self.actor,
                    now=self.now,
                )
            except Refused as refusal:
                form.add_error("deadline", str(refusal))
            else:
                return self.done(campaign, f"Prolongation enregistrée pour {extension.territory}.")
        return self._draw(campaign, form, status=422)

    def _draw(self, campaign: Campaign, form: ExtensionForm, status: int = 200) -> HttpResponse:
        return self.draw(campaign, form, status, extensions=extensions_of(campaign))


class CoherenceView(PartView):
    """The coherence rules of the year."""

    page = "coherence"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        return self.draw(campaign, RulesForm(settings=rule_settings(campaign)))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        form = RulesForm(request.POST, settings=rule_settings(campaign))
        if form.is_valid():
            set_rules(campaign=campaign, settings=form.settings(), by=self.actor, now=self.now)
            return self.done(campaign, f"Règles de cohérence {year} enregistrées.")
        return self.draw(campaign, form, status=422)


class TargetsView(PartView):
    """The contracts expected of each préfet."""

    page = "targets"

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        return self._draw(campaign, self._form(campaign))

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = self.campaign(year)
        form = self._form(campaign, request.POST)
        if form.is_valid():
            set_targets(campaign=campaign, targets=form.targets(), by=self.actor, now=self.now)
            return self.done(campaign, f"Objectifs {year} enregistrés.")
        return self._draw(campaign, form, status=422)

    def _form(self, campaign: Campaign, *data: Any) -> TargetsForm:
        return TargetsForm(*data, organisations=prefets(), targets=targets_of(campaign))

    def _draw(self, campaign: Campaign, form: TargetsForm, status: int = 200) -> HttpResponse:
        return self.draw(campaign, form, status, total=sum(targets_of(campaign).values()))
