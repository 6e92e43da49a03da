"""The campaigns: the ministry opens, changes and closes them; those who steer read them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone

from accounts.mixins import ActorView
from accounts.roles import Permission
from campaigns.defaults import AXES
from campaigns.forms.calendar import CampaignForm
from campaigns.models import Campaign
from campaigns.queries import axes_of, latest_campaign, with_mandatory_axes
from campaigns.services import change_campaign, close_campaign, open_campaign
from ctai.http import tell_printing


class CampaignListView(ActorView):
    """Lists the campaigns, the latest first."""

    permission = Permission.NATIONAL_READ

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.render(
            "campaigns/list.html",
            campaigns=with_mandatory_axes(),
            may_manage=self.may(Permission.CAMPAIGN_MANAGE),
        )


class CampaignFormView(ActorView):
    """The form of a campaign, new or not."""

    permission = Permission.CAMPAIGN_MANAGE

    def form(self, *data: Any, campaign: Campaign | None = None, **options: Any) -> CampaignForm:
        axes = [(axis.code, axis.label) for axis in axes_of(campaign or latest_campaign())] or AXES
        return CampaignForm(*data, axes=axes, campaign=campaign, **options)

    def show(self, form: CampaignForm, campaign: Campaign | None = None, status: int = 200) -> HttpResponse:
        return self.render(
            "campaigns/form.html",
            status=status,
            form=form,
            campaign=campaign,
            last=latest_campaign(),
            tabs=parts(campaign, "campaigns:edit") if campaign else [],
        )


class CreateCampaignView(CampaignFormView):
    """Opens the campaign of a year, with the settings of the last one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        last = latest_campaign()
        initial = CampaignForm.initial_of(last) if last else {}
        initial.pop("instruction_reference", None)
        for name in ("opens_on", "submission_deadline", "closes_on"):
            if name in initial:
                initial[name] = next_year(initial[name])
        initial["year"] = last.year + 1 if last else timezone.localdate(self.now).year
        return self.show(self.form(initial=initial))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        if form.is_valid():
            try:
                campaign = open_campaign(**form.cleaned_data, by=self.actor, now=self.now)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, f"Campagne {campaign.year} ouverte.")
                tell_printing(request)
                return redirect("campaigns:list")
        return self.show(form, status=422)


class EditCampaignView(CampaignFormView):
    """Changes a campaign."""

    def get(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, year=year)
        return self.show(self.form(campaign=campaign, initial=CampaignForm.initial_of(campaign)), campaign)

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        campaign = get_object_or_404(Campaign, year=year)
        form = self.form(request.POST, campaign=campaign)
        if form.is_valid():
            try:
                change_campaign(campaign=campaign, **form.cleaned_data, by=self.actor, now=self.now)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, f"Campagne {year} enregistrée.")
                tell_printing(request)
                return redirect("campaigns:list")
        return self.show(form, campaign, status=422)


class CloseCampaignView(ActorView):
    """Closes a campaign: nothing more is taken on its envelopes."""

    permission = Permission.CAMPAIGN_MANAGE

    def post(self, request: HttpRequest, year: int) -> HttpResponse:
        close_campaign(campaign=get_object_or_404(Campaign, year=year), by=self.actor, now=self.now)
        messages.success(request, f"Campagne {year} close.")
        return redirect("campaigns:list")


def next_year(day: date) -> date:
    """Return the same day a year later; 28 February for the 29th."""
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


PARTS = {
    "campaigns:edit": "Calendrier et réglages",
    "campaigns:axes": "Axes",
    "campaigns:extensions": "Prolongations",
    "campaigns:targets": "Objectifs",
    "campaigns:criteria": "Grille d’instruction",
    "campaigns:coherence": "Cohérence",
    "campaigns:versions": "Questionnaire",
}


def parts(campaign: Campaign, current: str) -> list[dict[str, Any]]:
    """Return the parts of a campaign as tabs."""
    return [
        {"label": label, "url": reverse(name, args=[campaign.year]), "current": name == current, "count": ""}
        for name, label in PARTS.items()
    ]


def show_errors(form: CampaignForm, error: ValidationError) -> None:
    """Show the refusals of the model beside their fields."""
    for name, problems in error.message_dict.items():
        form.add_error(name if name in form.fields else None, problems)
