"""What helps to decide: the grid of criteria, the opinions asked of other services."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts.enums import OpinionVerdict
from contracts.forms.review import AskOpinionForm, OpinionForm
from contracts.models import Opinion
from contracts.services.assessments import assess
from contracts.services.opinions import ask_opinion, record_opinion
from contracts.views.review import ReviewPage
from contracts.views.written import REFUSALS, reasons_of


class AssessView(ReviewPage):
    """Records the grid of criteria."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.AMOUNT_PROPOSE)
        form = self.assessment_form(request.POST)
        if form.is_valid():
            try:
                assess(self.contract.pk, grid=form.grid(), by=self.actor, now=self.now)
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                messages.success(request, "Grille d’instruction enregistrée.")
                return self.back(anchor="grille")
        return self.show(status=422, bound={"grid": form})


class AskOpinionView(ReviewPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPINION_RECORD)
        form = AskOpinionForm(request.POST, prefix="opinion")
        if form.is_valid():
            try:
                ask_opinion(self.contract.pk, **form.cleaned_data, by=self.actor, now=self.now)
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                return self.back(anchor="avis")
        return self.show(status=422, bound={"opinion": form})


class OpinionView(ReviewPage):
    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.OPINION_RECORD)
        opinion = Opinion.objects.filter(contract=self.contract, pk=kwargs["pk"]).first()
        if opinion is None:
            raise Http404("Cet avis n’existe pas dans ce dossier.")
        prefix = f"opinion-{opinion.pk}"
        form = OpinionForm(request.POST, request.FILES, prefix=prefix)
        if form.is_valid():
            entry = form.cleaned_data | {"verdict": OpinionVerdict(form.cleaned_data["verdict"])}
            try:
                record_opinion(self.contract.pk, opinion.pk, **entry, by=self.actor, now=self.now)
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                return self.back(anchor="avis")
        return self.show(status=422, bound={prefix: form})
