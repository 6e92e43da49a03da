"""The first step: the letter of intent, saved as one goes, with its preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from accounts.roles import Permission
from contracts import frame
from contracts.errors import TransitionRefused
from contracts.forms.letter import LetterForm
from contracts.mixins import FileView
from contracts.models import CoSignatory, Letter, NamedAct
from contracts.services.parties import StaleLetter, save_letter
from ctai.text import instant


class LetterView(FileView):
    """Shows the letter, and saves it while it is being written."""

    page = "letter"

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        letter = self._letter()
        return self._show(letter, LetterForm(initial=LetterForm.initial_of(letter)))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.LETTER_WRITE)
        form = LetterForm(request.POST)
        if not form.is_valid():
            return self._show(self._letter(), form, status=422)
        fields = dict(form.cleaned_data)
        version, axes = fields.pop("version"), fields.pop("axes")
        try:
            save_letter(self.contract.pk, fields=fields, axes=axes, version=version, by=self.actor, now=self.now)
        except StaleLetter:
            form.add_error(
                None,
                "La lettre a été modifiée ailleurs depuis l’affichage de cette page. Votre saisie est conservée "
                "ci-dessous ; comparez-la à l’aperçu, puis enregistrez de nouveau.",
            )
            letter = self._letter()
            form.data = form.data.copy()
            form.data["version"] = str(letter.version)
            return self._show(letter, form, status=409)
        except TransitionRefused as refusal:
            form.add_error(None, " ".join(refusal.reasons))
            return self._show(self._letter(), form, status=422)
        messages.success(request, f"Enregistré le {instant(self.now)}.")
        self.tell_printing()
        return self.back("file" if "continue" in request.POST else "letter")

    def _letter(self) -> Letter:
        letter: Letter = Letter.objects.prefetch_related("axes").get(contract=self.contract)
        return letter

    def _show(self, letter: Letter, form: LetterForm, status: int = 200) -> HttpResponse:
        main, _ = frame.offers(self.contract, self.actor, self.facts)
        cosigners = CoSignatory.objects.filter(contract=self.contract).select_related(
            "authority__departement", "authority__region"
        )
        return self.render(
            "contracts/letter.html",
            status=status,
            letter=letter,
            form=form,
            axes=sorted(letter.axes.all(), key=lambda axis: axis.rank),
            editable=self.can_edit(Permission.LETTER_WRITE),
            cosigners=cosigners.order_by("pk"),
            manages_parties=self.can_edit(Permission.PARTIES_MANAGE),
            offer=main if main and main.name in ("send_letter", "acknowledge") else None,
            sent=NamedAct.objects.filter(contract=self.contract, transition__in=("send_letter", "register_letter"))
            .order_by("-pk")
            .first(),
            porteur=self.contract.porteur,
        )
