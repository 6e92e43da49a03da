"""The axes and questions with which a first campaign opens, before the ministry changes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from campaigns.enums import Unit

if TYPE_CHECKING:
    from campaigns.models import CampaignAxis

#: Code and label, in the order of the ministry's flyer; the last four come from signed contracts and instructions.
AXES: tuple[tuple[str, str], ...] = (
    ("EMPLOI", "Emploi et insertion professionnelle"),
    ("LOGEMENT", "Accès au logement"),
    ("DROITS", "Accès aux droits"),
    ("FRANCAIS", "Apprentissage du français"),
    ("SANTE", "Accès aux soins et à la santé"),
    ("NUMERIQUE", "Inclusion numérique"),
    ("MOBILITE", "Mobilité"),
    ("LIEN", "Liens avec la société civile"),
    ("CULTURE_SPORT", "Culture, sport, loisirs"),
    ("VALEURS", "Valeurs de la République et citoyenneté"),
    ("JEUNESSE", "Jeunesse, parentalité et garde d’enfants"),
    ("COORDINATION", "Pilotage, coordination et évaluation"),
)

#: Label and guidance of the criteria of a first grid, each on five points.
CRITERIA: tuple[tuple[str, str], ...] = (
    (
        "Réponse aux besoins du diagnostic",
        "Chaque action répond-elle à un besoin, et les besoins majeurs sont-ils couverts ?",
    ),
    ("Publics", "Les publics visés sont-ils ceux du programme, et leur nombre est-il réaliste ?"),
    ("Complémentarité", "Le projet s’ajoute-t-il au droit commun et à AGIR sans les doubler ?"),
    ("Budget et cofinancements", "Les charges sont-elles éligibles et justifiées, les cofinancements acquis ?"),
    ("Pilotage et évaluation", "Le porteur a-t-il les moyens de conduire l’action et d’en mesurer les effets ?"),
)

PERSONS, SHARE, PLACES, OTHER = (each.value for each in (Unit.PERSONS, Unit.SHARE, Unit.PLACES, Unit.OTHER))


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionDraft:
    """A section to ask for, before it is a row."""

    key: str
    title: str
    guidance: str
    axis_id: int | None = None
    mandatory: bool = True
    indicators: tuple[tuple[str, str], ...] = field(default=())


CONTEXT = QuestionDraft(
    key="contexte",
    title="Contexte et périmètre",
    guidance="""Présentez le territoire : population, bassin de vie, dispositifs déjà en place.

- Quel est le périmètre du futur contrat : la commune, l’intercommunalité, quelques quartiers ?
- Quels sont les acteurs associés au diagnostic, et comment l’ont-ils été ?
- Comment le contrat s’articule-t-il avec AGIR, le contrat de ville et la convention territoriale globale ?""",
    indicators=(("Population", PERSONS), ("Communes du périmètre", OTHER), ("Partenaires associés", OTHER)),
)
PUBLICS = QuestionDraft(
    key="publics",
    title="Publics",
    guidance="""Décrivez les personnes étrangères primo-arrivantes du territoire, sans aucune donnée personnelle.

- Combien de signataires du contrat d’intégration républicaine, de bénéficiaires d’une protection internationale, \
de bénéficiaires de la protection temporaire ?
- Que sait-on de l’âge, du sexe, du niveau de langue, de la situation familiale ?
- Quels publics sont aujourd’hui les moins bien accompagnés ?

Un nombre de personnes compris entre 1 et 4 se saisit « moins de 5 ».""",
    indicators=(
        ("Signataires du contrat d’intégration républicaine", PERSONS),
        ("Bénéficiaires d’une protection internationale", PERSONS),
        ("Bénéficiaires de la protection temporaire", PERSONS),
        ("Part des femmes", SHARE),
        ("Part des moins de 26 ans", SHARE),
    ),
)
SYNTHESIS = QuestionDraft(
    key="synthese",
    title="Synthèse",
    guidance="""Résumez en une page ce que le diagnostic apprend : atouts, faiblesses, opportunités, menaces.

