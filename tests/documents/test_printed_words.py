"""What the pages of a document say of pieces, délibérations, parties and budgets, from their frozen data."""

from __future__ import annotations

from datetime import datetime

import pytest

from documents.budgets import budget_of
from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.merging import with_article
from documents.rendering import html_of
from documents.templatetags.printed import by_organ, cited, expected, instructed, numbered, represented, taken_by
from tests.factories.documents import SAMPLES, action, contract_data, deliberation, sparse_contract_data

pytestmark = pytest.mark.once


def page(kind: DocumentKind, data: dict[str, object], now: datetime, *, is_draft: bool = False) -> str:
    """Return the HTML of a document with plain spaces."""
    ensure_templates(now)
    html = html_of(issue(kind=kind, contract_id=None, data=data, by=None, now=now, event=None, is_draft=is_draft))
    return " ".join(html.replace("\u00a0", " ").replace("&nbsp;", " ").split())


@pytest.mark.django_db
def test_pieces_are_listed_with_what_they_are(now: datetime) -> None:
    for kind in (
        DocumentKind.LETTER,
        DocumentKind.REGISTRATION_RECEIPT,
        DocumentKind.FUNDING_REQUEST,
        DocumentKind.REQUEST_ACKNOWLEDGEMENT,
    ):
        data = SAMPLES[kind]()
        (piece,) = data["attachments"]

        printed = page(kind, data, now)
        older = page(kind, data | {"attachments": ["Ancienne pièce.pdf"]}, now)

        assert f"<li>{piece['name']}, {piece['nature']} (312 Ko)" in printed
        assert f"SHA-256 : {piece['sha256']}" in printed
        assert "<li>Ancienne pièce.pdf</li>" in older


@pytest.mark.django_db
def test_certificate_says_votes_and_delegation(now: datetime) -> None:
    printed = page(DocumentKind.PROOF, SAMPLES[DocumentKind.PROOF](), now)

    for said in (
        "délibération n° 2026-058 du 11 mai 2026",
        "décision n° 12 du 11 mai 2026",
        "version 2 du contrat",
        "vote enregistré avant l’émission d’une version",
        "arrêté n° 86-2026-03-02-00001, publié le 2 mars 2026, valable à compter du 3 mars 2026",
    ):
        assert said in printed


@pytest.mark.django_db
def test_contract_opens_with_its_visas_and_numbers_its_special_clauses(now: datetime) -> None:
    data = contract_data()
    data["special_clauses"] = [{"title": title, "text": "Texte."} for title in ("Accueil de nuit", "Mobilité")]

    printed = page(DocumentKind.CONTRACT, data, now)

    assert printed.index("Vu le code général") < printed.index('id="parties"') < printed.index('id="preambule"')
    assert "Clause particulière n° 2 – Mobilité" in printed
    assert "délibération n° 2026-058 du conseil municipal de la Commune de Poitiers du 11 mai 2026" in printed
    assert "représentée par Mme Claire Dumont, maire, agissant en vertu de la délibération n° 2026-058" in printed


@pytest.mark.django_db
def test_sparse_draft_prints_neither_zero_months_nor_empty_brackets(now: datetime) -> None:
    data = sparse_contract_data()
    data["parties"]["local"][0] |= {"siren": "", "capacity": ""}

    printed = page(DocumentKind.CONTRACT, data, now, is_draft=True)

    assert [
        said for said in ("0 mois", "()", "( )", "SIREN )", "du – au –") if said in printed.replace("30 mois", "")
    ] == []
    assert "à préciser" in printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Commune de L’Haÿ-les-Roses", "représentée par"),
        ("Eurométropole de Strasbourg", "représentée par"),
        ("Département de l’Ain", "représenté par"),
        ("Région Centre-Val de Loire", "représentée par"),
        ("Métropole de Lyon", "représentée par"),
        ("Communauté de communes du Val", "représentée par"),
        ("Grand Poitiers", "ayant pour représentant"),
    ],
)
def test_representation_agrees_with_the_party(name: str, said: str) -> None:
    assert represented(name) == said


