"""The logos of the parties and the office of the State, frozen in what a file issues."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from accounts.actors import Actor
from accounts.services import logos
from contracts.changes import changes
from contracts.letterhead import office_of
from contracts.models import Contract
from contracts.services.parties import add_cosignatory
from ctai.demo_data.journey import Journey
from ctai.pictures import Picture, redrawn
from documents.canonical import canonical_json
from documents.enums import DocumentKind
from documents.models import IssuedDocument
from documents.rendering import attached, html_of
from tests.contracts.stage import centre_val_de_loire, second_town, to_approved, to_sent
from tests.documents.schema_errors import schema_errors
from tests.factories.pictures import png
from tests.people import People

POITIERS, OTHER = redrawn(png((480, 240))), redrawn(png((200, 300)))
SHOWN = {DocumentKind.LETTER, DocumentKind.FUNDING_REQUEST, DocumentKind.CONTRACT}
OF_THE_STATE = {
    DocumentKind.REGISTRATION_RECEIPT,
    DocumentKind.LETTER_ACKNOWLEDGEMENT,
    DocumentKind.REQUEST_ACKNOWLEDGEMENT,
    DocumentKind.CONTRACT,
}


def documents_of(contract: Contract) -> dict[DocumentKind, IssuedDocument]:
    rows = IssuedDocument.objects.filter(contract=contract).select_related("template_version").order_by("pk")
    return {DocumentKind(each.kind): each for each in rows}


def give(who: Actor, picture: Picture, journey: Journey) -> None:
    logos.deposit(picture=picture, by=who, now=journey.now)


def parties_of(document: IssuedDocument) -> list[dict[str, Any]]:
    data = document.data
    found: list[dict[str, Any]] = (
        data["parties"]["local"] if "parties" in data else [data["porteur"], *data.get("co_signatories", [])]
    )
    return found


def test_logos_are_frozen_where_they_are_shown_and_only_there(journey: Journey) -> None:
    give(journey.local.agent, POITIERS, journey)
    to_sent(journey)
    other = second_town()
    authority = other.agent.organisation.local_authority
    assert authority is not None
    add_cosignatory(journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now)
    give(other.agent, OTHER, journey)
    journey.acknowledge().meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    journey.propose().submit().adopt().approve()

    found = documents_of(journey.contract)

    frozen = {
        kind: [party["logo"]["sha256"] for party in parties_of(each) if "logo" in party]
        for kind, each in found.items()
    }
    assert {kind for kind, digests in frozen.items() if digests} == SHOWN
    assert frozen[DocumentKind.LETTER] == [POITIERS.sha256]
    assert frozen[DocumentKind.FUNDING_REQUEST] == frozen[DocumentKind.CONTRACT] == [POITIERS.sha256, OTHER.sha256]
    first, second = (party["logo"] for party in parties_of(found[DocumentKind.CONTRACT]))
    assert (first["media_type"], base64.b64decode(first["content"])) == ("image/png", POITIERS.content)
    assert first["alternative"] == "Logo de la commune de Poitiers"
    assert second["alternative"] == "Logo de la commune de Chasseneuil-du-Poitou"
    for kind in SHOWN:
        text = canonical_json(found[kind].data).decode()
        assert text.count(first["content"]) == 1
        assert html_of(found[kind]).count(first["content"]) == 1
        assert 'alt="Logo de la commune de Poitiers"' in html_of(found[kind])
    assert {kind: schema_errors(each) for kind, each in found.items() if schema_errors(each)} == {}


def test_a_document_keeps_the_logo_of_its_day(journey: Journey) -> None:
    give(journey.local.agent, POITIERS, journey)
    document = documents_of(to_approved(journey).contract)[DocumentKind.CONTRACT]
    before, html = document.data, html_of(document)

    give(journey.local.agent, OTHER, journey)
    replaced = documents_of(journey.contract)[DocumentKind.CONTRACT]
    logos.remove(by=journey.local.agent, now=journey.now)
    removed = documents_of(journey.contract)[DocumentKind.CONTRACT]

    assert before["parties"]["local"][0]["logo"]["sha256"] == POITIERS.sha256
    assert replaced.data == removed.data == before
    assert html_of(removed) == html


def test_budget_in_csv_holds_no_image(journey: Journey) -> None:
    give(journey.local.agent, POITIERS, journey)
    document = documents_of(to_approved(journey).contract)[DocumentKind.CONTRACT]

    data, budget = attached(document.data)

    logo = document.data["parties"]["local"][0]["logo"]["content"].encode()
    assert (logo in data.content, logo in budget.content) == (True, False)


def test_difference_says_that_a_logo_changed_without_printing_it(journey: Journey) -> None:
    give(journey.local.agent, POITIERS, journey)
    document = documents_of(to_approved(journey).contract)[DocumentKind.CONTRACT]
    data = document.data
    (party,) = data["parties"]["local"]
    other = party | {"logo": party["logo"] | {"content": "QUJD", "sha256": OTHER.sha256}}
    newer = IssuedDocument(
        kind=DocumentKind.CONTRACT,
        template_version=document.template_version,
        data=data | {"parties": data["parties"] | {"local": [other]}},
    )

    found = dict(changes(document, newer))

    lines = [line for groups in found.values() for group in groups for line in group.lines]
    (changed,) = (line for line in lines if line.kind != "same")
    said = "Logo, Commune de Poitiers\u00a0: image d’empreinte"
    assert "".join(part.text for part in changed.before) == f"{said} {POITIERS.sha256[:12]}"
    assert "".join(part.text for part in changed.after) == f"{said} {OTHER.sha256[:12]}"
    assert all(len(part.text) < 5_000 for line in lines for part in line.parts)
    assert not any(party["logo"]["content"][:200] in part.text for line in lines for part in line.parts)


def test_what_the_state_issues_names_its_office(journey: Journey) -> None:
    found = documents_of(to_approved(journey).contract)

    offices = {kind: each.data.get("office") for kind, each in found.items()}

    assert {kind for kind, office in offices.items() if office == "préfet de la Vienne"} == OF_THE_STATE
    assert {office for kind, office in offices.items() if kind not in OF_THE_STATE} == {None}


@pytest.mark.django_db
def test_office_of_a_region_is_named_as_decrees_do(people: People, journey: Journey) -> None:
    local, state = centre_val_de_loire()
    assert local.agent.organisation.local_authority is not None
    contract = Contract(porteur=local.agent.organisation.local_authority, lead_service=state.agent.organisation)

    assert office_of(contract) == "préfet de la région Centre-Val de Loire"
