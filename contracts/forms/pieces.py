"""The forms by which files join an action, a co-funding or a payee."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from ctai.forms import DsfrForm
from documents.forms import DepositField


class ActionFileForm(DsfrForm):
    """A file joined to an action."""

    file = DepositField(label="Pièce à joindre", help_text="PDF, image, document ou tableur ; 20 Mo au plus.")


class ProofForm(DsfrForm):
    """A proof, and the co-fundings that it proves; the page draws a box for each line."""

    file = DepositField(
        label="Justificatif",
        help_text="Délibération, arrêté ou lettre du financeur ; PDF, image ou document, 20 Mo au plus.",
    )
    lines = forms.TypedMultipleChoiceField(
        label="Cofinancements acquis",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Cochez dans le tableau les cofinancements que ce document justifie."},
    )

    def __init__(self, *args: Any, lines: Iterable[int], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs["form"] = "proof"
        self.fields["lines"].choices = [(each, str(each)) for each in lines]
