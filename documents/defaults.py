"""The first version of every template: the articles with which a new portal starts."""

import re
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from documents.enums import DocumentKind
from documents.models import DocumentTemplate, TemplateArticle, TemplateVersion

NBSP = "\u00a0"


@dataclass(frozen=True, slots=True)
class Text:
    """An article as written here."""

    key: str
    title: str
    body: str
    condition: str = ""


CONTRACT = (
    Text(
        "visas",
        "",
        """
<p>Vu le code général des collectivités territoriales ;</p>
<p>Vu le code de l’entrée et du séjour des étrangers et du droit d’asile, notamment son article L. 413-1 ;</p>
<p>Vu le code des relations entre le public et l’administration ;</p>
<p>Vu la loi organique n° 2001-692 du 1er août 2001 relative aux lois de finances ;</p>
<p>Vu la loi n° 2024-42 du 26 janvier 2024 pour contrôler l’immigration, améliorer l’intégration ;</p>
""",
    ),
    Text(
        "preambule",
        "Préambule",
        """
<p>L’accueil et l’intégration des personnes étrangères qui s’installent durablement en France engagent l’État et les
collectivités territoriales. Le contrat territorial d’accueil et d’intégration les réunit autour d’une connaissance
commune du territoire, de priorités partagées et d’actions suivies ensemble.</p>
<p>{{ porteur.nom_en_tete }} a fait connaître sa volonté de s’engager dans cette démarche. Les échanges conduits
avec les services de l’État ont abouti à un diagnostic partagé, annexé au présent contrat, qui recense l’offre
existante, les besoins non couverts et les priorités retenues. Les actions du présent contrat y répondent.</p>
""",
    ),
    Text(
        "objet",
        "Objet du contrat",
        """
<p>Le présent contrat fixe les objectifs que les parties se donnent en commun pour l’accueil et l’intégration des
publics mentionnés à l’article {{ article.publics }}, les actions qui y concourent, les moyens que chacune y
consacre et les conditions dans lesquelles leur réalisation est suivie et évaluée.</p>
<p>Il porte l’intitulé suivant : « {{ contrat.intitule }} ».</p>
""",
    ),
    Text(
        "publics",
        "Publics",
        """
<p>Les actions s’adressent aux personnes étrangères primo-arrivantes, en situation régulière et appelées à
s’installer durablement sur le territoire, parmi lesquelles les bénéficiaires d’une protection internationale. Les
publics propres à chaque action sont précisés dans sa fiche.</p>
""",
    ),
    Text(
        "perimetre",
        "Territoire",
        """
<p>Le contrat s’applique sur le territoire de compétence des collectivités signataires : {{ collectivites.noms }}.
Une action peut bénéficier à des personnes domiciliées hors de ce territoire lorsque sa fiche le prévoit.</p>
""",
    ),
    Text(
        "axes",
        "Axes stratégiques et actions",
        """
<p>Le contrat s’organise autour des axes suivants : {{ contrat.axes }}.</p>
<p>Il comprend {{ contrat.nombre_actions }}, décrites en annexe 2 et récapitulées ci-dessous. Chaque fiche précise
le besoin du diagnostic auquel l’action répond, son porteur, son calendrier, ses indicateurs et son budget.</p>
""",
    ),
    Text(
        "engagements_etat",
        "Engagements de l’État",
        """
<p>L’État s’engage :</p>
<ul>
<li>à apporter son concours financier dans les conditions de l’article {{ article.financement }} ;</li>
<li>à désigner, au sein de ses services, un interlocuteur de la collectivité pour la durée du contrat ;</li>
<li>à partager les données utiles au suivi du contrat, dans le respect du secret et de la protection des données
;</li>
<li>à mobiliser les opérateurs et les services compétents, en particulier l’Office français de l’immigration et de
l’intégration.</li>
</ul>
""",
    ),
    Text(
        "engagements_collectivite",
        "Engagements de la collectivité",
        """
<p>{{ porteur.nom_en_tete }}, collectivité porteuse, s’engage :</p>
<ul>
<li>à conduire les actions dont elle est responsable et à veiller à la réalisation des autres ;</li>
<li>à désigner un élu référent et un coordonnateur du contrat ;</li>
<li>à mobiliser ses propres compétences et ses partenaires, et à réunir les cofinancements prévus ;</li>
<li>à rendre compte de l’emploi des crédits et des résultats obtenus.</li>
</ul>
""",
    ),
    Text(
        "plusieurs_collectivites",
        "Rôle de chaque collectivité signataire",
        """
<p>Le présent contrat est signé par {{ collectivites.nombre }} collectivités. {{ porteur.nom_en_tete }} en est la
collectivité porteuse : elle est l’interlocutrice de l’État pour son suivi. Chacune des autres collectivités
s’engage pour les actions qui relèvent de ses compétences ou qu’elle porte, et signe au vu de sa propre
délibération.</p>
""",
        "plusieurs_collectivites",
    ),
    Text(
        "gouvernance",
        "Gouvernance",
        """
<p>Un comité de pilotage, présidé conjointement par le représentant de l’État et le représentant de la collectivité
porteuse, se réunit au moins une fois par an. Il examine l’avancement des actions, le bilan de l’année écoulée et
les orientations de l’année suivante.</p>
<p>Un comité technique, réunissant les services des parties, le coordonnateur et les porteurs d’action, prépare ses
travaux et traite les difficultés d’exécution.</p>
""",
    ),
    Text(
        "articulation",
        "Articulation avec les autres dispositifs",
        """
<p>Les actions complètent le parcours d’intégration républicaine conduit par l’Office français de l’immigration et
de l’intégration, l’accompagnement global et individualisé des réfugiés (AGIR), le contrat de ville et les
dispositifs de droit commun. Elles ne s’y substituent pas et ne financent pas des prestations qui en relèvent.</p>
""",
    ),
    Text(
        "articulation_agir",
        "Convention d’articulation avec AGIR",
        """
<p>Au regard du montant accordé, les parties établissent avec l’opérateur du programme AGIR une convention qui
précise l’orientation des personnes, la répartition des interventions et l’échange d’informations. Elle est versée
au dossier du contrat.</p>
""",
        "seuil_agir",
    ),
    Text(
        "duree",
        "Durée et prise d’effet",
        """
<p>Le contrat est conclu pour une durée de {{ contrat.duree }}, du {{ contrat.debut }} au {{ contrat.fin }}. Il
prend effet à sa notification aux parties, après la dernière signature. Les dépenses des actions engagées à compter
du premier jour de cette période peuvent être prises en compte.</p>
""",
    ),
    Text(
        "financement",
        "Financement",
        """
<p>Le coût total des actions s’élève à {{ montant.cout_total }}. Le concours de l’État, imputé sur le programme 104
« Intégration et accès à la nationalité française », s’élève à {{ montant.total }} ({{ montant.total_en_lettres }}),
soit {{ montant.taux }} de ce coût.</p>
<p>Au titre de {{ montant.annees_fermes }}, le montant accordé s’élève à {{ montant.ferme }} ({{
montant.ferme_en_lettres }}). La répartition par année, par axe et par bénéficiaire est la suivante.</p>
""",
    ),
    Text(
        "annees_indicatives",
        "Caractère indicatif des années ultérieures",
        """
<p>Les montants inscrits pour {{ montant.annees_indicatives }} sont indicatifs. Ils sont confirmés ou révisés chaque
année, dans la limite des crédits ouverts par la loi de finances et au vu du bilan de l’année écoulée. Ils ne valent
pas engagement de l’État.</p>
""",
        "annees_indicatives",
    ),
    Text(
        "versement",
        "Modalités de versement",
        """
<p>Chaque tranche annuelle fait l’objet d’un acte attributif qui précise le bénéficiaire, le montant, l’échéancier
et les pièces à produire. Les crédits sont versés aux bénéficiaires désignés dans les fiches-actions, qui peuvent
être distincts de la collectivité porteuse.</p>
""",
    ),
    Text(
        "suivi",
        "Suivi, évaluation et compte rendu",
        """
<p>Les parties suivent les indicateurs de chaque action, rappelés en annexe 4. La collectivité porteuse remet à
l’État un bilan annuel, quantitatif, qualitatif et financier. Chaque bénéficiaire produit un compte rendu financier
dans les six mois qui suivent la fin de l’exercice pour lequel la subvention a été attribuée.</p>
<p>Une évaluation d’ensemble est conduite avant le terme du contrat.</p>
""",
    ),
    Text(
        "controle",
        "Contrôle et reversement",
        """
<p>Les bénéficiaires tiennent à la disposition de l’État les pièces justificatives des dépenses. Les sommes non
employées, ou employées à un autre objet que celui du contrat, sont reversées, après que le bénéficiaire a été mis à
même de présenter ses observations.</p>
""",
    ),
    Text(
        "communication",
        "Communication",
        """
<p>Les documents et les manifestations qui présentent les actions mentionnent le contrat territorial d’accueil et
d’intégration et le concours de l’État et des collectivités signataires.</p>
""",
    ),
    Text(
        "donnees",
        "Données personnelles et confidentialité",
        """
<p>Chaque porteur d’action est responsable des traitements de données personnelles qu’il met en œuvre. Les échanges
entre les parties pour le suivi du contrat ne portent que sur des données agrégées, qui ne permettent d’identifier
aucune personne accompagnée.</p>
""",
    ),
    Text(
        "avenant",
        "Avenant",
        """
<p>Toute modification des actions, des montants ou de la durée fait l’objet d’un avenant conclu dans les mêmes
formes. Une erreur matérielle peut être rectifiée par un document accepté par toutes les parties et joint au
contrat.</p>
""",
    ),
    Text(
        "renouvellement",
        "Renouvellement",
        """
<p>Six mois avant le terme, les parties examinent, au vu de l’évaluation, l’opportunité de conclure un nouveau
contrat. Le contrat ne se renouvelle pas tacitement.</p>
""",
    ),
    Text(
        "resiliation",
        "Résiliation",
        """
<p>En cas d’inexécution par une partie de ses obligations, le contrat peut être résilié par une autre, un mois après
une mise en demeure motivée restée sans effet. Il peut également l’être d’un commun accord, ou pour un motif
d’intérêt général. Les comptes sont alors arrêtés à la date de la résiliation.</p>
""",
    ),
    Text(
        "litiges",
        "Litiges",
        """
<p>Les parties recherchent une solution amiable à leurs différends. À défaut, le litige est porté devant le {{
tribunal.nom }}.</p>
""",
    ),
    Text(
        "signatures",
        "Annexes et signatures",
        """
<p>Les annexes font partie intégrante du contrat. Chaque partie signe le présent texte, identifié par son numéro de
version et son code de vérification. La collectivité signe après que la délibération qui l’y autorise est devenue
exécutoire.</p>
""",
    ),
)

