"""Every transition has its row in each table, every document its maker, every event its sentence."""

from __future__ import annotations

import ast

import pytest
from pytest_django.fixtures import Settings

from accounts.roles import RELATIONS, Permission
from contracts.effects import EFFECTS
from contracts.enums import State
from contracts.errors import TransitionRefused
from contracts.forms.acts import FORMS
from contracts.models import Contract
from contracts.sentences import EDITS, TITLES, WHAT_NEXT
from contracts.services.consequences import CONSEQUENCES, PREPARATIONS
from contracts.services.locks import DOER
from contracts.snapshot import BUILD
from contracts.windows import WINDOWS
from contracts.workflow import FORWARD, SPECS
from documents.enums import DocumentKind
from documents.models import IssuedDocument
from exchanges.models import Mail
from journal.models import Effect, Event
from tests.consistency.sources import application_modules
from tests.contracts.stage import Stage, to_letter, to_signed

#: What each transition issues, as the specification tells it.
ISSUED = {
    "send_letter": {DocumentKind.LETTER, DocumentKind.REGISTRATION_RECEIPT},
    "acknowledge": {DocumentKind.LETTER_ACKNOWLEDGEMENT},
    "conclude_diagnostic": {DocumentKind.DIAGNOSTIC},
    "submit_proposal": {DocumentKind.FUNDING_REQUEST, DocumentKind.REQUEST_ACKNOWLEDGEMENT},
    "approve": {DocumentKind.CONTRACT},
    "complete": {DocumentKind.PROOF},
}


def _transitions() -> set[str]:
    return {each.name for each in Contract._meta.get_field("state").get_all_transitions(Contract)}


def test_each_table_has_every_transition_and_no_other() -> None:
    names = _transitions()

    assert set(SPECS) == names
    assert set(CONSEQUENCES) == names
    assert set(EFFECTS) == names
    assert names <= set(TITLES)
    assert set(PREPARATIONS) <= names
    assert {name for name, _ in WHAT_NEXT} <= names
    assert set(FORWARD.values()) <= names
    assert set(FORWARD) == set(DOER)


def test_each_step_forward_starts_from_its_state() -> None:
    for state, name in FORWARD.items():
        assert getattr(Contract, name)._django_fsm.has_transition(state), name


def test_each_act_has_its_form() -> None:
    assert {spec.act for name, spec in SPECS.items() if name != "complete"} <= set(FORMS)


def test_each_right_of_a_transition_is_about_a_file() -> None:
    rights = {spec.permission for spec in SPECS.values() if spec.permission} | {
        Permission.SIGN_LOCAL,
        Permission.SIGN_STATE,
    }

    assert rights <= set(RELATIONS)
    assert rights & set(WINDOWS) == set()  # a transition has its sources, an edit its window
    assert all(states <= set(State) for states in WINDOWS.values())


def test_each_document_of_a_transition_has_a_builder() -> None:
    # Minutes are issued from their meeting, a rectification when it is proposed.
    assert set(BUILD) == set(DocumentKind) - {DocumentKind.MINUTES, DocumentKind.RECTIFICATION}


def test_each_event_recorded_about_a_file_has_a_sentence() -> None:
    kinds = {
        str(keyword.value.value)
        for name, tree in application_modules()
        if name.startswith(("contracts/", "exchanges/", "diagnostics/"))
        for call in ast.walk(tree)
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("editing", "record", "_began")
        for keyword in call.keywords
        if keyword.arg == "kind" and isinstance(keyword.value, ast.Constant)
    }

    assert sorted(kinds - set(TITLES) - set(EDITS)) == []


def test_transitions_issue_what_the_specification_says(stage: Stage) -> None:
    journey = to_signed(stage.journey())

    issued: dict[str, set[str]] = {}
    for effect in Effect.objects.filter(kind="render_document", event__kind__in=SPECS).select_related("event"):
        document = IssuedDocument.objects.get(pk=effect.payload["document"])
        assert effect.event is not None
        assert effect.event.contract_id == journey.contract.pk
        issued.setdefault(effect.event.kind, set()).add(document.kind)
    assert issued == ISSUED


def test_mails_go_to_the_other_people_of_the_file_and_tell_nothing_sensitive(stage: Stage, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "exchanges.outbox.OutboxBackend"
    journey = to_letter(stage.journey()).send_letter()

    mails = list(Mail.objects.order_by("pk"))

    people = stage.people
    assert {mail.to for mail in mails} == {
        people.poitiers_agent.user.email,
        people.vienne_agent.user.email,
        people.vienne_prefet.user.email,
    }
    for mail in mails:
        assert journey.contract.reference in mail.text
        assert mail.text.count("http") == 1
        assert "Accueillir" not in mail.text
    assert Effect.objects.filter(kind="deliver_mail").count() == len(mails)


def test_refused_act_plans_nothing(stage: Stage) -> None:
    journey = stage.journey().open()
    events, effects = Event.objects.count(), Effect.objects.count()

    with pytest.raises(TransitionRefused, match="Indiquer"):
        journey.send_letter()

    assert Event.objects.count() == events
    assert Effect.objects.count() == effects
    assert not Mail.objects.exists()