def test_each_organ_is_named_with_its_article() -> None:
    party = "Commune de Poitiers"
    found = {body: by_organ(deliberation(body=body), party) for body in ("Conseil", "Bureau", "Commission permanente")}

    assert found == {
        "Conseil": "du conseil de la Commune de Poitiers",
        "Bureau": "du bureau de la Commune de Poitiers",
        "Commission permanente": "de la commission permanente de la Commune de Poitiers",
    }
    taken = deliberation(body="Décision par délégation", number="12")
    assert (cited(taken), by_organ(taken, party)) == (
        "décision n°\u00a012",
        "prise par délégation de l’assemblée de la Commune de Poitiers",
    )


def test_organ_of_an_act_is_said_between_brackets() -> None:
    found = [
        taken_by(deliberation(body=body)) for body in ("Conseil", "Commission permanente", "Décision par délégation")
    ]

    assert found == ["conseil", "commission permanente", "par délégation"]


def test_elisions_that_the_portal_writes_bear_the_apostrophe_of_print() -> None:
    assert by_organ(deliberation(body="Conseil"), "Aurillac") == "du conseil d’Aurillac"
    assert by_organ(deliberation(body="Bureau"), "L'Haÿ-les-Roses") == "du bureau de L'Haÿ-les-Roses"
    assert by_organ(deliberation(body="Conseil"), "Établissement public Est Ensemble").endswith(
        "de l’Établissement public Est Ensemble"
    )
    assert with_article("Eurométropole de Strasbourg") == "l’Eurométropole de Strasbourg"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("Instruction ministérielle 2026", "l’instruction ministérielle 2026"),
        ("circulaire du 7 avril 2026", "la circulaire du 7 avril 2026"),
        ("NOR INTV2600012J", "l’instruction ministérielle NOR INTV2600012J"),
    ],
)
def test_visa_of_the_instruction_reads_whatever_its_reference(reference: str, said: str) -> None:
    assert instructed(reference) == said


def test_numbers_agree_and_never_leave_what_they_number() -> None:
    assert (expected(1), expected(2)) == ("1\u00a0personne prévue", "2\u00a0personnes prévues")
    assert numbered("218601946") == "SIREN\u00a0218\u00a0601\u00a0946"
    assert numbered("77568899600012") == "SIRET\u00a0775\u00a0688\u00a0996\u00a000012"
    assert numbered("") == ""


def test_line_of_the_state_is_one_whether_its_years_are_granted_or_indicative() -> None:
    one = action(1)
    for year in one["years"]:
        year["products"][0]["status"] = "indicatif" if year["is_indicative"] else "accordé"

    products = budget_of(one).products

    assert [line.funder for line in products] == ["État – programme 104", "Commune de Poitiers (acquis)"]
    assert None not in products[0].amounts


@pytest.mark.django_db
def test_words_too_long_for_a_column_may_be_cut_and_addresses_keep_their_code_with_their_town(now: datetime) -> None:
    data = SAMPLES[DocumentKind.REQUEST_ACKNOWLEDGEMENT](submitted_by="A&B" * 12 + " ordinaire")
    ensure_templates(now)

    html = html_of(
        issue(kind=DocumentKind.REQUEST_ACKNOWLEDGEMENT, contract_id=None, data=data, by=None, now=now, event=None)
    )

    assert f'<span class="long">{"A&amp;B" * 12}</span> ordinaire' in html
    assert "&nbsp;" not in html
    assert "86000\u00a0Poitiers)" in html


def test_the_state_comes_first_among_funders() -> None:
    one = action(1)
    for year in one["years"]:
        year["products"].reverse()

    assert next(iter(budget_of(one).products)).funder.startswith("État")
