"""The form by which figures are imported, with the versions of the sections that the page showed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from ctai.forms import DsfrForm, UploadField
from diagnostics.figures_files import MAX_BYTES
from diagnostics.models import Section


class FiguresImportForm(DsfrForm):
    """A spreadsheet of figures."""

    file = UploadField(
        label="Fichier de chiffres", accept=("csv", "xlsx"), help_text="CSV ou Excel (.xlsx), 1 Mo au plus."
    )
    versions = forms.CharField(widget=forms.HiddenInput, max_length=2_000)

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > MAX_BYTES:
            raise ValidationError("Ce fichier dépasse 1 Mo. Gardez seulement les lignes de chiffres.")
        return upload

    def clean_versions(self) -> dict[int, int]:
        """Return the version of each section by its key."""
        try:
            pairs = (pair.split(":") for pair in self.cleaned_data["versions"].split(","))
            return {int(section): int(version) for section, version in pairs}
        except ValueError as error:
            raise ValidationError("Rouvrez la page et recommencez.") from error

    @staticmethod
    def initial_of(sections: Iterable[Section]) -> Mapping[str, str]:
        """Return the versions as the hidden field holds them."""
        return {"versions": ",".join(f"{each.pk}:{each.version}" for each in sections)}
