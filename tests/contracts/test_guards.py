"""Each guard of the machine refuses with a sentence that says why, and leaves no trace."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Delegation
from accounts.roles import Permission
from contracts.acts import Approval, CorrectionRequest, Decision, NamedPerson, Sending, Signing
from contracts.enums import ActMode
from contracts.errors import TransitionRefused
from contracts.facts import DelegationFacts
from contracts.models import Contract, Deliberation, NamedAct, Signature
from contracts.queries import STATE_PARTY, current_contract_document
from contracts.services.advance import advance
from contracts.services.deliberations import save_deliberation
from contracts.services.editing import editing
from contracts.services.parties import propose_transfer
from ctai.demo_data.journey import Journey
from diagnostics.models import Section
from documents.models import IssuedDocument
from exchanges.services.remarks import add_remark
from funding.models import BudgetLine, Envelope, Movement
from funding.services import budgets, review
from funding.services.budgets import LineInput
from journal.models import Effect, Event, StateSpan
from tests.contracts.stage import (
    Stage,
    endow,
    first_action,
    prefet_of_gironde,
    print_documents,
    proposed,
    to_approved,
    to_correction,
    to_diagnostic,
    to_letter,
    to_proposal,
    to_review,
    to_sent,
)

REASON = "Le projet ne répond pas aux priorités."


def trace() -> dict[str, Any]:
    """Return what a refused act must leave as it was."""
    models = (Event, StateSpan, Movement, IssuedDocument, Effect, Signature, NamedAct)
    counts: dict[str, Any] = {model.__name__: model.objects.count() for model in models}
    contracts = list(Contract.objects.order_by("pk").values())
    envelopes = list(Envelope.objects.order_by("pk").values())
    return counts | {"contracts": contracts, "envelopes": envelopes}


def refused(act: Callable[[], object]) -> list[str]:
    """Do what must be refused; return the reasons, once sure that nothing was left behind."""
    before = trace()
    with pytest.raises(TransitionRefused) as caught:
        act()
    assert trace() == before
    return [each.replace("\u202f", " ").replace("\u00a0", " ") for each in caught.value.reasons]


def forbidden(act: Callable[[], object]) -> None:
    """Do what the person has no right to do; nothing may be left behind."""
    before = trace()
    with pytest.raises(PermissionDenied):
        act()
    assert trace() == before


# --- délibération ---------------------------------------------------------------------------------------------------


def _deliberation(journey: Journey, **dates: date | None) -> Deliberation:
    today = timezone.localdate(journey.now)
    fields = {"voted_on": today, "published_on": today, "transmitted_on": today} | dates
    return save_deliberation(
        journey.contract.pk,
        authority=journey.porteur,
        fields={"organ": "assembly", "number": "2026-12", "purpose": "Approbation du contrat", **fields},
        by=journey.local.agent,
        now=journey.now,
    )


def _sign(
    journey: Journey,
    actor: Actor,
    party: str,
    *,
    on: date | None = None,
    document_id: int | None = None,
    **person: Any,
) -> Contract:
    """Sign the version in course as this actor, in person."""
    document = current_contract_document(journey.contract)
    values: dict[str, Any] = {
        "name": actor.user.full_name,
        "title": "signataire",
        "acted_on": on or timezone.localdate(journey.now),
        "in_title": True,
    }
    act = Signing(
        party=party,
        person=NamedPerson(**(values | person)),
        document_id=document_id or (document.pk if document else None),
    )
    return advance(journey.contract.pk, "sign", by=actor, now=journey.now, act=act)


def _town_signs(journey: Journey, **changes: Any) -> Contract:
    return _sign(journey, journey.local.signatory, str(journey.porteur.pk), **changes)


def test_sign_refuses_without_deliberation(journey: Journey) -> None:
    to_approved(journey)

    assert refused(lambda: _town_signs(journey)) == [
        "La délibération de Poitiers n’est pas enregistrée : la signature ne sera possible qu’ensuite."
    ]


def test_sign_refuses_until_deliberation_is_published_and_transmitted(journey: Journey) -> None:
    to_approved(journey)
    _deliberation(journey, transmitted_on=None)

    [reason] = refused(lambda: _town_signs(journey))

    assert "n’est pas exécutoire" in reason
    assert "dès que la délibération sera publiée et transmise au préfet" in reason


def test_sign_refuses_the_day_on_which_deliberation_becomes_enforceable_then_accepts(journey: Journey) -> None:
    to_approved(journey)
    row = _deliberation(journey)
    today = timezone.localdate(journey.now)
    assert row.enforceable_on == today

    [reason] = refused(lambda: _town_signs(journey))
    assert "signature possible à partir du" in reason

    journey.later(1)
    reason = refused(lambda: _town_signs(journey, on=today))[0]  # the day of the act, not of its recording
    assert "ne se signe pas le jour même" in reason
    _town_signs(journey)
    assert Signature.objects.get().signed_on == today + timedelta(days=1)


def test_sign_accepts_the_same_day_when_the_campaign_allows_it(stage: Stage, journey: Journey) -> None:
    stage.campaign.same_day_signature = True
    stage.campaign.save()
    to_approved(journey)
    _deliberation(journey)

    _town_signs(journey)

    assert Signature.objects.get().signed_on == timezone.localdate(journey.now)


def test_deliberation_waits_for_the_review(journey: Journey) -> None:
    to_proposal(journey)

    [reason] = refused(lambda: _deliberation(journey))

    assert "Proposition à déposer" in reason


# --- delegations ----------------------------------------------------------------------------------------------------


def _delegated(journey: Journey, **changes: Any) -> NamedPerson:
    today = timezone.localdate(journey.now)
    values: dict[str, Any] = {
        "holder_name": "Paul Martin",
        "holder_title": "secrétaire général",
        "covers_decide": True,
        "reference": "2026-SG-01",
        "starts_on": today - timedelta(days=30),
        "published_on": today - timedelta(days=30),
    }
    row = Delegation.objects.create(
        organisation=journey.state.agent.organisation, created_by=journey.state.agent.user, **(values | changes)
    )
    facts = DelegationFacts(
        id=row.pk,
        reference=row.reference,
        holder=row.holder_name,
        covers=row.covers_decide,
        starts_on=row.starts_on,
        published_on=row.published_on,
        ends_on=row.ends_on,
        revoked_on=row.revoked_on,
    )
    return NamedPerson(name="Paul Martin", title="secrétaire général", acted_on=today, delegation=facts)


def test_decision_tests_the_delegation_at_the_day_of_the_act(journey: Journey) -> None:
    to_review(journey).adopt()
    today, day = timezone.localdate(journey.now), timedelta(days=1)

    def approve(**changes: Any) -> Contract:
        act = Approval(person=_delegated(journey, **changes))
        return advance(journey.contract.pk, "approve", by=journey.state.signatory, now=journey.now, act=act)

    [expired] = refused(lambda: approve(ends_on=today - day))
    [future] = refused(lambda: approve(starts_on=today + day))
    [unpublished] = refused(lambda: approve(published_on=today + day))
    [revoked] = refused(lambda: approve(revoked_on=today))
    [uncovered] = refused(lambda: approve(covers_decide=False, covers_sign=True))
    approve(ends_on=today)

    assert "La délégation 2026-SG-01 a expiré le" in expired
    assert "ne prend effet que le" in future
    assert "ne prend effet que le" in unpublished
    assert "a été abrogée le" in revoked
    assert uncovered == "La délégation 2026-SG-01 ne couvre pas cet acte."
    kept = NamedAct.objects.get(transition="approve")
    assert kept.person_name == "Paul Martin"
    assert kept.delegation is not None


def test_decision_needs_a_capacity(journey: Journey) -> None:
    to_review(journey).adopt()
    person = replace(journey.person(journey.state.signatory), in_title=False)

    reasons = refused(lambda: journey.go("approve", journey.state.signatory, Approval(person=person)))

    assert reasons == ["Indiquez la délégation de signature en vertu de laquelle cette personne agit."]


# --- money ----------------------------------------------------------------------------------------------------------


def _spoil_budget(journey: Journey, cents: str = "0.01") -> None:
    """Add a cent to the charges of the first action, through the door."""
    action = first_action(journey)
    kept = BudgetLine.objects.filter(action=action, year=2026).order_by("pk")
    lines = [
        LineInput(side=each.side, account=each.account, funder=each.funder, status=each.status, amount=each.amount)
        for each in kept
    ]
    lines[0] = replace(lines[0], amount=lines[0].amount + Decimal(cents))
    with editing(
        journey.contract.pk, Permission.PROPOSAL_WRITE, by=journey.local.agent, now=journey.now, kind="budget_saved"
    ):
        budgets.save_budget(action=action, year=2026, lines=lines, by=journey.local.agent, now=journey.now)


def test_submission_refuses_a_budget_off_by_a_cent(journey: Journey) -> None:
    to_proposal(journey).propose()
    _spoil_budget(journey)

    [reason] = refused(journey.submit)

    assert "diffèrent de 0,01 €" in reason


def test_approval_refuses_an_envelope_that_lacks_a_cent(stage: Stage, journey: Journey) -> None:
    to_review(journey).adopt()
    asked = proposed(journey.contract)
    Envelope.objects.filter(pk=stage.envelope.pk).update(allotted=asked - Decimal("0.01"))

    [reason] = refused(journey.approve)

    assert "Enveloppe 2026 insuffisante" in reason
    assert reason.endswith("il manque 0,01 €.")
    Envelope.objects.filter(pk=stage.envelope.pk).update(allotted=asked)
    journey.approve()
    assert Envelope.objects.get(pk=stage.envelope.pk).remaining == 0


def test_reinstatement_refuses_an_envelope_used_meanwhile(stage: Stage, journey: Journey) -> None:
    to_approved(journey).withdraw()
    Envelope.objects.filter(pk=stage.envelope.pk).update(allotted=Decimal("10.00"))

    [reason] = refused(lambda: _reinstate(journey))

    assert "Enveloppe 2026 (Préfecture de la Vienne) insuffisante" in reason
    assert "il manque" in reason


def _reinstate(journey: Journey) -> Journey:
    journey.later(1)
    act = Decision(reason="Recours gracieux accueilli.", person=journey.person(journey.state.signatory))
    return journey.go("reinstate", journey.state.signatory, act)


def test_approval_refuses_undecided_actions_and_amounts_that_differ(journey: Journey) -> None:
    to_review(journey)
    assert any("Retenir ou écarter l’action 1" in each for each in refused(journey.approve))
    journey.adopt()
    action = first_action(journey)
    with editing(
        journey.contract.pk,
        Permission.AMOUNT_PROPOSE,
        by=journey.state.agent,
        now=journey.now,
        kind="amounts_proposed",
    ):
        review.propose(
            action=action,
            decision="retained",
            rejection_reason="",
            amounts={2026: (Decimal("1.00"), "Enveloppe limitée")},
            by=journey.state.agent,
            now=journey.now,
        )

    [reason] = refused(journey.approve)

    assert reason.startswith("Pour l’action 1")
    assert "diffère de la ligne « État – programme 104 »" in reason


def test_approval_refuses_a_pending_transfer(stage: Stage, journey: Journey) -> None:
    to_review(journey).adopt()
    elsewhere = stage.people.gironde_agent.organisation
    propose_transfer(journey.contract.pk, organisation=elsewhere, by=journey.state.agent, now=journey.now)

    assert refused(journey.approve) == ["Achever le transfert du dossier à l’autre préfecture, ou y renoncer."]


# --- steps ----------------------------------------------------------------------------------------------------------


def test_letter_refuses_what_is_missing_and_numbers_nothing(journey: Journey) -> None:
    journey.open()

    reasons = refused(journey.send_letter)

    assert len(reasons) == 7
    assert Contract.objects.get().reference.startswith("BROUILLON")


def test_diagnostic_refuses_a_section_of_one_side(journey: Journey) -> None:
    to_diagnostic(journey).write_diagnostic().approve_sections(sides=1)

    reasons = refused(journey.conclude_diagnostic)

    assert all(re.fullmatch(r"Approuver la section « .+ » \(la collectivité\)\.", each) for each in reasons)
    assert len(reasons) == Section.objects.filter(question__mandatory=True).count()


def test_resubmission_refuses_an_unanswered_remark_and_approval_an_open_one(journey: Journey) -> None:
    to_correction(journey)
    sending = journey.submission()

    assert refused(lambda: journey.go("resubmit", journey.local.signatory, sending)) == [
        "Répondre à 1 remarque de la préfecture."
    ]

    journey.correct().adopt()
    with editing(
        journey.contract.pk, Permission.REMARK_WRITE, by=journey.state.agent, now=journey.now, kind="remark_added"
    ):
        add_remark(contract_id=journey.contract.pk, body="Et le calendrier ?", by=journey.state.agent, now=journey.now)
    assert refused(journey.approve) == ["Clore 1 remarque encore ouverte."]


def test_correction_needs_a_remark_a_reason_and_a_day_to_come(journey: Journey) -> None:
    to_review(journey)

    reasons = refused(
        lambda: journey.go(
            "request_correction",
            journey.state.agent,
            CorrectionRequest(reason="court", reply_by=timezone.localdate(journey.now)),
        )
    )

    assert reasons == [
        "Indiquez le motif (10 caractères au moins).",
        "La date de réponse attendue doit être à venir.",
        "Ajoutez au moins une remarque : elle dit à la collectivité ce qu’il faut corriger.",
    ]


# --- people ---------------------------------------------------------------------------------------------------------


def test_agent_sends_on_the_signed_document_only(journey: Journey) -> None:
    to_letter(journey)
    agent, person = journey.local.agent, replace(journey.person(journey.local.signatory), mode=ActMode.PAPER)

    without = refused(lambda: journey.go("send_letter", agent, Sending(person=person)))
    in_person = refused(lambda: journey.go("send_letter", agent, Sending(person=replace(person, mode=ActMode.PORTAL))))

    assert without == ["Joignez le document signé."]
    assert in_person == ["Seul le signataire peut accomplir cet acte en personne : joignez le document qu’il a signé."]


def test_act_in_the_future_is_refused(journey: Journey) -> None:
    to_letter(journey)
    tomorrow = timezone.localdate(journey.now) + timedelta(days=1)
    person = replace(journey.person(journey.local.signatory), acted_on=tomorrow)

    [reason] = refused(lambda: journey.go("send_letter", journey.local.signatory, Sending(person=person)))

    assert "est dans l’avenir" in reason


def test_each_party_signs_for_itself(stage: Stage, journey: Journey) -> None:
    to_approved(journey).deliberate().later(1)
    town, state = str(journey.porteur.pk), STATE_PARTY

    forbidden(lambda: _sign(journey, journey.local.signatory, state))
    forbidden(lambda: _sign(journey, journey.state.signatory, town))
    forbidden(lambda: _sign(journey, prefet_of_gironde(), state))
    forbidden(lambda: _sign(journey, stage.people.bordeaux_agent, town))
    forbidden(lambda: _sign(journey, stage.people.dgef, state))


def test_foreign_and_unentitled_people_move_nothing(stage: Stage, journey: Journey) -> None:
    to_review(journey).adopt()
    people = stage.people
    strangers = [prefet_of_gironde(), people.bordeaux_agent, people.sgar, people.diair, people.dgef, people.support]

    for actor in strangers:
        act = Decision(reason=REASON, person=replace(journey.person(actor), title="préfet"))
        forbidden(lambda actor=actor, act=act: journey.go("refuse", actor, act))  # type: ignore[misc]
    forbidden(lambda: journey.go("complete", journey.state.signatory))
    forbidden(lambda: journey.go("withdraw", journey.local.agent))


def test_superuser_has_no_privilege(stage: Stage, journey: Journey) -> None:
    to_review(journey).adopt()
    user = stage.people.support.user
    user.is_superuser = user.is_staff = True
    user.save()

    forbidden(
        lambda: journey.go("approve", stage.people.support, Approval(person=journey.person(stage.people.support)))
    )


# --- old pages and double posts -------------------------------------------------------------------------------------


def test_signature_of_a_replaced_version_is_refused(journey: Journey) -> None:
    to_approved(journey).deliberate().later(1)
    document = current_contract_document(journey.contract)
    assert document is not None

    assert refused(lambda: _town_signs(journey, document_id=document.pk - 1)) == [
        "Une nouvelle version du contrat a été émise depuis l’affichage de cette page : relisez-la d’abord."
    ]


def test_signature_waits_for_the_document(journey: Journey) -> None:
    to_review(journey).adopt().approve().deliberate().later(1)

    assert refused(lambda: _town_signs(journey)) == ["Attendre la mise à disposition du contrat émis."]

    print_documents(journey.contract)
    _town_signs(journey)


def test_act_posted_twice_is_done_once(journey: Journey) -> None:
    to_sent(journey)

    [again] = refused(
        lambda: journey.go("send_letter", journey.local.signatory, Sending(person=journey.person(journey.local.agent)))
    )

    assert again == (
        "« Envoyer la lettre » n’est plus possible : le dossier est maintenant à l’état « Lettre déposée ». "
        "Rien n’a été modifié."
    )


def test_signature_posted_twice_is_kept_once(journey: Journey) -> None:
    to_approved(journey).deliberate().later(1)
    _town_signs(journey)

    assert refused(lambda: _town_signs(journey)) == [
        "La signature de Poitiers est déjà enregistrée pour cette version."
    ]


def test_decision_taken_on_an_older_state_is_refused(journey: Journey) -> None:
    to_approved(journey)
    signatory = journey.state.signatory
    act = Decision(reason=REASON, person=journey.person(signatory))

    [reason] = refused(
        lambda: advance(journey.contract.pk, "refuse", by=signatory, now=journey.now, act=act, seen="under_review")
    )

    assert "maintenant à l’état « Contrat à signer »" in reason
    advance(journey.contract.pk, "refuse", by=signatory, now=journey.now, act=act, seen="approved")
    assert Contract.objects.get().state == "refused"


def test_second_file_takes_what_the_first_left(stage: Stage, journey: Journey) -> None:
    to_approved(journey)
    left = Envelope.objects.get(pk=stage.envelope.pk).remaining
    other = to_review(stage.journey()).adopt()
    needed = proposed(other.contract)
    Envelope.objects.filter(pk=stage.envelope.pk).update(allotted=stage.envelope.allotted - left + needed / 2)

    [reason] = refused(other.approve)
    assert "Enveloppe 2026 insuffisante" in reason

    endow(stage.people, stage.envelope.organisation, stage.campaign, needed / 2, stage.now)
    other.approve()
    assert Envelope.objects.get(pk=stage.envelope.pk).remaining == 0
