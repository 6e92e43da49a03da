"""The closed lists of the diagnostic."""

from django.db import models


class RowKind(models.TextChoices):
    FINDING = "finding", "Constat"
    OFFER = "offer", "Offre existante"
    NEED = "need", "Besoin non couvert"
    PRIORITY = "priority", "Priorité"


class Unit(models.TextChoices):
    PERSONS = "persons", "personnes"
    SHARE = "share", "%"
    EUROS = "euros", "€"
    PLACES = "places", "places"
    OTHER = "other", "autre unité"
