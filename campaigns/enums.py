"""The closed lists of campaigns."""

from django.db import models


class Unit(models.TextChoices):
    """The unit of a figure that the diagnostic expects."""

    PERSONS = "persons", "personnes"
    SHARE = "share", "%"
    EUROS = "euros", "€"
    PLACES = "places", "places"
    OTHER = "other", "autre unité"


class ChargeAccount(models.TextChoices):
    """The charges of the budget form Cerfa 12156, among which a campaign says which are eligible."""

    C60 = "60", "60 – Achats"
    C61 = "61", "61 – Services extérieurs"
    C62 = "62", "62 – Autres services extérieurs"
    C63 = "63", "63 – Impôts et taxes"
    C64 = "64", "64 – Charges de personnel"
    C65 = "65", "65 – Autres charges de gestion courante"
    C66 = "66", "66 – Charges financières"
    C67 = "67", "67 – Charges exceptionnelles"
    C68 = "68", "68 – Dotations aux amortissements et provisions"
    C69 = "69", "69 – Impôt sur les bénéfices"
    INDIRECT = "indirect", "Charges indirectes réparties"
    C86 = "86", "86 – Emplois des contributions volontaires en nature"
