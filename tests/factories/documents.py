"""Full sample data for each kind of document, as the contracts app freezes it."""

import base64
import hashlib
from decimal import Decimal
from typing import Any

from documents.enums import DocumentKind
from tests.factories.pictures import png

SERVICE = {
    "organisation": "Préfecture de la Vienne",
    "name": "Direction départementale de l’emploi, du travail et des solidarités",
    "address": "4 rue Micheline-Ostermeyer\n86000 Poitiers",
    "telephone": "05 49 55 70 00",
    "email": "integration@vienne.example",
}
TRIBUNAL = {"name": "tribunal administratif de Poitiers", "address": "15 rue de Blossac\n86000 Poitiers"}
SIGNATORY = {"full_name": "Mme Claire Dumont", "capacity": "maire", "email": "c.dumont@poitiers.example"}
REFERENT = {
    "full_name": "M. Éloïs Lefèvre-Nuñez",
    "capacity": "chargé de mission intégration",
    "email": "e.lefevre@poitiers.example",
    "telephone": "05 49 00 00 01",
}
AGENT = {
    "full_name": "Mme Inès Robert",
    "capacity": "cheffe du bureau de l’intégration",
    "email": "i.robert@vienne.example",
    "telephone": "05 49 55 70 12",
}
DELEGATION_ACT = {
    "nature": "Délégation de signature",
    "reference": "arrêté n° 86-2026-03-02-00001",
    "full_name": "M. Paul Martin",
    "capacity": "secrétaire général de la préfecture",
    "starts_on": "2026-03-03",
    "ends_on": None,
    "published_on": "2026-03-02",
    "territory": "arrondissement de Poitiers",
}
OFFICE = "préfet de la Vienne"
YEARS = (2026, 2027, 2028)


def base(**changes: Any) -> dict[str, Any]:
    return {"reference": "CTAI-2026-086-0001", "demo": True, "issued_on": "2026-06-02"} | changes


def attached(name: str, nature: str) -> dict[str, Any]:
    return {"name": name, "nature": nature, "size": 319_488, "sha256": "f" * 64}


def deliberation(**changes: Any) -> dict[str, Any]:
    return {
        "body": "conseil municipal",
        "number": "2026-058",
        "voted_on": "2026-05-11",
        "subject": "Contrat territorial d’accueil et d’intégration",
        "published_on": "2026-05-13",
        "transmitted_on": "2026-05-14",
        "enforceable_on": "2026-05-14",
    } | changes


def porteur(**changes: Any) -> dict[str, Any]:
    return {
        "full_name": "Commune de Poitiers",
        "siren": "218601946",
        "category": "Commune",
        "representative": "Mme Claire Dumont",
        "capacity": "maire",
        "address": "15 place du Maréchal-Leclerc\n86000 Poitiers",
        "is_lead": True,
        "deliberation": deliberation(),
    } | changes