- Qu’est-ce qui fonctionne et doit être conforté ?
- Quels besoins restent sans réponse, et pour combien de personnes ?""",
)
PRIORITIES = QuestionDraft(
    key="priorites",
    title="Priorités",
    guidance="""Indiquez les priorités que les deux parties retiennent, de la plus à la moins urgente.

Chaque priorité relie un axe, un enjeu et un objectif que les actions pourront atteindre.""",
)

#: For each axis: what to ask, and the figures expected.
AXIS_QUESTIONS: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "EMPLOI": (
        "Quels métiers recrutent ? Quels freins à l’emploi : langue, garde d’enfants, reconnaissance des diplômes ?",
        (("Demandeurs d’emploi primo-arrivants", PERSONS), ("Part en emploi six mois après le CIR", SHARE)),
    ),
    "LOGEMENT": (
        "Quelles places d’hébergement et quel accès au parc social ou privé ? Quels délais, quels blocages ?",
        (("Places d’hébergement (CADA, HUDA, CPH)", PLACES), ("Ménages en attente d’un logement", OTHER)),
    ),
    "DROITS": (
        "Où les personnes ouvrent-elles leurs droits ? Quelles démarches échouent, et pourquoi ?",
        (("Points d’accueil accompagnant ces publics", OTHER),),
    ),
    "FRANCAIS": (
        "Quels ateliers et formations, à quels niveaux et horaires ? Qui n’y accède pas ?",
        (("Places en formation linguistique", PLACES), ("Personnes en attente d’une place", PERSONS)),
    ),
    "SANTE": (
        "Quel accès aux soins, à l’interprétariat, à la santé mentale ?",
        (("Structures proposant un interprétariat", OTHER),),
    ),
    "NUMERIQUE": (
        "Quels lieux d’aide aux démarches en ligne ? Quel équipement des personnes ?",
        (("Lieux de médiation numérique", OTHER),),
    ),
    "MOBILITE": (
        "Comment se déplace-t-on vers l’emploi, la formation, les soins ? Quelles aides existent ?",
        (("Bénéficiaires d’une aide à la mobilité", PERSONS),),
    ),
    "LIEN": (
        "Quels parrainages, mentorats, actions bénévoles ? Quels habitants, quelles entreprises mobilisées ?",
        (("Bénévoles engagés", OTHER), ("Personnes parrainées", PERSONS)),
    ),
    "CULTURE_SPORT": (
        "Quel accès à la culture, au sport et aux loisirs ? Quels clubs et lieux accueillent déjà ?",
        (("Structures partenaires", OTHER),),
    ),
    "VALEURS": (
        "Quelles actions autour des valeurs de la République et de la citoyenneté, en complément de l’OFII ?",
        (("Personnes ayant suivi une action", PERSONS),),
    ),
    "JEUNESSE": (
        "Quelle scolarisation, quelle garde d’enfants, quel soutien aux parents et aux jeunes majeurs ?",
        (("Places de garde d’enfants mobilisables", PLACES), ("Jeunes de 16 à 25 ans", PERSONS)),
    ),
    "COORDINATION": (
        "Qui pilote aujourd’hui ? Quelles instances, quels moyens, quelle évaluation ?",
        (("Postes de coordination (équivalents temps plein)", OTHER),),
    ),
}
AXIS_GUIDANCE = """{question}

- Constats : ce que l’on observe sur le territoire.
- Offre existante : qui fait quoi, pour combien de personnes, avec quel financeur.
- Besoins non couverts : ce qui manque, et pour qui. Les fiches-actions y répondront."""


def questions(axes: Iterable[CampaignAxis]) -> Iterator[QuestionDraft]:
    """Yield the sections of a diagnostic for these axes, in their order; an axis is optional unless mandatory."""
    yield CONTEXT
    yield PUBLICS
    for each in axes:
        question, indicators = AXIS_QUESTIONS.get(each.axis.code, ("Que constate-t-on sur cet axe ?", ()))
        yield QuestionDraft(
            key=f"axe-{each.axis.code.lower().replace('_', '-')}",
            title=each.axis.label,
            guidance=AXIS_GUIDANCE.format(question=question),
            axis_id=each.axis_id,
            mandatory=each.mandatory,
            indicators=indicators,
        )
    yield SYNTHESIS
    yield PRIORITIES
