"""The articles of the contract with which a new portal starts."""

from documents.defaults.text import Text

CONTRACT = (
    Text(
        "visas",
        "",
        """
<p>Vu le code général des collectivités territoriales ;</p>
<p>Vu le code de l’entrée et du séjour des étrangers et du droit d’asile, notamment son article L. 413-1 ;</p>
<p>Vu le code des relations entre le public et l’administration ;</p>
<p>Vu la loi organique n° 2001-692 du 1er août 2001 relative aux lois de finances ;</p>
<p>Vu la loi n° 2000-321 du 12 avril 2000 relative aux droits des citoyens dans leurs relations avec les
administrations, notamment ses articles 9-1, 10 et 10-1 ;</p>
<p>Vu la loi n° 2024-42 du 26 janvier 2024 pour contrôler l’immigration, améliorer l’intégration ;</p>
<p>Vu le décret n° 2001-495 du 6 juin 2001 pris pour l’application de l’article 10 de la loi n° 2000-321 du 12 avril
2000 et relatif à la transparence financière des aides octroyées par les personnes publiques ;</p>
<p>Vu le décret n° 2004-374 du 29 avril 2004 relatif aux pouvoirs des préfets, à l’organisation et à l’action des
services de l’État dans les régions et départements ;</p>
<p>Vu le décret n° 2012-1246 du 7 novembre 2012 relatif à la gestion budgétaire et comptable publique ;</p>
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
<p>Le contrat s’applique sur le territoire de compétence de chaque collectivité signataire : {{ collectivites.noms }}.
Une action peut bénéficier à des personnes domiciliées hors de ce territoire lorsque sa fiche le prévoit.</p>
""",
    ),
    Text(
        "axes",
        "Axes stratégiques et actions",
        """
<p>Axes stratégiques retenus par les parties : {{ contrat.axes }}.</p>
<p>Le contrat comprend {{ contrat.nombre_actions }}, selon la liste ci-dessous. Pour chaque action, une fiche précise
en annexe 2 le besoin du diagnostic auquel elle répond, son porteur, son calendrier, ses indicateurs et son budget.</p>
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
de l’intégration, l’accompagnement global et individualisé des réfugiés (AGIR), le contrat de ville lorsque le
territoire en a un, et les dispositifs de droit commun. Elles ne s’y substituent pas et ne financent pas des
prestations qui en relèvent.</p>
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
prend effet à sa notification aux parties, après la dernière signature. Les dépenses engagées pour les actions à
compter du premier jour de cette période peuvent être prises en compte.</p>
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
être distincts de la collectivité porteuse. Leurs relevés d’identité bancaire sont joints au dossier du contrat et n’y
sont pas reproduits.</p>
<p>Lorsque le bénéficiaire est un organisme de droit privé et que le montant annuel de sa subvention dépasse 23 000 €,
cet acte est une convention conclue avec lui, qui définit l’objet, le montant, les modalités de versement et les
conditions d’utilisation de la subvention, conformément à l’article 10 de la loi du 12 avril 2000 et au décret du 6
juin 2001 susvisés. L’association ou la fondation bénéficiaire souscrit en outre le contrat d’engagement républicain
prévu à l’article 10-1 de la même loi.</p>
""",
    ),
    Text(
        "suivi",
        "Suivi, évaluation et compte rendu",
        """
<p>Les parties suivent les indicateurs de chaque action, rappelés en annexe 4. La collectivité porteuse remet à
l’État un bilan annuel, quantitatif, qualitatif et financier.</p>
<p>Chaque bénéficiaire rend compte de l’emploi des crédits dans les conditions fixées par l’acte attributif.
L’organisme de droit privé dont la subvention est affectée à une dépense déterminée produit un compte rendu financier
dans les six mois qui suivent la fin de l’exercice pour lequel elle a été attribuée.</p>
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
<p>Chaque porteur d’action est responsable, au sens du règlement (UE) 2016/679 du 27 avril 2016, des traitements de
données personnelles qu’il met en œuvre. Les échanges entre les parties pour le suivi du contrat ne portent que sur
des données agrégées, qui ne permettent d’identifier aucune personne accompagnée.</p>
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
version et son code de vérification. Une collectivité signe après que la délibération qui l’y autorise est devenue
exécutoire.</p>
""",
    ),
)
