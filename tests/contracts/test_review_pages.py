"""The review: the préfecture proposes, the collectivité reads what it was told, and nothing internal leaves."""

from __future__ import annotations

import html
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, ReviewCriterion
from contracts.models import Assessment, Contract, Opinion
from exchanges.enums import RemarkStatus
from exchanges.models import Remark
from funding.models import Action, YearAmount
from journal.models import Event
from tests.documents.test_filetypes import pdf_bytes
from tests.factories.funding import a_file, an_action, an_envelope
from tests.people import People


def _url(name: str, contract: Contract, *args: Any) -> str:
    return reverse(f"contracts:{name}", args=[contract.reference, *args])


@pytest.fixture
def contract(people: People) -> Contract:
    contract = a_file(people, "under_review", last=2027)
    an_action(contract, people.poitiers_agent, requested=True)
    an_envelope(contract.lead_service, "34567.89")
    return contract


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


def _proposal(**changes: str) -> dict[str, str]:
    return {
        "a1-decision": "retained",
        "a1-amount-2026": "8 000,00",
        "a1-reason-2026": "Enveloppe contrainte",
        "a1-amount-2027": "10000",
        "a1-reason-2027": "",
        "a1-rejection_reason": "",
    } | changes


@pytest.mark.parametrize(
    ("who", "status", "sees_envelope"),
    [
        ("vienne_agent", 200, True),
        ("vienne_prefet", 200, True),
        ("sgar", 200, True),
        ("diair", 200, True),
        ("poitiers_agent", 200, False),
        ("gironde_agent", 404, False),
        ("bordeaux_agent", 404, False),
        ("support", 404, False),
    ],
)
def test_the_page_opens_without_what_is_internal(
    contract: Contract, people: People, now: Any, who: str, status: int, sees_envelope: bool
) -> None:
    Opinion.objects.create(
        contract=contract,
        service="DDETS de la Vienne",
        asked_at=now,
        due_on=now.date(),
        recorded_by=people.vienne_agent.user,
    )

    answer = people.client_for(people.actors[who]).get(_url("review", contract))

    page = answer.content.decode()
    assert answer.status_code == status
    assert ("34\u00a0567,89" in page) is sees_envelope
    assert ("DDETS de la Vienne" in page) is sees_envelope


def test_the_collectivite_reads_the_amounts_once_they_are_told(people: People) -> None:
    pages = {}
    for state in ("under_review", "correction_requested"):
        contract = a_file(people, state)
        action = an_action(contract, people.poitiers_agent, requested=True)
        YearAmount.objects.filter(action=action).update(proposed=Decimal("4321.00"), reduction_reason="Plafond")
        pages[state] = people.client_for(people.poitiers_agent).get(_url("review", contract)).content.decode()

    assert "4\u00a0321,00" not in pages["under_review"]
    assert "Plafond" not in pages["under_review"]
    assert "4\u00a0321,00" in pages["correction_requested"]


def test_before_the_deposit_there_is_nothing_to_review(people: People) -> None:
    contract = a_file(people, "proposal")
    an_action(contract, people.poitiers_agent)

    agent = people.client_for(people.vienne_agent)

    answer, refused = agent.get(_url("review", contract)), agent.post(_url("ask_opinion", contract), {})

    assert (answer.status_code, refused.status_code) == (200, 422)
    assert "L’instruction n’a pas commencé" in answer.content.decode()


@pytest.mark.parametrize(
    ("name", "args"),
    [("propose", (1,)), ("adopt_requested", ()), ("assess", ()), ("ask_opinion", ()), ("record_opinion", (1,))],
)
def test_only_the_prefecture_in_the_lead_writes(
    contract: Contract, people: People, name: str, args: tuple[int, ...]
) -> None:
    before = Event.objects.count()

    statuses = [
        people.client_for(people.actors[who]).post(_url(name, contract, *args)).status_code
        for who in ("poitiers_agent", "sgar", "dgef", "gironde_agent")
    ]

    assert statuses == [403, 403, 403, 404]
    assert Event.objects.count() == before


