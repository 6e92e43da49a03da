"""The files of a proposal: those joined to an action, and the proofs of the co-fundings."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from accounts.roles import Permission
from contracts.forms.pieces import ActionFileForm, ProofForm
from contracts.services.editing import editing
from contracts.views.proposal import ProposalPage
from contracts.views.written import REFUSALS, reasons_of
from ctai.text import count, euros
from documents.enums import UploadKind
from documents.models import Upload
from documents.uploads import accept
from funding.enums import Funder, FundingStatus
from funding.models import ActionFile
from funding.queries import files_of
from funding.services.files import cofundings_of, disprove, join_file, prove, remove_file

P = Permission


class PiecesPage(ProposalPage):
    """A page that takes files of the proposal."""

    def door(self, kind: str, **payload: Any) -> Any:
        """Return the door of a write."""
        return editing(self.contract.pk, P.PROPOSAL_WRITE, by=self.actor, now=self.now, kind=kind, payload=payload)

    def keep(self, file: Any, kind: UploadKind) -> Upload:
        """Store a file that both sides see."""
        return accept(
            file,
            kind=kind,
            contract_id=self.contract.pk,
            organisation=self.actor.organisation,
            by=self.actor,
            now=self.now,
        )


class ActionFilesView(PiecesPage):
    """Joins a file to an action."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        action = self.action(kwargs["number"])
        form = ActionFileForm(request.POST, request.FILES)
        if form.is_valid():
            try:
                with self.door("action_file_added", number=action.number):
                    upload = self.keep(form.cleaned_data["file"], UploadKind.ATTACHMENT)
                    join_file(action=action, upload_id=upload.pk, by=self.actor, now=self.now)
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                messages.success(request, f"Pièce jointe à l’action {action.number}.")
                self.tell_printing()
                return redirect(f"{self.url('action', action.number)}#pieces")
        return self.render(
            "contracts/proposal/action_file.html",
            status=422,
            action=action,
            tabs=self.tabs(action, None),
            files=files_of(action),
            files_form=form,
        )


class RemoveActionFileView(PiecesPage):
    """Takes a file away from an action."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        action = self.action(kwargs["number"])
        if not ActionFile.objects.filter(action=action, pk=kwargs["pk"]).exists():
            raise Http404("Cette pièce n’est pas jointe à cette action.")
        try:
            with self.door("action_file_removed", number=action.number):
                remove_file(action=action, file_id=kwargs["pk"], by=self.actor, now=self.now)
        except REFUSALS as refusal:
            messages.error(request, " ".join(reasons_of(refusal)))
        else:
            messages.success(request, "Pièce retirée de l’action ; elle reste parmi les documents du dossier.")
        return redirect(f"{self.url('action', action.number)}#pieces")


class CofundingsView(PiecesPage):
    """Shows every co-funding, sollicité or acquis, and takes their proofs."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(None)

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        form = ProofForm(request.POST, request.FILES, lines=[each.pk for each in cofundings_of(self.contract.pk)])
        if form.is_valid():
            lines = form.cleaned_data["lines"]
            try:
                with self.door("cofunding_proved", lines=lines):
                    upload = self.keep(form.cleaned_data["file"], UploadKind.COFUNDING_PROOF)
                    prove(
                        contract_id=self.contract.pk, line_ids=lines, upload_id=upload.pk, by=self.actor, now=self.now
                    )
            except REFUSALS as refusal:
                form.add_error(None, " ".join(reasons_of(refusal)))
            else:
                told = count(len(lines), "cofinancement acquis et justifié", "cofinancements acquis et justifiés")
                messages.success(request, f"{told}.")
                self.tell_printing()
                return self.back("cofundings")
        return self._show(form, status=422)

    def _show(self, form: ProofForm | None, status: int = 200) -> HttpResponse:
        lines = list(cofundings_of(self.contract.pk))
        editable = self.can_edit(P.PROPOSAL_WRITE)
        chosen = {str(each) for each in (form["lines"].value() or [])} if form else set()
        rows = [
            {
                "line": line,
                "funder": Funder(line.funder).label,
                "amount": euros(line.amount),
                "obtained": line.status == FundingStatus.OBTAINED,
                "checked": str(line.pk) in chosen,
            }
            for line in lines
        ]
        return self.render(
            "contracts/proposal/cofundings.html",
            status=status,
            rows=rows,
            form=(form or ProofForm(lines=[each.pk for each in lines])) if editable and lines else None,
            editable=editable,
        )


class DisproveView(PiecesPage):
    """Takes a proof away."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(P.PROPOSAL_WRITE)
        if not cofundings_of(self.contract.pk).filter(pk=kwargs["pk"]).exists():
            raise Http404("Ce cofinancement n’est pas de ce dossier.")
        try:
            with self.door("cofunding_disproved", lines=[kwargs["pk"]]):
                disprove(contract_id=self.contract.pk, line_id=kwargs["pk"], by=self.actor, now=self.now)
        except REFUSALS as refusal:
            messages.error(request, " ".join(reasons_of(refusal)))
        else:
            messages.success(request, "Justificatif retiré : ce cofinancement est de nouveau sollicité.")
        return self.back("cofundings")