LETTER = (
    Text(
        "corps",
        "",
        """
<p>Par la présente lettre, {{ porteur.le_nom }} fait part de sa volonté de s’engager dans un contrat territorial
d’accueil et d’intégration, et de conduire avec les services de l’État les échanges et le diagnostic partagé qui en
forment les premières étapes.</p>
""",
    ),
)

REGISTRATION_RECEIPT = (
    Text(
        "corps",
        "",
        """
<p>La lettre d’intention {{ porteur.de_nom }} a été déposée {{ reception.canal }} le {{ reception.date }}. Elle
porte la référence {{ dossier.reference }}, à rappeler dans toute correspondance.</p>
""",
    ),
    Text(
        "portee",
        "",
        """
<p>Le présent document atteste du dépôt. Il ne fait courir aucun délai et ne préjuge pas de la suite donnée. La
préfecture accusera réception de la lettre et désignera l’agent chargé du dossier.</p>
""",
    ),
)

LETTER_ACKNOWLEDGEMENT = (
    Text(
        "corps",
        "",
        """
<p>J’accuse réception de la lettre d’intention {{ porteur.de_nom }} en date du {{ lettre.date }}, reçue le {{
reception.date }} et enregistrée sous la référence {{ dossier.reference }}.</p>
<p>Votre interlocuteur au sein des services de l’État prendra contact avec vous pour convenir d’un premier échange,
qui préparera le diagnostic partagé du territoire.</p>
""",
    ),
    Text(
        "portee",
        "",
        """
<p>Cet accusé de réception concerne l’intention exprimée par votre collectivité. Il ne vaut pas accusé de réception
d’une demande de financement et ne fait courir aucun délai.</p>
""",
    ),
)