def test_a_proposal_is_recorded(contract: Contract, agent: Client) -> None:
    answer = agent.post(_url("propose", contract, 1), _proposal(), follow=True)

    rows = YearAmount.objects.order_by("year").values_list("proposed", "reduction_reason")
    assert list(rows) == [(Decimal("8000.00"), "Enveloppe contrainte"), (Decimal("10000.00"), "")]
    assert Action.objects.get().decision == "retained"
    page = answer.content.decode()
    assert "\u2212\u00a02\u00a0000\u00a0€" in page
    assert "26\u00a0567,89\u00a0€" in page  # what remains of the envelope of 2026


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"a1-amount-2026": "-1"}, "amount-2026"),
        ({"a1-amount-2026": "1,234"}, "amount-2026"),
        ({"a1-amount-2026": "beaucoup"}, "amount-2026"),
        ({"a1-reason-2026": "  "}, "reason-2026"),
        ({"a1-decision": "rejected"}, "rejection_reason"),
        ({"a1-decision": "perhaps"}, "decision"),
        ({"a1-decision": ""}, "decision"),
    ],
)
def test_a_wrong_proposal_comes_back_beside_its_field(
    contract: Contract, agent: Client, changes: dict[str, str], field: str
) -> None:
    answer = agent.post(_url("propose", contract, 1), _proposal(**changes))

    assert answer.status_code == 422
    form = next(row["form"] for row in answer.context["actions"])
    assert list(form.errors) == [field]
    assert 'value="10000"' in answer.content.decode()
    assert not YearAmount.objects.filter(proposed__isnull=False).exists()


def test_an_action_of_another_file_is_not_found(contract: Contract, people: People, agent: Client) -> None:
    other = a_file(people, "under_review")

    assert agent.post(_url("propose", other, 1), _proposal()).status_code == 404
    assert Action.objects.get(contract=contract).decision == "pending"


def test_the_amounts_requested_are_taken_over(contract: Contract, agent: Client) -> None:
    for _ in range(2):
        assert agent.post(_url("adopt_requested", contract)).status_code == 302

    assert list(YearAmount.objects.values_list("proposed", flat=True)) == [Decimal("10000.00")] * 2
    assert Action.objects.get().decision == "retained"


def test_nothing_is_proposed_once_approved(people: People) -> None:
    contract = a_file(people, "approved")
    an_action(contract, people.poitiers_agent, requested=True)
    agent = people.client_for(people.vienne_agent)

    answer = agent.post(_url("propose", contract, 1), _proposal())
    agent.post(_url("adopt_requested", contract))

    assert answer.status_code == 422
    assert not YearAmount.objects.filter(proposed__isnull=False).exists()


def test_an_opinion_is_asked_then_recorded(contract: Contract, agent: Client, people: People) -> None:
    today = timezone.localdate()
    due = (today + timedelta(days=10)).isoformat()
    asked = {"opinion-service": "OFII", "opinion-due_on": due}

    late = agent.post(
        _url("ask_opinion", contract),
        {"opinion-service": "OFII", "opinion-due_on": (today - timedelta(days=1)).isoformat()},
    )
    agent.post(_url("ask_opinion", contract), asked)
    twice = agent.post(_url("ask_opinion", contract), asked)
    opinion = Opinion.objects.get()
    given = {f"opinion-{opinion.pk}-verdict": "reserved", f"opinion-{opinion.pk}-text": "Sous réserve."}
    future = agent.post(_url("record_opinion", contract, opinion.pk), given | {f"opinion-{opinion.pk}-given_on": due})
    agent.post(
        _url("record_opinion", contract, opinion.pk), given | {f"opinion-{opinion.pk}-given_on": today.isoformat()}
    )

    opinion.refresh_from_db()
    assert [late.status_code, twice.status_code, future.status_code] == [422, 422, 422]
    assert (opinion.verdict, opinion.given_on, opinion.text) == ("reserved", today, "Sous réserve.")
    assert agent.post(_url("record_opinion", a_file(people, "under_review"), opinion.pk)).status_code == 404


