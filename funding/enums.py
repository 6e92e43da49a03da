"""The closed lists of money: accounts of the Cerfa 12156 budget, funders, stages."""

from django.db import models


class BudgetSide(models.TextChoices):
    CHARGE = "charge", "Charges"
    PRODUCT = "product", "Produits"


class Account(models.TextChoices):
    """The lines of the budget form Cerfa 12156: charges 60 to 69 and 86, produits 70 to 79 and 87."""

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
    P70 = "70", "70 – Ventes et prestations de services"
    P73 = "73", "73 – Concours publics"
    P74 = "74", "74 – Subventions d’exploitation"
    P75 = "75", "75 – Autres produits de gestion courante"
    P76 = "76", "76 – Produits financiers"
    P77 = "77", "77 – Produits exceptionnels"
    P78 = "78", "78 – Reprises sur amortissements et provisions"
    P79 = "79", "79 – Transferts de charges"
    P87 = "87", "87 – Contributions volontaires en nature"


CHARGE_ACCOUNTS = ("60", "61", "62", "63", "64", "65", "66", "67", "68", "69", "indirect", "86")
PRODUCT_ACCOUNTS = ("70", "73", "74", "75", "76", "77", "78", "79", "87")


class Funder(models.TextChoices):
    """Who pays a line of account 74."""

    STATE_P104 = "state_p104", "État – programme 104"
    STATE_OTHER = "state_other", "État – autre programme"
    REGION = "region", "Région"
    DEPARTEMENT = "departement", "Département"
    EPCI = "epci", "Intercommunalité"
    COMMUNE = "commune", "Commune"
    SOCIAL = "social", "Organismes sociaux (CAF…)"
    EUROPEAN = "european", "Fonds européens (FAMI, FSE+)"
    OTHER = "other", "Autres financeurs"


class FundingStatus(models.TextChoices):
    REQUESTED = "requested", "Sollicité"
    OBTAINED = "obtained", "Acquis"


class Decision(models.TextChoices):
    PENDING = "pending", "À décider"
    RETAINED = "retained", "Retenue"
    REJECTED = "rejected", "Non retenue"


class Stage(models.TextChoices):
    """The stages of money, kept apart."""

    REQUESTED = "requested", "Demandé"
    PROPOSED = "proposed", "Proposé"
    GRANTED = "granted", "Retenu"
    INDICATIVE = "indicative", "Indicatif"
    NOTIFIED = "notified", "Notifié"
    COMMITTED = "committed", "Engagé"
    PAID = "paid", "Versé"


class ExpenditureKind(models.TextChoices):
    """What an entry of Chorus is: the commitment, then what is paid upon it."""

    COMMITMENT = "commitment", "Engagement"
    ADVANCE = "advance", "Avance"
    INSTALMENT = "instalment", "Acompte"
    BALANCE = "balance", "Solde"


class HolderKind(models.TextChoices):
    ASSOCIATION = "association", "Association"
    LOCAL_AUTHORITY = "local_authority", "Collectivité"
    CCAS = "ccas", "CCAS ou CIAS"
    OTHER = "other", "Autre organisme"


class IndicatorKind(models.TextChoices):
    OUTPUT = "output", "Réalisation"
    RESULT = "result", "Résultat"


class DistributionAct(models.TextChoices):
    """What one does with the envelope that one distributes."""

    GIVE = "give", "Attribuer à une organisation"
    TAKE_BACK = "take_back", "Reprendre à une organisation ce qu’elle n’a pas utilisé"
    REDEPLOY = "redeploy", "Redéployer d’une organisation vers une autre"
