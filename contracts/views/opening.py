"""The pages by which a file begins."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.roles import Permission
from accounts.services.organisations import prefecture_for
from contracts.errors import TransitionRefused
from contracts.forms.letter import ChosenAuthorityForm, ImportForm, RegisterForm, TakeOverForm
from contracts.mixins import ActorView
from contracts.models import Contract
from contracts.services.opening import PaperLetter, import_signed, open_file, register_letter, take_over
from documents.enums import UploadKind
from documents.models import Upload
from documents.uploads import accept
from territories.models import LocalAuthority
from territories.queries import search


class NewView(ActorView):
    """Begins a letter of intent for one's own collectivité."""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow(Permission.FILE_OPEN)
        under_way = Contract.objects.visible_to(self.actor).with_places().filter(porteur=self._porteur())
        return render(
            request,
            "contracts/new.html",
            {
                "porteur": self._porteur(),
                "prefecture": prefecture_for(self._porteur()),
                "under_way": under_way.filter(ended_at__isnull=True, signed_at__isnull=True).order_by("-pk"),
            },
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        self.allow(Permission.FILE_OPEN)
        contract = open_file(porteur=self._porteur(), by=self.actor, now=self.now)
        return redirect("contracts:letter", reference=contract.reference)

    def _porteur(self) -> LocalAuthority:
        authority = self.actor.organisation.local_authority
        if authority is None:
            raise PermissionDenied
        return LocalAuthority.objects.with_places().get(pk=authority.pk)


class OpeningView(ActorView):
    """A page that begins a file for a collectivité found in the official list."""

    permission: Permission
    form_class: type[ChosenAuthorityForm]
    heading = ""
    lead = ""
    button = ""

    def get(self, request: HttpRequest) -> HttpResponse:
        self.allow(self.permission)
        return self._show(self.form_class(initial={"authority": request.GET.get("collectivite", "")}))

    def post(self, request: HttpRequest) -> HttpResponse:
        self.allow(self.permission)
        form = self.form_class(request.POST, request.FILES)
        if form.is_valid():
            try:
                with transaction.atomic():
                    contract = self.open(form)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            except PermissionDenied:
                form.add_error("authority", "Cette collectivité relève d’une autre préfecture que la vôtre.")
            else:
                messages.success(request, f"Dossier {contract.reference} enregistré.")
                self.tell_printing()
                return redirect("contracts:file", reference=contract.reference)
        return self._show(form, status=422)

    def open(self, form: ChosenAuthorityForm) -> Contract:
        """Begin the file from the valid form."""
        raise NotImplementedError

    def _show(self, form: ChosenAuthorityForm, status: int = 200) -> HttpResponse:
        text = self.request.GET.get("q", "")
        chosen = form["authority"].value()
        context = {
            "form": form,
            "heading": self.heading,
            "lead": self.lead,
            "button": self.button,
            "text": text,
            "found": search(text, departement=self.actor.organisation.departement_id, limit=20) if text else [],
            "chosen": LocalAuthority.objects.with_places().filter(uid=chosen).first() if chosen else None,
        }
        return render(self.request, "contracts/opening.html", context, status=status)


class RegisterView(OpeningView):
    """Registers a letter received on paper or by mail."""

    permission = Permission.LETTER_REGISTER
    form_class = RegisterForm
    heading = "Enregistrer une lettre reçue"
    lead = (
        "La lettre est arrivée par courrier ou par messagerie : "
        "la collectivité n’a pas besoin de compte pour commencer."
    )
    button = "Enregistrer la lettre"

    def open(self, form: ChosenAuthorityForm) -> Contract:
        data = form.cleaned_data
        upload = accept(
            data["document"],
            kind=UploadKind.PAPER_LETTER,
            contract_id=None,
            organisation=self.actor.organisation,
            by=self.actor,
            now=self.now,
        )
        names = ("motivation", "axes", "technical_name", "technical_email", "technical_phone", "starts_on", "months")
        letter = PaperLetter(
            signatory_name=data["signatory_name"],
            signatory_title=data["signatory_title"],
            signed_on=data["signed_on"],
            received_on=data["received_on"],
            upload_id=upload.pk,
            letter_fields={name: data[name] for name in names},
        )
        contract = register_letter(porteur=data["authority"], letter=letter, by=self.actor, now=self.now)
        Upload.objects.filter(pk=upload.pk).update(contract=contract)
        return contract


class TakeOverView(OpeningView):
    """Takes over a file under way before the portal."""

    permission = Permission.FILE_TAKE_OVER
    form_class = TakeOverForm
    heading = "Reprendre un dossier commencé hors du portail"
    lead = "Le dossier entre à l’étape où il en est réellement ; ses documents s’ajoutent ensuite sur sa page."
    button = "Reprendre le dossier"

    def open(self, form: ChosenAuthorityForm) -> Contract:
        data = form.cleaned_data
        return take_over(
            porteur=data["authority"],
            state=data["state"],
            campaign=data["campaign"],
            starts_on=data["starts_on"],
            months=data["months"],
            first_sent_on=data["first_sent_on"],
            reason=data["reason"],
            by=self.actor,
            now=self.now,
        )


class ImportView(OpeningView):
    """Enters a contract signed before the portal."""

    permission = Permission.FILE_IMPORT
    form_class = ImportForm
    heading = "Importer un contrat signé"
    lead = "Pour les contrats signés avant le portail : ils portent la mention « importé »."
    button = "Importer le contrat"

    def open(self, form: ChosenAuthorityForm) -> Contract:
        data = form.cleaned_data
        signed: date | None = data["signed_on"]
        if signed and signed > timezone.localdate(self.now):
            raise TransitionRefused(["La date de signature est dans l’avenir."])
        return import_signed(
            porteur=data["authority"],
            lead_service=prefecture_for(data["authority"]),
            starts_on=data["starts_on"],
            ends_on=data["ends_on"],
            signed_on=signed,
            by=self.actor,
            now=self.now,
        )
