"""The reminders of the day: the right people, once, and nothing when nothing is awaited."""

from __future__ import annotations

from datetime import date, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from contracts.models import Contract, Opinion
from contracts.schedule import send_reminders
from ctai.tasks import send_reminders as daily_task
from exchanges.models import Mail
from journal.models import Event
from tests.factories.funding import a_file
from tests.people import People

SERVICE = "avis@ddets.example"


@pytest.fixture(autouse=True)
def outbox(settings: Any) -> None:
    settings.EMAIL_BACKEND = "exchanges.outbox.OutboxBackend"  # pytest-django puts another in its place


@pytest.fixture
def contract(people: People) -> Contract:
    return a_file(people, "under_review")


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


def _opinion(contract: Contract, people: People, *, due_in: int, asked: int = 10, email: str = "") -> Opinion:
    now = timezone.now()
    return Opinion.objects.create(
        contract=contract,
        service="DDETS",
        email=email,
        asked_at=now - timedelta(days=asked),
        due_on=timezone.localdate(now) + timedelta(days=due_in),
        recorded_by=people.vienne_agent.user,
    )


def _mails() -> list[tuple[str, str]]:
    mails = list(Mail.objects.order_by("pk").values_list("to", "subject"))
    Mail.objects.all().delete()
    return mails


def test_an_opinion_is_asked_of_a_service_that_has_an_address(contract: Contract, agent: Client) -> None:
    due = (timezone.localdate() + timedelta(days=10)).isoformat()
    address = reverse("contracts:ask_opinion", args=[contract.reference])

    wrong = agent.post(address, {"opinion-service": "OFII", "opinion-due_on": due, "opinion-email": "ofii.example"})
    agent.post(address, {"opinion-service": "OFII", "opinion-due_on": due})
    assert (wrong.status_code, _mails()) == (422, [])
    agent.post(address, {"opinion-service": "DDETS", "opinion-due_on": due, "opinion-email": SERVICE})

    mail = Mail.objects.get()
    assert mail.to == SERVICE
    for part in ("DDETS", contract.porteur.label, contract.reference, "agent", "Répondre à"):
        assert part in mail.text
    assert ("http" in mail.text, "€" in mail.text) == (False, False)
    last = agent.get(reverse("contracts:history", args=[contract.reference])).content.decode()
    assert "Message envoyé au service." in last
    assert SERVICE in agent.get(reverse("contracts:review", args=[contract.reference])).content.decode()


@pytest.mark.parametrize(("due_in", "subject"), [(3, "Rappel d’un avis attendu"), (-1, "Avis en retard")])
def test_an_opinion_is_recalled_once_to_the_service_and_to_the_agent(
    contract: Contract, people: People, due_in: int, subject: str
) -> None:
    opinion = _opinion(contract, people, due_in=due_in, email=SERVICE)
    before = Contract.objects.values("turn", "turn_since", "last_event_at").get(pk=contract.pk)

    assert (daily_task(), daily_task()) == (1, 0)

    told = _mails()
    agents = {people.vienne_agent.user.email, people.vienne_prefet.user.email}
    assert told[0] == (SERVICE, f"[CTAI] {subject}\u00a0: {contract.porteur.name}")
    assert {to for to, _ in told[1:]} <= agents
    assert told[1:]
    event = Event.objects.get(kind="opinion_reminded")
    assert (event.contract_id, event.actor_id, event.payload["opinion"]) == (contract.pk, None, opinion.pk)
    assert Contract.objects.values("turn", "turn_since", "last_event_at").get(pk=contract.pk) == before


def test_an_opinion_is_recalled_before_then_after_its_day(contract: Contract, people: People) -> None:
    opinion = _opinion(contract, people, due_in=2)
    now = timezone.now()

    told = [send_reminders(now=now + timedelta(days=days)) for days in (0, 1, 2, 3, 4, 30)]
    Opinion.objects.filter(pk=opinion.pk).update(due_on=timezone.localdate(now) + timedelta(days=40))

    assert told == [1, 0, 0, 1, 0, 0]
    assert send_reminders(now=now + timedelta(days=38)) == 1  # another day, another reminder


@pytest.mark.parametrize(
    "change",
    [
        {"due_on": date(2099, 1, 1)},
        {"given_on": date(2026, 1, 1), "verdict": "favourable"},
        {"asked_at": None},
        {"state": "approved"},
    ],
)
def test_nothing_is_recalled_that_is_not_awaited(
    contract: Contract, people: People, change: dict[str, object]
) -> None:
    opinion = _opinion(contract, people, due_in=1, email=SERVICE)
    if "state" in change:
        contract = a_file(people, "approved")
        Opinion.objects.filter(pk=opinion.pk).update(contract=contract)
    else:
        asked = {"asked_at": timezone.now()} if "asked_at" in change else change
        Opinion.objects.filter(pk=opinion.pk).update(**asked)

    assert (send_reminders(now=timezone.now()), _mails()) == (0, [])


def test_the_agent_reads_the_opinions_of_a_file_in_one_mail_and_the_command_does_as_the_task(
    contract: Contract, people: People
) -> None:
    contract.instructor = people.vienne_agent.user
    contract.save(update_fields=["instructor"])
    _opinion(contract, people, due_in=1)
    _opinion(contract, people, due_in=-5)
    out = StringIO()

    call_command("send_reminders", stdout=out)

    assert out.getvalue() == "Rappels envoyés\u00a0: 2.\n"
    mail = Mail.objects.get()
    assert mail.to == people.vienne_agent.user.email
    assert mail.text.count("DDETS\u00a0: avis") == 2
    assert mail.subject.startswith("[CTAI]")
