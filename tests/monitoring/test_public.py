"""What anybody may read: signed contracts alone, and what a printed code tells."""

import csv
import io
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.enums import State
from contracts.models import Contract, CoSignatory, Signature
from ctai.text import long_date
from documents.enums import DocumentKind, DocumentStatus, UploadKind
from documents.json_schema import PUBLISHED
from documents.models import IssuedDocument, Upload
from monitoring.queries import public_totals
from monitoring.verification import clean_code
from tests.factories.territories import bordeaux_metropole
from tests.monitoring.scale import a_contract, an_event, many
from tests.people import People

CODE = "BCDF-2345-GHJK-6789"


def document_of(contract: Contract, now: datetime, **fields: Any) -> IssuedDocument:
    ready = {
        "status": DocumentStatus.READY, "sha256": "a" * 64, "size": 10, "page_count": 1, "progress": 100,
        "content": "issued/x.pdf", "ready_at": now,
    }  # fmt: skip
    return IssuedDocument.objects.create(
        **{
            "contract": contract,
            "kind": DocumentKind.CONTRACT,
            "number": 1,
            "data": {"parties": ["Poitiers"]},
            "data_sha256": "b" * 64,
            "verification_code": CODE,
            "created_at": now,
            **ready,
            **fields,
        }
    )


def page(code: str = CODE) -> Any:
    return Client().get(reverse("monitoring:verify", args=[code]))


def test_public_totals_count_signed_contracts_alone(people: People) -> None:
    many(people, 8)
    contract = Contract.objects.filter(state=State.SIGNED).order_by("pk").first()
    assert contract is not None
    CoSignatory.objects.create(contract=contract, authority=bordeaux_metropole(), joined_at=contract.created_at)

    totals = public_totals()

    assert (totals.contracts, totals.authorities, totals.granted) == (4, 2, Decimal("3200.20"))
    assert totals.by_category == {"Commune": 4, "EPCI": 0, "Département": 0, "Région": 0}


def test_signed_list_shows_no_other_file(people: People) -> None:
    many(people, 4)

    response = Client().get(reverse("monitoring:signed"))

    assert [row["reference"] for row in response.context["rows"]] == ["CTAI-2026-086-0004", "CTAI-2026-086-0003"]
    assert response.context["sentence"] == "2\u00a0contrats signés"


@pytest.mark.parametrize(
    ("query", "status", "found"),
    [("texte=poit", 200, 2), ("texte=metz", 200, 0), ("region=75", 200, 2), ("region=99", 400, 0), ("page=7", 200, 2)],
)
def test_signed_list_is_searched(people: People, query: str, status: int, found: int) -> None:
    many(people, 4)

    response = Client().get(f"{reverse('monitoring:signed')}?{query}")

    assert (response.status_code, len(response.context["rows"])) == (status, found)


def test_open_data_is_documented_column_by_column(people: People) -> None:
    many(people, 4)
    documentation = Client().get(reverse("monitoring:data")).content.decode()

    for name, amount in (("contracts_csv", "montant_retenu"), ("grants_csv", "montant")):
        response: Any = Client().get(reverse(f"monitoring:{name}"))
        text = b"".join(response.streaming_content).decode()
        lines = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
        assert len(lines) == 2
        assert {line["avertissement"] for line in lines} == {"données de démonstration, montants fictifs"}
        assert {line[amount] for line in lines} <= {"800,25", "800,05"}
        assert all(f"<code>{column}</code>" in documentation for column in lines[0] if column != "avertissement")
    assert "2026-01-12" in text


def test_schemas_of_embedded_data_are_published(db: None) -> None:
    index = Client().get(reverse("monitoring:data")).content.decode()

    for each in PUBLISHED:
        response = Client().get(f"/donnees/schema/{each.path}")
        assert response.content == each.read()
        assert response.headers["Content-Type"] == "application/schema+json"
        assert response.headers["Cache-Control"] == "public, max-age=86400"
        assert f'href="/donnees/schema/{each.path}"' in index
        assert each.kind.label in index


@pytest.mark.parametrize("path", ["contrat/0.json", "contrat/99.json", "inconnu/1.json"])
def test_unknown_schema_is_said_in_french(path: str, db: None) -> None:
    response = Client().get(f"/donnees/schema/{path}")

    assert response.status_code == 404
    assert "Page introuvable" in response.content.decode()


def test_code_shows_no_party_before_everyone_signed(people: People, now: datetime) -> None:
    contract = a_contract(people, 1, State.EXCHANGE)
    contract.save()
    document_of(contract, now)

    response = page()

    assert response.status_code == 200
    text = response.content.decode()
    assert "Contrat non signé" in text
    assert "a" * 64 in text
    assert "Poitiers" not in text