def logo(whose: str, size: tuple[int, int] = (480, 240)) -> dict[str, Any]:
    content = png(size)
    return {
        "media_type": "image/png",
        "content": base64.b64encode(content).decode(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "alternative": f"Logo {whose}",
    }


def co_signatory(**changes: Any) -> dict[str, Any]:
    return (
        porteur(
            full_name="Communauté urbaine Grand Poitiers",
            siren="200069854",
            category="EPCI",
            representative="M. Hervé Aubin",
            capacity="président",
            is_lead=False,
            deliberation=deliberation(body="conseil communautaire", number="2026-113", voted_on="2026-05-22"),
        )
        | changes
    )


def action_year(year: int, cost: Decimal, asked: Decimal, granted: Decimal | None, **changes: Any) -> dict[str, Any]:
    staff = (cost * 2 / 3).quantize(Decimal("0.01"))
    own = cost - (asked if granted is None else granted)
    return {
        "year": year,
        "is_indicative": year != YEARS[0],
        "charges": [
            {"account": "60", "label": "Achats", "amount": "1250.00"},
            {"account": "61", "label": "Services extérieurs", "amount": f"{cost - staff - Decimal(1250):.2f}"},
            {"account": "64", "label": "Charges de personnel", "amount": f"{staff:.2f}"},
        ],
        "products": [
            {
                "account": "74",
                "label": "Subventions d’exploitation",
                "funder": "État – programme 104",
                "status": "sollicité",
                "amount": f"{cost - own:.2f}",
            },
            {
                "account": "74",
                "label": "Subventions d’exploitation",
                "funder": "Commune de Poitiers",
                "status": "acquis",
                "amount": f"{own:.2f}",
            },
        ],
        "total_charges": f"{cost:.2f}",
        "total_products": f"{cost:.2f}",
        "requested": f"{asked:.2f}",
        "proposed": None if granted is None else f"{granted:.2f}",
        "granted": None if granted is None else f"{granted:.2f}",
    } | changes


def action(number: int, *, granted: bool = True, **changes: Any) -> dict[str, Any]:
    cost = Decimal("21345.67") + 1000 * number
    asked = Decimal("14000.50") + 500 * number
    accorded = Decimal("12345.67") + 100 * number if granted else None
    return {
        "number": number,
        "title": f"Ateliers sociolinguistiques de proximité, quartier n° {number}",
        "axis": "Apprentissage du français",
        "need": f"B{number} – Absence d’offre de français en soirée et le samedi",
        "objectives": "Permettre à chaque personne de progresser d’un niveau en un an.\n\n"
        "- accueillir sans délai\n- évaluer le niveau à l’entrée et à la sortie",
        "description": "Deux séances hebdomadaires de deux heures, en groupes de douze personnes au plus, animées par"
        " une formatrice diplômée et deux bénévoles. Une garde d’enfants est proposée pendant les séances.\n\n"
        "Les contenus partent de la vie quotidienne : démarches, santé, école, mobilité, emploi.",
        "holder": {"name": "Association Les Mots d’Œuilly", "siret": "77568899600012"},
        "beneficiary": {"name": "Association Les Mots d’Œuilly", "siret": "77568899600012"},
        "partners": "Centre socioculturel de la Blaiserie, OFII, bibliothèque de L’Haÿ-les-Roses",
        "publics": "Personnes primo-arrivantes, dont bénéficiaires d’une protection internationale",
        "expected_count": 48,
        "starts_on": "2026-09-01",
        "ends_on": "2028-12-31",
        "renewed": number == 2,
        "innovative": number == 1,
        "complementarity": "L’action commence là où s’arrête la formation linguistique prescrite par l’OFII.",
        "means": "0,5 équivalent temps plein, deux salles mises à disposition",
        "indicators": [
            {
                "label": "Personnes accueillies",
                "nature": "réalisation",
                "unit": "personnes par an",
                "baseline": "0",
                "target": "48",
            },
            {
                "label": "Part des personnes ayant gagné un niveau",
                "nature": "résultat",
                "unit": "%",
                "baseline": "non disponible",
                "target": "60",
            },
        ],
        "years": [action_year(year, cost, asked, accorded) for year in YEARS],
        "decision": "retained" if granted else "",
        "rejection_reason": "",
    } | changes


def totals(actions: list[dict[str, Any]]) -> dict[str, Any]:
    """Sum the years of the actions, as the contracts app does."""

    def added(years: list[dict[str, Any]], key: str) -> str | None:
        amounts = [year[key] for year in years]
        return None if None in amounts else f"{sum(map(Decimal, amounts), Decimal(0)):.2f}"

    def row(years: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "total_cost": added(years, "total_charges"),
            "requested": added(years, "requested"),
            "granted": added(years, "granted"),
        }

    def grouped(label: Any) -> list[dict[str, Any]]:
        labels = dict.fromkeys(label(item) for item in actions)
        return [
            {"label": each} | row([year for item in actions if label(item) == each for year in item["years"]])
            for each in labels
        ]

    every = [year for item in actions for year in item["years"]]
    whole = row(every)
    share = Decimal(whole["granted"] or whole["requested"]) / Decimal(whole["total_cost"]) * 100
    return {
        "by_year": [
            {"year": year, "is_indicative": year != YEARS[0]} | row([each for each in every if each["year"] == year])
            for year in YEARS
        ],
        "by_axis": grouped(lambda item: item["axis"]),
        "by_beneficiary": grouped(lambda item: item["beneficiary"]["name"]),
        **whole,
        "state_rate": f"{share:.2f}",
    }


def section(title: str, axis: str | None = None, **changes: Any) -> dict[str, Any]:
    return {
        "title": title,
        "axis": axis,
        "text": "Le territoire accueille chaque année plusieurs centaines de personnes primo-arrivantes.\n\n"
        "Les acteurs locaux signalent :\n- des délais d’entrée en formation de quatre mois ;\n"
        "- une offre concentrée en journée, au centre-ville.",
        "offers": [
            {
                "actor": "Centre socioculturel de la Blaiserie",
                "description": "Ateliers de conversation hebdomadaires",
                "capacity": "24 places",
            }
        ],
        "needs": [{"number": "B1", "text": "Absence d’offre de français en soirée et le samedi"}],
        "priorities": [],
        "indicators": [
            {
                "label": "Signataires d’un contrat d’intégration républicaine",
                "value": "355",
                "unit": "personnes",
                "territory": "Département de la Vienne",
                "as_of": "2025-12-31",
                "source": "OFII",
            },
            {
                "label": "Mineurs de moins de trois ans sans solution de garde",
                "value": "moins de 5",
                "unit": "enfants",
                "territory": "Poitiers",
                "as_of": "2025-12-31",
                "source": "CCAS",
            },
        ],
        "approvals": approvals(),
    } | changes


def approvals() -> list[dict[str, Any]]:
    return [
        {"side": "Collectivité", "organisation": "Commune de Poitiers", "approved_on": "2026-04-01"},
        {"side": "Préfecture", "organisation": "Préfecture de la Vienne", "approved_on": "2026-04-02"},
    ]


def diagnostic() -> dict[str, Any]:
    return {
        "questions_version": "2026-1",
        "sections": [
            section("Contexte et périmètre", indicators=[], offers=[], needs=[]),
            section("Apprentissage du français", "Apprentissage du français"),
            section(
                "Priorités",
                offers=[],
                needs=[],
                indicators=[],
                priorities=[
                    {
                        "rank": 1,
                        "axis": "Apprentissage du français",
                        "challenge": "Une offre accessible à celles et ceux qui travaillent",
                        "objective": "Ouvrir trois ateliers en soirée",
                    }
                ],
            ),
        ],
    }


def campaigns() -> list[dict[str, Any]]:
    return [{"year": 2026, "instruction": "instruction ministérielle du 7 avril 2026", "agir_threshold": "30000.00"}]


def letter_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            porteur=porteur(deliberation=None),
            co_signatories=[co_signatory(deliberation=None)],
            recipient="Monsieur le préfet de la Vienne",
            signatory=SIGNATORY,
            place="Poitiers",
            letter_on="2026-01-12",
            elected_referent={"full_name": "M. Karim Belaïd", "capacity": "adjoint à la solidarité"},
            technical_referent=REFERENT,
            motivation="Notre ville accueille depuis 2015 des familles réfugiées.\n\nElle veut coordonner son action.",
            axes=["Apprentissage du français", "Accès au logement"],
            expected_public="Personnes primo-arrivantes de moins de cinq ans de séjour, dont femmes isolées",
            expected_count=320,
            starts_on="2026-09-01",
            duration_months=36,
            first_contacts="Réunion avec la sous-préfecture le 4 décembre 2025.",
            attachments=[attached("Délibération de principe.pdf", "Délibération")],
        )
        | changes
    )