def test_a_remark_is_raised_on_an_action_then_resolved(contract: Contract, agent: Client, people: People) -> None:
    action = Action.objects.get()
    sent = {"remark-place": f"budget-{action.pk}", "remark-body": "Le poste 64 paraît élevé."}

    foreign = agent.post(_url("review_remark", contract), sent | {"remark-place": "budget-9999"})
    agent.post(_url("review_remark", contract), sent)
    remark = Remark.objects.get()
    refused = people.client_for(people.poitiers_agent).post(
        _url("review_remark_state", contract, remark.pk), {"act": "resolve"}
    )
    assert Remark.objects.get().status == RemarkStatus.OPEN
    agent.post(_url("review_remark_state", contract, remark.pk), {"act": "resolve"})

    assert (foreign.status_code, refused.status_code) == (422, 302)
    assert (remark.anchor, remark.anchor_id, remark.anchor_label) == ("budget", action.pk, "1. Ateliers de français")
    assert Remark.objects.get().status == RemarkStatus.RESOLVED
    agent.post(_url("review_remark_state", contract, remark.pk), {"act": "reopen"})
    assert Remark.objects.get().status == RemarkStatus.OPEN


@pytest.mark.parametrize("who", ["poitiers_agent", "vienne_agent"])
def test_the_page_costs_the_same_with_one_action_three_and_forty(contract: Contract, people: People, who: str) -> None:
    client, counts = people.client_for(people.actors[who]), []
    for wanted in (1, 3, 40):
        for number in range(Action.objects.count(), wanted):
            an_action(contract, people.poitiers_agent, title=f"Action {number}", requested=True)
        client.get(_url("review", contract))
        with CaptureQueriesContext(connection) as queries:
            client.get(_url("review", contract))
        counts.append(len(queries))

    assert counts[0] == counts[1] == counts[2]


def test_the_grid_of_the_campaign_is_filled_and_kept_from_the_collectivite(
    contract: Contract, agent: Client, people: People
) -> None:
    campaign = contract.campaign
    assert campaign is not None
    needs, budget = (
        ReviewCriterion.objects.create(campaign=campaign, rank=rank, label=label, points=5)
        for rank, label in enumerate(("Réponse aux besoins", "Budget"), start=1)
    )
    sent = {
        f"grid-grade-{needs.pk}": "4",
        f"grid-comment-{needs.pk}": "Besoin B2 couvert.",
        f"grid-grade-{budget.pk}": "",
    }

    over = agent.post(_url("assess", contract), sent | {f"grid-grade-{budget.pk}": "6"})
    for _ in range(2):
        assert agent.post(_url("assess", contract), sent).status_code == 302

    assert over.status_code == 422
    assert list(over.context["grid"].errors) == [f"grade-{budget.pk}"]
    assert [(each.criterion, each.grade) for each in Assessment.objects.exclude(grade=None)] == [(needs, 4)]
    assert Event.objects.filter(kind="criteria_assessed").count() == 1
    assert "Besoin B2 couvert." in agent.get(_url("review", contract)).content.decode()
    theirs = people.client_for(people.poitiers_agent).get(_url("review", contract)).content.decode()
    assert "Réponse aux besoins" not in theirs


