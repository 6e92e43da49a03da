"""The heads of documents: the block of the State by its brand, the logos of the collectivités."""

import base64
import io
import re
from datetime import datetime
from typing import Any

import pikepdf
import pypdf
import pypdfium2
import pytest
from django.test import override_settings
from PIL import Image

from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.models import IssuedDocument
from documents.rendering import html_of, render
from documents.templatetags.letterhead import office_lines
from documents.text import normalise_all
from tests.factories.documents import SAMPLES, action, co_signatory, contract_data, logo, porteur

pytestmark = [pytest.mark.once, pytest.mark.django_db]

LETTERS = (
    DocumentKind.REGISTRATION_RECEIPT,
    DocumentKind.LETTER_ACKNOWLEDGEMENT,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT,
    DocumentKind.REFUSAL,
    DocumentKind.DISMISSAL,
)
STATE = override_settings(BRAND="state")
BLUE, RED = (0, 0, 0x91), (0xE1, 0, 0x0F)
SHAPES = {"wide": (600, 75), "tall": (38, 300), "tiny": (100, 60), "square": (300, 300)}


def issued(kind: DocumentKind, now: datetime, data: dict[str, Any] | None = None) -> IssuedDocument:
    ensure_templates(now)
    return issue(
        kind=kind, contract_id=None, data=data or SAMPLES[kind](), by=None, now=now, event=None, supersede=False
    )


def parties(count: int) -> list[dict[str, Any]]:
    sizes = list(SHAPES.values())
    others = [co_signatory(full_name=f"Commune du Rang-{rank}") for rank in range(1, count)]
    return [
        party | {"logo": logo(party["full_name"], sizes[rank % len(sizes)])}
        for rank, party in enumerate([porteur(), *others])
    ]


def with_parties(count: int) -> dict[str, Any]:
    data = contract_data(actions=[action(1)], demo=False)
    data["parties"]["local"] = parties(count)
    return data


def first_page(content: bytes) -> str:
    return " ".join(pypdf.PdfReader(io.BytesIO(content)).pages[0].extract_text().replace("\u00a0", " ").split())


def picture(content: bytes) -> Image.Image:
    """Return the first page as it is seen, at 72 dots an inch."""
    image: Image.Image = pypdfium2.PdfDocument(content)[0].render(scale=1).to_pil().convert("RGB")
    return image


def shows(content: bytes, colour: tuple[int, int, int]) -> bool:
    """Tell whether a colour is in the top left corner of the first page, where the State has its block."""
    corner = picture(content).crop((0, 0, 250, 150))
    found = [each for _, each in corner.getcolors(100_000) or [] if isinstance(each, tuple)]
    return any(max(abs(one - other) for one, other in zip(each, colour, strict=True)) <= 1 for each in found)


