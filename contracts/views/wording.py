"""What a file leaves empty in the text of its contract: read by both sides, filled by the préfecture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.forms import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.roles import Permission
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.wording import WordingForm
from contracts.mixins import FileView
from contracts.requirements import FILLED_BY, LABELS
from contracts.services.wording import WordingOutdated, complete_wording
from contracts.wording import TextSource
from ctai.text import long_date


class WordingView(FileView):
    """Shows the mentions of the contract, and takes those that the file does not give."""

    page = "review"

    def prepare(self, **kwargs: Any) -> None:
        super().prepare(**kwargs)
        self.source = TextSource(self.contract)

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        written = model_to_dict(self.source.wording) if self.source.wording else {}
        return self._show(self._form(initial=written | {"seen": self.source.mark}))

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.require(Permission.CLAUSE_WRITE)
        form = self._form(request.POST)
        if form.is_valid():
            values, seen = form.cleaned_data, form.cleaned_data["seen"] or None
            try:
                complete_wording(self.contract.pk, values=values, by=self.actor, now=self.now, seen=seen)
            except WordingOutdated as refusal:
                return self._outdated(refusal)
            except TransitionRefused as refusal:
                form.add_error(None, " ".join(refusal.reasons))
            else:
                messages.success(request, "Mentions enregistrées. Le contrat émis ensuite les portera.")
                self.tell_printing()
                return self.back("wording")
        return self._show(form, status=422)

    def _outdated(self, refusal: WordingOutdated) -> HttpResponse:
        """Show what is kept beside what was typed; saving again is then a choice."""
        self.source = TextSource(self.contract)
        data = self.request.POST.copy()
        data["seen"] = self.source.mark
        form = self._form(data)
        form.add_error(None, " ".join(refusal.reasons))
        kept = [(LABELS[FILLED_BY[name]], self._shown(name)) for name in self.source.to_fill]
        return self._show(form, status=422, kept=kept)

    def _form(self, *data: Any, **options: Any) -> WordingForm:
        return WordingForm(*data, shown=self.source.to_fill, today=timezone.localdate(self.now), **options)

    def _show(self, form: WordingForm, status: int = 200, kept: Sequence[tuple[str, str]] = ()) -> HttpResponse:
        return self.render(
            "contracts/wording.html",
            status=status,
            form=form,
            kept=kept,
            mentions=[(LABELS[name], self._shown(field)) for field, name in FILLED_BY.items()],
            editable=self.can_edit(Permission.CLAUSE_WRITE) and bool(self.source.to_fill),
            gaps=[LABELS[name] for name in self.facts.text_gaps],
            is_issued=self.contract.state == State.APPROVED,
        )

    def _shown(self, field: str) -> str:
        value = self.source.value(field)
        return long_date(date.fromisoformat(value)) if value and field == "diagnostic_on" else value
