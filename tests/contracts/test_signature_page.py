"""The page where one signs: what is signed, whether one may already, and by which power."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Delegation
from accounts.roles import Role
from contracts.acts import NamedPerson, Reissue, Signing
from contracts.errors import TransitionRefused
from contracts.models import Contract, Deliberation, Signature
from contracts.powers import delegation_facts
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.advance import advance
from contracts.services.deliberations import confirm_coverage, save_deliberation
from contracts.services.parties import add_cosignatory
from ctai.demo_data.journey import Duo, Journey
from tests.contracts.stage import prefet_of_gironde, print_documents, second_town, to_approved, to_exchange
from tests.contracts.test_signed_copies import browser, deposit, ready
from tests.factories.accounts import member
from tests.factories.signing import scanned

pytestmark = pytest.mark.django_db

DISABLED = 'aria-disabled="true"'
BUTTON = "Déposer l’exemplaire signé"


@pytest.fixture(autouse=True)
def clock(journey: Journey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.utils.timezone.now", lambda: journey.now)


def today(journey: Journey) -> date:
    return timezone.localdate(journey.now)


def secretary(journey: Journey) -> Actor:
    """Return the secrétaire général of the préfecture, who signs by delegation alone."""
    return member(
        journey.state.agent.organisation,
        Role.STATE_SIGNATORY,
        "sg@vienne.pref.demo",
        first_name="Paul",
        last_name="Martin",
        title="secrétaire général",
    )


def delegated(actor: Actor, holder: str = "Paul MARTIN", **changes: Any) -> Delegation:
    values: dict[str, Any] = {
        "holder_name": holder,
        "holder_title": "secrétaire général",
        "covers_sign": True,
        "reference": "2026-SG-07",
        "starts_on": date(2020, 1, 1),
        "published_on": date(2020, 1, 1),
    }
    return Delegation.objects.create(
        organisation=actor.organisation, created_by=actor.user, created_at=timezone.now(), **values | changes
    )


def vote(journey: Journey, duo: Duo | None = None, **changes: date | str | None) -> None:
    day, duo = today(journey), duo or journey.local
    authority = duo.agent.organisation.local_authority
    assert authority is not None
    save_deliberation(
        journey.contract.pk,
        authority=authority,
        fields={"organ": "assembly", "number": "2026-12", "purpose": "Approbation du contrat"}
        | {"voted_on": day, "published_on": day, "transmitted_on": day}
        | changes,
        by=duo.agent,
        now=journey.now,
    )


def pages(journey: Journey, actor: Actor) -> tuple[str, str]:
    """Return the page of the signatures and that of the act, as this person reads them."""
    reference = journey.contract.reference
    client: Client = browser(actor)
    asked = (reverse("contracts:signature", args=[reference]), reverse("contracts:act", args=[reference, "sign"]))
    return client.get(asked[0]).text, client.get(asked[1]).text


def offered(journey: Journey, actor: Actor) -> bool:
    """Tell whether the button can be used; both pages must agree."""
    page, act = pages(journey, actor)
    assert BUTTON in page
    assert (DISABLED in page) == ("Cet acte n’est pas encore possible" in act)
    return DISABLED not in page


def test_button_waits_for_the_deliberation_and_says_from_when(journey: Journey) -> None:
    to_approved(journey)
    mayor = journey.local.signatory
    tomorrow = f"{today(journey) + timedelta(days=1):%d}".lstrip("0")

    assert not offered(journey, mayor)
    assert "La délibération de Poitiers n’est pas enregistrée" in pages(journey, mayor)[0]
    vote(journey, transmitted_on=None)
    assert not offered(journey, mayor)
    assert "signature possible dès que la délibération sera publiée et transmise" in pages(journey, mayor)[1]
    vote(journey)
    assert not offered(journey, mayor)
    assert f"signature possible à partir du {tomorrow}" in pages(journey, mayor)[1]
    assert offered(journey, journey.state.signatory)
    journey.later(1)
    assert offered(journey, mayor)
    assert offered(journey, journey.local.agent)


def test_copy_signed_in_time_is_filed_later_and_a_day_too_early_is_refused(journey: Journey) -> None:
    document, issued = ready(journey)  # the délibération is enforceable three days before
    mayor, first = journey.local.signatory, today(journey) - timedelta(days=2)
    journey.later(20)

    early = deposit(journey, mayor, document, scanned(issued), acted_on=f"{first - timedelta(days=1)}")
    kept = Signature.objects.count()
    answer = deposit(journey, mayor, document, scanned(issued), acted_on=f"{first}")

    assert (early.status_code, kept, answer.status_code) == (422, 0, 302)
    assert "ne se signe pas le jour même" in early.text
    assert Signature.objects.get().signed_on == first


def test_version_is_not_signed_before_its_issue(journey: Journey) -> None:
    document, issued = ready(journey)
    before = timezone.localdate(document.created_at) - timedelta(days=1)

    answer = deposit(journey, journey.state.signatory, document, scanned(issued), title="préfet", acted_on=f"{before}")

    assert answer.status_code == 422
    assert "elle n’a pas pu être signée avant" in answer.text
    assert not Signature.objects.exists()


def test_button_waits_for_a_delegation_that_held_on_a_possible_day(journey: Journey) -> None:
    document, issued = ready(journey)
    actor, issued_on = secretary(journey), timezone.localdate(document.created_at)
    day = timedelta(days=1)

    assert not offered(journey, actor)
    assert "Aucune délégation de signature ne vous permet" in pages(journey, actor)[0]
    for useless in ({"covers_sign": False, "covers_decide": True}, {"ends_on": issued_on - day}):
        row = delegated(actor, **useless)
        assert not offered(journey, actor)
        row.delete()
    row = delegated(actor, ends_on=issued_on)
    assert offered(journey, actor)

    signing = {"name": "Paul Martin", "title": "secrétaire général", "basis": str(row.pk)}
    expired = deposit(journey, actor, document, scanned(issued), **signing)
    answer = deposit(journey, actor, document, scanned(issued), acted_on=f"{issued_on}", **signing)

    assert (expired.status_code, answer.status_code) == (422, 302)
    assert "La délégation 2026-SG-07 a expiré le" in expired.text
    kept = Signature.objects.get()
    assert (kept.delegation_id, kept.signed_on) == (row.pk, issued_on)


def test_delegation_of_another_prefecture_or_of_another_person_signs_nothing(journey: Journey) -> None:
    document, issued = ready(journey)
    prefet, stranger = journey.state.signatory, prefet_of_gironde()
    foreign, own = delegated(stranger, reference="33-01"), delegated(prefet)
    values = {"name": "Paul Martin", "title": "secrétaire général"}

    by_form = deposit(journey, prefet, document, scanned(issued), basis=str(foreign.pk), **values)
    other = deposit(journey, prefet, document, scanned(issued), basis=str(own.pk), name="Jean Durand", title="préfet")
    facts = delegation_facts(foreign, "sign")
    person = NamedPerson(name="Paul Martin", title="secrétaire général", acted_on=today(journey), delegation=facts)
    act = Signing(party=STATE_PARTY, person=person, document_id=document.pk)
    with pytest.raises(TransitionRefused) as caught:
        advance(journey.contract.pk, "sign", by=prefet, now=journey.now, act=act)

    assert (by_form.status_code, other.status_code) == (422, 422)
    assert "La délégation 2026-SG-07 est donnée à Paul MARTIN, et non à Jean Durand." in other.text
    assert caught.value.reasons == ["La délégation indiquée n’est pas de votre organisation."]
    assert not Signature.objects.exists()


def test_delegation_limited_to_a_territory_asks_whether_the_file_lies_there(journey: Journey) -> None:
    document, issued = ready(journey)
    prefet = journey.state.signatory
    assert "relève du territoire de cette délégation" not in pages(journey, prefet)[1]
    row = delegated(prefet, territory="arrondissement de Châtellerault")
    signing = {"name": "Paul Martin", "title": "sous-préfet", "basis": str(row.pk)}

    shown = pages(journey, prefet)[1]
    silent = deposit(journey, prefet, document, scanned(issued), **signing)
    kept = Signature.objects.count()
    declared = deposit(journey, prefet, document, scanned(issued), within_territory="on", **signing)

    assert "(2026-SG-07), limitée à « arrondissement de Châtellerault »" in shown
    assert (silent.status_code, kept, declared.status_code) == (422, 0, 302)
    assert "ne vaut que pour « arrondissement de Châtellerault »" in silent.text
    signature = Signature.objects.get()
    assert signature.event.payload["within_territory"] is True


def test_act_names_the_version_signed_its_hash_its_text_and_what_changed(journey: Journey) -> None:
    first, _ = ready(journey)
    reference, prefet = journey.contract.reference, journey.state.signatory

    shown = pages(journey, prefet)[1]
    act = Reissue(reason="Une faute dans l’article 3.", document_id=first.pk)
    advance(journey.contract.pk, "reissue", by=journey.state.agent, now=journey.later(1), act=act)
    waiting = pages(journey, prefet)[1]
    print_documents(journey.contract)
    second = current_contract_document(journey.contract)
    assert second is not None
    by_agent = pages(journey, journey.state.agent)[1]
    stale = deposit(journey, prefet, first, b"%PDF-1.7", title="préfet")

    assert "Vous signez <strong>la version 1</strong>" in shown
    assert first.sha256 in shown
    assert reverse("contracts:issued", args=[reference, first.pk]) in shown
    assert "Voir ce qui a changé" not in shown
    assert "Attendre la mise à disposition du contrat émis" in waiting
    assert "Vous enregistrez la signature de <strong>la version 2</strong>" in by_agent
    assert second.sha256 in by_agent
    assert reverse("contracts:differences", args=[reference, second.pk]) in by_agent
    assert stale.status_code == 422
    assert "reprenez la signature sur cette version" in stale.text


def test_each_collectivite_signs_under_its_own_deliberation_in_any_order(journey: Journey) -> None:
    to_exchange(journey)
    other = second_town()
    authority = other.agent.organisation.local_authority
    assert authority is not None
    add_cosignatory(journey.contract.pk, authority=authority, may_write=False, by=journey.local.agent, now=journey.now)
    journey.meet().conclude_exchange().write_diagnostic().approve_sections().conclude_diagnostic()
    document, issued = ready(journey, journey.propose().submit())  # Poitiers may sign; the other has not voted

    assert (offered(journey, journey.local.signatory), offered(journey, other.signatory)) == (True, False)
    by_state = deposit(journey, journey.state.signatory, document, scanned(issued), title="préfet")
    too_soon = deposit(journey, other.signatory, document, scanned(issued))
    vote(journey, other)
    journey.later(1)
    by_other = deposit(journey, other.signatory, document, scanned(issued))
    waiting = journey.contract.state
    by_porteur = deposit(journey, journey.local.signatory, document, scanned(issued))

    assert [each.status_code for each in (by_state, too_soon, by_other, by_porteur)] == [302, 422, 302, 302]
    assert "La délibération de Chasseneuil-du-Poitou n’est pas enregistrée" in too_soon.text
    assert (waiting, Contract.objects.get().state) == ("approved", "signed")
    assert list(Signature.objects.order_by("pk").values_list("authority", flat=True)) == [
        None,
        authority.pk,
        journey.porteur.pk,
    ]


def test_deliberation_is_fixed_once_its_party_has_signed(journey: Journey) -> None:
    to_approved(journey).deliberate().sign("local")
    row = Deliberation.objects.get()
    address = reverse("contracts:deliberation", args=[journey.contract.reference])
    agent = journey.local.agent
    values = {"organ": "assembly", "number": "2026-99", "purpose": "Autre", "voted_on": f"{row.voted_on}"}

    refused = browser(agent).post(address, values)
    document = current_contract_document(journey.contract)
    assert document is not None
    act = Reissue(reason="Une faute dans l’article 3.", document_id=document.pk)
    advance(journey.contract.pk, "reissue", by=journey.state.agent, now=journey.later(1), act=act)
    accepted = browser(agent).post(address, values)

    assert (refused.status_code, accepted.status_code) == (422, 302)
    assert "elle ne se modifie plus" in refused.text.replace("\n", " ")
    assert Deliberation.objects.get().number == "2026-99"


def test_deliberation_covers_the_version_issued_on_the_day_of_the_vote(journey: Journey) -> None:
    document, _ = ready(journey)
    Deliberation.objects.all().delete()
    voted = today(journey)
    act = Reissue(reason="Une faute dans l’article 3.", document_id=document.pk)
    advance(journey.contract.pk, "reissue", by=journey.state.agent, now=journey.later(1), act=act)
    print_documents(journey.contract)

    journey.later(1)
    vote(journey, voted_on=voted)
    row = Deliberation.objects.get()
    journey.later(1)

    assert row.covers_id == document.pk
    assert not offered(journey, journey.local.signatory)
    assert (
        "Confirmez d’abord que la délibération de Poitiers couvre la version à signer"
        in pages(journey, journey.local.signatory)[1]
    )
    confirm_coverage(journey.contract.pk, authority=journey.porteur, by=journey.local.agent, now=journey.now)
    vote(journey, voted_on=voted)  # the same vote, completed: what was confirmed still is
    journey.later(1)
    assert offered(journey, journey.local.signatory)
    vote(journey, voted_on=voted, transmitted_on=voted, number="2026-13")
    assert not offered(journey, journey.local.signatory)
