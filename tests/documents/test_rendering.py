"""Documents read back from their bytes: parties, articles, every amount, identity, and the same bytes each time."""

import hashlib
import io
import json
import re
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.conf import settings

from ctai.text import euros, euros_in_words
from documents.canonical import canonical_json
from documents.defaults import ensure_templates
from documents.effects import render_document
from documents.enums import DocumentKind, DocumentStatus
from documents.issuing import issue
from documents.merging import MISSING
from documents.models import IssuedDocument
from documents.rendering import html_of, render
from tests.factories.documents import SAMPLES, action, contract_data, porteur, sparse_contract_data

pytestmark = [pytest.mark.once, pytest.mark.django_db]  # the document is data by then


def issued(kind: DocumentKind, data: dict[str, Any], now: datetime, **options: Any) -> IssuedDocument:
    ensure_templates(now)
    return issue(kind=kind, contract_id=None, data=data, by=None, now=now, event=None, **options)


def text_of(content: bytes) -> str:
    """Return the text of all pages, its spaces plain, its line ends gone."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    return flat(" ".join(page.extract_text() for page in pages))


def flat(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def every_amount(value: Any) -> set[str]:
    """Return every amount of the data, as it must be printed."""
    if isinstance(value, dict):
        amounts = {key: each for key, each in value.items() if key in MONEY and each is not None}
        return {flat(euros(Decimal(each))) for each in amounts.values()}.union(*map(every_amount, value.values()))
    if isinstance(value, list):
        return set().union(*map(every_amount, value))
    return set()


MONEY = {"amount", "total_cost", "total_charges", "total_products", "requested", "granted"}


@pytest.mark.parametrize("kind", DocumentKind)
def test_each_kind_says_its_file_its_version_and_how_to_check_it(kind: DocumentKind, now: datetime) -> None:
    document = issued(kind, SAMPLES[kind](), now)

    pdf = render(document)

    reader = pypdf.PdfReader(io.BytesIO(pdf.content))
    text = text_of(pdf.content)
    assert len(reader.pages) == pdf.page_count
    assert f"page {pdf.page_count} sur {pdf.page_count}" in text
    assert document.verification_code in text
    assert "CTAI-2026-086-0001" in text
    assert "Poitiers" in text
    assert "Données de démonstration, montants fictifs" in text
    assert MISSING not in text
    assert "VERSION DE TRAVAIL" not in text
    assert json.loads(reader.attachments["donnees.json"][0]) == document.data
    assert reader.metadata is not None
    assert "CTAI-2026-086-0001" in str(reader.metadata.title)
    assert str(reader.root_object["/Lang"]) == "fr"


@pytest.mark.parametrize("kind", [DocumentKind.CONTRACT, DocumentKind.REFUSAL])
def test_the_same_row_gives_the_same_bytes(kind: DocumentKind, now: datetime) -> None:
    document = issued(kind, SAMPLES[kind](), now)

    assert render(document).content == render(IssuedDocument.objects.get(pk=document.pk)).content


def test_contract_holds_its_parties_articles_actions_and_every_amount(now: datetime) -> None:
    data = contract_data()
    data["parties"]["local"].append(
        porteur(full_name="Commune de L’Haÿ-les-Roses", siren="219400389", is_lead=False, deliberation=None)
    )
    data["special_clauses"] = [{"title": "Accueil de nuit", "text": "Clause ajoutée par la préfecture."}]
    data["actions"].append(action(4, title="Action écartée", decision="rejected", rejection_reason="Hors champ"))
    document = issued(DocumentKind.CONTRACT, data, now)

    text = text_of(render(document).content)

    articles = document.template_version.articles.exclude(title="") if document.template_version else []
    for article in articles:
        assert article.title in text
    for party in data["parties"]["local"]:
        assert party["full_name"] in text
    assert "M. Paul Martin, préfet de la Vienne" in text
    assert "Association Les Mots d’Œuilly" in text
    assert "délibération n° 2026-058 du 11 mai 2026" in text
    assert [each["title"] in text for each in data["actions"]] == [True, True, True, False]
    kept = data | {"actions": data["actions"][:3]}
    assert [amount for amount in sorted(every_amount(kept)) if amount not in text] == []
    assert flat(euros_in_words(Decimal(data["totals"]["granted"]))) in text
    assert text.count("Clauses particulières") == 2
    assert "Clause ajoutée par la préfecture." in text
    assert "Annexe 5 – Délibérations" in text
    assert "1er septembre 2026 au 31 août 2029 (36 mois)" in text


def test_funding_request_prints_every_amount_asked(now: datetime) -> None:
    data = SAMPLES[DocumentKind.FUNDING_REQUEST]()

    text = text_of(render(issued(DocumentKind.FUNDING_REQUEST, data, now)).content)

    assert [amount for amount in sorted(every_amount(data)) if amount not in text] == []
    assert "Accordé" not in text


def test_request_acknowledgement_states_service_delay_and_appeals(now: datetime) -> None:
    kind = DocumentKind.REQUEST_ACKNOWLEDGEMENT

    text = text_of(render(issued(kind, SAMPLES[kind](), now)).content)

    for said in (
        "4 rue Micheline-Ostermeyer",
        "05 49 55 70 12",
        "au plus tard le 18 juillet 2026",
        "décision de rejet",
        "tribunal administratif de Poitiers (15 rue de Blossac, 86000 Poitiers)",
        "88 503,00 € (quatre-vingt-huit mille cinq cent trois euros)",
    ):
        assert said in text


def test_letter_acknowledgement_starts_no_clock(now: datetime) -> None:
    kind = DocumentKind.LETTER_ACKNOWLEDGEMENT

    assert "ne fait courir aucun délai" in text_of(render(issued(kind, SAMPLES[kind](), now)).content)


def test_draft_carries_its_watermark_and_tolerates_what_is_missing(now: datetime) -> None:
    document = issued(DocumentKind.CONTRACT, sparse_contract_data(), now, is_draft=True)

    text = text_of(render(document).content)

    assert "VERSION DE TRAVAIL" in text
    assert "version de travail n° 1" in text
    assert MISSING in text
    assert "None" not in text


def test_text_of_people_is_never_markup_nor_fetched(now: datetime) -> None:
    hostile = '<img src="http://198.51.100.1/x.png"><script>alert(1)</script>'
    document = issued(DocumentKind.LETTER, SAMPLES[DocumentKind.LETTER](motivation=hostile), now)

    html = html_of(document)

    assert "<script" not in html
    assert hostile in text_of(render(document).content)


def test_effect_renders_once_and_a_second_run_changes_nothing(now: datetime) -> None:
    document = issued(DocumentKind.DISMISSAL, SAMPLES[DocumentKind.DISMISSAL](), now)
    assert document.status == DocumentStatus.PENDING

    render_document({"document": document.pk})
    first = IssuedDocument.objects.get(pk=document.pk)
    render_document({"document": document.pk})

    second = IssuedDocument.objects.get(pk=document.pk)
    content = first.content.read()
    assert (first.status, first.progress, first.error) == (DocumentStatus.READY, 100, "")
    assert first.sha256 == hashlib.sha256(content).hexdigest()
    assert (first.size, first.page_count) == (len(content), 1)
    assert (second.content.name, second.sha256, second.ready_at) == (first.content.name, first.sha256, first.ready_at)


def test_failure_is_told_and_mended_by_the_next_run(now: datetime) -> None:
    document = issued(DocumentKind.DISMISSAL, SAMPLES[DocumentKind.DISMISSAL](), now)
    good = document.data
    IssuedDocument.objects.filter(pk=document.pk).update(data={"document": good["document"]})

    with pytest.raises(KeyError):
        render_document({"document": document.pk})
    failed = IssuedDocument.objects.get(pk=document.pk)
    IssuedDocument.objects.filter(pk=document.pk).update(data=good)
    render_document({"document": document.pk})

    assert (failed.status, failed.progress, failed.sha256) == (DocumentStatus.FAILED, 0, "")
    assert "nouvel essai" in failed.error
    assert IssuedDocument.objects.get(pk=document.pk).status == DocumentStatus.READY


def test_issue_numbers_freezes_and_supersedes(now: datetime) -> None:
    data = SAMPLES[DocumentKind.DISMISSAL]()
    first = issued(DocumentKind.DISMISSAL, data | {"reason": "Sans suite ?\u200b"}, now)
    draft = issued(DocumentKind.DISMISSAL, data, now, is_draft=True)
    second = issued(DocumentKind.DISMISSAL, data, now)

    rows = {row.pk: row for row in IssuedDocument.objects.all()}
    assert [rows[each.pk].number for each in (first, draft, second)] == [1, 1, 2]
    assert [rows[each.pk].superseded_at for each in (first, draft, second)] == [now, None, None]
    assert rows[first.pk].data["reason"] == "Sans suite\u00a0?"
    assert rows[first.pk].data["document"]["verification_url"] == (
        f"{settings.SITE_URL}/verifier/{first.verification_code}/"
    )
    for row in rows.values():
        assert row.data_sha256 == hashlib.sha256(canonical_json(row.data)).hexdigest()
    assert len({row.verification_code for row in rows.values()}) == 3


def test_inexact_values_are_refused_at_the_door(now: datetime) -> None:
    data = SAMPLES[DocumentKind.DISMISSAL]()

    for value in (12.5, Decimal("12.50"), now):
        with pytest.raises(TypeError):
            issued(DocumentKind.DISMISSAL, data | {"requested": value}, now)
    assert IssuedDocument.objects.count() == 0


def test_templates_are_published_once(now: datetime) -> None:
    assert ensure_templates(now) == 8
    assert ensure_templates(now) == 0


def test_contract_says_on_which_page_each_action_is(now: datetime) -> None:
    actions = [
        action(number, title=f"Essai {number}", holder={"name": "Porteur", "siret": ""}) for number in (1, 2, 3)
    ]
    pdf = render(issued(DocumentKind.CONTRACT, contract_data(actions=actions), now))

    pages = [flat(page.extract_text()) for page in pypdf.PdfReader(io.BytesIO(pdf.content)).pages]

    after = next(rank for rank, text in enumerate(pages) if "Annexe 1 – Diagnostic partagé 1." in text)
    found = {
        number: next(rank for rank, text in enumerate(pages, 1) if rank > after and f"Action {number} – Essai" in text)
        for number in (1, 2, 3)
    }
    assert len(set(found.values())) > 1
    text = " ".join(pages)
    for number, page in found.items():
        assert re.search(rf"{number} Essai {number} \D+ {page}\b", text), (number, page)


@pytest.mark.parametrize("kind", [DocumentKind.LETTER, DocumentKind.REQUEST_ACKNOWLEDGEMENT])
def test_ordinary_letter_holds_on_one_page(kind: DocumentKind, now: datetime) -> None:
    assert render(issued(kind, SAMPLES[kind](), now)).page_count == 1


def test_day_and_month_are_never_parted(now: datetime) -> None:
    html = html_of(issued(DocumentKind.CONTRACT, contract_data(), now))

    assert "11\u00a0mai 2026" in html
    assert "11 mai 2026" not in html


def test_styles_ask_no_feature_of_fonts() -> None:
    """A feature asked for by a style leaks memory at each piece of text: `ctai.pdf.FEATURES` gives it to the font."""
    styles = sorted((Path(__file__).parents[2] / "static" / "pdf").glob("*.css"))

    assert [each.name for each in styles] == ["document.css", "neutral.css", "state.css"]
    found = [each.name for each in styles if re.search(r"font-(variant|feature|kerning)", each.read_text())]
    assert found == []
