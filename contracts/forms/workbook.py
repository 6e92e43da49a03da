"""The form by which the budgets come back in a workbook."""

from __future__ import annotations

from ctai.forms import DsfrForm
from documents.forms import DepositField


class WorkbookForm(DsfrForm):
    """The template of this file, filled."""

    file = DepositField(
        label="Modèle rempli", accept=("xlsx",), help_text="Le classeur Excel (.xlsx) téléchargé ici, sans macro."
    )
