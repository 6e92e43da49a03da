"""The page of each transition: what it will do, what it asks for, and the button."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.enums import Side
from contracts.acts import Act
from contracts.errors import TransitionRefused
from contracts.forms.acts import DEPOSITS, FORMS, AcknowledgeForm, ActForm, PersonForm, ReissueForm, SigningForm
from contracts.frame import missing_items
from contracts.mixins import FileView
from contracts.queries import current_contract_document, own_party
from contracts.sentences import title_of
from contracts.services.advance import advance, can_start, permitted
from contracts.services.copies import examine_copy
from contracts.services.parties import agents_of
from contracts.services.returning import told
from contracts.workflow import SPECS
from documents.enums import UploadKind
from documents.uploads import accept
from funding.services.returning import uncommitted


class ActView(FileView):
    """Shows a transition before it is done, and does it."""

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.name = kwargs["transition"]
        if self.name not in SPECS or self.name == "complete":
            raise Http404("Cet acte n’existe pas.")
        if not permitted(self.contract, self.name, self.actor):
            raise PermissionDenied

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not can_start(self.contract, self.name):
            messages.warning(request, f"Le dossier a changé : « {SPECS[self.name].label} » n’est plus possible.")
            return self.back("file")
        return self._show(self._form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self._form(request.POST, request.FILES)
        if not form.is_valid() or not self._accepts_copy(form):
            return self._show(form, status=422)
        try:
            with transaction.atomic():
                advance(
                    self.contract.pk,
                    self.name,
                    by=self.actor,
                    now=self.now,
                    act=self._act(form),
                    seen=form.cleaned_data["seen"] or None,
                )
        except TransitionRefused as refusal:
            for reason in refusal.reasons:
                form.add_error(None, reason)
            self.prepare(**kwargs)
            return self._show(form, status=422)
        messages.success(request, f"{title_of(self.name)}.")
        self.tell_printing()
        self.prepare(**kwargs)
        return self.back("file")

    def _accepts_copy(self, form: ActForm) -> bool:
        """Examine a signed copy, before the file is locked: it takes a second."""
        if not isinstance(form, SigningForm) or form.cleaned_data["document_id"] != self.facts.document_id:
            return True  # a version replaced since is refused by the act itself
        data = form.cleaned_data
        return form.keep(examine_copy(self.contract, data["document"], declared=data["declared"]))

    def _act(self, form: ActForm) -> Act:
        document = form.cleaned_data.get("document")
        upload_id = None
        if document:
            upload = accept(
                document,
                kind=DEPOSITS.get(self.name, UploadKind.DECISION),
                contract_id=self.contract.pk,
                organisation=self.actor.organisation,
                by=self.actor,
                now=self.now,
            )
            upload_id = upload.pk
        return form.act(upload_id)

    def _form(self, *data: Any) -> ActForm:
        form_class = FORMS[SPECS[self.name].act]
        options: dict[str, Any] = {}
        if issubclass(form_class, AcknowledgeForm):
            options = {"agents": agents_of(self.contract), "initial_agent": self.actor.user}
        if issubclass(form_class, PersonForm):
            options = {
                "actor": self.actor,
                "transition": self.name,
                "today": timezone.localdate(self.now),
                "default_title": self._default_title(),
            }
        if issubclass(form_class, SigningForm):
            options["party"] = own_party(self.actor)
        if issubclass(form_class, SigningForm | ReissueForm):
            options["document_id"] = self.facts.document_id
        form = form_class(*data, **options)
        form.fields["seen"].initial = self.contract.state
        if "reply_by" in form.fields and self.contract.campaign:
            form.fields["reply_by"].initial = timezone.localdate(self.now) + timedelta(
                days=self.contract.campaign.correction_days
            )
        return form

    def _default_title(self) -> str:
        if self.actor.side == Side.LOCAL and self.actor.organisation.local_authority:
            return self.actor.organisation.local_authority.executive_title
        return "préfet"

    def _show(self, form: ActForm, status: int = 200) -> HttpResponse:
        spec = SPECS[self.name]
        missing = missing_items(self.contract, spec, self.facts) if can_start(self.contract, self.name) else []
        return self.render(
            "contracts/act.html",
            status=status,
            form=form,
            spec=spec,
            missing=missing,
            name=self.name,
            **self._version(form),
            given_back=told(uncommitted(self.contract.pk)) if self.name == "terminate" else "",
        )

    def _version(self, form: ActForm) -> dict[str, Any]:
        """Return the version about to be signed, and where to read what changed in it; nothing for another act."""
        document = current_contract_document(self.contract) if isinstance(form, SigningForm) else None
        if document is None:
            return {}
        return {
            "to_sign": document,
            "in_person": self.actor.is_signatory,
            "stale": str(form["document_id"].value()) != str(document.pk),
            "changes": self.url("differences", document.pk) if document.number > 1 else "",
        }