REQUEST_ACKNOWLEDGEMENT = (
    Text(
        "corps",
        "",
        """
<p>J’accuse réception de la demande de financement présentée par {{ porteur.le_nom }} au titre du contrat
territorial d’accueil et d’intégration, reçue le {{ reception.date }} et enregistrée sous la référence {{
dossier.reference }}. Elle porte sur un montant de {{ montant.demande }} ({{ montant.demande_en_lettres }}).</p>
""",
    ),
    Text(
        "tardive",
        "Dépôt après la date fixée par la campagne",
        """
<p>La demande a été reçue après la date fixée par le calendrier de la campagne. Elle est instruite, sans assurance
que des crédits soient encore disponibles.</p>
""",
        "hors_calendrier",
    ),
    Text(
        "delai",
        "Délai de réponse",
        """
<p>En l’absence de décision expresse au plus tard le {{ silence.date }}, la demande sera réputée avoir fait l’objet
d’une décision de {{ silence.sens }}.</p>
<p>Si des pièces ou des corrections vous sont demandées, ce délai est suspendu jusqu’à leur réception.</p>
""",
    ),
    Text(
        "recours",
        "Voies et délais de recours",
        """
<p>Une décision implicite de rejet peut être contestée dans les deux mois qui suivent sa naissance :</p>
<ul>
<li>par un recours gracieux adressé à l’autorité qui instruit la demande ;</li>
<li>par un recours hiérarchique adressé au ministre chargé de l’intégration ;</li>
<li>par un recours contentieux devant le {{ tribunal.nom_et_adresse }}, qui peut être saisi par l’application
Télérecours.</li>
</ul>
<p>Un recours gracieux ou hiérarchique formé dans ce délai conserve le délai du recours contentieux.</p>
""",
        "silence_vaut_rejet",
    ),
)

