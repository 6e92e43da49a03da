"""What the files of the demonstration say: plausible, fictitious, the same from one run to the next."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

LABEL = "Données de démonstration, montants fictifs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """An axis: what exists, what is missing, what is done about it, for how much a year (euros)."""

    code: str
    offer: tuple[str, str, str]
    need: str
    priority: tuple[str, str]
    action: str
    objectives: str
    description: str
    holder: tuple[str, str]
    persons: int
    target: tuple[str, int]
    staff: Decimal
    services: Decimal
    supplies: Decimal


# Fictitious associations: the numbers have valid keys and belong to nobody known.
PASSERELLES = ("Association Passerelles (fictive)", "90100001800019")
ATELIER = ("L’Atelier des langues (fictif)", "90100002600012")
TOIT_ET_CLES = ("Toit et Clés (fictif)", "90100003400016")

# Accounts that no bank holds: the keys are right, the numbers are those of examples.
IBANS = ("FR7630006000011234567890189", "FR7610107001011234567890129", "FR7611315000011234567890138")

THEMES: tuple[Theme, ...] = (
    Theme(
        code="FRANCAIS",
        offer=("Centre social et trois associations", "Ateliers sociolinguistiques", "120 places par an"),
        need="Les personnes qui travaillent en horaires décalés n’ont accès à aucun cours de français.",
        priority=(
            "Apprendre le français tout en travaillant",
            "Ouvrir des cours le soir et le samedi, avec garde d’enfants",
        ),
        action="Des cours de français le soir et le samedi",
        objectives="Permettre à 80 personnes par an de progresser d’un niveau, malgré un emploi ou de jeunes enfants.",
        description=(
            "Quatre groupes de douze personnes, trois heures par semaine, dans deux quartiers et à proximité de la "
            "gare.\n\nUne évaluation du niveau à l’entrée et à la sortie ; une garde d’enfants sur place."
        ),
        holder=ATELIER,
        persons=80,
        target=("Personnes ayant progressé d’un niveau", 60),
        staff=Decimal("36400.00"),
        services=Decimal("8250.50"),
        supplies=Decimal("2349.50"),
    ),
    Theme(
        code="LOGEMENT",
        offer=("Bailleurs sociaux et SIAO", "Accompagnement vers le logement", "45 ménages par an"),
        need="Les sorties d’hébergement vers un logement pérenne demandent plus de neuf mois.",
        priority=(
            "Sortir plus vite de l’hébergement",
            "Capter des logements privés et accompagner les six premiers mois",
        ),
        action="Un premier logement, six mois d’accompagnement",
        objectives="Installer 30 ménages par an dans un logement pérenne et prévenir les ruptures.",
        description=(
            "Recherche de logements auprès des propriétaires privés, visite préparée avec la famille, aide aux "
            "démarches d’ouverture de droits et bilan à six mois."
        ),
        holder=TOIT_ET_CLES,
        persons=70,
        target=("Ménages logés de façon pérenne", 30),
        staff=Decimal("41200.00"),
        services=Decimal("8800.00"),
        supplies=Decimal("1500.00"),
    ),
    Theme(
        code="EMPLOI",
        offer=("France Travail et mission locale", "Accompagnement renforcé", "60 places par an"),
        need="Les diplômes et l’expérience acquis à l’étranger ne sont ni reconnus ni présentés aux employeurs.",
        priority=("Faire valoir les compétences", "Mettre en relation avec les métiers qui recrutent"),
        action="Des parcours courts vers les métiers qui recrutent",
        objectives="Conduire 40 personnes par an vers un emploi ou une formation qualifiante.",
        description=(
            "Bilan des compétences, immersion en entreprise, parrainage par des salariés volontaires et suivi de "
            "trois mois après l’embauche."
        ),
        holder=PASSERELLES,
        persons=55,
        target=("Sorties vers l’emploi ou la formation", 40),
        staff=Decimal("30600.00"),
        services=Decimal("7800.00"),
        supplies=Decimal("1100.25"),
    ),
)

COORDINATION = "Coordination du contrat"

MOTIVATION = (
    "{name} accueille depuis plusieurs années des personnes réfugiées et des familles qui s’installent durablement. "
    "Les services, les associations et les habitants se mobilisent, mais chacun de son côté.\n\n"
    "La collectivité souhaite s’engager avec l’État dans un contrat territorial d’accueil et d’intégration pour mieux "
    "coordonner ces efforts, en priorité sur l’apprentissage du français, le logement et l’emploi."
)
PUBLIC = (
    "Personnes étrangères primo-arrivantes en situation régulière, dont bénéficiaires d’une protection internationale"
)
MINUTES = (
    "La collectivité a présenté sa situation et ses attentes. La préfecture a rappelé les priorités de l’année et le "
    "calendrier de la campagne.\n\nLes parties conviennent d’associer les associations au diagnostic et de réunir un "
    "premier groupe de travail sur le logement."
)
SECTION = (
    "Ce constat résulte des échanges entre les services de la collectivité, la préfecture et les associations, "
    "conduits au cours de trois réunions.\n\nLes chiffres cités sont ceux de la démonstration."
)
REMARK = "Préciser comment l’action s’articule avec AGIR et l’offre de l’OFII, et le rôle de chaque partenaire."
ANSWER = "La fiche précise désormais le partage des rôles : AGIR oriente, l’action complète le soir et le samedi."
#: What each side makes of a section, one version after the other.
SECTION_BY_THE_TOWN = (
    "<h3>Comment ce constat a été établi</h3><p>Trois réunions ont rassemblé les services de la collectivité, la "
    "préfecture et les associations.</p><h3>Ce qui ressort</h3><ul><li>des acteurs engagés, mais peu de relais entre "
    "eux ;</li><li>des besoins qui changent avec la durée du séjour.</li></ul>"
)
SECTION_BY_THE_STATE = (
    "<h3>Comment ce constat a été établi</h3><p>Quatre réunions ont rassemblé les services de la collectivité, la "
    "préfecture, l’OFII et les associations.</p><h3>Ce qui ressort</h3><ul><li>des acteurs <strong>engagés</strong>, "
    "mais peu de relais entre eux ;</li><li>des besoins qui changent avec la durée du séjour ;</li><li>un "
    "premier accueil à distinguer de l’intégration durable.</li></ul><table><thead><tr><th>Étape</th>"
    "<th>Interlocuteur</th></tr></thead><tbody><tr><td>Première année</td><td>OFII</td></tr><tr><td>Ensuite</td>"
    "<td>Ville et associations</td></tr></tbody></table>"
)
SECTION_AGREED = SECTION_BY_THE_STATE.replace("accueil à distinguer", "accueil, à distinguer")
FINDING_ADDED = "Les délais entre deux rendez-vous dépassent deux mois."
REMARK_ON_A_ROW = "De quand date cette capacité ? Il faudrait la source."
#: Persons of the territory at the end of three years: what they are, how many the first year, how many more each year.
PUBLICS_OVER_TIME = (
    ("Signataires du contrat d’intégration républicaine", 168, 23),
    ("Bénéficiaires d’une protection internationale", 112, 17),
)

GRADE = "Conforme au diagnostic ; quelques précisions à obtenir."
OPINION = "Favorable au projet, sous réserve de préciser l’articulation avec AGIR pour l’accès au logement."
TRIMMED = "Enveloppe départementale contrainte (démonstration)"
