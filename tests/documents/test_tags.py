"""The tags of a printed document: headers with their scope, figures with their words and place, bookmarks in order."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pikepdf
import pytest

from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.rendering import render
from tests.factories.documents import co_signatory, contract_data, logo, porteur

pytestmark = [pytest.mark.once, pytest.mark.django_db]
HEADINGS = ("/H1", "/H2", "/H3", "/H4", "/H5")


@pytest.fixture
def contract(now: datetime) -> Iterator[pikepdf.Pdf]:
    """Return a contract of three actions over three years, with a logo."""
    ensure_templates(now)
    data = contract_data(special_clauses=[{"title": "Crèche", "text": "<p>Dix places.</p>"}])
    data["parties"]["local"] = [porteur(logo=logo("de Poitiers")), co_signatory()]
    row = issue(kind=DocumentKind.CONTRACT, contract_id=None, data=data, by=None, now=now, event=None)
    with pikepdf.open(io.BytesIO(render(row).content)) as pdf:
        yield pdf


def elements(pdf: pikepdf.Pdf) -> list[Any]:
    """Return the elements of the structure, in the order in which they are read."""
    found: list[Any] = []

    def walk(element: Any) -> None:
        found.append(element)
        kids = element.get("/K", [])
        for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
            if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
                walk(kid)

    for root in pdf.Root.StructTreeRoot.K:
        walk(root)
    return found


def titles(items: Any, level: int = 1) -> Iterator[str]:
    for item in items:
        yield f"/H{level}"
        yield from titles(item.children, level + 1)


def test_each_header_of_a_table_says_what_it_leads_and_each_cell_its_headers(contract: pikepdf.Pdf) -> None:
    found = elements(contract)
    headers = [each for each in found if each.S == "/TH"]
    named = {bytes(each.ID) for each in headers}
    cells = [each for each in found if each.S == "/TD"]

    scopes = Counter((str(each.A.Scope), str(each.P.P.S)) for each in headers)

    assert set(scopes) == {("/Column", "/THead"), ("/Row", "/TBody")}
    assert min(scopes.values()) > 30
    assert len(cells) > 100
    assert [each for each in cells if not {bytes(key) for key in each.A.Headers} <= named] == []
    assert [each for each in cells if len(each.A.Headers) == 0] == []


def test_each_figure_has_words_and_is_where_it_says(contract: pikepdf.Pdf) -> None:
    [cover] = [each for each in elements(contract) if each.S == "/Figure"]
    left, bottom, right, top = (float(corner) for corner in cover.A.BBox)
    width, height = (float(side) for side in contract.pages[0].MediaBox[2:])

    assert str(cover.Alt) == "Logo de Poitiers"
    assert (width / 2 < left < right < width, height * 3 / 4 < bottom < top < height) == (True, True)
    assert (right - left) / (top - bottom) == pytest.approx(2)
    codes = [each for each in contract.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"]
    assert {str(each.Alt) for each in codes} == {"Logo de Poitiers", "Code QR de l’adresse de vérification"}


def test_bookmarks_follow_the_headings_and_the_language_and_title_are_said(contract: pikepdf.Pdf) -> None:
    headings = [str(each.S) for each in elements(contract) if each.S in HEADINGS]
    with contract.open_outline() as outline:
        bookmarks = list(titles(outline.root))

    assert bookmarks == headings
    assert headings.count("/H2") > 25
    assert (str(contract.Root.Lang), bool(contract.Root.ViewerPreferences.DisplayDocTitle)) == ("fr", True)
    assert str(contract.docinfo.Title).startswith("Contrat territorial d’accueil et d’intégration")