DIAGNOSTIC = (
    Text(
        "presentation",
        "",
        """
<p>Le présent diagnostic a été établi en commun par {{ porteur.le_nom }} et les services de l’État. Il recense les
publics accueillis, l’offre existante et les besoins non couverts du territoire, et retient les priorités auxquelles
répondront les actions du contrat territorial d’accueil et d’intégration.</p>
""",
    ),
)

REFUSAL = (
    Text(
        "corps",
        "",
        """
<p>Après examen de son dossier enregistré sous la référence {{ dossier.reference }}, j’ai le regret de faire
connaître à {{ porteur.le_nom }} que le projet de contrat territorial d’accueil et d’intégration présenté par cette
collectivité n’est pas retenu.</p>
""",
    ),
    Text(
        "recours",
        "Voies et délais de recours",
        """
<p>La présente décision peut être contestée dans les deux mois qui suivent sa notification :</p>
<ul>
<li>par un recours gracieux adressé à son auteur ;</li>
<li>par un recours hiérarchique adressé au ministre chargé de l’intégration ;</li>
<li>par un recours contentieux devant le {{ tribunal.nom_et_adresse }}, qui peut être saisi par l’application
Télérecours.</li>
</ul>
<p>Un recours gracieux ou hiérarchique formé dans ce délai conserve le délai du recours contentieux. Le silence
gardé pendant deux mois sur un tel recours vaut décision de rejet.</p>
""",
    ),
)

DISMISSAL = (
    Text(
        "corps",
        "",
        """
<p>Le dossier {{ porteur.de_nom }}, enregistré sous la référence {{ dossier.reference }}, est classé sans suite.</p>
""",
    ),
    Text(
        "portee",
        "",
        """
<p>Le classement met fin à l’examen du dossier. Il ne fait pas obstacle au dépôt d’une nouvelle lettre d’intention,
et le dossier peut être rouvert par l’autorité qui l’a classé.</p>
""",
    ),
)

TEMPLATES: dict[DocumentKind, tuple[Text, ...]] = {
    DocumentKind.LETTER: LETTER,
    DocumentKind.REGISTRATION_RECEIPT: REGISTRATION_RECEIPT,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: LETTER_ACKNOWLEDGEMENT,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: REQUEST_ACKNOWLEDGEMENT,
    DocumentKind.DIAGNOSTIC: DIAGNOSTIC,
    DocumentKind.CONTRACT: CONTRACT,
    DocumentKind.REFUSAL: REFUSAL,
    DocumentKind.DISMISSAL: DISMISSAL,
}


@transaction.atomic
def ensure_templates(now: datetime) -> int:
    """Publish the first version of each template that has none; return how many were added."""
    return sum(_ensure_template(kind, texts, now) for kind, texts in TEMPLATES.items())


def _ensure_template(kind: DocumentKind, texts: tuple[Text, ...], now: datetime) -> bool:
    template, _ = DocumentTemplate.objects.get_or_create(kind=kind, defaults={"title": kind.label})
    version, created = TemplateVersion.objects.get_or_create(template=template, number=1)
    if created:
        TemplateArticle.objects.bulk_create(
            TemplateArticle(
                version=version,
                rank=rank,
                key=text.key,
                title=text.title,
                body=typographic(text.body),
                condition=text.condition,
            )
            for rank, text in enumerate(texts, start=1)
        )
        version.published_at = now
        version.save(update_fields=["published_at"])
    return created


def typographic(text: str) -> str:
    """Return French text with its no-break spaces, each paragraph on one line."""
    text = re.sub(r"\s+", " ", text.strip())
    text = re.sub(r" ([;:?!»])", NBSP + r"\1", text)
    text = re.sub(r"« ", "«" + NBSP, text)
    return re.sub(r"(n°|\b[LR]\.|article|annexe|programme) (?=[\dL{])", r"\1" + NBSP, text)
