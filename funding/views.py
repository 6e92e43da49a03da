"""The envelopes: what each level holds, has distributed and has taken; the form that distributes."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from accounts.enums import OrganisationKind
from accounts.mixins import ActorView
from accounts.models import Organisation
from accounts.roles import Permission
from campaigns.models import Campaign
from ctai.text import NBSP, euros, long_date, signed_euros
from funding.enums import DistributionAct, Stage
from funding.errors import FundingRefused
from funding.forms import AllotForm, DateForm
from funding.holdings import Credit, Holding, holdings, stages_by_holder
from funding.models import ZERO, Allocation, Envelope
from funding.queries import envelopes_visible_to, history_of, last_allocation, receivers_of
from funding.services.distribution import allot, redeploy


class EnvelopeListView(ActorView):
    """Shows the envelopes of a year that exist for the person, and distributes one's own."""

    permission = Permission.ENVELOPE_READ

    def get(self, request: HttpRequest) -> HttpResponse:
        campaign = self._campaign(request)
        dated = DateForm(request.GET, today=timezone.localdate(self.now))
        if not dated.is_valid():
            return self._show(campaign, None, dated=dated, status=422)
        day, form = dated.cleaned_data["au"], None
        if campaign is not None and day is None and self.may(Permission.ENVELOPE_DISTRIBUTE):
            form = self._form(initial={"after": last_allocation()})
        return self._show(campaign, form, dated=dated, day=day)

    def post(self, request: HttpRequest) -> HttpResponse:
        if not self.may(Permission.ENVELOPE_DISTRIBUTE):
            raise PermissionDenied
        campaign = self._campaign(request)
        if campaign is None:
            raise Http404("Aucune campagne n’est ouverte.")
        form = self._form(request.POST)
        if form.is_valid():
            try:
                self._distribute(campaign, form)
            except FundingRefused as refusal:
                form.add_error("amount", str(refusal))
            else:
                messages.success(request, "Opération enregistrée.")
                return redirect(f"{reverse('funding:envelopes')}?annee={campaign.year}")
        return self._show(campaign, form, status=422)

    def _distribute(self, campaign: Campaign, form: AllotForm) -> None:
        entry, moved = form.cleaned_data, form.credits()
        places = Organisation.objects.select_related("departement").in_bulk([entry["organisation"], entry["receiver"]])
        end = places[entry["organisation"]]
        opens_credits = end.pk == self.organisation.pk
        own = Envelope.objects.select_related("campaign", "organisation").filter(
            campaign=campaign, organisation=self.organisation
        )
        source = own.first()
        if source is None and not opens_credits:
            raise FundingRefused("Votre enveloppe n’est pas encore ouverte pour cette année.")
        act: dict[str, Any] = {"amount": moved.ae, "cp_amount": moved.cp, "reason": entry["reason"]}
        act |= {"after": entry["after"], "by": self.actor, "now": self.now}
        if source is not None and entry["act"] == DistributionAct.REDEPLOY:
            if self.organisation.pk in places:
                raise FundingRefused("Un redéploiement va d’une organisation à une autre : attribuez, ou reprenez.")
            redeploy(source=source, origin=end, receiver=places[entry["receiver"]], **act)
        else:
            allot(campaign=campaign, organisation=end, source=None if opens_credits else source, **act)

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

    def _show(
        self,
        campaign: Campaign | None,
        form: AllotForm | None,
        *,
        dated: DateForm | None = None,
        day: date | None = None,
        status: int = 200,
    ) -> HttpResponse:
        at = None if day is None else end_of(day)
        visible = envelopes_visible_to(self.actor).filter(campaign=campaign)
        order = sorted(visible.select_related("organisation__region", "organisation__departement__region"), key=rank)
        rows = holdings(order, at)
        names, sums = self._stages(order, campaign, at)
        stages = [[name, *map(euros, amounts)] for name, amounts in zip(names, sums, strict=True)]
        history = history_of(order, at=at, limit=HISTORY_SHOWN + 1)
        own = next((each for each in rows if each.envelope.organisation_id == self.organisation.pk), None)
        return self.render(
            "funding/envelopes.html",
            status=status,
            campaign=campaign,
            tabs=self._tabs(campaign),
            own=own_bar(own) if own else None,
            tables=[
                {"caption": caption, "columns": columns, "rows": cells(rows, kind), "total": together(rows, kind)}
                for caption, columns, kind in CREDITS
            ],
            rows=rows,
            stage_columns=STAGE_COLUMNS,
            stages=stages,
            stages_total=["Ensemble", *(euros(sum(column, ZERO)) for column in zip(*sums, strict=True))],
            dated=dated or DateForm(today=timezone.localdate(self.now)),
            day=day,
            form=form,
            history=[allocation_cells(each) for each in history[:HISTORY_SHOWN]],
            history_goes_on=len(history) > HISTORY_SHOWN,
            history_columns=HISTORY_COLUMNS,
        )

    def _stages(
        self, envelopes: list[Envelope], campaign: Campaign | None, at: datetime | None
    ) -> tuple[list[str], list[list[Decimal]]]:
        """Return the holders whose files have money for the year, with the sum of each stage in euros."""
        if campaign is None:
            return [], []
        sums = stages_by_holder([each.organisation_id for each in envelopes], campaign.year, at)
        holders = {pk for pk, _ in sums}
        kept = [each.organisation for each in envelopes if each.organisation_id in holders]
        return [each.name for each in kept], [[sums.get((each.pk, stage), ZERO) for stage in STAGES] for each in kept]

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
#: How many distributions the page shows; an earlier date shows those before.
HISTORY_SHOWN = 50


