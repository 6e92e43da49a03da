"""What the préfecture records of Chorus on a tranche: a commitment, a payment, a correction."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.roles import Permission
from contracts.enums import Origin
from contracts.forms.expenditure import (
    CommitmentCorrectionForm,
    CommitmentForm,
    CorrectionForm,
    ExpenditureForm,
    PaymentForm,
)
from contracts.mixins import FileView
from contracts.services.expenditure import ELSEWHERE, correct_expenditure, record_expenditure
from contracts.tranches import payment_plan
from contracts.views.written import REFUSALS, reasons_of
from funding.balances import balances_of, commitments_of
from funding.enums import ExpenditureKind
from funding.errors import InputRefused
from funding.models import Expenditure


class _EntryView(FileView):
    """An entry of Chorus on the tranche of a year."""

    page = "tranches"
    template: str
    nothing: str
    done: str

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(Permission.EXPENDITURE_RECORD)
        self.year: int = kwargs["year"]
        if self.year not in self.contract.years:
            raise Http404("Cette année n’est pas du contrat.")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if self.contract.origin == Origin.IMPORTED or not self.offered():
            imported = self.contract.origin == Origin.IMPORTED
            messages.warning(request, ELSEWHERE if imported else self.nothing.format(year=self.year))
            return self.back("tranches", anchor=f"tranche-{self.year}")
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            record_expenditure(self.contract.pk, self.year, form.entry(), by=self.actor, now=self.now)
        except InputRefused as refusal:
            form.refuse(refusal.errors)
        except REFUSALS as refusal:
            for reason in reasons_of(refusal):
                form.add_error(None, reason)
        else:
            messages.success(request, self.done)
            return self.back("tranches", anchor=f"tranche-{self.year}")
        return self.show(form, status=422)

    def offered(self) -> list[Any]:
        """Return what an entry may be recorded upon."""
        raise NotImplementedError

    def form(self, *data: Any) -> ExpenditureForm:
        raise NotImplementedError

    def show(self, form: ExpenditureForm, status: int = 200) -> HttpResponse:
        return self.render(self.template, status=status, form=form, year=self.year, **self.more())

    def more(self) -> dict[str, Any]:
        return {}


class CommitView(_EntryView):
    """Records a commitment upon what was notified."""

    template = "contracts/expenditure/commitment.html"
    nothing = "Tout ce qui est notifié pour {year} est déjà engagé, ou rien n’est notifié."
    done = "Engagement enregistré."

    def offered(self) -> list[Any]:
        return [each for each in balances_of(self.contract.pk, self.year) if each.to_commit > 0]

    def form(self, *data: Any) -> CommitmentForm:
        balances = self.offered()
        initial = {"amount": balances[0].to_commit} if len(balances) == 1 else {}
        return CommitmentForm(*data, balances=balances, initial=initial, today=timezone.localdate(self.now))


class PayView(_EntryView):
    """Records a payment upon a commitment."""

    template = "contracts/expenditure/payment.html"
    nothing = "Aucun engagement de la tranche {year} n’attend de versement : enregistrez d’abord l’engagement."
    done = "Versement enregistré : la collectivité est prévenue."

    def offered(self) -> list[Any]:
        return [each for each in commitments_of(self.contract.pk, self.year) if each.to_pay > 0]

    def form(self, *data: Any) -> PaymentForm:
        return PaymentForm(*data, commitments=self.offered(), today=timezone.localdate(self.now))

    def more(self) -> dict[str, Any]:
        return {"plan": payment_plan(self.contract, self.year)}


class CorrectView(FileView):
    """Undoes an entry that was wrong."""

    page = "tranches"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(Permission.EXPENDITURE_RECORD)
        found = Expenditure.objects.filter(contract=self.contract, pk=kwargs["pk"], corrects__isnull=True).first()
        if found is None:
            raise Http404("Cette écriture n’existe pas.")
        self.wrong = found

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            reason, exact = form.cleaned_data["reason"], form.exact()
            correct_expenditure(
                self.contract.pk, self.wrong.pk, reason=reason, exact=exact, by=self.actor, now=self.now
            )
        except InputRefused as refusal:
            form.refuse(refusal.errors)
            return self.show(form, status=422)
        except REFUSALS as refusal:
            for reason in reasons_of(refusal):
                form.add_error(None, reason)
            return self.show(form, status=422)
        messages.success(
            request,
            "Engagement remplacé : l’ancien, sa correction et le nouveau restent visibles."
            if exact
            else "Écriture corrigée : son montant est retiré, les deux lignes restent visibles.",
        )
        return self.back("tranches", anchor=f"tranche-{self.wrong.year}")

    def form(self, *data: Any) -> CorrectionForm:
        if self.wrong.kind != ExpenditureKind.COMMITMENT:
            return CorrectionForm(*data)
        return CommitmentCorrectionForm(*data, wrong=self.wrong, today=timezone.localdate(self.now))

    def show(self, form: CorrectionForm, status: int = 200) -> HttpResponse:
        return self.render("contracts/expenditure/correction.html", status=status, form=form, entry=self.wrong)
