"""The closed lists of the diagnostic."""

from django.db import models

from campaigns.enums import Unit

__all__ = ["RowKind", "Unit"]  # a question expects a figure in the unit that the figure bears


class RowKind(models.TextChoices):
    FINDING = "finding", "Constat"
    OFFER = "offer", "Offre existante"
    NEED = "need", "Besoin non couvert"
    PRIORITY = "priority", "Priorité"
