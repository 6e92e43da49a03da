"""The laid-out pages: nothing leaves them, no heading ends one, and they say what the data say, to the accent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pypdfium2
import pytest

from ctai.richtext import clean, to_print
from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.rendering import render
from tests.factories.documents import SAMPLES, action, co_signatory, contract_data, logo, porteur, section, totals

pytestmark = [pytest.mark.once, pytest.mark.django_db]

MM = 72 / 25.4
SIDE = 22 * MM  # the margins of `static/pdf/document.css`
FOOT = 30 * MM
HEAD = 24 * MM
ROUNDING = 1.5
WORD = "Anticonstitutionnellement" * 12
ADDRESS = "https://exemple.fr/" + "a" * 200
TYPED = (
    f"# Titre\n\n### Sous-titre\n\n\uf0b7\tun\n\uf0b7\tdeux \u2028 suite 😀 漢字 مرحبا <b>gras</b>\n\n{WORD}\n\n"
    f"Voir {ADDRESS}\n\nTOUT EN MAJUSCULES {'X' * 80}\n\n{'Le territoire accueille des familles. ' * 540}"
)
NESTED = "<ul><li>un" * 5 + f" {ADDRESS}" + "</li></ul>" * 5
WIDE = "<table><tr>" + "".join(f"<td>Colonne {rank} administrativement</td>" for rank in range(12)) + "</tr></table>"
RAGGED = f"<table><tr><th>A<th>B</tr><tr><td colspan=3>x</td></tr><tr><td>{WORD}</td><td>{ADDRESS}</td></tr></table>"
PASTED = f"<h1>Un</h1><h3>Trois</h3><ul><li><p>a</p><p>b</p></li></ul>{NESTED}{WIDE}{RAGGED}<p>{WORD}</p>"
LABELS = (
    "Services extérieurs : locations, entretien et réparation, assurance, documentation",
    "Autres services extérieurs : rémunérations intermédiaires et honoraires, publicité, déplacements et missions",
)


def opened(kind: DocumentKind, data: dict[str, Any], now: datetime, *, is_draft: bool = False) -> Any:
    """Return the document that this data give, opened by a reader that knows where each letter is."""
    ensure_templates(now)
    row = issue(kind=kind, contract_id=None, data=data, by=None, now=now, event=None, is_draft=is_draft)
    return pypdfium2.PdfDocument(render(row).content)


def pieces(page: Any) -> Iterator[tuple[float, float, float, float]]:
    """Yield the left, bottom, right and top of each visible piece of text of a page."""
    text = page.get_textpage()
    for rank in range(text.count_rects()):
        left, bottom, right, top = text.get_rect(rank)
        if text.get_text_bounded(left, bottom, right, top).strip():
            yield left, bottom, right, top


def hostile_contract() -> dict[str, Any]:
    """Return a contract in which everything that people type is as long as the forms let it be, and worse."""
    one = action(
        1,
        title=WORD[:180],
        axis=WORD[:120],
        need=f"B1 – {ADDRESS}",
        objectives=TYPED,
        partners=ADDRESS,
        means=WORD,
        publics=ADDRESS,
        holder={"name": WORD[:200], "siret": "77568899600012"},
        beneficiary={"name": "B" * 200, "siret": ""},
    )
    one["indicators"] = [
        {"label": ADDRESS, "nature": "résultat", "unit": WORD[:60], "baseline": WORD[:60], "target": "9" * 40}
    ]
    for year in one["years"]:
        year["charges"][0]["label"] = WORD
        year["charges"][1]["amount"] = year["total_charges"] = "99999999999.99"
        year["products"][0]["funder"] = ADDRESS
    typed = section(WORD[:150], text=to_print(clean(PASTED)))
    typed["indicators"][0] |= {"label": ADDRESS, "unit": WORD[:60], "territory": WORD[:80], "source": ADDRESS}
    typed["offers"] = [{"actor": WORD[:120], "description": ADDRESS, "capacity": WORD[:60]}]
    typed["needs"] = [{"number": "B1", "text": WORD}]
    typed["priorities"] = [{"rank": 1, "axis": WORD[:100], "challenge": ADDRESS, "objective": WORD}]
    data = contract_data(actions=[one], title=WORD, motivation=WORD, public=ADDRESS)
    data["diagnostic"]["sections"] = [typed]
    data["parties"]["local"][0] |= {"full_name": f"Commune de {'Y' * 100}", "representative": WORD[:120]}
    data["parties"]["local"][1]["deliberation"] |= {"number": "N" * 60, "body": WORD[:60]}
    return data


def long_contract() -> dict[str, Any]:
    """Return a contract whose texts and budgets end pages at every place."""
    actions = []
    for number in range(1, 13):
        item = action(number, description="\n\n".join(["Une phrase de cette description. " * 12] * (number % 4 + 1)))
        for year in item["years"]:
            year["charges"] += [
                {"account": "62", "label": label, "amount": "10.00"} for label in LABELS * (number % 3)
            ]
        actions.append(item)
    return contract_data(actions=actions, public="\n".join(["Publics :", *(f"- public {n}" for n in range(9))]))


@pytest.mark.parametrize("kind", [DocumentKind.CONTRACT, DocumentKind.LETTER, DocumentKind.MINUTES])
def test_nothing_leaves_the_page_whatever_is_typed(kind: DocumentKind, now: datetime) -> None:
    changes: dict[DocumentKind, dict[str, Any]] = {
        DocumentKind.CONTRACT: hostile_contract(),
        DocumentKind.LETTER: {
            "motivation": TYPED,
            "expected_public": ADDRESS,
            "axes": [WORD],
            "recipient": WORD[:100],
        },
        DocumentKind.MINUTES: {
            "subject": WORD,
            "text": TYPED,
            "participants": [{"full_name": WORD[:100], "organisation": ADDRESS, "capacity": WORD[:100]}],
        },
    }

    document = opened(kind, SAMPLES[kind]() | changes[kind], now)

    outside = [
        (number, piece)
        for number, page in enumerate(document, start=1)
        for piece in pieces(page)
        if piece[0] < SIDE - ROUNDING or piece[2] > page.get_width() - SIDE + ROUNDING or piece[1] < 0
    ]
    assert outside == []


def test_no_heading_ends_a_page_and_no_page_overlaps_its_foot(now: datetime) -> None:
    document = opened(DocumentKind.CONTRACT, long_contract(), now)
    bodies = [[piece for piece in pieces(page) if piece[3] < page.get_height() - HEAD] for page in document]
    texts = [[piece for piece in body if piece[1] > FOOT - ROUNDING] for body in bodies]
    headings = [(each.get_dest().get_index(), each.get_dest().get_view()[1][1]) for each in document.get_toc()]

    alone = [
        (page + 1, top)
        for page, top in headings
        if len({round(piece[1]) for piece in texts[page] if piece[3] < top}) < 2  # itself, and what it announces
    ]

    assert len(headings) > 60
    assert alone == []
    feet = {max(piece[3] for piece in body if piece[1] <= FOOT - ROUNDING) for body in bodies}
    assert max(feet) < FOOT


@pytest.mark.parametrize("parties", [7, 8, 11, 14])
def test_signatures_stand_together_under_their_article(parties: int, now: datetime) -> None:
    names = [f"Communauté de communes du Pays de Saint-Jean-{rank}-sur-Loire" for rank in range(1, parties)]
    others = [co_signatory(full_name=name, logo=logo(name)) for name in names]
    data = contract_data(actions=[action(1)])
    data["parties"]["local"] = [porteur(logo=logo("de Poitiers")), *others]

    texts = [page.get_textpage().get_text_range() for page in opened(DocumentKind.CONTRACT, data, now)]

    found = {rank: text.count("Date et signature") for rank, text in enumerate(texts) if "Date et signature" in text}
    [(where, boxes)] = found.items()
    assert boxes == parties + 1
    assert "Annexes et signatures" in texts[where]
    assert "Sommaire" in texts[1]  # all the parties, their logos and what the contract is hold on the cover


def test_draft_is_laid_out_as_what_will_be_signed(now: datetime) -> None:
    laid_out = [
        [
            (each.get_dest().get_index(), each.get_dest().get_view())
            for each in opened(DocumentKind.CONTRACT, contract_data(), now, is_draft=is_draft).get_toc()
        ]
        for is_draft in (True, False)
    ]

    assert laid_out[0] == laid_out[1]


def test_text_read_back_is_the_data_to_the_cent_and_to_the_accent(now: datetime) -> None:
    names = ["L'Haÿ-les-Roses", "Œuilly", "Le Mêle-sur-Sarthe", "Département de l’Aube", "Région Centre-Val de Loire"]
    one = action(1, holder={"name": "Ça & là, « Été »", "siret": "77568899600012"})
    one["years"][0]["granted"] = "9999999.99"
    data = contract_data(actions=[one])
    data["totals"] = totals([one])
    data["parties"]["local"] = [porteur(full_name=names[0]), *(co_signatory(full_name=each) for each in names[1:])]

    document = opened(DocumentKind.CONTRACT, data, now)
    said = " ".join(" ".join(page.get_textpage().get_text_range().replace("\u00a0", " ").split()) for page in document)

    missing = [each for each in [*names, "Ça & là, « Été »", "9 999 999,99 €"] if each not in said]
    assert missing == []
    assert "\ufffd" not in said
