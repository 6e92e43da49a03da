"""The form by which a document is added to a file."""

from django import forms

from ctai.forms import DsfrForm
from documents.forms import DepositField


class AttachmentForm(DsfrForm):
    file = DepositField(label="Pièce à ajouter", help_text="PDF, image, document ou tableur ; 20 Mo au plus.")
    own_side = forms.BooleanField(
        label="Ne pas afficher à l’autre partie",
        required=False,
        help_text="Le document reste communicable par la loi.",
    )
