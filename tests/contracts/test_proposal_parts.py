"""The parts of a fiche: publics counted, files, proofs of co-funding, order, bodies already known, calendar."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from contracts.gantt import gantt_of
from contracts.models import Contract
from documents.models import Upload
from funding.models import Action, ActionFile, BudgetLine
from funding.queries import actions_data, known_bodies, totals_data
from funding.services.budgets import LineInput, save_budget
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.funding import SENT_AT, AxisFactory, a_file, an_action, balanced_lines
from tests.people import People


def _url(name: str, contract: Contract, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def contract(people: People) -> Contract:
    return a_file(people, "proposal", last=2027)


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.poitiers_agent)


def _fiche(**changes: Any) -> dict[str, Any]:
    fixed = {"title": "Ateliers", "axis": AxisFactory.create().pk, "expected_count": "100"}
    return fixed | {"indicators-TOTAL_FORMS": "0", "indicators-INITIAL_FORMS": "0"} | changes


def _file(name: str = "piece.pdf", data: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, pdf_bytes() if data is None else data)


# --- publics ---------------------------------------------------------------------------------------------------------


def test_publics_are_counted_apart_and_frozen(contract: Contract, agent: Client, people: People) -> None:
    sent = _fiche(epa_count="90", bpi_count="40", bpt_count="10", women_count="55", under_26_count="0")

    agent.post(_url("new_action", contract), sent)

    action = Action.objects.get()
    assert (action.epa_count, action.bpi_count, action.bpt_count) == (90, 40, 10)
    assert (action.women_count, action.under_26_count) == (55, 0)
    assert [each["count"] for each in actions_data(contract.pk)[0].get("public_counts", [])] == [90, 40, 10, 55, 0]
    read = people.client_for(people.vienne_agent).get(_url("action", contract, 1)).content.decode()
    assert "dont bénéficiaires d’une protection internationale (BPI)" in read


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"women_count": "101"}, ["women_count"]),
        ({"epa_count": "30", "bpi_count": "31"}, ["bpi_count"]),
        ({"bpt_count": "-1"}, ["bpt_count"]),
        ({"under_26_count": "dix"}, ["under_26_count"]),
    ],
)
def test_publics_that_do_not_add_up_are_said_beside_their_field(
    contract: Contract, agent: Client, changes: dict[str, str], wrong: list[str]
) -> None:
    answer = agent.post(_url("new_action", contract), _fiche(**changes))

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == wrong
    assert not Action.objects.exists()


def test_the_database_refuses_more_protected_than_newcomers(contract: Contract, people: People) -> None:
    action = an_action(contract, people.poitiers_agent)

    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.filter(pk=action.pk).update(epa_count=3, bpi_count=4)


# --- files -----------------------------------------------------------------------------------------------------------


def test_a_file_joins_an_action_and_leaves_it(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)

    refused = agent.post(_url("action_files", contract, 1), {"file": _file("piece.pdf", b"MZ binary")})
    agent.post(_url("action_files", contract, 1), {"file": _file()})
    joined = ActionFile.objects.get()
    seen = people.client_for(people.vienne_agent).get(_url("action", contract, 1)).content.decode()
    agent.post(_url("remove_action_file", contract, 1, joined.pk))

    assert refused.status_code == 422
    assert "piece.pdf" in seen
    joined.refresh_from_db()
    assert joined.removed_at is not None
    assert Upload.objects.filter(pk=joined.upload_id).exists()
    assert "piece.pdf" not in agent.get(_url("action", contract, 1)).content.decode()


def test_a_file_of_another_action_is_not_found(contract: Contract, agent: Client, people: People) -> None:
    for title in ("Un", "Deux"):
        an_action(contract, people.poitiers_agent, title=title)
    agent.post(_url("action_files", contract, 1), {"file": _file()})

    assert agent.post(_url("remove_action_file", contract, 2, ActionFile.objects.get().pk)).status_code == 404


# --- co-fundings -----------------------------------------------------------------------------------------------------


def test_one_proof_makes_several_cofundings_acquis(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent)
    BudgetLine.objects.filter(funder="commune").update(status="requested")
    lines = list(BudgetLine.objects.filter(funder="commune").values_list("pk", flat=True))

    answer = agent.post(_url("cofundings", contract), {"file": _file("deliberation.pdf"), "lines": lines})

    rows = BudgetLine.objects.filter(funder="commune").select_related("proof")
    assert answer.status_code == 302
    assert {(row.status, row.proof.original_name if row.proof else "") for row in rows} == {
        ("obtained", "deliberation.pdf")
    }
    assert totals_data(contract.pk).get("by_funder", [])[1].get("obtained") == "10000.00"


def test_a_proof_stays_with_its_line_until_it_is_taken_away(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    action = an_action(contract, people.poitiers_agent)
    line = BudgetLine.objects.get(funder="commune", year=2026)
    agent.post(_url("cofundings", contract), {"file": _file(), "lines": [line.pk]})

    save_budget(action=action, year=2026, lines=balanced_lines(town="6000.00"), by=people.poitiers_agent, now=now)
    kept = BudgetLine.objects.get(pk=line.pk)
    agent.post(_url("disprove", contract, line.pk))
    gone = BudgetLine.objects.get(pk=line.pk)

    assert (kept.amount, kept.proof_id is not None) == (Decimal("6000.00"), True)
    assert (gone.status, gone.proof_id) == ("requested", None)


def test_the_line_of_the_state_and_those_of_others_are_no_cofunding(people: People) -> None:
    mine, other = a_file(people), a_file(people, porteur=people.bordeaux_agent.organisation.local_authority)
    an_action(mine, people.poitiers_agent)
    an_action(other, people.bordeaux_agent)
    agent = people.client_for(people.poitiers_agent)
    state = BudgetLine.objects.filter(action__contract=mine, funder="state_p104")[0]
    foreign = BudgetLine.objects.filter(action__contract=other, funder="commune")[0]

    answers = [
        agent.post(_url("cofundings", mine), {"file": _file(), "lines": lines})
        for lines in ([state.pk], [foreign.pk], [])
    ]

    assert [each.status_code for each in answers] == [422] * 3
    assert agent.post(_url("disprove", mine, foreign.pk)).status_code == 404
    assert not Upload.objects.exists()


def test_the_page_of_cofundings_costs_the_same_with_one_line_and_three(
    contract: Contract, agent: Client, people: People, now: datetime
) -> None:
    action, counts = an_action(contract, people.poitiers_agent), []
    for many in (1, 3):
        lines = [
            LineInput(side="product", account="74", funder="region", label=f"Fonds {each}", amount=Decimal(5))
            for each in range(many)
        ]
        save_budget(action=action, year=2026, lines=lines, by=people.poitiers_agent, now=now)
        ids = list(BudgetLine.objects.filter(funder="region").values_list("pk", flat=True))
        agent.post(_url("cofundings", contract), {"file": _file(), "lines": ids})
        with CaptureQueriesContext(connection) as queries:
            assert agent.get(_url("cofundings", contract)).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1]


# --- order and calendar ----------------------------------------------------------------------------------------------


def test_an_action_is_dropped_before_another_or_last(contract: Contract, agent: Client, people: People) -> None:
    for title in ("Un", "Deux", "Trois"):
        an_action(contract, people.poitiers_agent, title=title)

    agent.post(_url("order_actions", contract), {"number": 3, "before": 1})
    first = [each.title for each in Action.objects.order_by("rank")]
    agent.post(_url("order_actions", contract), {"number": 3, "before": ""})
    agent.post(_url("order_actions", contract), {"number": 9, "before": "x"})

    assert first == ["Trois", "Un", "Deux"]
    assert [each.title for each in Action.objects.order_by("rank")] == ["Un", "Deux", "Trois"]


def test_the_calendar_draws_each_action_in_its_period(contract: Contract, people: People) -> None:
    action = an_action(contract, people.poitiers_agent)
    whole = gantt_of([action], contract.starts_on, contract.ends_on)
    action.starts_on = action.starts_on and action.starts_on.replace(year=2027)
    half = gantt_of([action], contract.starts_on, contract.ends_on)
    action.starts_on = action.ends_on = None

    assert whole is not None
    assert half is not None
    assert (whole.bars[0].x, whole.bars[0].x + whole.bars[0].width) == (whole.left, whole.width)
    assert half.bars[0].x > whole.left + 200
    assert [mark.label for mark in whole.marks] == ["2026", "2027"]
    assert gantt_of([action], None, None) is None
    assert gantt_of([], contract.starts_on, contract.ends_on) is None


# --- bodies ----------------------------------------------------------------------------------------------------------


def test_known_bodies_are_those_one_sees_and_those_of_signed_contracts(people: People) -> None:
    town = people.bordeaux_agent.organisation.local_authority
    dates: dict[str, Any] = {"signed_at": SENT_AT, "notified_on": SENT_AT.date()}
    for file, name, number in (
        (a_file(people), "Vue", "90100001800019"),
        (a_file(people, porteur=town), "Cachée", "90100002600012"),
        (a_file(people, porteur=town, state="signed", **dates), "Publiée", "90100003400016"),
    ):
        an_action(file, people.poitiers_agent, holder_name=name, holder_siret=number)

    found = known_bodies(people.poitiers_agent, departement="86", region=None)

    assert [each.name for each in found] == ["Publiée", "Ville de Poitiers", "Vue"]
    assert known_bodies(people.poitiers_agent, departement="33", region=None) == []


def test_a_known_name_brings_its_number(contract: Contract, agent: Client, people: People) -> None:
    an_action(contract, people.poitiers_agent, holder_name="Passerelles", holder_siret="90100001800019")

    page = agent.get(_url("new_action", contract)).content.decode()
    agent.post(_url("new_action", contract), _fiche(holder_name="Passerelles", beneficiary_name="Inconnue"))

    action = Action.objects.latest("number")
    assert 'value="Passerelles" data-siret="90100001800019"' in page
    assert (action.holder_siret, action.beneficiary_siret) == ("90100001800019", "")


def test_the_number_of_another_known_body_is_refused(contract: Contract, agent: Client, people: People) -> None:
    for name, number in (("Passerelles", "90100001800019"), ("Toit et Clés", "90100003400016")):
        an_action(contract, people.poitiers_agent, holder_name=name, holder_siret=number)

    mixed = agent.post(_url("new_action", contract), _fiche(holder_name="Passerelles", holder_siret="90100003400016"))
    other = agent.post(_url("new_action", contract), _fiche(holder_name="Antenne", holder_siret="90100003400016"))

    [error] = mixed.context["form"].errors["holder_siret"]
    assert error.startswith("Ce numéro est celui de «\u00a0Toit et Clés\u00a0», et non de «\u00a0Passerelles\u00a0»")
    assert (mixed.status_code, other.status_code) == (422, 302)
