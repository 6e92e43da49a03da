"""The envelopes: what each level holds, has distributed and has taken; the form that distributes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from accounts.enums import OrganisationKind
from accounts.mixins import ActorView
from accounts.models import Organisation
from accounts.roles import Permission
from campaigns.models import Campaign
from ctai.text import euros, long_date, signed_euros
from funding.errors import FundingRefused
from funding.forms import AllotForm
from funding.models import Allocation, Envelope
from funding.queries import envelopes_visible_to, history_of, last_allocation, receivers_of
from funding.services.envelopes import allot


class EnvelopeListView(ActorView):
    """Shows the envelopes of a year that exist for the person, and distributes one's own."""

    permission = Permission.ENVELOPE_READ

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = self._campaign(request)
        form = None
        if campaign is not None and self.may(Permission.ENVELOPE_DISTRIBUTE):
            form = self._form(initial={"after": last_allocation()})
        return self._show(campaign, form)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.may(Permission.ENVELOPE_DISTRIBUTE):
            raise PermissionDenied
        campaign = self._campaign(request)
        if campaign is None:
            raise Http404("Aucune campagne n’est ouverte.")
        form = self._form(request.POST)
        if form.is_valid():
            try:
                self._allot(campaign, form.cleaned_data)
            except FundingRefused as refusal:
                form.add_error("amount", str(refusal))
            else:
                messages.success(request, "Attribution enregistrée.")
                return redirect(f"{reverse('funding:envelopes')}?annee={campaign.year}")
        return self._show(campaign, form, status=422)

    def _allot(self, campaign: Campaign, entry: dict[str, Any]) -> None:
        receiver = Organisation.objects.select_related("departement").get(pk=entry["organisation"])
        opens_credits = receiver.pk == self.organisation.pk
        own = Envelope.objects.filter(campaign=campaign, organisation=self.organisation).first()
        if own is None and not opens_credits:
            raise FundingRefused("Votre enveloppe n’est pas encore ouverte pour cette année.")
        allot(
            campaign=campaign,
            organisation=receiver,
            amount=entry["amount"],
            source=None if opens_credits else own,
            reason=entry["reason"],
            by=self.actor,
            now=self.now,
            after=entry["after"],
        )

    def _campaign(self, request: HttpRequest) -> Campaign | None:
        year = request.GET.get("annee", "")
        campaigns = Campaign.objects.order_by("-year")
        if not year:
            return campaigns.first()
        found = next((each for each in campaigns if str(each.year) == year), None)
        if found is None:
            raise Http404("Il n’y a pas de campagne pour cette année.")
        return found

    def _form(self, *data: Any, **options: Any) -> AllotForm:
        organisations = [(each.pk, each.name) for each in receivers_of(self.organisation)]
        if self.organisation.kind == OrganisationKind.NATIONAL:
            organisations.insert(0, (self.organisation.pk, f"{self.organisation.name} (crédits ouverts par la loi)"))
        return AllotForm(*data, organisations=organisations, **options)

    def _show(self, campaign: Campaign | None, form: AllotForm | None, status: int = 200) -> HttpResponse:
        visible = envelopes_visible_to(self.actor).filter(campaign=campaign)
        envelopes = sorted(visible, key=lambda each: (LEVELS.index(each.organisation.kind), each.organisation.name))
        own = next((each for each in envelopes if each.organisation_id == self.organisation.pk), None)
        return self.render(
            "funding/envelopes.html",
            status=status,
            campaign=campaign,
            tabs=self._tabs(campaign),
            own=own_bar(own) if own else None,
            columns=COLUMNS,
            rows=[envelope_cells(each) for each in envelopes],
            form=form,
            history=[allocation_cells(each) for each in history_of(envelopes)],
            history_columns=HISTORY_COLUMNS,
        )

    def _tabs(self, campaign: Campaign | None) -> list[dict[str, Any]]:
        years = Campaign.objects.order_by("-year").values_list("year", flat=True)
        address = reverse("funding:envelopes")
        return [
            {
                "label": str(year),
                "url": f"{address}?annee={year}",
                "current": campaign is not None and campaign.year == year,
                "count": "",
            }
            for year in years
        ]


LEVELS = (OrganisationKind.NATIONAL, OrganisationKind.REGIONAL, OrganisationKind.PREFECTURE)


def column(label: str, *, numeric: bool = False) -> dict[str, Any]:
    """Return a column of a table."""
    return {"label": label, "numeric": numeric}


COLUMNS = [
    column("Organisation"),
    column("Reçu", numeric=True),
    column("Distribué", numeric=True),
    column("Retenu pour des contrats", numeric=True),
    column("Reste", numeric=True),
]
HISTORY_COLUMNS = [
    column("Date"),
    column("De"),
    column("À"),
    column("Montant", numeric=True),
    column("Motif"),
    column("Par"),
]


def envelope_cells(envelope: Envelope) -> list[str]:
    """Return an envelope as the cells of a row."""
    return [
        envelope.organisation.name,
        euros(envelope.allotted),
        euros(envelope.distributed),
        euros(envelope.taken),
        euros(envelope.remaining),
    ]


def allocation_cells(row: Allocation) -> list[str]:
    """Return an allocation as the cells of a row."""
    return [
        long_date(row.recorded_at),
        row.source.organisation.name if row.source else "Loi de finances",
        row.envelope.organisation.name,
        signed_euros(row.amount),
        row.reason,
        row.decided_by.full_name if row.decided_by else "",
    ]


def own_bar(envelope: Envelope) -> dict[str, Any]:
    """Return one's own envelope as a bar, with the same in words."""
    whole = envelope.allotted or 1
    return {
        "taken": round(envelope.taken * 100 / whole),
        "asked": round(envelope.distributed * 100 / whole),
        "text": f"{euros(envelope.allotted)} reçus, {euros(envelope.distributed)} distribués, "
        f"{euros(envelope.taken)} retenus pour des contrats, {euros(envelope.remaining)} restants.",
    }
