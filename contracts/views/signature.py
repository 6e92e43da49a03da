"""The last step: the text, the délibérations, the signatures, the notification."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.roles import Permission, may
from contracts import frame
from contracts.capacity import first_signature_day
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.signature import DeliberationForm
from contracts.mixins import FileView
from contracts.models import Deliberation, Rectification, Signature, SpecialClause
from contracts.queries import current_contract_document, parties_of
from contracts.services.deliberations import confirm_coverage, save_deliberation
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument, Seal
from documents.uploads import accept

FIELDS = tuple(name for name in DeliberationForm.base_fields if name != "document")


class SignatureView(FileView):
    """The path from the issued text to the notification; what is missing is said where it is missing."""

    page = "signature"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        contract = self.contract
        document = current_contract_document(contract)
        main, _ = frame.offers(contract, self.actor, self.facts)
        parties = parties_of(contract, document)
        same_day = bool(contract.campaign and contract.campaign.same_day_signature)
        signatures = Signature.objects.filter(contract=contract).select_related(
            "authority", "upload__check_made", "delegation"
        )
        given = {str(each.authority_id or "state"): each for each in signatures if each.voided_at is None}
        checks = {
            key: check
            for key, each in given.items()
            if each.upload and (check := getattr(each.upload, "check_made", None)) is not None
        }
        deliberations = {
            str(each.authority_id): each
            for each in Deliberation.objects.filter(contract=contract).select_related("upload", "covers")
        }
        authority = self.actor.organisation.local_authority_id
        previous = self._previous(document)
        return self.render(
            "contracts/signature.html",
            document=document,
            seal=Seal.objects.filter(document=document).first() if document else None,
            previous=previous,
            changes=self.url("differences", document.pk) if document and previous else "",
            has_clauses=SpecialClause.objects.filter(contract=contract).exists(),
            rectifications=Rectification.objects.filter(contract=contract, withdrawn_at__isnull=True).count(),
            rows=[
                {
                    "party": party,
                    "deliberation": deliberations.get(party.key),
                    "signature": given.get(party.key),
                    "check": checks.get(party.key),
                    "first_day": first_signature_day(party, same_day=same_day) if party.key != "state" else "",
                }
                for party in parties
            ],
            voided=[each for each in signatures if each.voided_at is not None],
            offer=main if main and main.name == "sign" else None,
            may_deliberate=self.can_edit(Permission.DELIBERATION_RECORD),
            own_key=str(authority) if authority else "state",
            is_signed=contract.state in (State.SIGNED, State.TERMINATED, State.CLOSED),
        )

    def _previous(self, document: IssuedDocument | None) -> list[IssuedDocument]:
        issued = IssuedDocument.objects.filter(contract=self.contract, kind=DocumentKind.CONTRACT, is_draft=False)
        return list(issued.exclude(pk=document.pk if document else None).defer("data").order_by("-number"))


class DeliberationView(FileView):
    """Records or completes the délibération of one's own collectivité."""

    page = "signature"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        if not may(self.actor, Permission.DELIBERATION_RECORD, self.contract):
            raise PermissionDenied
        self.authority = self.actor.organisation.local_authority
        self.kept = Deliberation.objects.filter(contract=self.contract, authority=self.authority).first()

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        initial: dict[str, Any] = {
            "organ": "assembly",
            "purpose": "Approbation du contrat territorial d’accueil et d’intégration et autorisation de le signer",
        }
        if self.kept is not None:
            initial = {name: getattr(self.kept, name) for name in FIELDS}
        return self._show(DeliberationForm(initial=initial))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = DeliberationForm(request.POST, request.FILES)
        today = timezone.localdate(self.now)
        for name in ("voted_on", "published_on", "transmitted_on"):
            form.fields[name].set_bounds(max_value=today)
        if form.is_valid() and self.authority is not None:
            try:
                with transaction.atomic():
                    save_deliberation(
                        self.contract.pk,
                        authority=self.authority,
                        fields=self._fields(form),
                        by=self.actor,
                        now=self.now,
                    )
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Délibération enregistrée.")
                self.tell_printing()
                return self.back()
        return self._show(form, status=422)

    def _fields(self, form: DeliberationForm) -> dict[str, Any]:
        fields = {name: form.cleaned_data[name] for name in FIELDS}
        document = form.cleaned_data.get("document")
        if document:
            fields["upload"] = accept(
                document,
                kind=UploadKind.DELIBERATION,
                contract_id=self.contract.pk,
                organisation=self.actor.organisation,
                by=self.actor,
                now=self.now,
            )
        return fields

    def _show(self, form: DeliberationForm, status: int = 200) -> HttpResponse:
        document = current_contract_document(self.contract)
        covered = self.kept.covers if self.kept else None
        return self.render("contracts/deliberation.html", status=status, form=form, document=document, covered=covered)


class ConfirmView(FileView):
    """Confirms that the délibération still covers the version to sign."""

    page = "signature"

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.DELIBERATION_RECORD)
        authority = self.actor.organisation.local_authority
        if authority is None:
            raise PermissionDenied
        try:
            confirm_coverage(self.contract.pk, authority=authority, by=self.actor, now=self.now)
        except TransitionRefused as refusal:
            messages.error(request, " ".join(refusal.reasons))
        else:
            messages.success(request, "La délibération couvre la version à signer : confirmation enregistrée.")
        return self.back()
