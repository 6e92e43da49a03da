"""The closed lists of campaigns."""

from django.db import models


class Unit(models.TextChoices):
    """The unit of a figure that the diagnostic expects."""

    PERSONS = "persons", "personnes"
    SHARE = "share", "%"
    EUROS = "euros", "€"
    PLACES = "places", "places"
    OTHER = "other", "autre unité"
