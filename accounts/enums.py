"""The closed lists of people and organisations."""

from django.db import models


class OrganisationKind(models.TextChoices):
    LOCAL = "local", "Collectivité"
    PREFECTURE = "prefecture", "Préfecture"
    REGIONAL = "regional", "Préfecture de région"
    NATIONAL = "national", "Administration centrale"
    SUPPORT = "support", "Assistance"


class Side(models.TextChoices):
    LOCAL = "local", "Collectivité"
    STATE = "state", "État"
    NATIONAL = "national", "National"
    SUPPORT = "support", "Assistance"


class DelegationKind(models.TextChoices):
    DELEGATION = "delegation", "Délégation de signature"
    SUBSTITUTION = "substitution", "Suppléance"
    INTERIM = "interim", "Intérim"


class AccessRequestStatus(models.TextChoices):
    PENDING = "pending", "À traiter"
    ACCEPTED = "accepted", "Acceptée"
    REFUSED = "refused", "Refusée"


class ServiceKind(models.TextChoices):
    SOUS_PREFECTURE = "sous_prefecture", "Sous-préfecture"
    DDETS = "ddets", "DDETS ou DDETS-PP"
    DREETS = "dreets", "DREETS"
    SGAR = "sgar", "SGAR"
    OTHER = "other", "Autre service"
