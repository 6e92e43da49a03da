"""The documents of a file: issued by the portal, deposited by people; served only to those who see the file."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render

from accounts.enums import Side
from accounts.roles import Permission
from contracts.archive import archive
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.documents import AttachmentForm
from contracts.mixins import FileView
from contracts.sealing import trouble
from contracts.services.drafting import issue_draft
from contracts.services.editing import editing
from documents.enums import DocumentStatus, UploadKind, Visibility
from documents.issuing import prepare_again
from documents.mixins import file_response
from documents.models import IssuedDocument, Seal, Upload
from documents.uploads import accept, safe_name
from funding.queries import account_papers

DRAFTABLE = (State.PROPOSAL, State.CORRECTION_REQUESTED, State.UNDER_REVIEW)


class DocumentsView(FileView):
    """Lists the documents, and takes a new attachment."""

    page = "documents"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(AttachmentForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.UPLOAD)
        form = AttachmentForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        own_side = form.cleaned_data["own_side"]
        kind = "own_attachment_added" if own_side else "attachment_added"
        try:
            with editing(self.contract.pk, Permission.UPLOAD, by=self.actor, now=self.now, kind=kind) as contract:
                accept(
                    form.cleaned_data["file"],
                    kind=UploadKind.ATTACHMENT,
                    contract_id=contract.pk,
                    organisation=self.actor.organisation,
                    by=self.actor,
                    now=self.now,
                    visibility=Visibility.OWN_SIDE if own_side else Visibility.SHARED,
                )
        except TransitionRefused as refusal:
            form.add_error(None, " ".join(refusal.reasons))
            return self._show(form, status=422)
        messages.success(request, "Pièce ajoutée au dossier.")
        if not own_side:
            self.tell_printing()
        return self.back()

    def _show(self, form: AttachmentForm, status: int = 200) -> HttpResponse:
        issued = (
            IssuedDocument.objects.visible_to(self.actor)
            .filter(contract=self.contract)
            .select_related("seal")
            .defer("data")
            .order_by("-pk")
        )
        found = Upload.objects.visible_to(self.actor).filter(contract=self.contract)
        uploads = list(found.select_related("organisation").order_by("-pk"))
        has_accounts = any(each.kind == UploadKind.IBAN for each in uploads)
        accounts = account_papers(self.contract.pk) if has_accounts else {}
        return self.render(
            "contracts/documents.html",
            status=status,
            form=form,
            issued=issued,
            uploads=[(each, accounts.get(each.pk, "")) for each in uploads],
            seal_trouble=trouble(self.contract) if self.actor.side == Side.STATE else "",
            may_upload=self.can_edit(Permission.UPLOAD),
            may_draft=self.actor.side in (Side.LOCAL, Side.STATE) and self.contract.state in DRAFTABLE,
        )


class DraftView(FileView):
    """Asks for a working version of the contract, watermarked."""

    page = "documents"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not (self.may(Permission.PROPOSAL_WRITE) or self.may(Permission.AMOUNT_PROPOSE)):
            raise PermissionDenied
        try:
            issue_draft(self.contract.pk, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
        return self.back()


class ArchiveView(FileView):
    """Serves the whole file as a ZIP, in the scope of the person, streamed."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        name = safe_name(f"{self.contract.reference}.zip")
        headers = {
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        stream = archive(self.contract, by=self.actor, now=self.now)
        return StreamingHttpResponse(stream, content_type="application/zip", headers=headers)


class UploadView(FileView):
    """Serves a deposited file of this file, if it exists for the person."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        uploads = Upload.objects.visible_to(self.actor).filter(contract=self.contract)
        return file_response(get_object_or_404(uploads, pk=kwargs["pk"]))


class IssuedView(FileView):
    """Serves an issued document, to read in the page or to download."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        documents = IssuedDocument.objects.visible_to(self.actor).filter(contract=self.contract)
        return file_response(get_object_or_404(documents, pk=kwargs["pk"]), inline="lire" in request.GET)


class SealedView(FileView):
    """Serves the sealed copy of an issued document."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        documents = IssuedDocument.objects.visible_to(self.actor).filter(contract=self.contract)
        return file_response(get_object_or_404(Seal, document=get_object_or_404(documents, pk=kwargs["pk"])))


class ProgressView(FileView):
    """The progress of a document under way, asked again by the page; a new try of one that was given up."""

    page = "documents"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        documents = IssuedDocument.objects.visible_to(self.actor).filter(contract=self.contract).defer("data")
        self.document = get_object_or_404(documents, pk=kwargs["pk"])

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        response = render(request, "contracts/_progress.html", {"document": self.document, "contract": self.contract})
        asking = urlsplit(request.headers.get("HX-Current-URL", "")).path
        if self.document.status == DocumentStatus.READY and asking == self.url("signature"):
            response["HX-Refresh"] = "true"  # what this page offers depends on it
        return response

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if prepare_again(self.document.pk, now=self.now):
            messages.success(request, "Le document est de nouveau en préparation.")
        return self.back(anchor=f"document-{self.document.pk}")
