"""Fiches-actions: numbers, versions, identifiers, order, copies, removal."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import Question, QuestionSet
from contracts.models import Contract
from diagnostics.models import Diagnostic, Row, Section
from funding.errors import FundingRefused, InputRefused, StaleVersion
from funding.models import Action, BudgetLine
from funding.queries import action_states
from funding.services.actions import (
    IndicatorInput,
    as_input,
    duplicate_action,
    identifier_problem,
    move_action,
    remove_action,
    save_action,
)
from tests.factories.funding import LA_POSTE, POITIERS_SIREN, SENT_AT, a_file, action_input, an_action
from tests.people import People


def _titles(contract: Contract) -> list[str]:
    actions = Action.objects.filter(contract=contract, removed_at__isnull=True)
    return list(actions.order_by("rank").values_list("title", flat=True))


def test_save_action_creates_then_changes(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent

    created = save_action(contract_id=proposal.pk, fields=action_input("Ateliers"), by=by, now=now)
    changed = save_action(
        contract_id=proposal.pk,
        number=created.number,
        fields=action_input("Ateliers du soir", indicators=(IndicatorInput(label="Heures", target=Decimal(200)),)),
        by=by,
        now=now,
        expected_version=created.version,
    )

    stored = Action.objects.get(contract=proposal)
    assert (stored.number, stored.title, stored.version) == (1, "Ateliers du soir", changed.version)
    assert [each.label for each in stored.indicators.all()] == ["Heures"]


def test_save_action_refuses_a_stale_version_but_not_the_same_entry_twice(
    proposal: Contract, people: People, now: datetime
) -> None:
    by, entry = people.poitiers_agent, action_input("Ateliers du soir")
    action = save_action(contract_id=proposal.pk, fields=action_input(), by=by, now=now)
    seen = action.version
    save_action(contract_id=proposal.pk, number=1, fields=entry, by=by, now=now, expected_version=seen)

    again = save_action(contract_id=proposal.pk, number=1, fields=entry, by=by, now=now, expected_version=seen)
    with pytest.raises(StaleVersion):
        save_action(contract_id=proposal.pk, number=1, fields=action_input(), by=by, now=now, expected_version=seen)

    assert again.version == seen + 1
    assert Action.objects.get().title == "Ateliers du soir"


def test_the_same_creation_sent_twice_makes_one_action(proposal: Contract, people: People, now: datetime) -> None:
    by, entry = people.poitiers_agent, action_input()

    first = save_action(contract_id=proposal.pk, fields=entry, by=by, now=now, after=0)
    twin = save_action(contract_id=proposal.pk, fields=entry, by=by, now=now, after=0)
    other = save_action(contract_id=proposal.pk, fields=action_input("Autre"), by=by, now=now, after=0)

    assert (first.pk, other.number) == (twin.pk, 2)


def test_number_of_a_removed_action_is_never_reused(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent
    an_action(proposal, by, title="Un")
    an_action(proposal, by, title="Deux")

    remove_action(contract_id=proposal.pk, number=2, by=by, now=now)
    third = save_action(contract_id=proposal.pk, fields=action_input("Trois"), by=by, now=now)

    assert third.number == 3
    assert _titles(proposal) == ["Un", "Trois"]
    with pytest.raises(FundingRefused, match="n’existe plus"):
        remove_action(contract_id=proposal.pk, number=2, by=by, now=now)


def test_remove_action_is_refused_once_the_request_was_submitted(people: People, now: datetime) -> None:
    contract = a_file(people, "correction_requested")
    an_action(contract, people.poitiers_agent)

    with pytest.raises(FundingRefused, match="a été déposée"):
        remove_action(contract_id=contract.pk, number=1, by=people.poitiers_agent, now=now)

    assert Action.objects.get().removed_at is None


def test_move_action_changes_places_and_stops_at_the_ends(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent
    for title in ("Un", "Deux", "Trois"):
        an_action(proposal, by, title=title)

    move_action(contract_id=proposal.pk, number=3, up=True, by=by, now=now)
    assert _titles(proposal) == ["Un", "Trois", "Deux"]
    move_action(contract_id=proposal.pk, number=1, up=True, by=by, now=now)
    move_action(contract_id=proposal.pk, number=1, up=False, by=by, now=now)
    assert _titles(proposal) == ["Trois", "Un", "Deux"]


def test_duplicate_action_copies_fiche_and_budget_below(proposal: Contract, people: People, now: datetime) -> None:
    by = people.poitiers_agent
    source = an_action(proposal, by, title="Un")
    an_action(proposal, by, title="Deux")

    copy = duplicate_action(contract_id=proposal.pk, number=1, by=by, now=now)

    assert _titles(proposal) == ["Un", "Un (copie)", "Deux"]
    assert copy.number == 3
    assert replace(as_input(copy), title="Un") == as_input(source)
    amounts = BudgetLine.objects.order_by("year", "account", "funder").values_list("year", "account", "amount")
    assert list(amounts.filter(action=copy)) == list(amounts.filter(action=source)) != []


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        ("77567227224553", ""),
        (LA_POSTE, ""),
        ("35600000049837", ""),  # La Poste: the sum of the figures is a multiple of five
        ("77567227224554", "Ce numéro SIRET n’existe pas"),
        (POITIERS_SIREN, ""),
        ("218601947", "Ce numéro SIREN n’existe pas"),
        ("552100554", "n’est pas celui d’une collectivité"),
        ("7756722722455", "14 chiffres"),
        ("7756722722455X", "14 chiffres"),
        ("٧٧٥٦٧٢٢٧٢٢٤٥٥٣", "14 chiffres"),
    ],
)
def test_identifier_is_checked_by_its_key(number: str, problem: str) -> None:
    found = identifier_problem(number, frozenset({POITIERS_SIREN, "218601947"}))

    assert found.startswith(problem) if problem == "" else problem in found
    assert bool(found) == bool(problem)


def test_save_action_refuses_wrong_fields_all_at_once(proposal: Contract, people: People, now: datetime) -> None:
    entry = action_input(
        title=" ",
        starts_on=date(2026, 6, 1),
        ends_on=date(2026, 5, 31),
        holder_siret="552100554",
        beneficiary_siret="77567227224554",
    )

    with pytest.raises(InputRefused) as refusal:
        save_action(contract_id=proposal.pk, fields=entry, by=people.poitiers_agent, now=now)

    assert set(refusal.value.errors) == {"title", "ends_on", "holder_siret", "beneficiary_siret"}
    assert not Action.objects.exists()


def _need(contract: Contract) -> Row:
    questions, _ = QuestionSet.objects.get_or_create(campaign=contract.campaign, number=1)
    question, _ = Question.objects.get_or_create(question_set=questions, key="francais", title="Français")
    diagnostic = Diagnostic.objects.create(contract=contract, question_set=questions, started_at=SENT_AT)
    section = Section.objects.create(diagnostic=diagnostic, question=question, rank=1)
    return Row.objects.create(section=section, kind="need", text="Des cours le soir")


def test_need_is_one_of_the_file_and_mandatory_where_the_diagnostic_has_some(people: People, now: datetime) -> None:
    mine, other = a_file(people), a_file(people)
    need, foreign = _need(mine), _need(other)
    by = people.poitiers_agent
    an_action(mine, by)

    assert action_states(mine.pk)[0].missing == ("besoin du diagnostic",)
    with pytest.raises(InputRefused, match="besoin du diagnostic"):
        save_action(contract_id=mine.pk, number=1, fields=action_input(need_id=foreign.pk), by=by, now=now)
    save_action(contract_id=mine.pk, number=1, fields=action_input(need_id=need.pk), by=by, now=now)
    assert action_states(mine.pk)[0].missing == ()


def test_database_refuses_what_the_service_refuses(proposal: Contract, people: People) -> None:
    action = an_action(proposal, people.poitiers_agent)

    for wrong in (
        {"ends_on": date(2025, 1, 1)},
        {"decision": "rejected", "rejection_reason": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Action.objects.filter(pk=action.pk).update(**wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.create(contract=proposal, number=action.number, title="Même numéro", axis=action.axis)