def test_code_of_a_signed_contract_names_its_parties(people: People, now: datetime) -> None:
    contract = a_contract(people, 1, State.SIGNED)
    contract.save()
    document = document_of(contract, now)
    Signature.objects.create(
        contract=contract, document=document, signatory_name="Claire Dumont", signatory_title="maire",
        signed_on=now.date(), mode="portal", document_sha256="a" * 64, recorded_by=people.poitiers_maire.user,
        recorded_at=now, event=an_event(contract.pk),
    )  # fmt: skip

    text = page("bcdf 2345 ghjk 6789").content.decode()

    assert "Contrat signé" in text
    assert "L’État et Commune de Poitiers" in text
    assert "CTAI-2026-086-0001" in text


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"is_draft": True}, "Version de travail"),
        ({"superseded": True}, "Version annulée"),
        ({"superseded": True, "replaced": True}, "Version remplacée"),
        ({"kind": DocumentKind.LETTER}, "Document émis par le portail"),
    ],
)
def test_code_tells_what_the_document_is_worth(
    people: People, now: datetime, fields: dict[str, Any], status: str
) -> None:
    contract = a_contract(people, 1, State.SIGNED)
    contract.save()
    if fields.pop("superseded", False):
        fields["superseded_at"] = now
    if fields.pop("replaced", False):
        document_of(contract, now, number=2, verification_code="ZZZZ-ZZZZ-ZZZZ-ZZZZ")
    document_of(contract, now, **fields)

    text = page().content.decode()

    assert status in text
    assert "Commune de Poitiers" not in text


def copy_of(document: IssuedDocument, people: People, sha256: str, **fields: Any) -> None:
    """Keep a copy of this document that the town signed and deposited."""
    assert document.contract is not None
    signatory = people.poitiers_maire
    upload = Upload.objects.create(
        original_name="signe.pdf", content_type="application/pdf", size=10, sha256=sha256,
        kind=UploadKind.SIGNED_CONTRACT,
        contract=document.contract, organisation=signatory.organisation, uploaded_by=signatory.user,
        uploaded_at=document.created_at, file="uploads/x.pdf",
    )  # fmt: skip
    Signature.objects.create(
        contract=document.contract, document=document, signatory_name="Claire Dumont", signatory_title="maire",
        authority=signatory.organisation.local_authority, signed_on=document.created_at.date(), mode="paper",
        upload=upload, document_sha256=document.sha256, recorded_by=signatory.user, recorded_at=document.created_at,
        event=an_event(document.contract.pk), **fields,
    )  # fmt: skip


def told(code: str) -> dict[str, str]:
    """Return what the page says of each file that it knows, by its hash."""
    answers = page(code).context["found"].answers
    return {sha256[0]: each.text for each in answers for sha256 in each.hashes}


def test_page_knows_the_files_of_each_version_and_what_became_of_it(people: People, now: datetime) -> None:
    contract = a_contract(people, 1, State.SIGNED)
    contract.save()
    first = document_of(contract, now, superseded_at=now)
    second = document_of(contract, now, number=2, verification_code="ZZZZ-ZZZZ-ZZZZ-ZZZZ", sha256="c" * 64)
    working = {"number": 1, "verification_code": "YYYY-YYYY-YYYY-YYYY", "sha256": "d" * 64, "is_draft": True}
    document_of(contract, now, **working)
    copy_of(first, people, "e" * 64, voided_at=now, void_reason="Contrat réémis")
    copy_of(second, people, "f" * 64)

    of_first, of_second, of_draft = told(CODE), told(second.verification_code), told("YYYY-YYYY-YYYY-YYYY")

    day = long_date(now)
    gone = f" : version 1, remplacée le {day}, qui ne vaut plus."
    issued = "C’est le fichier émis par le portail, octet pour octet"
    signed = "C’est un exemplaire signé de ce document, tel qu’il a été déposé sur le portail"
    newer = f" : version 2, émise le {day}, qui a remplacé celle-ci."
    assert of_second == {"a": issued + gone, "c": f"{issued}.", "e": signed + gone, "f": f"{signed}."}
    assert of_first == {"a": issued + gone, "c": issued + newer, "e": signed + gone, "f": signed + newer}
    assert of_draft == {"d": "C’est cette version de travail, octet pour octet."}
    assert page().context["found"].otherwise == (
        "Ce fichier n’est ni celui que le portail a émis, ni un exemplaire signé qui y a été déposé,"
        " ni une autre version de ce document."
    )


def test_page_tells_nobody_how_many_parties_have_signed_so_far(people: People, now: datetime) -> None:
    contract = a_contract(people, 1, State.EXCHANGE)
    contract.save()
    copy_of(document_of(contract, now), people, "f" * 64)

    found = page().context["found"]

    assert told(CODE) == {"a": "C’est le fichier émis par le portail, octet pour octet."}
    assert "f" * 64 not in page().text
    assert "qu’une fois le contrat signé par toutes les parties" in found.otherwise


def test_unknown_code_is_explained(db: None) -> None:
    for code in ("INCONNU", "BCDF-2345-GHJK-6780", "%3Cscript%3E"):
        response = page(code)
        assert response.status_code == 404
        assert "Aucun document ne porte ce code" in response.content.decode()
    typed = Client().get(reverse("monitoring:verify_form"), {"code": " bcdf2345 ghjk-6789 "})
    assert typed.headers["Location"] == reverse("monitoring:verify", args=[CODE])
    assert Client().get(reverse("monitoring:verify_form"), {"code": ""}).status_code == 400


def test_code_is_read_whatever_its_spacing() -> None:
    assert clean_code("bcdf2345ghjk6789") == clean_code(" BCDF 2345 ghjk-6789") == CODE
