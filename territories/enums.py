"""What a local authority is: its statistical category and its legal nature, kept apart."""

from django.db.models import TextChoices


class StatisticalCategory(TextChoices):
    """The four columns of the ministry's counts; every authority falls in exactly one."""

    COMMUNE = "commune", "Commune"
    EPCI = "epci", "EPCI"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"


class LegalNature(TextChoices):
    """What the law says the authority is, whatever the column in which it is counted."""

    COMMUNE = "commune", "Commune"
    COMMUNAUTE_DE_COMMUNES = "communaute_de_communes", "Communauté de communes"
    COMMUNAUTE_D_AGGLOMERATION = "communaute_d_agglomeration", "Communauté d'agglomération"
    COMMUNAUTE_URBAINE = "communaute_urbaine", "Communauté urbaine"
    METROPOLE = "metropole", "Métropole"
    DEPARTEMENT = "departement", "Département"
    REGION = "region", "Région"
    COLLECTIVITE_A_STATUT_PARTICULIER = "collectivite_a_statut_particulier", "Collectivité à statut particulier"
    COLLECTIVITE_UNIQUE = "collectivite_unique", "Collectivité unique d'outre-mer"
    COLLECTIVITE_D_OUTRE_MER = "collectivite_d_outre_mer", "Collectivité d'outre-mer"
    STATISTICAL_UNIT = "statistical_unit", "Unité de la liste officielle sans personnalité morale"


# Which natures each category may hold:
# - Paris is a commune and a département merged in 2019: counted as a commune (code général des collectivités
#   territoriales, art. L. 2512-1).
# - The Métropole de Lyon is a collectivité à statut particulier (art. L. 3611-1) counted among the EPCI.
# - The Collectivité européenne d'Alsace is a département, that of Bas-Rhin and Haut-Rhin regrouped (art. L. 3431-1).
# - The Collectivité de Corse replaced the région and both départements in 2018 (art. L. 4421-1): a région.
# - Martinique and Guyane (art. L. 7211-1, L. 7111-1), and Mayotte since 1 January 2026 (loi organique 2025-793), are
#   one authority each with the powers of a département and of a région: counted once, among the régions.
# - Overseas collectivities (Constitution, art. 74) and Nouvelle-Calédonie (titre XIII) are counted among the
#   départements, since each has one representative of the State.
# - The official list gives a "commune" to places that have none (Saint-Barthélemy, Saint-Martin, Wallis et Futuna, the
#   Terres australes, Clipperton): the rows are kept, as statistical units that can carry no contract.
NATURES_OF_CATEGORY: dict[StatisticalCategory, tuple[LegalNature, ...]] = {
    StatisticalCategory.COMMUNE: (
        LegalNature.COMMUNE,
        LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
        LegalNature.STATISTICAL_UNIT,
    ),
    StatisticalCategory.EPCI: (
        LegalNature.COMMUNAUTE_DE_COMMUNES,
        LegalNature.COMMUNAUTE_D_AGGLOMERATION,
        LegalNature.COMMUNAUTE_URBAINE,
        LegalNature.METROPOLE,
        LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
    ),
    StatisticalCategory.DEPARTEMENT: (
        LegalNature.DEPARTEMENT,
        LegalNature.COLLECTIVITE_D_OUTRE_MER,
        LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
    ),
    StatisticalCategory.REGION: (
        LegalNature.REGION,
        LegalNature.COLLECTIVITE_UNIQUE,
        LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
    ),
}

# EPCI whose council is a « conseil de la métropole ».
METROPOLITAN_NATURES = frozenset({LegalNature.METROPOLE, LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER})
