"""The funding request as a whole: who is paid what each year, on which account, and the draft to reread."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts import frame
from contracts.acts import ATTESTATION
from contracts.budgets import masked_iban, summary
from contracts.errors import TransitionRefused
from contracts.forms.payee import PayeeForm
from contracts.proposal import total_tables
from contracts.queries import signing_funders
from contracts.services.drafting import REQUEST_STATES as DRAFTED
from contracts.services.drafting import issue_request_draft
from contracts.services.editing import editing
from contracts.views.proposal import ProposalPage
from contracts.views.written import REFUSALS, reasons_of
from ctai.text import euros
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument, Upload
from documents.uploads import accept
from funding.errors import InputRefused
from funding.figures import total, totals_of
from funding.models import Payee
from funding.queries import Due, actions_of, payees_due
from funding.services.payees import save_payee

P = Permission


class RequestSummaryView(ProposalPage):
    """Shows the request on one page, before and after its deposit."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contract, actions = self.contract, actions_of(self.contract.pk)
        totals, due = totals_of(actions, contract.years), payees_due(contract.pk, actions)
        main, _ = frame.offers(contract, self.actor, self.facts)
        known = self.may(P.PROPOSAL_WRITE) or self.may(P.AMOUNT_PROPOSE)
        papers = Upload.objects.visible_to(self.actor).filter(contract=contract, kind=UploadKind.IBAN)
        readable = set(papers.order_by().values_list("pk", flat=True)) if known else set()
        return self.render(
            "contracts/proposal/request.html",
            actions=actions,
            facts=summary(actions, totals, signing_funders(contract)),
            payees=_payee_table(due, totals.years),
            accounts=[_account(each, readable) for each in due if each.siret],
            tables=total_tables(totals) if actions else [],
            attestation=ATTESTATION,
            documents=self._documents(),
            editable=self.can_edit(P.PROPOSAL_WRITE),
            may_draft=known and contract.state in DRAFTED,
            offer=main if main and main.name in ("submit_proposal", "resubmit") else None,
        )

    def _documents(self) -> list[IssuedDocument]:
        issued = IssuedDocument.objects.visible_to(self.actor).filter(
            contract=self.contract, kind=DocumentKind.FUNDING_REQUEST, superseded_at__isnull=True
        )
        return list(issued.defer("data").order_by("-pk"))


class RequestDraftView(ProposalPage):
    """Asks for a working version of the request, watermarked."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not (self.may(P.PROPOSAL_WRITE) or self.may(P.AMOUNT_PROPOSE)):
            raise PermissionDenied
        try:
            issue_request_draft(self.contract.pk, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return self.back("request_summary", anchor="document")


class PayeeView(ProposalPage):
    """Writes down where a beneficiary is paid."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(P.PROPOSAL_WRITE)
        found = [each for each in payees_due(self.contract.pk) if each.siret == kwargs["siret"]]
        if not found:
            raise Http404("Aucune action de ce dossier n’est versée à ce bénéficiaire.")
        self.due = found[0]
        account = self.due.account
        # The whole IBAN is for those who may open the paper that bears it, and for them alone.
        readable = Upload.objects.visible_to(self.actor)
        self.is_told = account is None or readable.filter(pk=account.upload_id).exists()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        account = self.due.account
        initial = {"holder": account.holder if account else self.due.name}
        if account and self.is_told:
            initial["iban"] = account.iban
        return self._show(self._form(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if form.is_valid():
            try:
                self._write(form)
            except InputRefused as refusal:
                form.refuse(refusal.errors)
            except REFUSALS as refusal:
                for reason in reasons_of(refusal):
                    form.add_error(None, reason)
            else:
                messages.success(request, f"Coordonnées bancaires enregistrées : {self.due.name}.")
                self.tell_printing()
                return redirect(f"{self.url('request_summary')}#versements")
        return self._show(form, status=422)

    def _form(self, *data: Any, **options: Any) -> PayeeForm:
        account = self.due.account
        return PayeeForm(*data, kept=masked_iban(account.iban) if account and not self.is_told else "", **options)

    def _write(self, form: PayeeForm) -> Payee:
        payload: dict[str, Any] = {"siret": self.due.siret}
        with editing(
            self.contract.pk, P.PROPOSAL_WRITE, by=self.actor, now=self.now, kind="payee_saved", payload=payload
        ):
            file, upload_id = form.cleaned_data["file"], None
            if file:
                upload_id = accept(
                    file,
                    kind=UploadKind.IBAN,
                    contract_id=self.contract.pk,
                    organisation=self.actor.organisation,
                    by=self.actor,
                    now=self.now,
                ).pk
            return save_payee(
                contract_id=self.contract.pk,
                siret=self.due.siret,
                holder=form.cleaned_data["holder"],
                iban=form.cleaned_data["iban"] or None,
                upload_id=upload_id,
                by=self.actor,
                now=self.now,
            )

    def _show(self, form: PayeeForm, status: int = 200) -> HttpResponse:
        return self.render(
            "contracts/proposal/payee.html",
            status=status,
            form=form,
            due=self.due,
            account=self.due.account,
            is_told=self.is_told,
            editable=self.can_edit(P.PROPOSAL_WRITE),
        )


def _payee_table(due: list[Due], years: tuple[int, ...]) -> dict[str, Any]:
    columns = [
        {"label": "Versé à", "numeric": False},
        *({"label": str(year), "numeric": True} for year in years),
        {"label": "Total", "numeric": True},
    ]
    by_year = [total(each.amounts.get(year) for each in due) for year in years]
    return {
        "caption": "Qui reçoit l’argent de l’État, par année",
        "columns": columns,
        "rows": [[each.name, *(euros(each.amounts.get(year)) for year in years), euros(each.total)] for each in due],
        "total": ["Total", *(euros(each) for each in by_year), euros(total(by_year))],
    }


def _account(due: Due, readable: Container[int]) -> dict[str, Any]:
    account = due.account
    upload = account.upload if account else None
    return {
        "siret": due.siret,
        "name": due.name,
        "holder": account.holder if account else "",
        "iban": masked_iban(account.iban) if account else "",
        "upload": upload if upload and upload.pk in readable else None,
    }
