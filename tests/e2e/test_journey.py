"""A contract of Poitiers, from the letter to the signature, by the five people it takes, each at their own screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect
from pypdf import PdfReader
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import Delegation
from campaigns.models import Campaign
from contracts.models import Contract
from ctai.demo_data.journey import Duo
from ctai.reference import prepare
from ctai.text import euros, long_date
from documents.models import IssuedDocument
from exchanges.models import Mail
from journal.models import Event
from journal.services import verify_chain
from tests.contracts.stage import endow
from tests.e2e.browsing import Person, person
from tests.factories.funding import ASSOCIATION_SIRET
from tests.factories.journeys import Today, open_year
from tests.factories.signing import scanned
from tests.people import People

pytestmark = pytest.mark.postgres

ACTION = "Des cours de français le soir"
ATTESTED = {"J’atteste que ces trois points sont exacts": True}
REMARK = "Préciser l’articulation avec l’offre de l’OFII."


@dataclass
class Team:
    """The five people, and those that their acts need."""

    agent: Person
    mayor: Person
    officer: Person
    prefect: Person
    ministry: Person
    people: People
    folder: Path
    year: int

    def all_follow(self, author: Person) -> None:
        """Give everyone the address of the file."""
        for each in (self.agent, self.mayor, self.officer, self.prefect, self.ministry):
            each.file = author.file

    @property
    def contract(self) -> Contract:
        contract: Contract = Contract.objects.get()
        return contract


@pytest.fixture
def team(
    browser: Browser,
    live_server: LiveServer,
    transactional_db: None,
    people: People,
    settings: Settings,
    tmp_path: Path,
) -> Team:
    """Everyone signed in; a campaign open for this year and the next, with too small an envelope for the next."""
    settings.EMAIL_BACKEND = "exchanges.outbox.OutboxBackend"  # pytest-django puts another in its place
    now = timezone.now()
    year = timezone.localdate().year + 1
    prepare(now)
    open_year(people, year - 1, now)
    open_year(people, year, now, envelope="5000.00")

    def enters(email: str) -> Person:
        return person(browser, live_server.url, email)

    return Team(
        agent=enters("agent@poitiers.demo"),
        mayor=enters("maire@poitiers.demo"),
        officer=enters("agent@vienne.pref.demo"),
        prefect=enters("prefet@vienne.pref.demo"),
        ministry=enters("dgef@national.demo"),
        people=people,
        folder=tmp_path,
        year=year,
    )


def test_whole_journey(team: Team) -> None:
    send_the_letter(team)
    talk(team)
    share_the_diagnostic(team)
    propose(team)
    correct(team)
    review_and_approve(team)
    sign(team)
    see_the_national_totals(team)

    contract = team.contract
    assert contract.state == "signed"
    assert verify_chain() == []
    assert Event.objects.filter(contract=contract).count() > 20
    assert Mail.objects.filter(contract=contract).exists()


# --- 1. letter ------------------------------------------------------------------------------------


def send_the_letter(team: Team) -> None:
    agent, mayor = team.agent, team.mayor
    agent.go("/contrats/nouveau/").reads("Commune de Poitiers", "218601946", "89 916 habitants")
    agent.press("Commencer la lettre").keep_file()
    agent.cannot("Envoyer la lettre", "Indiquer la durée souhaitée, en mois.")
    agent.go_to_file("lettre/")
    agent.fill(
        {
            "Signataire de la lettre": "Claire Dumont",
            "Qualité du signataire": "maire",
            "Élu référent": "Camille Renaud",
            "Référent technique": "Éloïse Lefèvre",
            "Pourquoi la collectivité": "La ville accueille depuis longtemps et veut mieux coordonner.",
            "Apprentissage du français": True,
            "Début souhaité": date(team.year, 1, 1),
            "Durée souhaitée, en mois": 12,
        }
    )
    agent.press("Enregistrer et voir ce qui reste").reads("Signataire et référents indiqués")

    team.all_follow(agent)
    mayor.act("Envoyer la lettre").reads("Lettre déposée")
    reference = team.contract.reference
    assert reference.startswith(f"CTAI-{team.year - 1}-086-")
    mayor.keep_file()
    assert mayor.file == f"/contrats/{reference}/"
    team.all_follow(mayor)


# --- 2. exchange ----------------------------------------------------------------------------------


def talk(team: Team) -> None:
    agent, officer = team.agent, team.officer
    officer.act("Accuser réception").reads("Échange en cours")
    officer.cannot("Passer au diagnostic partagé", "Tenir un échange et en enregistrer le compte rendu.")
    officer.go_to_file("echange/").press("Enregistrer un échange")
    officer.fill(
        {
            "Objet": "Cadrage du projet",
            "Date": timezone.localdate(),
            "Lieu": "Hôtel de ville",
            "Compte rendu": "La ville expose ses attentes.\n\nLa préfecture présente le dispositif.",
            "Nom": "Inès Robert",
            "Organisme": "Préfecture de la Vienne",
        }
    )
    officer.press("Enregistrer").press("Envoyer le compte rendu").press("Approuver le compte rendu")
    officer.cannot("Passer au diagnostic partagé", "Obtenir l’accord de la collectivité sur un compte rendu")
    agent.go_to_file("echange/").reads("La ville expose ses attentes.").press("Approuver le compte rendu")
    officer.act("Passer au diagnostic partagé").reads("Diagnostic en cours")


# --- 3. diagnostic --------------------------------------------------------------------------------


def share_the_diagnostic(team: Team) -> None:
    agent, officer, people = team.agent, team.officer, team.people
    # All is written and approved, by the services; two sections change, and the approvals fall.
    written = Today(
        local=Duo(people.poitiers_agent, people.poitiers_maire),
        state=Duo(people.vienne_agent, people.vienne_prefet),
        now=timezone.now(),
        starts_on=date(team.year, 1, 1),
    )
    written.contract = team.contract
    written.write_diagnostic().approve_sections()
    for key in ("contexte", "axe-francais"):
        agent.go_to_file(f"diagnostic/{key}/").press("Modifier cette section")
        agent.page.locator("#id_text-rich").fill("Constat partagé avec les associations.")
        agent.press("Enregistrer").press("Approuver cette version")
    officer.cannot("Conclure le diagnostic", "Approuver la section « Contexte et périmètre » (la préfecture).")
    for key in ("contexte", "axe-francais"):
        officer.go_to_file(f"diagnostic/{key}/").press("Approuver cette version")
    officer.act("Conclure le diagnostic").reads("Proposition en préparation")


# --- 4. proposal ----------------------------------------------------------------------------------


def propose(team: Team) -> None:
    agent, mayor, year = team.agent, team.mayor, team.year
    agent.go_to_file("proposition/").press("Ajouter une action")
    agent.fill(
        {
            "Intitulé de l’action": ACTION,
            "Axe": "Apprentissage du français",
            "Besoin du diagnostic": "n’ont accès à aucun cours de français",
            "Objectifs": "Permettre à 80 personnes de progresser.",
            "Description": "Quatre groupes, trois heures par semaine.",
            "Nature du porteur": "Association",
            "Porteur de l’action": "Le Toit du Monde",
            "SIRET ou SIREN du porteur": ASSOCIATION_SIRET,
            "Complémentarité": "En relais de l’offre de l’OFII.",
            "Publics": "Étrangers primo-arrivants",
            "Nombre de personnes attendues": 80,
            "Unité": "personnes",
            "Cible": "60",
        }
    )
    agent.fill({"Indicateur": "Personnes ayant progressé d’un niveau"})
    agent.press("Enregistrer la fiche").reads("Action 1 enregistrée.")

    agent.press(f"Budget {year}").fill(
        {
            "64 – Charges de personnel": "15 000,00",
            "74 – État – programme 104": "10 000,00",
            "74 – Commune": "4 999,99",
        }
    )
    agent.press(f"Enregistrer le budget {year}")
    agent.go_to_file("proposition/").press(f"Établir la demande {year}")
    mayor.cannot(
        "Déposer la proposition",
        f"Équilibrer le budget {year} de l’action 1 « {ACTION} » : les charges (15 000,00 €) et les produits "
        "(14 999,99 €) diffèrent de 0,01 €.".replace(" €", "\N{NARROW NO-BREAK SPACE}€"),
    )
    agent.go_to_file(f"proposition/actions/1/budget/{year}/").fill({"74 – Commune": "5 000,00"})
    agent.press(f"Enregistrer le budget {year}")
    mayor.act("Déposer la proposition", **ATTESTED).reads("En instruction")


def correct(team: Team) -> None:
    agent, mayor, officer = team.agent, team.mayor, team.officer
    officer.go_to_file("instruction/").press("Ajouter une remarque")
    officer.fill({"La remarque porte sur": f"L’action 1. {ACTION}", "Remarque": REMARK})
    officer.page.get_by_role("button", name="Ajouter la remarque").click()
    officer.reads(REMARK)
    officer.act(
        "Demander une correction",
        Motif="Une précision est nécessaire avant la décision.",
        Réponse_attendue_avant_le=timezone.localdate() + timedelta(days=21),
    ).reads("En attente de correction")

    agent.go_to_file().reads("Répondre à 1 remarque de la préfecture.")
    mayor.cannot("Déposer la correction", "Répondre à 1 remarque de la préfecture.")
    agent.go_to_file("proposition/").reads(REMARK).fill(
        {"Votre réponse": "L’OFII oriente, l’action complète le soir."}
    )
    agent.press("Répondre")
    mayor.act("Déposer la correction", **ATTESTED).reads("En instruction")


# --- 5. review, decision, signature ---------------------------------------------------------------


def review_and_approve(team: Team) -> None:
    officer, prefect, year = team.officer, team.prefect, team.year
    officer.go_to_file("instruction/").press("Reprendre les montants demandés")
    prefect.cannot("Approuver le contrat", "Clore 1 remarque encore ouverte.")
    officer.go_to_file("instruction/").press("Clore la remarque")
    prefect.cannot(
        "Approuver le contrat",
        f"Enveloppe {year} insuffisante : {euros(Decimal(10000))} retenus pour {euros(Decimal(5000))} disponibles, "
        f"il manque {euros(Decimal(5000))}.",
    )
    _enlarge_the_envelope(team)

    yesterday = timezone.localdate() - timedelta(days=1)
    Delegation.objects.create(
        organisation=team.people.vienne_prefet.organisation,
        holder_name="Hugo Lambert",
        holder_title="secrétaire général",
        covers_decide=True,
        reference="Arrêté 2026-12",
        starts_on=yesterday - timedelta(days=300),
        published_on=yesterday - timedelta(days=300),
        ends_on=yesterday,
        created_by=team.people.vienne_prefet.user,
    )
    delegated = "Hugo Lambert, secrétaire général"
    prefect.act("Approuver le contrat", Au_titre_de=delegated)
    prefect.reads(f"La délégation Arrêté 2026-12 a expiré le {long_date(yesterday)}.")
    prefect.fill({"Au titre de": "Préfet en titre"}).press("Approuver le contrat").reads("Contrat à signer")


def _enlarge_the_envelope(team: Team) -> None:
    campaign, people = Campaign.objects.get(year=team.year), team.people
    endow(people, people.vienne_agent.organisation, campaign, Decimal("20000.00"), timezone.now())


def sign(team: Team) -> None:
    agent, mayor, prefect = team.agent, team.mayor, team.prefect
    today = timezone.localdate()
    copy = team.folder / "exemplaire-signé.pdf"
    copy.write_bytes(scanned(_issued(team).content.read()))

    agent.go_to_file("signature/").press("Enregistrer la délibération")
    agent.fill({"Numéro": "2026-112", "Objet": "Approbation du contrat", "Votée le": today - timedelta(days=2)})
    agent.press("Enregistrer la délibération").reads("Pas encore exécutoire")

    mayor.cannot(
        "Enregistrer une signature",
        f"La délibération de Poitiers n’est pas exécutoire au {long_date(today)} : signature possible dès que la "
        "délibération sera publiée et transmise au préfet.",
    )

    agent.go_to_file("signature/").press("Compléter la délibération")
    yesterday = today - timedelta(days=1)
    agent.fill({"Publiée le": yesterday, "Transmise au préfet le": yesterday}).press("Enregistrer la délibération")
    agent.reads(f"Exécutoire le {long_date(yesterday)}")

    _read_the_contract(team, agent)
    for signatory in (mayor, prefect):
        signatory.go_to_file("signature/").press("Déposer l’exemplaire signé").fill({"Exemplaire signé": copy})
        signatory.press("Enregistrer une signature")
    prefect.go_to_file("signature/").reads("Contrat notifié aux parties le", "SHA-256")
    agent.go_to_file().reads("Contrat signé")


def _issued(team: Team) -> IssuedDocument:
    document: IssuedDocument = team.contract.documents.get(kind="contract", is_draft=False)
    return document


def _read_the_contract(team: Team, reader: Person) -> None:
    """Download the contract as a person does, and read it back."""
    document = _issued(team)
    answer = reader.page.request.get(f"{reader.address}{reader.file}documents/emis/{document.pk}/")
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/pdf"
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(answer.body())).pages)
    words = " ".join(text.split())
    assert [each for each in ("Poitiers", "Hélène Marchand", ACTION) if each not in words] == []
    assert "dix mille euros" in words.lower()


def see_the_national_totals(team: Team) -> None:
    ministry = team.ministry
    ministry.go("/national/").reads("10 000")
    ministry.go("/contrats/?etat=signed").reads("Poitiers")
    ministry.go_to_file()
    expect(ministry.page.locator("h1")).to_contain_text("Poitiers")
