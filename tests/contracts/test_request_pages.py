"""The request as a whole: payees and their accounts, the draft, the attestation; and what is carried over into it."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from contracts.acts import ATTESTATION, Submission
from contracts.archive import archive
from contracts.errors import TransitionRefused
from contracts.models import Contract, CoSignatory
from ctai.demo_data.journey import Journey
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument, Upload
from documents.rendering import html_of
from funding.models import Action, BudgetLine, Payee
from funding.services.actions import as_input, save_action
from journal.models import Event
from tests.contracts.stage import to_proposal
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.funding import ASSOCIATION_SIRET, POITIERS_SIREN, a_file, an_action
from tests.people import People

NAMES = ("Ville de Poitiers", "Le Toit du Monde")
IBAN = "FR7630006000011234567890189"


def _url(name: str, contract: Contract, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def contract(people: People) -> Contract:
    contract = a_file(people, "proposal", last=2027)
    an_action(contract, people.poitiers_agent)
    an_action(
        contract,
        people.poitiers_agent,
        state="5000.00",
        title="Accueil",
        beneficiary_name="Le Toit du Monde",
        beneficiary_siret=ASSOCIATION_SIRET,
    )
    return contract


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.poitiers_agent)


def _account(**changes: Any) -> dict[str, Any]:
    file = SimpleUploadedFile("rib.pdf", pdf_bytes())
    return {"holder": "Ville de Poitiers", "iban": "FR76 3000 6000 0112 3456 7890 189", "file": file} | changes


def _plain(answer: Any) -> str:
    return str(answer.content.decode()).replace("\u00a0", " ").replace("\u202f", " ")


# --- payees ----------------------------------------------------------------------------------------------------------


def test_the_summary_tells_who_is_paid_what_each_year(contract: Contract, agent: Client) -> None:
    answer = agent.get(_url("request_summary", contract))

    assert answer.context["payees"]["rows"] == [
        ["Ville de Poitiers", "10\u00a0000,00\u00a0€", "10\u00a0000,00\u00a0€", "20\u00a0000,00\u00a0€"],
        ["Le Toit du Monde", "5\u00a0000,00\u00a0€", "5\u00a0000,00\u00a0€", "10\u00a0000,00\u00a0€"],
    ]
    assert answer.context["payees"]["total"][-1] == "30\u00a0000,00\u00a0€"
    assert all(sentence.replace("\u00a0", " ") in _plain(answer) for sentence in ATTESTATION)


def test_bank_details_are_read_by_those_who_need_them_alone(contract: Contract, agent: Client, people: People) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())
    rib = Upload.objects.get()

    answers = {
        who: people.client_for(actor).get(_url("upload", contract, rib.pk)).status_code
        for who, actor in people.actors.items()
    }

    needed = {"poitiers_agent", "poitiers_maire", "vienne_agent", "vienne_prefet"}
    assert {who for who, status in answers.items() if status == 200} == needed
    assert {status for who, status in answers.items() if who not in needed} == {404}
    readers = {who for who, actor in people.actors.items() if Upload.objects.visible_to(actor).exists()}
    assert readers == needed


def test_bank_details_of_another_are_no_link_for_a_cosignatory(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())
    address = _url("upload", contract, Upload.objects.get().pk)
    authority = people.bordeaux_agent.organisation.local_authority
    assert authority is not None
    CoSignatory.objects.create(contract=contract, authority=authority, may_write=True, joined_at=now)

    page = people.client_for(people.bordeaux_agent).get(_url("request_summary", contract))

    assert page.status_code == 200
    assert address not in page.text
    assert address in agent.get(_url("request_summary", contract)).text


def _cosignatory(contract: Contract, people: People, now: datetime) -> Client:
    authority = people.bordeaux_agent.organisation.local_authority
    assert authority is not None
    CoSignatory.objects.create(contract=contract, authority=authority, may_write=True, joined_at=now)
    return people.client_for(people.bordeaux_agent)


def test_a_cosignatory_reads_the_whole_iban_of_the_papers_it_may_open_alone(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())
    cosignatory = _cosignatory(contract, people, now)

    theirs = cosignatory.get(_url("payee", contract, POITIERS_SIREN))
    cosignatory.post(_url("payee", contract, ASSOCIATION_SIRET), _account(holder="Le Toit du Monde"))
    own = cosignatory.get(_url("payee", contract, ASSOCIATION_SIRET))

    assert "FR76 3000 •••• 0189" in _plain(theirs)
    assert IBAN not in _plain(theirs).replace(" ", "")
    assert "Relevé enregistré" not in theirs.text
    assert IBAN in _plain(own).replace(" ", "")
    assert "Relevé enregistré" in own.text
    assert IBAN in _plain(agent.get(_url("payee", contract, POITIERS_SIREN))).replace(" ", "")
    assert IBAN in _plain(agent.get(_url("payee", contract, ASSOCIATION_SIRET))).replace(" ", "")


def test_an_iban_that_is_not_told_is_kept_when_its_box_stays_empty(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())
    paper = Payee.objects.get().upload_id
    cosignatory = _cosignatory(contract, people, now)
    address = _url("payee", contract, POITIERS_SIREN)

    kept = cosignatory.post(address, _account(iban="", file="", holder="Trésorerie"))
    masked = cosignatory.post(address, _account(iban="FR76 3000 •••• 0189", file=""))
    after_kept = [(each.holder, each.iban, each.upload_id) for each in Payee.objects.all()]
    blind = cosignatory.post(address, _account(iban=""))
    after_blind = [(each.holder, each.iban, each.upload_id) for each in Payee.objects.all()]
    replaced = cosignatory.post(address, _account(iban="DE89370400440532013000"))

    assert [each.status_code for each in (kept, masked, blind, replaced)] == [302, 422, 422, 302]
    assert after_kept == after_blind == [("Trésorerie", IBAN, paper)]
    assert blind.context["form"].errors["iban"] == ["Saisissez l’IBAN que porte ce relevé."]
    assert Payee.objects.get().iban == "DE89370400440532013000"
    assert agent.post(address, _account(iban="", file="")).status_code == 422


def test_papers_of_one_name_tell_whose_account_they_bear(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    cosignatory = _cosignatory(contract, people, now)
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())
    agent.post(_url("payee", contract, ASSOCIATION_SIRET), _account(holder="Caisse du Toit du Monde"))

    pages = [_plain(client.get(_url("documents", contract))) for client in (agent, cosignatory)]
    names, theirs = (
        {name.partition("-")[2][6:] for name in _names(contract, by) if name.endswith("rib.pdf")}
        for by in (people.poitiers_agent, people.bordeaux_agent)
    )

    whose = [f'rib.pdf<span class="fr-link__detail">Relevé d’identité bancaire ({name}),' for name in NAMES]
    assert [[each in page for each in whose] for page in pages] == [[True, True], [False, False]]
    assert names == {f"{name}-rib.pdf" for name in NAMES}
    assert theirs == set()


def _names(contract: Contract, by: Actor) -> list[str]:
    content = b"".join(archive(contract, by=by, now=timezone.now()))
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_an_account_is_kept_for_each_payee_and_masked(contract: Contract, agent: Client, people: People) -> None:
    answer = agent.post(_url("payee", contract, POITIERS_SIREN), _account())

    payee = Payee.objects.get()
    page = _plain(people.client_for(people.vienne_agent).get(_url("request_summary", contract)))
    assert answer.status_code == 302
    assert (payee.siret, payee.iban, payee.holder) == (POITIERS_SIREN, IBAN, "Ville de Poitiers")
    assert Upload.objects.get().kind == UploadKind.IBAN
    assert "FR76 3000 •••• 0189" in page
    assert IBAN not in page.replace(" ", "")
    assert Event.objects.get(kind="payee_saved").payload == {"siret": POITIERS_SIREN}


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"iban": "FR76 3000 6000 0112 3456 7890 188"}, ["iban"]),
        ({"iban": "RIB de la ville"}, ["iban"]),
        ({"iban": ""}, ["iban"]),
        ({"holder": ""}, ["holder"]),
        ({"file": ""}, ["file"]),
        ({"file": SimpleUploadedFile("rib.pdf", b"MZ")}, ["file"]),
    ],
)
def test_a_wrong_account_is_said_beside_its_field(
    contract: Contract, agent: Client, changes: dict[str, Any], wrong: list[str]
) -> None:
    answer = agent.post(_url("payee", contract, POITIERS_SIREN), _account(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == wrong
    assert not Payee.objects.exists()


def test_a_storage_that_takes_no_file_is_told_and_nothing_is_recorded(
    contract: Contract, agent: Client, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "media"
    blocked.write_text("no folder")
    settings.MEDIA_ROOT = blocked

    answer = agent.post(_url("payee", contract, POITIERS_SIREN), _account())

    assert answer.status_code == 503
    assert "Le fichier n’a pas pu être conservé" in answer.text
    assert "Rien de ce formulaire n’a été enregistré" in answer.text
    (told,) = [each for each in caplog.records if each.name == "ctai.errors"]
    assert (told.levelname, told.exc_info is None) == ("ERROR", False)
    assert told.reference in answer.text  # type: ignore[attr-defined]  # given as extra
    assert [each.objects.count() for each in (Payee, Upload)] == [0, 0]
    assert not Event.objects.filter(kind="payee_saved").exists()


def test_a_new_iban_needs_its_paper_and_the_same_one_does_not(contract: Contract, agent: Client) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())

    same = agent.post(_url("payee", contract, POITIERS_SIREN), _account(file="", holder="Trésorerie"))
    other = agent.post(_url("payee", contract, POITIERS_SIREN), _account(file="", iban="DE89370400440532013000"))

    assert (same.status_code, other.status_code) == (302, 422)
    assert [(each.holder, each.iban) for each in Payee.objects.all()] == [("Trésorerie", IBAN)]


def test_nobody_else_is_paid(contract: Contract, agent: Client, people: People) -> None:
    assert agent.get(_url("payee", contract, "90100001800019")).status_code == 404
    assert people.client_for(people.vienne_agent).get(_url("payee", contract, POITIERS_SIREN)).status_code == 403
    assert people.client_for(people.gironde_agent).get(_url("payee", contract, POITIERS_SIREN)).status_code == 404


def test_the_database_refuses_what_is_no_iban(contract: Contract, agent: Client) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())

    with pytest.raises(IntegrityError), transaction.atomic():
        Payee.objects.update(iban="n’importe quoi")


def test_the_summary_costs_the_same_with_one_action_and_three(
    contract: Contract, agent: Client, people: People
) -> None:
    counts = []
    for wanted in (2, 4):
        for place in range(contract.actions.count(), wanted):
            an_action(contract, people.poitiers_agent, title=f"Action {place}")
        agent.get(_url("request_summary", contract))
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(_url("request_summary", contract)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- the document ----------------------------------------------------------------------------------------------------


def test_a_draft_of_the_request_bears_its_mark_and_attests_nothing(contract: Contract, agent: Client) -> None:
    agent.post(_url("payee", contract, POITIERS_SIREN), _account())

    agent.post(_url("request_draft", contract))

    document = IssuedDocument.objects.get(kind=DocumentKind.FUNDING_REQUEST)
    html = html_of(document).replace("\u00a0", " ")
    assert document.is_draft
    assert document.data["attestation"] is None
    assert 'class="draft"' in html
    assert "Versements demandés" in html
    assert "Ville de Poitiers, FR76 3000 •••• 0189" in html
    assert "Attestation" not in html


def test_the_request_is_attested_by_the_person_who_signs(journey: Journey) -> None:
    to_proposal(journey).propose()
    person = journey.person(journey.local.signatory)

    with pytest.raises(TransitionRefused) as refusal:
        journey.go("submit_proposal", journey.local.signatory, Submission(person=person))
    journey.submit()

    document = IssuedDocument.objects.get(kind=DocumentKind.FUNDING_REQUEST, is_draft=False)
    assert "attester" in str(refusal.value)
    assert document.data["attestation"]["statements"] == list(ATTESTATION)
    assert person.name in html_of(document)
    assert Event.objects.get(kind="submit_proposal").payload["attested"] is True


# --- reconduction ----------------------------------------------------------------------------------------------------


@pytest.fixture
def renewed(people: People) -> Contract:
    """A file of the same town for the years that follow."""
    return a_file(people, "proposal", first=2028, last=2029)


def test_actions_of_a_former_contract_are_carried_over_once(
    contract: Contract, renewed: Contract, agent: Client
) -> None:
    source = contract.actions.get(number=1)
    BudgetLine.objects.filter(action=source, year=2027, account="64").update(amount=Decimal("15500.00"))

    for _ in range(2):
        answer = agent.post(_url("renewal", renewed), {"actions": [source.pk]})

    copy = Action.objects.get(contract=renewed)
    lines = BudgetLine.objects.filter(action=copy)
    assert answer.status_code == 422
    assert (copy.title, copy.renewed, copy.carried_from_id) == (source.title, True, source.pk)
    assert (copy.starts_on, copy.ends_on) == (date(2028, 1, 1), date(2029, 12, 31))
    assert copy.to_update == ["calendar", "people", "indicators", "need", "budget:2028", "budget:2029"]
    assert {(row.year, row.amount) for row in lines.filter(account="64")} == {
        (2028, Decimal("15500.00")),
        (2029, Decimal("15500.00")),
    }
    assert set(lines.filter(account="74").values_list("status", flat=True)) == {"requested"}


def test_what_must_be_updated_is_shown_until_it_is(
    contract: Contract, renewed: Contract, agent: Client, people: People, now: datetime
) -> None:
    agent.post(_url("renewal", renewed), {"actions": [contract.actions.get(number=1).pk]})
    before = _plain(agent.get(_url("proposal", renewed)))
    page = agent.get(_url("action", renewed, 1))
    copy = Action.objects.get(contract=renewed)

    save_action(
        contract_id=renewed.pk,
        number=1,
        fields=as_input(copy),
        by=people.poitiers_agent,
        now=now,
        reviewed=["indicators", "need"],
    )
    reviewed = Action.objects.get(contract=renewed)
    agent.post(_url("budget", renewed, 1, 2028), {"amount-charge-64": "15 000"})

    assert "nombre de personnes à mettre à jour" in before
    assert "Action reconduite : à mettre à jour" in _plain(page)
    assert reviewed.to_update == ["calendar", "people", "budget:2028", "budget:2029"]
    assert Action.objects.get(contract=renewed).to_update == ["calendar", "people", "budget:2029"]


def test_a_mark_goes_with_the_change_of_what_it_is_about(
    contract: Contract, renewed: Contract, agent: Client, people: People
) -> None:
    agent.post(_url("renewal", renewed), {"actions": [contract.actions.get(number=1).pk]})
    form = agent.get(_url("action", renewed, 1)).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent |= {
        "indicators-TOTAL_FORMS": "0",
        "indicators-INITIAL_FORMS": "0",
        "expected_count": "75",
        "reviewed": "need",
    }

    answer = agent.post(_url("action", renewed, 1), sent)

    assert answer.status_code == 302
    assert Action.objects.get(contract=renewed).to_update == ["calendar", "budget:2028", "budget:2029"]


def test_budgets_go_from_a_year_to_the_next(contract: Contract, agent: Client) -> None:
    BudgetLine.objects.filter(year=2027).delete()

    back = agent.post(_url("renewal", contract), {"source": 2026, "target": 2026})
    agent.post(_url("renewal", contract), {"source": 2026, "target": 2027})
    again = agent.post(_url("renewal", contract), {"source": 2026, "target": 2027})

    assert (back.status_code, again.status_code) == (422, 422)
    assert BudgetLine.objects.filter(year=2027).count() == BudgetLine.objects.filter(year=2026).count() == 6
    assert [each.to_update for each in contract.actions.order_by("pk")] == [["budget:2027"]] * 2


def test_the_actions_of_others_are_not_offered(renewed: Contract, agent: Client, people: People) -> None:
    town = people.bordeaux_agent.organisation.local_authority
    other = an_action(a_file(people, porteur=town), people.bordeaux_agent)
    set_aside = an_action(a_file(people, "under_review"), people.poitiers_agent)
    Action.objects.filter(pk=set_aside.pk).update(decision="rejected", rejection_reason="Double emploi avec AGIR")

    page = agent.get(_url("renewal", renewed))
    answer = agent.post(_url("renewal", renewed), {"actions": [other.pk]})

    assert list(page.context["form"].fields["actions"].choices) == []
    assert answer.status_code == 422
    assert not Action.objects.filter(contract=renewed).exists()
