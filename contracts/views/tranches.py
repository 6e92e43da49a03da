"""The yearly tranches of a contract: what each year holds, stage by stage, and the decision that confirms it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone

from accounts.roles import Permission
from campaigns.queries import open_years
from contracts.forms.acts import PersonForm
from contracts.forms.tranches import Promise, TrancheForm, WithdrawTrancheForm
from contracts.mixins import FileView
from contracts.services.tranches import confirm_tranche, withdraw_tranche
from contracts.tranches import years_of
from contracts.views.written import REFUSALS, reasons_of
from documents.enums import UploadKind
from documents.uploads import accept
from funding.errors import InputRefused
from funding.models import Action, Tranche
from funding.queries import envelopes_of
from funding.services.tranches import promises


class TranchesView(FileView):
    """Shows each year of the contract, and what may be decided of it."""

    page = "tranches"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        return self.render(
            "contracts/tranches.html",
            years=years_of(self.contract, open_years()),
            editable=self.can_edit(Permission.TRANCHE_CONFIRM),
            may_record=self.can_edit(Permission.EXPENDITURE_RECORD),
        )


class TrancheDecision(FileView):
    """A decision on the tranche of a year, by a named person."""

    page = "tranches"
    transition: str
    template: str

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.require(Permission.TRANCHE_CONFIRM)
        self.year: int = kwargs["year"]
        if self.year not in self.contract.years:
            raise Http404("Cette année n’est pas du contrat.")

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not self.is_possible():
            messages.warning(request, f"Le dossier a changé : il n’y a rien à décider pour la tranche {self.year}.")
            return self.back("tranches")
        return self.show(self.form())

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        form = self.form(request.POST, request.FILES)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            with transaction.atomic():
                self.decide(form, self.upload_id(form))
        except InputRefused as refusal:
            self.refuse(form, refusal)
        except REFUSALS as refusal:
            for reason in reasons_of(refusal):
                form.add_error(None, reason)
        else:
            messages.success(request, self.done())
            return self.back("tranches")
        return self.show(form, status=422)

    def is_possible(self) -> bool:
        raise NotImplementedError

    def form(self, *data: Any) -> PersonForm:
        raise NotImplementedError

    def decide(self, form: Any, upload_id: int | None) -> None:
        raise NotImplementedError

    def done(self) -> str:
        raise NotImplementedError

    def refuse(self, form: Any, refusal: InputRefused) -> None:
        """Show a refusal beside its fields."""
        form.refuse(refusal.errors)

    def show(self, form: PersonForm, status: int = 200) -> HttpResponse:
        envelopes = envelopes_of(self.contract) if self.transition == "confirm_tranche" else []
        return self.render(
            self.template,
            status=status,
            form=form,
            year=self.year,
            envelope=next((each for each in envelopes if each.campaign.year == self.year), None),
        )

    def person_options(self) -> dict[str, Any]:
        """Return what the form of a named person of the State needs."""
        today = timezone.localdate(self.now)
        return {"actor": self.actor, "transition": self.transition, "today": today, "default_title": "préfet"}

    def upload_id(self, form: PersonForm) -> int | None:
        """Keep the signed document that was deposited, if any."""
        document = form.cleaned_data.get("document")
        if not document:
            return None
        return accept(
            document,
            kind=UploadKind.DECISION,
            contract_id=self.contract.pk,
            organisation=self.actor.organisation,
            by=self.actor,
            now=self.now,
        ).pk


class ConfirmView(TrancheDecision):
    """Confirms the tranche of a year."""

    transition = "confirm_tranche"
    template = "contracts/tranche.html"

    def promised(self) -> list[Promise]:
        amounts = {key.action_id: amount for key, amount in promises(self.contract.pk, self.year).items()}
        actions = Action.objects.filter(pk__in=amounts).order_by("number")
        return [Promise(each, amounts[each.pk]) for each in actions]

    def is_possible(self) -> bool:
        return bool(promises(self.contract.pk, self.year)) and self.year in open_years()

    def form(self, *data: Any) -> TrancheForm:
        return TrancheForm(*data, promises=self.promised(), **self.person_options())

    def decide(self, form: TrancheForm, upload_id: int | None) -> None:
        confirm_tranche(
            self.contract.pk,
            self.year,
            amounts=form.amounts(),
            person=form.person(upload_id),
            by=self.actor,
            now=self.now,
        )

    def done(self) -> str:
        return f"Tranche {self.year} confirmée et notifiée."


class WithdrawView(TrancheDecision):
    """Withdraws the confirmation of the tranche of a year."""

    transition = "withdraw_tranche"
    template = "contracts/tranche_withdrawal.html"

    def is_possible(self) -> bool:
        found = Tranche.objects.filter(contract=self.contract, year=self.year, withdrawn_at__isnull=True)
        return found.exists()

    def form(self, *data: Any) -> WithdrawTrancheForm:
        return WithdrawTrancheForm(*data, **self.person_options())

    def decide(self, form: WithdrawTrancheForm, upload_id: int | None) -> None:
        withdraw_tranche(
            self.contract.pk,
            self.year,
            reason=form.cleaned_data["reason"],
            person=form.person(upload_id),
            by=self.actor,
            now=self.now,
        )

    def done(self) -> str:
        return f"Confirmation de la tranche {self.year} retirée : ses montants sont de nouveau indicatifs."
