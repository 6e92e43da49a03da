"""The pages of the parties: co-signataires, préfectures, agent in charge."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse

from accounts.enums import OrganisationKind
from accounts.models import Organisation, User
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.forms.letter import CosignatoryForm, LeaveForm
from contracts.mixins import FileView
from contracts.models import AssociatedService, CoSignatory
from contracts.services import parties
from ctai.forms import DsfrForm
from territories.models import LocalAuthority
from territories.queries import search


class CosignatoryView(FileView):
    """Adds a collectivité that will sign too."""

    page = "letter"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PARTIES_MANAGE)
        return self._show(CosignatoryForm(initial={"authority": request.GET.get("collectivite", "")}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.PARTIES_MANAGE)
        form = CosignatoryForm(request.POST)
        if form.is_valid():
            try:
                parties.add_cosignatory(
                    self.contract.pk,
                    authority=form.cleaned_data["authority"],
                    may_write=form.cleaned_data["may_write"],
                    by=self.actor,
                    now=self.now,
                )
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, f"{form.cleaned_data['authority'].full_name} est co-signataire.")
                return self.back("letter", "co-signataires")
        return self._show(form, status=422)

    def _show(self, form: CosignatoryForm, status: int = 200) -> HttpResponse:
        text = self.request.GET.get("q", "")
        chosen = form["authority"].value()
        return self.render(
            "contracts/cosignatory.html",
            status=status,
            form=form,
            text=text,
            found=search(text, limit=20) if text else [],
            chosen=LocalAuthority.objects.with_places().filter(uid=chosen).first() if chosen else None,
        )


class LeaveView(FileView):
    """Lets a co-signataire step out before signature."""

    page = "letter"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        rows = CoSignatory.objects.filter(contract=self.contract, left_at__isnull=True, pk=kwargs["pk"])
        cosigner = rows.select_related("authority__departement", "authority__region").first()
        if cosigner is None:
            raise Http404("Ce co-signataire n’existe pas.")
        itself = self.actor.organisation.local_authority_id == cosigner.authority_id
        if not itself and not self.may(Permission.PARTIES_MANAGE):
            raise PermissionDenied
        self.cosigner = cosigner

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render("contracts/leave.html", form=LeaveForm(), cosigner=self.cosigner)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = LeaveForm(request.POST)
        if form.is_valid():
            try:
                parties.leave(
                    self.contract.pk,
                    cosignatory_id=self.cosigner.pk,
                    reason=form.cleaned_data["reason"],
                    by=self.actor,
                    now=self.now,
                )
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, f"{self.cosigner.authority.full_name} n’est plus co-signataire.")
                return self.back("letter" if self.may(Permission.PARTIES_MANAGE) else "file")
        return self.render("contracts/leave.html", status=422, form=form, cosigner=self.cosigner)


class OtherServiceForm(DsfrForm):
    """Another préfecture."""

    organisation = forms.ModelChoiceField(
        label="Préfecture", queryset=Organisation.objects.none(), empty_label="Choisir une préfecture"
    )

    def __init__(self, *args: Any, lead: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        state = Organisation.objects.filter(kind__in=[OrganisationKind.PREFECTURE, OrganisationKind.REGIONAL])
        self.fields["organisation"].queryset = state.exclude(pk=lead.pk).order_by("name", "pk")


class AgentForm(DsfrForm):
    """The agent in charge."""

    agent = forms.ModelChoiceField(
        label="Agent en charge", queryset=User.objects.none(), empty_label="Choisir un agent"
    )

    def __init__(self, *args: Any, agents: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = User.objects.filter(pk__in=[each.pk for each in agents])
        self.fields["agent"].queryset = chosen.order_by("last_name", "pk")


class ServicesView(FileView):
    """The préfectures of the file: associated ones, transfer of the lead, agent in charge."""

    page = "file"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._entitled()
        return self._show()

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._entitled()
        try:
            return self._do(request.POST.get("act", ""))
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
            return self._show(status=422)

    def _entitled(self) -> None:
        invited = self.contract.proposed_lead_service_id == self.actor.organisation.pk
        if not invited and not self.may(Permission.SERVICES_MANAGE):
            raise PermissionDenied

    def _do(self, act: str) -> HttpResponse:
        if act == "accept":
            parties.accept_transfer(self.contract.pk, by=self.actor, now=self.now)
            messages.success(self.request, "Le dossier est maintenant celui de votre préfecture.")
            return self.back("file")
        if act == "cancel":
            parties.propose_transfer(self.contract.pk, organisation=None, by=self.actor, now=self.now)
            return self.back("services")
        if act == "agent":
            agent_form = AgentForm(self.request.POST, agents=parties.agents_of(self.contract), prefix="agent")
            if not agent_form.is_valid():
                return self._show(status=422, agent_form=agent_form)
            parties.assign_agent(self.contract.pk, agent=agent_form.cleaned_data["agent"], by=self.actor, now=self.now)
            return self.back("services")
        form = OtherServiceForm(self.request.POST, lead=self.contract.lead_service, prefix=act)
        if act not in ("associate", "propose") or not form.is_valid():
            return self._show(status=422, **{f"{act}_form": form} if act in ("associate", "propose") else {})
        organisation = form.cleaned_data["organisation"]
        if act == "associate":
            parties.associate_service(self.contract.pk, organisation=organisation, by=self.actor, now=self.now)
        else:
            parties.propose_transfer(self.contract.pk, organisation=organisation, by=self.actor, now=self.now)
        return self.back("services")

    def _show(self, status: int = 200, **given: DsfrForm) -> HttpResponse:
        lead = self.contract.lead_service
        context: dict[str, Any] = {
            "associate_form": OtherServiceForm(lead=lead, prefix="associate"),
            "propose_form": OtherServiceForm(lead=lead, prefix="propose"),
            "agent_form": AgentForm(agents=parties.agents_of(self.contract), prefix="agent"),
            "associated": AssociatedService.objects.filter(contract=self.contract).select_related("organisation"),
            "invited": self.contract.proposed_lead_service_id == self.actor.organisation.pk,
            "manages": self.can_edit(Permission.SERVICES_MANAGE),
        }
        return self.render("contracts/services.html", status=status, **(context | given))
