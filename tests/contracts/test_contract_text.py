"""The text of a contract after the model: special clauses, the difference between versions, rectifications."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contracts.acts import Acknowledgement, NamedPerson, Reissue, Sending, Termination
from contracts.changes import changes
from contracts.enums import ActMode, State
from contracts.errors import TransitionRefused
from contracts.models import Contract, Letter, NamedAct, Rectification, SpecialClause
from contracts.powers import delegation_facts
from contracts.queries import contract_versions, current_contract_document
from contracts.services.advance import advance
from contracts.services.clauses import add_clause, change_clause, move_clause, remove_clause
from contracts.services.rectifications import (
    RectificationInput,
    accept_rectification,
    propose,
    withdraw_rectification,
)
from ctai.demo_data.journey import Journey
from ctai.htmlreader import Change
from ctai.restructured import BOLDED, TOLD
from documents.enums import DocumentKind, UploadKind
from documents.models import IssuedDocument
from documents.rendering import html_of
from documents.uploads import accept
from journal.models import Event
from tests.contracts.stage import (
    print_documents,
    to_approved,
    to_letter,
    to_proposal,
    to_review,
    to_sent,
    to_signed,
)
from tests.contracts.test_signature_page import delegated
from tests.documents.test_filetypes import pdf_bytes
from tests.people import People

ERROR = RectificationInput(
    place="Action 2, porteur", wrong="SIRET …12", right="SIRET …20", reason="Le SIRET de l’ancien siège a été repris."
)


def page(contract: Contract, name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


# --- special clauses -------------------------------------------------------------------------------------------------


def test_special_clauses_are_marked_in_the_text_and_frozen_with_the_issue(journey: Journey) -> None:
    contract, state = to_review(journey).contract, journey.state.agent
    first = add_clause(contract.pk, title="Logement", body="<p>Dix places.</p>", by=state, now=journey.now)
    second = add_clause(contract.pk, title="Bilan", body="<p>Un bilan en juin.</p>", by=state, now=journey.now)
    third = add_clause(contract.pk, title="À ôter", body="<p>x</p>", by=state, now=journey.now)
    move_clause(contract.pk, second.pk, up=True, by=state, now=journey.now)
    remove_clause(contract.pk, third.pk, by=state, now=journey.now)
    with pytest.raises(PermissionDenied):
        add_clause(contract.pk, title="T", body="<p>x</p>", by=journey.local.agent, now=journey.now)

    journey.adopt().approve()
    document = current_contract_document(contract)
    assert document is not None
    change_clause(contract.pk, first.pk, title="Logement", body="<p>Douze places.</p>", by=state, now=journey.now)

    document = IssuedDocument.objects.select_related("template_version").get(pk=document.pk)
    assert [each["title"] for each in document.data["special_clauses"]] == ["Bilan", "Logement"]
    printed = html_of(document)
    assert "Clauses propres au présent contrat" in printed
    assert ("Dix places." in printed, "Douze places." in printed) == (True, False)
    kinds = Event.objects.filter(kind__startswith="special_clause").values_list("kind", flat=True)
    assert {"special_clause_added", "special_clause_changed", "special_clause_moved", "special_clause_removed"} == set(
        kinds
    )


def test_special_clauses_are_written_from_the_review_to_the_issue_only(journey: Journey) -> None:
    contract, state = to_proposal(journey).contract, journey.state.agent
    with pytest.raises(TransitionRefused):
        add_clause(contract.pk, title="T", body="<p>x</p>", by=state, now=journey.now)
    journey.propose().submit().adopt().approve()
    print_documents(contract)
    journey.deliberate().sign("local").sign("state")

    with pytest.raises(TransitionRefused):
        add_clause(contract.pk, title="T", body="<p>x</p>", by=state, now=journey.now)


def test_prefecture_writes_special_clauses_on_its_page(people: People, journey: Journey) -> None:
    contract = to_review(journey).contract
    client, town = people.client_for(people.vienne_agent), people.client_for(people.poitiers_agent)
    address = page(contract, "clauses")

    assert client.post(address, {"title": "", "body": "Texte"}).status_code == 422
    told = client.post(address, {"title": "Logement 😀", "body": "Dix places"}, follow=True).content.decode()
    clause = SpecialClause.objects.get()

    assert "😀" in told
    assert clause.body == "<p>Dix places</p>"
    assert "Dix places" in town.get(address).content.decode()
    assert town.post(address, {"title": "T", "body": "x"}).status_code == 403
    assert town.get(page(contract, "clause", clause.pk)).status_code == 403
    assert client.post(page(contract, "clause", clause.pk), {"title": "", "body": "x"}).status_code == 422
    client.post(page(contract, "clause", clause.pk), {"title": "Toit", "body": "Onze", "seen": clause.mark})
    assert SpecialClause.objects.get().title == "Toit"
    client.post(page(contract, "move_clause", clause.pk), {"act": "up"})
    client.post(page(contract, "move_clause", clause.pk), {"act": "remove"})
    assert not SpecialClause.objects.exists()
    assert "Toit" in people.client_for(people.vienne_agent).get(page(contract, "history")).content.decode()


def test_author_of_a_clause_is_told_of_a_structure_that_was_changed(people: People, journey: Journey) -> None:
    contract = to_review(journey).contract
    client = people.client_for(people.vienne_agent)
    address, pasted = page(contract, "clauses"), "<h2>Places</h2><p>Dix</p>"

    quiet = client.post(address, {"title": "Toit", "body": "<ul><li><p>Dix</p></li></ul>"}, follow=True)
    told = client.post(address, {"title": "Logement", "body": pasted}, follow=True)
    clause = SpecialClause.objects.get(title="Toit")
    changed = {"title": "Toit", "body": "<p><img src=x>Dix</p>", "seen": clause.mark}
    changing = client.post(page(contract, "clause", clause.pk), changed, follow=True)

    assert SpecialClause.objects.get(title="Logement").body == "<p><strong>Places</strong></p><p>Dix</p>"
    assert [BOLDED in each.content.decode() for each in (quiet, told, changing)] == [False, True, False]
    assert TOLD[Change.PICTURE] in changing.content.decode()


def test_clause_of_a_colleague_is_never_replaced_in_silence(people: People, journey: Journey) -> None:
    contract = to_approved(journey).contract
    write: dict[str, Any] = {"by": journey.state.agent, "now": journey.now}
    clause = add_clause(contract.pk, title="Logement", body="<p>Dix places.</p>", **write)
    client = people.client_for(people.vienne_agent)
    address = page(contract, "clause", clause.pk)
    mine = {"title": "Logement", "body": "Douze places.", "seen": client.get(address).context["form"]["seen"].value()}
    change_clause(contract.pk, clause.pk, title="Logement", body="<p>Onze places.</p>", **write)

    late = client.post(address, mine)

    shown = late.content.decode()
    clause.refresh_from_db()
    assert (late.status_code, clause.body) == (422, "<p>Onze places.</p>")
    assert f"{journey.state.agent.user.full_name} a modifié cette clause" in shown
    assert ("Douze places." in shown, 'id="kept-title"' in shown) == (True, True)
    assert client.post(address, mine | {"seen": late.context["form"]["seen"].value()}).status_code == 302
    clause.refresh_from_db()
    assert clause.body == "<p>Douze places.</p>"

    remove_clause(contract.pk, clause.pk, **write)
    gone = client.post(address, mine)
    assert (gone.status_code, "retirée par un collègue" in gone.content.decode()) == (422, True)
    assert f'action="{page(contract, "clauses")}"' in gone.content.decode()
    assert client.post(page(contract, "clauses"), mine).status_code == 302
    assert client.get(address).status_code == 404


# --- the difference between versions ---------------------------------------------------------------------------------


def test_signatory_reads_what_changed_before_signing_again(people: People, journey: Journey) -> None:
    contract = to_approved(journey).contract
    add_clause(contract.pk, title="Logement", body="<p>Dix places.</p>", by=journey.state.agent, now=journey.now)
    document = current_contract_document(contract)
    assert document is not None
    reissue = Reissue(reason="Une clause est ajoutée.", document_id=document.pk)
    journey.later()
    journey.go("reissue", journey.state.agent, reissue)
    newer = current_contract_document(contract)
    assert newer is not None
    client = people.client_for(people.poitiers_maire)
    address = page(contract, "differences", newer.pk)

    shown = client.get(address).content.decode().replace("\u00a0", " ")

    assert address in client.get(page(contract, "signature")).content.decode()
    assert address in client.get(page(contract, "documents")).content.decode()
    assert address in client.get(page(contract, "act", "sign")).content.decode()
    assert "Clause « Logement » (ajoutée)" in shown
    assert "Dix places." in shown
    assert client.get(page(contract, "differences", document.pk)).status_code == 404
    assert client.get(address, {"depuis": "9"}).status_code == 404


def test_difference_names_amounts_actions_and_indicators(journey: Journey) -> None:
    contract = to_approved(journey).contract
    document = contract_versions(contract).select_related("template_version").get()
    data = document.data
    action = data["actions"][0]
    changed = action | {
        "title": "Autre intitulé",
        "indicators": [],
        "years": [action["years"][0] | {"granted": "1.00"}, *action["years"][1:]],
    }
    newer = IssuedDocument(
        kind=DocumentKind.CONTRACT,
        template_version=document.template_version,
        data=data | {"actions": [changed], "totals": data["totals"] | {"granted": "1.00"}},
    )

    found = {title: [group.title for group in groups if group.changed] for title, groups in changes(document, newer)}

    assert found["Parties et durée"] == []
    assert found["Clauses particulières"] == []
    assert set(found["Actions"]) == {
        "Action 1 – Autre intitulé",
        *(f"Action {each['number']} – {each['title']} (retirée)" for each in data["actions"][1:]),
    }
    assert found["Montants"][:2] == ["Ensemble du contrat", "Action 1 – Autre intitulé"]
    assert "Action 1 – Autre intitulé" in found["Indicateurs"]
    assert all(
        group == []
        for group in ([group for group in groups if group.changed] for _, groups in changes(document, document))
    )


def test_difference_follows_an_action_that_changed_its_number(journey: Journey) -> None:
    contract = to_approved(journey).contract
    document = contract_versions(contract).select_related("template_version").get()
    one = document.data["actions"][0] | {"number": 1, "title": "Français"}
    two = one | {"number": 2, "title": "Logement"}
    twice = [{"title": "Suivi", "text": "<p>Un.</p>"}, {"title": "Suivi", "text": "<p>Deux.</p>"}]

    def version(actions: list[Any], clauses: list[Any]) -> IssuedDocument:
        return IssuedDocument(
            kind=DocumentKind.CONTRACT,
            template_version=document.template_version,
            data=document.data | {"actions": actions, "special_clauses": clauses},
        )

    found = dict(changes(version([one, two], twice), version([two | {"number": 1}], twice[:1])))

    moved, gone = (group for group in found["Actions"] if group.changed)
    assert (moved.title, gone.title) == ("Action 1 – Logement", "Action 1 – Français (retirée)")
    assert ["".join(part.text for part in line.parts) for line in moved.lines if line.kind != "same"] == [
        "Numéro\u00a0: 21"
    ]
    assert [group.title for group in found["Clauses particulières"] if group.changed] == [
        "Clause « Suivi », 2 (retirée)"
    ]


# --- rectifications --------------------------------------------------------------------------------------------------


def test_rectification_holds_once_every_party_accepted(journey: Journey) -> None:
    contract = to_signed(journey).contract
    before = contract_versions(contract).values_list("sha256", flat=True).get(is_draft=False)
    mail.outbox.clear()

    found = propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    local, state = journey.local.signatory, journey.state.signatory
    accept_rectification(contract.pk, found.pk, person=journey.person(local), by=local, now=journey.now)
    with pytest.raises(TransitionRefused, match="déjà enregistrée"):
        accept_rectification(contract.pk, found.pk, person=journey.person(local), by=local, now=journey.now)
    found.refresh_from_db()
    assert found.accepted_at is None
    accept_rectification(contract.pk, found.pk, person=journey.person(state), by=state, now=journey.now)

    held = Rectification.objects.get()
    assert (held.accepted_at, held.number) == (journey.now, 1)
    papers = IssuedDocument.objects.filter(kind=DocumentKind.RECTIFICATION, subject_id=found.pk).order_by("pk")
    assert [each.superseded_at is None for each in papers] == [False, True]
    last = papers[1].data
    assert (len(last["acceptances"]), last["accepted_on"]) == (2, timezone.localdate(journey.now).isoformat())
    assert "SIRET …20" in html_of(papers[1])
    assert contract_versions(contract).values_list("sha256", flat=True).get(is_draft=False) == before
    first, second = IssuedDocument.objects.filter(kind=DocumentKind.PROOF).order_by("number")
    assert (first.superseded_at, second.superseded_at) == (journey.now, None)
    assert (first.data["rectifications"], second.data["version"]) == ([], first.data["version"])
    assert second.data["rectifications"] == [
        {
            "number": 1,
            "place": ERROR.place,
            "accepted_at": journey.now.astimezone(UTC).isoformat(timespec="seconds"),
            "verification_code": papers[1].verification_code,
        }
    ]
    assert [each["title"] for each in second.data["events"]][-2:] == [
        "Rectification d’erreur matérielle acceptée par une partie",
        "Rectification d’erreur matérielle acceptée par toutes les parties",
    ]
    assert f"{ERROR.place}, acceptée par toutes les parties le" in html_of(second)
    kinds = Event.objects.filter(contract_id=contract.pk, kind__startswith="rectification").order_by("pk")
    assert [each.kind for each in kinds] == [
        "rectification_proposed",
        "rectification_accepted",
        "rectification_accepted",
        "rectification_complete",
    ]
    subjects = " ".join(str(each.subject) for each in mail.outbox)
    assert "rectification d’erreur matérielle à accepter" in subjects
    assert "acceptée par toutes les parties" in subjects


def test_acceptance_by_delegation_records_that_the_file_lies_in_its_territory(journey: Journey) -> None:
    contract, by = to_signed(journey).contract, journey.state.signatory
    found = propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    row = delegated(by, territory="arrondissement de Châtellerault")
    person = NamedPerson(
        name="Paul Martin",
        title="sous-préfet",
        acted_on=journey.now.date(),
        delegation=delegation_facts(row, "accept_rectification"),
    )

    with pytest.raises(TransitionRefused, match="ne vaut que pour"):
        accept_rectification(contract.pk, found.pk, person=person, by=by, now=journey.now)
    declared = replace(person, within_territory=True)
    accept_rectification(contract.pk, found.pk, person=declared, by=by, now=journey.now)

    assert Event.objects.get(kind="rectification_accepted").payload["within_territory"] is True


def test_rectification_is_refused_before_signature_without_change_or_capacity(journey: Journey) -> None:
    contract = to_approved(journey).contract
    with pytest.raises(TransitionRefused):
        propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    journey.deliberate().sign("local").sign("state")
    with pytest.raises(TransitionRefused, match="le même"):
        propose(contract.pk, data=replace(ERROR, right=ERROR.wrong), by=journey.state.agent, now=journey.now)
    found = propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    agent = journey.local.agent
    with pytest.raises(TransitionRefused, match="document"):
        accept_rectification(contract.pk, found.pk, person=journey.person(agent), by=agent, now=journey.now)

    with pytest.raises(PermissionDenied):
        withdraw_rectification(contract.pk, found.pk, by=agent, now=journey.now)
    withdraw_rectification(contract.pk, found.pk, by=journey.state.signatory, now=journey.now)
    local = journey.local.signatory
    with pytest.raises(TransitionRefused, match="retirée"):
        accept_rectification(contract.pk, found.pk, person=journey.person(local), by=local, now=journey.now)


def test_rectification_is_followed_on_its_pages(people: People, journey: Journey) -> None:
    contract = to_signed(journey).contract
    client, town = people.client_for(people.vienne_agent), people.client_for(people.poitiers_maire)
    address = page(contract, "rectifications")
    typed = {"place": ERROR.place, "wrong": ERROR.wrong, "right": ERROR.right, "reason": ERROR.reason}

    assert client.post(address, typed | {"right": ""}).status_code == 422
    assert client.post(address, typed).status_code == 302
    found = Rectification.objects.get()
    accept_page = page(contract, "accept_rectification", found.pk)
    assert accept_page in town.get(address).content.decode()
    assert town.get(accept_page).status_code == 200
    assert town.post(accept_page, {}).status_code == 422
    given = {
        "mode": "portal",
        "name": "Léonore Moncond’huy",
        "title": "maire",
        "basis": "in_title",
        "acted_on": timezone.localdate().isoformat(),
    }
    assert town.post(accept_page, given).status_code == 302
    assert "Léonore Moncond’huy" in client.get(address).content.decode()
    assert town.post(page(contract, "withdraw_rectification", found.pk)).status_code == 403
    client.post(page(contract, "withdraw_rectification", found.pk))
    found.refresh_from_db()
    assert found.withdrawn_at is not None
    assert address in client.get(page(contract, "signature")).content.decode()


def test_list_of_rectifications_asks_as_much_of_the_database_for_three_as_for_one(
    people: People, journey: Journey
) -> None:
    contract = to_signed(journey).contract
    client = people.client_for(people.vienne_agent)
    propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)
    with CaptureQueriesContext(connection) as one:
        client.get(page(contract, "rectifications"))
    for _ in range(2):
        propose(contract.pk, data=ERROR, by=journey.state.agent, now=journey.now)

    with CaptureQueriesContext(connection) as three:
        assert client.get(page(contract, "rectifications")).status_code == 200

    assert len(three) == len(one)


# --- what an act brings belongs to the file --------------------------------------------------------------------------


def refused(act: Callable[[], object]) -> list[str]:
    with pytest.raises(TransitionRefused) as caught:
        act()
    return list(caught.value.reasons)


def test_document_and_agent_of_others_are_refused(journey: Journey, people: People) -> None:
    to_sent(journey)
    foreign = Acknowledgement(agent_id=people.gironde_agent.user.pk)
    assert refused(lambda: journey.go("acknowledge", journey.state.agent, foreign)) == [
        "L’agent choisi n’est pas de la préfecture qui suit le dossier."
    ]


def test_document_of_another_file_or_party_does_not_prove_an_act(journey: Journey) -> None:
    contract = to_letter(journey).contract
    stranger = accept(
        ContentFile(pdf_bytes(), name="lettre.pdf"),
        kind=UploadKind.SIGNED_LETTER,
        contract_id=contract.pk,
        organisation=journey.state.agent.organisation,
        by=journey.state.agent,
        now=journey.now,
    )
    person: NamedPerson = replace(journey.person(journey.local.signatory), mode=ActMode.PAPER, upload_id=stranger.pk)

    [reason] = refused(
        lambda: advance(
            contract.pk, "send_letter", by=journey.local.agent, now=journey.now, act=Sending(person=person)
        )
    )

    assert reason == "Le document joint n’a pas été déposé sur ce dossier par votre organisation."
    assert not NamedAct.objects.exists()


def test_termination_does_not_precede_the_signature(journey: Journey) -> None:
    contract = to_signed(journey).contract
    today = timezone.localdate(journey.now)
    act = Termination(
        reason="Le projet est abandonné par la commune.",
        person=journey.person(journey.state.signatory),
        effective_on=today.replace(year=today.year - 1),
    )

    [reason] = refused(lambda: advance(contract.pk, "terminate", by=journey.state.signatory, now=journey.now, act=act))

    assert "avant la signature" in reason
    assert Contract.objects.get(pk=contract.pk).state == State.SIGNED


# --- characters that documents cannot print --------------------------------------------------------------------------


def test_author_of_a_letter_is_told_what_will_not_be_printed(people: People, journey: Journey) -> None:
    contract = to_letter(journey).contract
    client = people.client_for(people.poitiers_agent)
    address = page(contract, "letter")

    plain = client.post(address, _letter(contract, "Accueillir."), follow=True).content.decode()
    told = client.post(address, _letter(contract, "Accueillir 🙂."), follow=True).content.decode()

    piece = SimpleUploadedFile("avis 🙂.pdf", pdf_bytes())
    joined = client.post(page(contract, "documents"), {"file": piece}, follow=True).content.decode()

    assert "ne peuvent pas y être imprimés" not in plain
    assert "« 🙂 » est retiré" in joined.replace("\u00a0", " ")
    assert "« 🙂 » est retiré" in told.replace("\u00a0", " ")
    assert Letter.objects.get(contract=contract).motivation == "Accueillir 🙂."


def _letter(contract: Contract, motivation: str) -> dict[str, object]:
    kept = Letter.objects.get(contract=contract)
    names = [each.name for each in Letter._meta.fields if each.name not in ("id", "contract", "scan", "received_on")]
    typed = {name: getattr(kept, name) for name in names if getattr(kept, name) is not None}
    return typed | {"motivation": motivation, "axes": [each.pk for each in kept.axes.all()]}
