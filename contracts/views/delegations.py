"""The published act of a delegation of signature: deposited by its organisation, read by it alone."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import Delegation
from accounts.roles import Permission
from accounts.services.delegations import keep_act
from contracts.mixins import ActorView
from ctai.forms import DsfrForm
from documents.enums import UploadKind
from documents.forms import DepositField
from documents.mixins import file_response
from documents.uploads import accept


class ActForm(DsfrForm):
    act = DepositField(label="Arrêté publié", help_text="PDF, 20 Mo au plus.", must_be_plain_pdf=True)


class DelegationView(ActorView):
    """A page about a delegation of one's own organisation."""

    def prepare(self, **kwargs: Any) -> None:
        own = Delegation.objects.filter(organisation=self.actor.organisation.pk).select_related("organisation", "act")
        self.delegation = get_object_or_404(own, pk=kwargs["pk"])


class ActFileView(DelegationView):
    """Serves the act."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        if self.delegation.act is None:
            raise Http404("L’arrêté n’a pas été joint.")
        return file_response(self.delegation.act)


class KeepActView(DelegationView):
    """Takes the file of the act."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.allow(Permission.DELEGATION_EDIT)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(ActForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = ActForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        with transaction.atomic():
            upload = accept(
                form.cleaned_data["act"],
                kind=UploadKind.DELEGATION_ACT,
                contract_id=None,
                organisation=self.actor.organisation,
                by=self.actor,
                now=self.now,
            )
            keep_act(delegation=self.delegation, upload_id=upload.pk, by=self.actor, now=self.now)
        messages.success(request, f"Arrêté {self.delegation.reference} joint à la délégation.")
        return redirect("accounts:delegations")

    def _show(self, form: ActForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "delegation": self.delegation}
        return render(self.request, "contracts/delegation_act.html", context, status=status)
