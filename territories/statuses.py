"""Which départements and régions of the list are authorities, and of which nature; the reasons are in `enums`."""

from territories.enums import LegalNature

# INSEE's code for the Collectivité européenne d'Alsace, a département in two départements of the State.
ALSACE = "6AE"
ALSACE_NAME = "Collectivité européenne d'Alsace"

# Départements of the State that have no council of their own: Paris (merged with its commune), Corsica, Alsace, the
# overseas départements with one collectivity, and the uninhabited territories.
DEPARTEMENTS_WITHOUT_COUNCIL = frozenset({"2A", "2B", "67", "68", "75", "972", "973", "976", "984", "989"})

# The authority in more than one département that is not an EPCI; the first is that of its préfecture.
SPANNED_DEPARTEMENTS: dict[str, list[str]] = {f"departement:{ALSACE}": ["67", "68"]}

COMMUNE_NATURES = {"75056": LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER}
DEPARTEMENT_NATURES = {
    "975": LegalNature.COLLECTIVITE_D_OUTRE_MER,
    "977": LegalNature.COLLECTIVITE_D_OUTRE_MER,
    "978": LegalNature.COLLECTIVITE_D_OUTRE_MER,
    "986": LegalNature.COLLECTIVITE_D_OUTRE_MER,
    "987": LegalNature.COLLECTIVITE_D_OUTRE_MER,
    "988": LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
}
REGION_NATURES = {
    "02": LegalNature.COLLECTIVITE_UNIQUE,
    "03": LegalNature.COLLECTIVITE_UNIQUE,
    "06": LegalNature.COLLECTIVITE_UNIQUE,
    "94": LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
}
EPCI_NATURES = {
    "CC": LegalNature.COMMUNAUTE_DE_COMMUNES,
    "CA": LegalNature.COMMUNAUTE_D_AGGLOMERATION,
    "CU": LegalNature.COMMUNAUTE_URBAINE,
    "METRO": LegalNature.METROPOLE,
    "MET69": LegalNature.COLLECTIVITE_A_STATUT_PARTICULIER,
}

# Overseas régions with one département and one préfecture.
PREFECTURE_OF_REGION = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}

# Where the official list has "communes" that are no communes.
DEPARTEMENTS_WITHOUT_COMMUNES = frozenset({"977", "978", "984", "986", "989"})
