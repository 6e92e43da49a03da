"""The rectifications of a signed contract: read by all, proposed by a side, accepted by each party."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone

from accounts.enums import Side
from accounts.roles import Permission
from contracts.errors import TransitionRefused
from contracts.forms.rectification import AcceptanceForm, RectificationForm
from contracts.mixins import FileView
from contracts.models import Rectification
from contracts.queries import STATE_PARTY, own_party, parties_of
from contracts.services.rectifications import (
    RectificationInput,
    accept_rectification,
    propose,
    withdraw_rectification,
)
from contracts.views.written import answer
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument
from documents.uploads import accept


class RectificationsView(FileView):
    """Lists the rectifications with what each waits for, and takes a new one."""

    page = "documents"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(RectificationForm())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.RECTIFY)
        form = RectificationForm(request.POST)
        if form.is_valid():
            try:
                propose(self.contract.pk, data=RectificationInput(**form.cleaned_data), by=self.actor, now=self.now)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Rectification proposée. Chaque partie est prévenue et doit l’accepter.")
                self.tell_printing()
                return self.back("rectifications")
        return self._show(form, status=422)

    def _show(self, form: RectificationForm, status: int = 200) -> HttpResponse:
        rows = Rectification.objects.filter(contract=self.contract).select_related("organisation", "rectified")
        issued = IssuedDocument.objects.filter(
            contract=self.contract, kind=DocumentKind.RECTIFICATION, superseded_at__isnull=True
        ).defer("data")
        papers = {each.subject_id: each for each in issued}
        return self.render(
            "contracts/rectifications.html",
            status=status,
            form=form,
            rows=[
                self._row(each, papers.get(each.pk))
                for each in rows.prefetch_related("acceptances__upload").order_by("-number")
            ],
            editable=self.can_edit(Permission.RECTIFY),
        )

    def _row(self, rectification: Rectification, document: IssuedDocument | None) -> dict[str, Any]:
        given = {str(each.authority_id or STATE_PARTY): each for each in rectification.acceptances.all()}
        pending = rectification.accepted_at is None and rectification.withdrawn_at is None
        mine = own_party(self.actor) if self.actor.side in (Side.LOCAL, Side.STATE) else ""
        return {
            "rectification": rectification,
            "document": document,
            "parties": [(each, given.get(each.key)) for each in self._parties],
            "may_accept": pending and mine not in given and self.can_edit(Permission.RECTIFICATION_ACCEPT),
            "may_withdraw": pending
            and rectification.organisation_id == self.actor.organisation.pk
            and self.can_edit(Permission.RECTIFY),
        }

    @property
    def _parties(self) -> Any:
        if not hasattr(self, "_known_parties"):
            self._known_parties = parties_of(self.contract, None)
        return self._known_parties


class RectificationPage(FileView):
    """A page about one rectification of the file."""

    page = "documents"
    permission = Permission.RECTIFICATION_ACCEPT

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(self.permission)
        self.rectification = get_object_or_404(Rectification, contract=self.contract, pk=kwargs["pk"])


class AcceptView(RectificationPage):
    """Records the acceptance of one’s own party."""

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self._show(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, status=422)
        try:
            with transaction.atomic():
                accept_rectification(
                    self.contract.pk,
                    self.rectification.pk,
                    person=form.person(self._upload_id(form)),
                    by=self.actor,
                    now=self.now,
                )
        except TransitionRefused as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            return self._show(form, status=422)
        messages.success(request, "Acceptation enregistrée.")
        self.tell_printing()
        return self.back("rectifications")

    def _upload_id(self, form: AcceptanceForm) -> int | None:
        document = form.cleaned_data.get("document")
        if not document:
            return None
        return accept(
            document,
            kind=UploadKind.SIGNED_RECTIFICATION,
            contract_id=self.contract.pk,
            organisation=self.actor.organisation,
            by=self.actor,
            now=self.now,
        ).pk

    def _form(self, *data: Any) -> AcceptanceForm:
        title = "préfet"
        if self.actor.organisation.local_authority:
            title = self.actor.organisation.local_authority.executive_title
        today = timezone.localdate(self.now)
        return AcceptanceForm(
            *data, actor=self.actor, transition="accept_rectification", today=today, default_title=title
        )

    def _show(self, form: AcceptanceForm, status: int = 200) -> HttpResponse:
        return self.render("contracts/rectification.html", status=status, form=form, rectification=self.rectification)


class WithdrawView(RectificationPage):
    """Withdraws a rectification that is not accepted by all."""

    permission = Permission.RECTIFY

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.page = "rectifications"
        return answer(
            self,
            lambda: withdraw_rectification(self.contract.pk, self.rectification.pk, by=self.actor, now=self.now),
            done="Rectification retirée.",
        )
