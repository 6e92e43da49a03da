"""What the text of a contract takes from its file: an issue is refused while a field that it prints is empty."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from contracts.acts import Approval, Decision, NamedPerson, Reissue
from contracts.errors import TransitionRefused
from contracts.models import Contract, ContractWording, Letter, Signature
from contracts.queries import current_contract_document, load_facts
from contracts.requirements import FILLED_BY, LABELS
from contracts.services.advance import advance
from contracts.services.drafting import issue_draft
from contracts.services.wording import complete_wording
from contracts.snapshot import View, contract_data
from contracts.wording import APPLIES, MAY_BE_EMPTY
from ctai.demo_data.journey import Journey
from documents.enums import DocumentKind
from documents.merging import CONDITIONS, MISSING, values
from documents.models import DocumentTemplate, IssuedDocument, TemplateArticle, TemplateVersion
from documents.offers import RETIRED, fields_of
from documents.rendering import html_of
from journal.models import Event
from tests.contracts.stage import Stage, to_approved, to_review

PUBLIC = "Publics visés"


def print_also(body: str, condition: str = "") -> TemplateVersion:
    """Publish a version of the template of the contract that is made of one article."""
    template = DocumentTemplate.objects.get(kind=DocumentKind.CONTRACT)
    version = TemplateVersion.objects.create(template=template, number=template.versions.count() + 1)
    TemplateArticle.objects.create(
        version=version, rank=1, key="objet", title="Objet", body=f"<p>{body}</p>", condition=condition
    )
    TemplateVersion.objects.filter(pk=version.pk).update(published_at=template.versions.earliest("pk").published_at)
    return version


def gaps(journey: Journey) -> set[str]:
    contract = Contract.objects.get(pk=journey.contract.pk)
    return set(load_facts(contract, by=None, now=journey.now).text_gaps)


def page(contract: Contract, name: str, *args: object) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


def test_tables_name_known_fields_and_conditions() -> None:
    assert MAY_BE_EMPTY.keys() <= {field.name for field in fields_of(DocumentKind.CONTRACT)} | RETIRED
    assert set(FILLED_BY.values()) <= MAY_BE_EMPTY.keys()
    assert APPLIES.keys() <= CONDITIONS.keys()


@pytest.mark.parametrize("months", [4, 28])
def test_gaps_are_the_fields_that_the_issued_data_leave_empty(stage: Stage, months: int) -> None:
    journey = to_approved(stage.journey(starts_on=date(2026, 9, 1), months=months))
    names = [*(field.name for field in fields_of(DocumentKind.CONTRACT)), *RETIRED]
    print_also(" ".join(f"{{{{ {name} }}}}" for name in names))
    before = gaps(journey)

    Letter.objects.update(expected_public="", signatory_name="", signatory_title="")
    Contract.objects.update(diagnostic_concluded_at=None)
    contract = Contract.objects.get(pk=journey.contract.pk)
    data = contract_data(View(contract=contract, now=journey.now)) | {"document": {"number": 2}}
    given = values(data)

    assert "tribunal.adresse" in before
    assert gaps(journey) == {name for name in names if not given.get(name)}
    assert gaps(journey) - before == set(FILLED_BY.values())


def test_approval_is_refused_until_what_the_text_prints_is_filled(journey: Journey, client: Client) -> None:
    to_review(journey).adopt()
    contract, agent = journey.contract, journey.state.agent
    Letter.objects.update(expected_public="")
    print_also("Pour {{ contrat.public }} et {{ porteur.le_nom }}.")
    person = NamedPerson(name="M. Paul Martin", title="préfet", acted_on=journey.now.date())
    client.force_login(journey.state.signatory.user)

    with pytest.raises(TransitionRefused, match=PUBLIC):
        advance(contract.pk, "approve", by=journey.state.signatory, now=journey.now, act=Approval(person=person))
    draft = issue_draft(contract.pk, by=agent, now=journey.now)
    shown = client.get(page(contract, "act", "approve")).content.decode()
    form = client.get(page(contract, "wording")).content.decode()
    saved = client.post(page(contract, "wording"), {"public": "Familles réfugiées\u2009: toutes 😀"}, follow=True)

    assert MISSING in html_of(draft)
    assert f'href="{page(contract, "wording")}"' in shown
    assert PUBLIC in shown
    assert 'name="public"' in form
    assert 'name="representative"' not in form  # the letter says it
    assert "« 😀 » est retiré" in saved.content.decode().replace("\u00a0", " ")
    assert Event.objects.get(kind="contract_completed").payload["fields"] == ["public"]
    journey.approve()
    document = current_contract_document(contract)
    assert document is not None
    assert "Familles réfugiées" in document.data["public"]
    assert MISSING not in html_of(document)
    assert Letter.objects.get(contract=contract).expected_public == ""


def test_new_version_is_refused_while_the_model_prints_what_no_file_has(journey: Journey) -> None:
    contract = to_approved(journey).contract
    document = current_contract_document(contract)
    assert document is not None
    print_also("Recours : {{ tribunal.adresse }}.")

    with pytest.raises(TransitionRefused) as refused:
        advance(
            contract.pk,
            "reissue",
            by=journey.state.agent,
            now=journey.now,
            act=Reissue(reason="Faute de frappe", document_id=document.pk),
        )

    assert refused.value.reasons == [
        f"« {LABELS['tribunal.adresse']} » n’a pas de valeur dans ce dossier, et le modèle du contrat l’emploie : "
        "le ministère doit publier un modèle sans ce champ."
    ]


def test_article_that_does_not_apply_asks_for_nothing(journey: Journey) -> None:
    to_review(journey)
    print_also("{{ tribunal.adresse }}", condition="plusieurs_collectivites")

    assert gaps(journey) == set()


def test_mentions_are_written_by_the_prefecture_alone_and_never_over_the_file(journey: Journey) -> None:
    contract = to_review(journey).contract

    with pytest.raises(PermissionDenied):
        complete_wording(contract.pk, values={"public": "x"}, by=journey.local.agent, now=journey.now)
    complete_wording(contract.pk, values={"representative": "Autre"}, by=journey.state.agent, now=journey.now)

    assert ContractWording.objects.get().representative == ""


def test_reinstatement_to_the_signature_is_refused_until_what_the_text_prints_is_filled(journey: Journey) -> None:
    contract = to_approved(journey).deliberate().sign("local").withdraw().contract
    signatory = journey.state.signatory
    Letter.objects.update(expected_public="")
    print_also("Pour {{ contrat.public }} et {{ porteur.le_nom }}.")
    act = Decision(reason="Recours gracieux accueilli.", person=journey.person(signatory))

    with pytest.raises(TransitionRefused, match=PUBLIC):
        advance(contract.pk, "reinstate", by=signatory, now=journey.now, act=act)
    assert current_contract_document(contract) is None
    complete_wording(contract.pk, values={"public": "Familles"}, by=journey.state.agent, now=journey.now)
    advance(contract.pk, "reinstate", by=signatory, now=journey.now, act=act)

    document = current_contract_document(contract)
    assert document is not None
    assert document.number == 2
    assert "Pour Familles et" in html_of(IssuedDocument.objects.get(pk=document.pk))
    assert not Signature.objects.filter(voided_at__isnull=True).exists()


def test_reinstatement_elsewhere_asks_nothing_of_the_text(journey: Journey) -> None:
    contract = to_review(journey).withdraw().contract
    Letter.objects.update(expected_public="")
    print_also("Pour {{ contrat.public }}.")
    act = Decision(reason="Recours gracieux accueilli.", person=journey.person(journey.state.signatory))

    advance(contract.pk, "reinstate", by=journey.state.signatory, now=journey.now, act=act)

    assert Contract.objects.get().state == "under_review"


def test_mentions_that_a_colleague_changed_meanwhile_are_not_replaced_in_silence(
    journey: Journey, client: Client
) -> None:
    contract, agent = to_review(journey).contract, journey.state.agent
    Letter.objects.update(expected_public="", signatory_name="")
    client.force_login(agent.user)
    address = page(contract, "wording")
    typed = {"public": "Familles", "representative": "M. Petit"}
    opened = client.get(address).context["form"]["seen"].value()
    theirs = {"public": "Étudiants", "representative": "M. Petit"}
    complete_wording(contract.pk, values=theirs, by=journey.state.signatory, now=journey.now)

    refused = client.post(address, typed | {"seen": opened})
    kept = ContractWording.objects.get().public
    again = client.post(address, typed | {"seen": refused.context["form"]["seen"].value()})

    assert (refused.status_code, kept) == (422, "Étudiants")
    assert f"{journey.state.signatory.user.full_name} a modifié ces mentions pendant votre saisie" in refused.text
    assert refused.context["form"]["public"].value() == "Familles"
    assert dict(refused.context["kept"]) == {PUBLIC: "Étudiants", LABELS["porteur.representant"]: "M. Petit"}
    assert refused.text.count("Étudiants") == 2  # among the mentions of the file, and beside the form
    assert again.status_code == 302
    assert ContractWording.objects.get().public == "Familles"
    assert Event.objects.filter(kind="contract_completed").count() == 2