def rank(envelope: Envelope) -> tuple[bool, str, int, str]:
    """Return where an envelope stands in the list: the ministry, then each région followed by its préfectures."""
    organisation = envelope.organisation
    region = organisation.departement.region if organisation.departement else organisation.region
    national = organisation.kind == OrganisationKind.NATIONAL
    return not national, region.name if region else "", LEVELS.index(organisation.kind), organisation.name


def column(label: str, *, numeric: bool = False) -> dict[str, Any]:
    """Return a column of a table."""
    return {"label": label, "numeric": numeric}


def _credit_columns(used: str) -> list[dict[str, Any]]:
    figures = [column(label, numeric=True) for label in ("Reçu", "Distribué", used, "Reste")]
    return [column("Organisation"), *figures]


AE, CP = _credit_columns("Retenu pour des contrats"), _credit_columns("Versé")
CREDITS = (("Autorisations d’engagement (AE)", AE, "ae"), ("Crédits de paiement (CP)", CP, "cp"))
#: The stages that follow each other; what is indicative draws on no envelope until its tranche is confirmed.
STAGES = tuple(Stage)
STAGE_COLUMNS = [column("Organisation"), *(column(str(each.label), numeric=True) for each in STAGES)]
HISTORY_COLUMNS = [
    column("Date"),
    column("De"),
    column("À"),
    column("AE", numeric=True),
    column("CP", numeric=True),
    column("Motif"),
    column("Par"),
]


def cells(rows: list[Holding], kind: str) -> list[list[str]]:
    """Return one kind of credit of each envelope as the cells of a row."""
    found: list[tuple[str, Credit]] = [(each.envelope.organisation.name, getattr(each, kind)) for each in rows]
    return [
        [name, *(euros(amount) for amount in (each.allotted, each.distributed, each.used, each.remaining))]
        for name, each in found
    ]


def together(rows: list[Holding], kind: str) -> list[str]:
    """Return one kind of credit of all the envelopes, what they gave each other left out; nothing for a single one."""
    if len(rows) < 2:
        return []
    whole = sum((getattr(each, kind) for each in rows), Credit())
    outside = whole.allotted - whole.distributed
    return ["Ensemble, distributions déduites", euros(outside), "", euros(whole.used), euros(whole.remaining)]


def end_of(day: date) -> datetime:
    """Return the last instant of a day at Paris."""
    return timezone.make_aware(datetime.combine(day, time.max))


def allocation_cells(row: Allocation) -> list[str]:
    """Return an allocation as the cells of a row."""
    return [
        long_date(row.recorded_at).replace(" ", NBSP),
        row.source.organisation.name if row.source else "Loi de finances",
        row.envelope.organisation.name,
        signed_euros(row.amount),
        signed_euros(row.cp_amount),
        row.reason,
        row.decided_by.full_name if row.decided_by else "",
    ]


def own_bar(holding: Holding) -> dict[str, Any]:
    """Return one's own envelope as a bar, with the same in words."""
    ae, cp = holding.ae, holding.cp
    whole = ae.allotted or 1
    return {
        "taken": round(ae.used * 100 / whole),
        "asked": round(ae.distributed * 100 / whole),
        "text": f"AE : {euros(ae.allotted)} reçus, {euros(ae.distributed)} distribués, {euros(ae.used)} retenus pour "
        f"des contrats, {euros(ae.remaining)} restants. CP : {euros(cp.allotted)} reçus, {euros(cp.distributed)} "
        f"distribués, {euros(cp.used)} versés, {euros(cp.remaining)} restants.",
    }