def test_an_opinion_keeps_its_file_for_the_state(contract: Contract, agent: Client, people: People, now: Any) -> None:
    opinion = Opinion.objects.create(
        contract=contract, service="OFII", asked_at=now, due_on=now.date(), recorded_by=people.vienne_agent.user
    )
    prefix = f"opinion-{opinion.pk}"
    given = {f"{prefix}-verdict": "favourable", f"{prefix}-given_on": timezone.localdate().isoformat()}
    address = _url("record_opinion", contract, opinion.pk)

    wrong = agent.post(address, given | {f"{prefix}-file": SimpleUploadedFile("avis.pdf", b"MZ not a PDF")})
    right = agent.post(address, given | {f"{prefix}-file": SimpleUploadedFile("avis.pdf", pdf_bytes())})

    upload = Opinion.objects.select_related("upload").get().upload
    assert (wrong.status_code, right.status_code) == (422, 302)
    assert upload is not None
    link = _url("upload", contract, upload.pk)
    codes = [people.client_for(each).get(link).status_code for each in (people.vienne_prefet, people.poitiers_agent)]
    assert codes == [200, 404]
    assert link in agent.get(_url("review", contract)).content.decode()
    for reader in (people.sgar, people.diair):
        page = people.client_for(reader).get(_url("review", contract)).content.decode()
        assert ("OFII" in page, link in page, "avis.pdf" in page) == (True, False, False)


def test_what_is_not_judged_yet_is_not_ticked_and_the_list_is_said_once(contract: Contract, agent: Client) -> None:
    before = agent.get(_url("review", contract))
    agent.post(_url("adopt_requested", contract))
    after = agent.get(_url("review", contract))

    judged = ("Montants retenus égaux aux budgets équilibrés", "Enveloppe suffisante")
    ticks = [{each.message: each.done for each in page.context["checklist"]} for page in (before, after)]
    assert [ticks[0][label] for label in judged] == [False, False]
    assert [ticks[1][label] for label in judged] == [True, True]
    page = before.content.decode()
    assert page.count("Retenir ou écarter l’action 1") == 1
    assert "1\u00a0point reste à régler" in page


@pytest.mark.parametrize("mandatory", [False, True])
def test_an_opinion_still_awaited_is_never_ticked(
    contract: Contract, agent: Client, people: People, now: Any, mandatory: bool
) -> None:
    Campaign.objects.filter(year=2026).update(opinions_block=mandatory)
    opinion = Opinion.objects.create(
        contract=contract, service="DDETS", asked_at=now, due_on=now.date(), recorded_by=people.vienne_agent.user
    )
    awaited = {each.message: each.done for each in agent.get(_url("review", contract)).context["checklist"]}
    Opinion.objects.filter(pk=opinion.pk).update(given_on=now.date(), verdict="favourable")
    given = {each.message: each.done for each in agent.get(_url("review", contract)).context["checklist"]}

    sentence = "Recueillir les avis demandés\u00a0: la campagne les rend obligatoires."
    assert awaited[sentence if mandatory else "1\u00a0avis attendu (non bloquant)"] is False
    assert "Pas d’avis en attente" not in awaited
    assert given["Pas d’avis en attente"] is True


@pytest.mark.parametrize("mandatory", [False, True])
def test_what_the_list_leaves_to_do_is_what_the_button_counts(
    contract: Contract, agent: Client, people: People, now: Any, mandatory: bool
) -> None:
    agent.post(_url("adopt_requested", contract))
    Campaign.objects.filter(year=2026).update(opinions_block=mandatory)
    for service in ("DDETS", "OFII"):
        Opinion.objects.create(
            contract=contract, service=service, asked_at=now, due_on=now.date(), recorded_by=people.vienne_agent.user
        )

    answer = agent.get(_url("review", contract))

    page = html.unescape(answer.text)
    left = sum(not (each.done or each.known) for each in answer.context["checklist"])
    assert (left, page.count("À faire\u00a0:")) == (int(mandatory), int(mandatory))
    assert ("1\u00a0point reste à régler" in page) is mandatory
    assert ("2\u00a0avis attendus (non bloquants)" in page) is not mandatory
    assert page.count("Pour information\u00a0:") == int(not mandatory)


def test_charges_that_the_campaign_does_not_fund_are_pointed_out(contract: Contract, agent: Client) -> None:
    Campaign.objects.filter(year=2026).update(eligible_accounts=["60"])

    page = agent.get(_url("review", contract)).content.decode()

    assert "64 – Charges de personnel, 2026" in page
    assert "64 – Charges de personnel, 2027" not in page