def registration_receipt_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            office=OFFICE,
            porteur=porteur(deliberation=None),
            received_at="2026-01-14T09:05:00+01:00",
            channel="sur le portail",
            sent_by="Mme Claire Dumont, maire",
            attachments=[attached("Lettre signée.pdf", "Lettre d’intention signée")],
            service=SERVICE,
        )
        | changes
    )


def letter_acknowledgement_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            office=OFFICE,
            porteur=porteur(deliberation=None),
            received_on="2026-01-14",
            letter_on="2026-01-12",
            service=SERVICE,
            agent=AGENT,
        )
        | changes
    )


def minutes_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            porteur=porteur(deliberation=None),
            meeting_number=1,
            subject="Cadrage du diagnostic",
            held_on="2026-02-03",
            place="Hôtel de ville de Poitiers",
            agenda="- présentation du dispositif\n- acteurs à associer",
            text="Les services présentent le dispositif.\n\nLa ville expose ses attentes.",
            participants=[
                {"full_name": "Mme Inès Robert", "organisation": "DDETS", "capacity": "cheffe de bureau"},
                {"full_name": "M. Éloïs Lefèvre-Nuñez", "organisation": "Commune de Poitiers", "capacity": "référent"},
            ],
            decisions=[{"text": "Réunir les associations", "owner": "Commune de Poitiers", "due_on": "2026-03-01"}],
            approvals=approvals(),
            service=SERVICE,
        )
        | changes
    )


