"""The articles of the letters, receipts and decisions with which a new portal starts."""

from dataclasses import replace

from documents.defaults.text import Text

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
<p>Un recours gracieux ou hiérarchique formé dans ce délai interrompt le délai du recours contentieux.</p>
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

APPEALS = Text(
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
<p>Un recours gracieux ou hiérarchique formé dans ce délai interrompt le délai du recours contentieux. Le silence
gardé pendant deux mois sur un tel recours vaut décision de rejet.</p>
""",
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
    APPEALS,
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
    replace(APPEALS, condition="demande_deposee"),
)
