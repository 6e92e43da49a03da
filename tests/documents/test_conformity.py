"""Every kind of document before veraPDF: not one failed rule of PDF/A-3a nor of PDF/UA-1."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from ctai.printable import normalise
from ctai.richtext import simple
from documents.defaults import ensure_templates
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.rendering import render
from tests.documents.test_pages import PASTED, TYPED, hostile_contract
from tests.factories.documents import (
    SAMPLES,
    action,
    co_signatory,
    contract_data,
    logo,
    porteur,
    section,
    sparse_contract_data,
)
from tests.verapdf import failures, needs_java

pytestmark = pytest.mark.once  # a file is judged by its bytes

LONG = (
    "Plateforme territoriale d’accompagnement global vers l’emploi durable, le logement autonome et l’accès effectif"
    " aux droits des personnes bénéficiaires d’une protection internationale"
)
OF_THE_STATE = (
    DocumentKind.REGISTRATION_RECEIPT,
    DocumentKind.LETTER_ACKNOWLEDGEMENT,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT,
    DocumentKind.REFUSAL,
    DocumentKind.DISMISSAL,
)
HOSTILE = (
    "# Titre\n\n### Sous-titre\n\n- un\n- deux\n\n☐ case \u2028 suite \uf0b7 \U0001f600 漢字"
    " <b>gras</b> & L’Haÿ-les-Roses"
)


def long_contract() -> dict[str, Any]:
    """Return a contract of four actions over three years, six co-signatories, and texts that overflow."""
    actions = [
        action(
            number,
            title=LONG if number % 3 == 0 else f"Action {number}",
            axis="Accès aux soins et à la santé" if number % 2 else "Mobilité",
            description=("Texte long sur plusieurs lignes. " * 40 + "\n\n") * 3,
        )
        for number in range(1, 5)
    ]
    data = contract_data(actions=actions, title=LONG, demo=False)
    names = ("L’Haÿ-les-Roses", "Œuilly", "Le Mêle-sur-Sarthe", "Saint-Quelque-Chose-sur-Loire", "Y", "Les Abymes")
    data["parties"]["local"] = [porteur(), *(co_signatory(full_name=f"Commune de {name}") for name in names)]
    data["special_clauses"] = [{"title": "Clause de la préfecture", "text": HOSTILE}]
    return data


def crowded_contract() -> dict[str, Any]:
    """Return a contract of eighteen collectivités, whose boxes no page holds."""
    data = contract_data(actions=[action(1)])
    data["parties"]["local"] += [co_signatory(full_name=f"Commune de Saint-{rank}-sur-Loire") for rank in range(16)]
    return data


def pasted_contract() -> dict[str, Any]:
    """Return a contract of which every text was pasted as badly as can be, in its rich texts and in the others."""
    data = hostile_contract()
    data["special_clauses"] = [{"title": "Clause 漢字 مرحبا", "text": normalise(simple(PASTED))}]
    data["diagnostic"]["sections"].append(section("Priorités", text=TYPED))
    return data


def contract_with_logos() -> dict[str, Any]:
    """Return a contract whose parties have a logo, wide, tall and tiny."""
    data = contract_data(demo=False)
    sizes = ((600, 75), (38, 300), (100, 60))
    names = ("Poitiers", "L’Haÿ-les-Roses", "Œuilly")
    data["parties"]["local"] = [
        co_signatory(full_name=name, is_lead=size is sizes[0]) | {"logo": logo(name, size)}
        for name, size in zip(names, sizes, strict=True)
    ]
    return data


@needs_java
@pytest.mark.django_db
def test_no_document_fails_a_rule_of_pdf_a_nor_of_pdf_ua(now: datetime, tmp_path: Path) -> None:
    ensure_templates(now)
    samples: dict[str, tuple[DocumentKind, dict[str, Any], bool]] = {
        kind.value: (kind, SAMPLES[kind](), False) for kind in DocumentKind
    }
    samples["long contract"] = (DocumentKind.CONTRACT, long_contract(), False)
    samples["contract of eighteen"] = (DocumentKind.CONTRACT, crowded_contract(), False)
    samples["pasted contract"] = (DocumentKind.CONTRACT, pasted_contract(), False)
    samples["draft"] = (DocumentKind.CONTRACT, sparse_contract_data(), True)
    samples["hostile letter"] = (DocumentKind.LETTER, SAMPLES[DocumentKind.LETTER](motivation=HOSTILE), False)
    documents = {}
    for name, (kind, data, is_draft) in samples.items():
        row = issue(kind=kind, contract_id=None, data=data, by=None, now=now, event=None, is_draft=is_draft)
        documents[name] = render(row).content
    with_logos = issue(
        kind=DocumentKind.CONTRACT, contract_id=None, data=contract_with_logos(), by=None, now=now, event=None
    )
    documents["contract with logos"] = render(with_logos).content
    with override_settings(BRAND="state"):
        for kind in OF_THE_STATE:
            row = issue(kind=kind, contract_id=None, data=SAMPLES[kind](), by=None, now=now, event=None)
            documents[f"{kind.value}, brand of the State"] = render(row).content
        documents["contract with logos, brand of the State"] = render(with_logos).content

    found = failures(tmp_path, documents)

    assert {name: rules for name, rules in found.items() if rules} == {}


@needs_java
def test_verapdf_sees_a_document_that_does_not_conform(tmp_path: Path) -> None:
    from io import BytesIO

    from weasyprint import HTML

    out = BytesIO()
    HTML(string="<p>Sans titre ni langue</p>" * 40).write_pdf(out)

    found = failures(tmp_path, {"plain": out.getvalue()})

    assert all(found.values())