def diagnostic_data(**changes: Any) -> dict[str, Any]:
    return (
        base(porteur=porteur(deliberation=None), service=SERVICE, campaign=campaigns()[0], diagnostic=diagnostic())
        | changes
    )


def funding_request_data(**changes: Any) -> dict[str, Any]:
    actions = changes.pop("actions", None) or [action(number, granted=False) for number in (1, 2)]
    return (
        base(
            porteur=porteur(),
            co_signatories=[co_signatory()],
            recipient="Monsieur le préfet de la Vienne",
            title="Accueillir et accompagner à Poitiers",
            period={"starts_on": "2026-09-01", "ends_on": "2029-08-31", "months": 36},
            campaigns=campaigns(),
            signatory=SIGNATORY,
            submitted_on="2026-05-18",
            actions=actions,
            totals=totals(actions),
            attachments=[attached("Demande signée.pdf", "Demande de financement signée")],
        )
        | changes
    )


def request_acknowledgement_data(**changes: Any) -> dict[str, Any]:
    summed = totals([action(number, granted=False) for number in (1, 2)])
    return (
        base(
            office=OFFICE,
            porteur=porteur(),
            received_on="2026-05-18",
            submitted_by="Mme Claire Dumont, maire",
            requested=summed["requested"],
            by_year=summed["by_year"],
            service=SERVICE,
            agent=AGENT,
            implicit_decision_on="2026-07-18",
            silence_means="rejet",
            is_late=False,
            tribunal=TRIBUNAL,
            attachments=[attached("Demande signée.pdf", "Demande de financement signée")],
        )
        | changes
    )


def decision_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            office=OFFICE,
            porteur=porteur(),
            title="Accueillir et accompagner à Poitiers",
            decided_on="2026-06-02",
            reason="Les actions proposées recouvrent l’accompagnement déjà financé par le programme AGIR.",
            signatory={"full_name": "M. Paul Martin", "capacity": "préfet de la Vienne"},
            delegation="",
            service=SERVICE,
            requested="89103.00",
            request_received_on="2026-05-18",
            tribunal=TRIBUNAL,
        )
        | changes
    )


def contract_data(**changes: Any) -> dict[str, Any]:
    actions = changes.pop("actions", None) or [action(number) for number in (1, 2, 3)]
    return (
        base(
            office=OFFICE,
            parties={
                "state": {
                    "organisation": "Préfecture de la Vienne",
                    "representative": "M. Paul Martin",
                    "capacity": "préfet de la Vienne",
                    "address": "7 place Aristide-Briand\n86000 Poitiers",
                    "delegation": "",
                },
                "local": [porteur(), co_signatory()],
            },
            title="Accueillir et accompagner à Poitiers",
            period={"starts_on": "2026-09-01", "ends_on": "2029-08-31", "months": 36},
            motivation="La ville accueille depuis 2015 des familles réfugiées.",
            public="personnes primo-arrivantes, dont bénéficiaires d’une protection internationale",
            expected_count=320,
            axes=["Apprentissage du français", "Accès au logement"],
            campaigns=campaigns(),
            letter_on="2026-01-12",
            diagnostic_approved_on="2026-04-02",
            request_received_on="2026-05-18",
            diagnostic=diagnostic(),
            actions=actions,
            totals=totals([each for each in actions if each["decision"] != "rejected"]),
            calendar=[
                {"label": "Prise d’effet du contrat", "on": "2026-09-01"},
                {"label": "Premier comité de pilotage", "on": "2026-11-15"},
                {"label": "Échéance du contrat", "on": "2029-08-31"},
            ],
            special_clauses=[],
            tribunal=TRIBUNAL,
            place="Poitiers",
        )
        | changes
    )


def rectification_data(**changes: Any) -> dict[str, Any]:
    whole = contract_data()
    return (
        base(
            porteur=porteur(),
            parties=whole["parties"],
            title=whole["title"],
            number=1,
            contract_version=1,
            contract_sha256="0" * 64,
            signed_on="2026-07-02",
            proposed_on="2026-09-10",
            proposed_by="Préfecture de la Vienne",
            location="Action 2, budget 2026",
            wrong="Association « L’Oasis », SIRET 123 456 789 00012",
            right="Association « L’Oasis », SIRET 123 456 789 00020",
            reason="Le SIRET est celui de l’ancien siège de l’association.",
            acceptances=[
                {
                    "party": "Préfecture de la Vienne",
                    "full_name": "M. Paul Martin",
                    "capacity": "préfet de la Vienne",
                    "accepted_on": "2026-09-12",
                }
            ],
            accepted_on=None,
            service=SERVICE,
        )
        | changes
    )


