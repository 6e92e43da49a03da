"""The form of the bank account of a beneficiary."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from stdnum import iban as ibans

from ctai.forms import DsfrForm, LineField, clean_line
from documents.forms import DepositField
from funding.services.payees import iban_problem


class IbanField(forms.CharField):
    """An IBAN, typed with or without spaces, its key checked; shown by groups of four."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=50, **kwargs)
        self.widget.attrs |= {"autocomplete": "off", "spellcheck": "false"}

    def to_python(self, value: Any) -> str | None:
        typed = super().to_python(clean_line(value) if isinstance(value, str) else value)
        if not typed:
            return typed
        problem = iban_problem(typed)
        if problem:
            raise ValidationError(problem, code="invalid")
        return str(ibans.compact(typed))

    def prepare_value(self, value: Any) -> Any:
        return ibans.format(value) if isinstance(value, str) and not iban_problem(value) else value


class PayeeForm(DsfrForm):
    """Where a beneficiary is paid."""

    holder = LineField(label="Titulaire du compte", max_length=200, help_text="Tel qu’il figure sur le relevé.")
    iban = IbanField(label="IBAN", help_text="Par exemple : FR76 3000 6000 0112 3456 7890 189.")
    file = DepositField(
        label="Relevé d’identité bancaire (RIB)",
        accept=("pdf", "png", "jpg", "jpeg"),
        required=False,
        help_text="PDF ou image, 20 Mo au plus. Facultatif si l’IBAN enregistré ne change pas.",
    )

    def __init__(self, *args: Any, kept: str = "", **kwargs: Any) -> None:
        """Make the form; ``kept`` is the masked IBAN of an account that the person may not read whole."""
        super().__init__(*args, **kwargs)
        if kept:
            self.fields["iban"].required = False
            self["iban"].help_text = f"L’IBAN enregistré, {kept}, reste le même si cette case est vide."

    def refuse(self, errors: dict[str, str]) -> None:
        """Show the refusals of the service beside their fields."""
        for name, message in errors.items():
            self.add_error(name if name in self.fields else None, message)