def logos_said(content: bytes) -> list[str]:
    """Return the alternative texts of the logos of a PDF."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        figures = [
            str(each.Alt)
            for each in pdf.objects
            if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure" and "/Alt" in each
        ]
    return sorted(each for each in figures if each.startswith("Logo"))


# --- the State -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [*LETTERS, DocumentKind.CONTRACT])
def test_state_brand_draws_the_block_of_the_state(kind: DocumentKind, now: datetime) -> None:
    document = issued(kind, now)

    neutral = render(document).content
    with STATE:
        state = render(document).content

    assert "PRÉFET DE LA VIENNE" in first_page(state)
    assert (shows(state, BLUE), shows(state, RED)) == (True, True)
    assert "Préfecture de la Vienne" in first_page(state)
    assert "PRÉFET" not in first_page(neutral)
    assert (shows(neutral, BLUE), shows(neutral, RED)) == (False, False)
    assert "Préfecture de la Vienne" in first_page(neutral)


@pytest.mark.parametrize("kind", [DocumentKind.LETTER, DocumentKind.FUNDING_REQUEST])
def test_what_the_collectivite_sends_bears_no_block_of_the_state(kind: DocumentKind, now: datetime) -> None:
    with STATE:
        content = render(issued(kind, now)).content

    assert not shows(content, RED)
    assert "PRÉFET" not in first_page(content)


def test_data_older_than_the_block_name_the_prefecture_alone(now: datetime) -> None:
    data = contract_data()
    del data["office"]

    with STATE:
        content = render(issued(DocumentKind.CONTRACT, now, data)).content

    assert "PRÉFET" not in first_page(content)
    assert "Préfecture de la Vienne" in first_page(content)


def test_brand_changes_no_data(now: datetime) -> None:
    neutral = issued(DocumentKind.REFUSAL, now).data
    with STATE:
        state = issued(DocumentKind.REFUSAL, now).data

    assert state | {"document": None} == neutral | {"document": None}


@pytest.mark.parametrize("kind", [*LETTERS, DocumentKind.LETTER])
def test_ordinary_letter_of_the_state_brand_holds_on_one_page(kind: DocumentKind, now: datetime) -> None:
    with STATE:
        assert render(issued(kind, now)).page_count == 1


@pytest.mark.parametrize(
    ("office", "lines"),
    [
        ("préfet de la Vienne", "Préfet|de la Vienne"),
        ("préfet des Côtes-d'Armor", "Préfet|des Côtes-d’Armor"),
        ("préfet de l'Hérault", "Préfet|de l’Hérault"),
        ("préfet de la région Bretagne", "Préfet|de la région|Bretagne"),
        (
            "préfet de la région d'Île-de-France, préfet de Paris",
            "Préfet|de la région|d’Île-de-France,|préfet|de Paris",
        ),
        (
            "préfet de la région Provence-Alpes-Côte d'Azur",
            "Préfet|de la région|Provence-Alpes-Côte|d’Azur",
        ),
        (
            "haut-commissaire de la République en Polynésie française",
            "Haut-commissaire|de la République|en Polynésie|française",
        ),
    ],
)
def test_office_is_broken_as_its_charter_does(office: str, lines: str) -> None:
    assert office_lines(office) == lines.replace("|", "<br>")


# --- logos -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DocumentKind.LETTER, DocumentKind.FUNDING_REQUEST])
def test_logos_are_printed_with_their_alternative_text(kind: DocumentKind, now: datetime) -> None:
    first, second = parties(2)
    data = SAMPLES[kind](porteur=first, co_signatories=[second])

    content = render(issued(kind, now, data)).content

    assert logos_said(content) == ["Logo Commune de Poitiers", "Logo Commune du Rang-1"]


@pytest.mark.parametrize("brand", ["neutral", "state"])
@pytest.mark.parametrize("count", [1, 3, 7, 12])
def test_cover_holds_any_number_of_logos_on_its_page(count: int, brand: str, now: datetime) -> None:
    with override_settings(BRAND=brand):
        content = render(issued(DocumentKind.CONTRACT, now, with_parties(count))).content

    reader = pypdf.PdfReader(io.BytesIO(content))
    assert logos_said(content) == sorted(f"Logo {each['full_name']}" for each in parties(count))
    assert "Concours de l’État" in reader.pages[0].extract_text()
    assert "Sommaire" in reader.pages[1].extract_text()
    image = picture(content)
    margin = image.crop((540, 0, 595, image.height))
    assert margin.getcolors() == [(margin.width * margin.height, (255, 255, 255))]


def test_page_without_logo_says_nothing_of_it(now: datetime) -> None:
    for kind in (DocumentKind.CONTRACT, DocumentKind.LETTER, DocumentKind.FUNDING_REQUEST):
        html = html_of(issued(kind, now))
        assert "logos" not in html
        assert html.count("<img") == 1  # the QR code


@pytest.mark.parametrize("shape", SHAPES)
def test_letter_with_a_logo_holds_on_one_page(shape: str, now: datetime) -> None:
    data = SAMPLES[DocumentKind.LETTER]()
    data["porteur"] |= {"logo": logo("Poitiers", SHAPES[shape])}

    assert render(issued(DocumentKind.LETTER, now, data)).page_count == 1


def test_same_row_with_logos_gives_the_same_bytes(now: datetime) -> None:
    document = issued(DocumentKind.CONTRACT, now, with_parties(3))

    for brand in ("neutral", "state"):
        with override_settings(BRAND=brand):
            assert render(document).content == render(IssuedDocument.objects.get(pk=document.pk)).content


def test_freezing_leaves_an_image_as_it_is() -> None:
    frozen = logo("Poitiers")

    assert normalise_all(frozen) == frozen
    assert base64.b64decode(frozen["content"])[:4] == b"\x89PNG"
    assert re.fullmatch(r"[A-Za-z0-9+/]+={0,2}", frozen["content"])