def sparse_contract_data() -> dict[str, Any]:
    """Return a contract of which everything optional is empty, as an early draft freezes it."""
    bare = contract_data(
        actions=[
            action(
                1,
                granted=False,
                need="",
                partners="",
                means="",
                complementarity="",
                expected_count=None,
                indicators=[],
            )
        ],
        period={"starts_on": "", "ends_on": "", "months": 0},
        motivation="",
        public="",
        expected_count=None,
        axes=[],
        campaigns=[],
        letter_on=None,
        diagnostic_approved_on=None,
        request_received_on=None,
        calendar=[],
        tribunal={"name": "tribunal administratif territorialement compétent", "address": ""},
        place="",
    )
    del bare["parties"]["state"]["delegation"]
    bare["parties"]["state"] |= {"representative": "", "address": ""}
    bare["parties"]["local"] = [porteur(representative="", address="", deliberation=None)]
    for each in bare["diagnostic"]["sections"]:
        each |= {"text": "", "approvals": [], "offers": [], "needs": [], "indicators": [], "priorities": []}
    return bare


def proof_data(**changes: Any) -> dict[str, Any]:
    return (
        base(
            porteur=porteur(),
            title="Accueillir et accompagner à Poitiers",
            organisation="Préfecture de la Vienne",
            version={
                "number": 2,
                "issued_at": "2026-06-02T10:00:00+02:00",
                "sha256": "a" * 64,
                "data_sha256": "b" * 64,
                "verification_code": "K7QX-4BDF-GH2J-KLMN",
                "page_count": 17,
            },
            deliberations=[
                deliberation(party="Commune de Poitiers", body="Conseil", version=2),
                deliberation(
                    party="Communauté urbaine Grand Poitiers",
                    number="12",
                    body="Décision par délégation",
                    version=None,
                ),
            ],
            signatures=[
                {
                    "party": party,
                    "signatory": name,
                    "capacity": capacity,
                    "signed_on": "2026-06-10",
                    "delegation": act["reference"] if act else "",
                    "delegation_act": act,
                    "recorded_at": "2026-06-11T09:05:00+02:00",
                    "copy_sha256": "c" * 64,
                    "verdict": "Conforme, signature manuscrite non vérifiable",
                    "sentences": ["Numérisation reconnue par le code QR lu sur 6 pages."],
                }
                for party, name, capacity, act in (
                    ("Commune de Poitiers", "Mme Claire Dumont", "maire", None),
                    ("L’État", "M. Paul Martin", "secrétaire général de la préfecture", DELEGATION_ACT),
                )
            ],
            seal={"sealed_at": "2026-06-11T09:06:00+02:00", "sha256": "e" * 64},
            rectifications=[
                {
                    "number": 1,
                    "place": "Annexe 2, action 1",
                    "accepted_at": "2026-07-02T10:00:00+02:00",
                    "verification_code": "BCDF-2345-GHJK-6789",
                }
            ],
            events=[
                {"at": "2026-06-02T10:00:00+02:00", "title": "Contrat approuvé", "who": "Portail", "hash": "d" * 64}
            ],
        )
        | changes
    )


SAMPLES = {
    DocumentKind.LETTER: letter_data,
    DocumentKind.REGISTRATION_RECEIPT: registration_receipt_data,
    DocumentKind.LETTER_ACKNOWLEDGEMENT: letter_acknowledgement_data,
    DocumentKind.MINUTES: minutes_data,
    DocumentKind.DIAGNOSTIC: diagnostic_data,
    DocumentKind.FUNDING_REQUEST: funding_request_data,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT: request_acknowledgement_data,
    DocumentKind.CONTRACT: contract_data,
    DocumentKind.REFUSAL: decision_data,
    DocumentKind.DISMISSAL: decision_data,
    DocumentKind.RECTIFICATION: rectification_data,
    DocumentKind.PROOF: proof_data,
}
