"""What-if scenarios: they hold every open line, change no file, and lose nobody's amounts."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client

from contracts.models import Contract, Scenario
from contracts.services.scenarios import known
from funding.errors import InputRefused
from funding.models import Action, YearAmount
from journal.models import Event
from tests.factories.collective import a_scenario, amounts_of, form_of, many_requests, page_at, proposed, typed
from tests.factories.funding import SENT_AT, an_envelope
from tests.people import People


@pytest.fixture
def files(people: People) -> list[Contract]:
    """Two requests of two actions under review, on one envelope."""
    an_envelope(people.vienne_agent.organisation, "40000.00")
    return many_requests(people, files=2, actions=2)


@pytest.fixture
def pks(files: list[Contract]) -> list[int]:
    return list(Action.objects.order_by("contract", "number").values_list("pk", flat=True))


@pytest.fixture
def agent(people: People) -> Client:
    return people.client_for(people.vienne_agent)


@pytest.fixture
def prefet(people: People) -> Client:
    return people.client_for(people.vienne_prefet)


def test_a_scenario_holds_every_open_line_and_changes_no_file(
    files: list[Contract], pks: list[int], agent: Client
) -> None:
    YearAmount.objects.filter(action=pks[3]).update(proposed=Decimal("8000.00"), reduction_reason="Double emploi")
    entry = typed(form_of(agent), "Rabot", **{f"amount_{pks[0]}": "6 000,00", f"reason_{pks[0]}": "Enveloppe"})

    saved = agent.post(page_at(), entry)

    scenario = Scenario.objects.get()
    assert saved.status_code == 302
    assert known(scenario) == {
        pks[0]: (Decimal("6000.00"), "Enveloppe"),
        pks[1]: (Decimal("10000.00"), ""),
        pks[2]: (Decimal("10000.00"), ""),
        pks[3]: (Decimal("8000.00"), "Double emploi"),
    }
    assert proposed() == [None, None, None, Decimal("8000.00")]
    event = Event.objects.latest("sequence")
    assert (event.kind, event.contract_id, event.payload["scenario"]) == ("scenario_saved", None, scenario.pk)
    assert (
        "<strong>Scénario enregistré</strong> — Version 1\u00a0: 4\u00a0lignes."
        in agent.get(saved["Location"]).content.decode()
    )


def test_the_same_page_sent_twice_saves_once(pks: list[int], agent: Client) -> None:
    entry = typed(form_of(agent), "Rabot", **{f"amount_{pks[0]}": "11000"})
    events = Event.objects.count()

    urls = [agent.post(page_at(), entry)["Location"] for _ in range(2)]
    again = agent.post(urls[0], typed(form_of(agent, scenario=Scenario.objects.get().pk), "Rabot"))

    assert len({*urls, again["Location"]}) == 1
    assert Event.objects.count() == events + 1
    assert Scenario.objects.get().version == 1


def test_a_reduction_without_reason_comes_back_beside_its_cell(people: People, pks: list[int], agent: Client) -> None:
    entry = typed(form_of(agent), "", **{f"amount_{pks[0]}": "9999,99", f"amount_{pks[1]}": "12000"})

    answer = agent.post(page_at(), entry)

    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors == {
        "name": ["Ce champ est obligatoire."],
        f"reason-{pks[0]}": ["Indiquez pourquoi le montant est inférieur à la demande."],
    }
    with pytest.raises(InputRefused, match="Indiquez pourquoi"):
        a_scenario(people, pks, "9999.99", reason="")
    assert [form[f"amount-{pk}"].value() for pk in pks[:2]] == ["9999,99", "12000"]
    assert answer.context["envelopes"][0]["needed"] == "41\u00a0999,99\u00a0€"
    assert not Scenario.objects.exists()


@pytest.mark.parametrize("change", [{"name": ""}, {"amount": "-1"}, {"amount": ""}, {"amount": "1,234"}])
def test_a_wrong_entry_comes_back(pks: list[int], agent: Client, change: dict[str, str]) -> None:
    entry = typed(form_of(agent), change.get("name", "Rabot"), **{f"amount_{pks[0]}": change.get("amount", "10")})

    answer = agent.post(page_at(), entry | {f"reason-{pks[0]}": "Enveloppe"})

    assert answer.status_code == 422
    assert answer.context["form"][f"amount-{pks[0]}"].value() == change.get("amount", "10")
    assert not Scenario.objects.exists()


def test_two_people_lose_nothing_and_both_values_are_shown(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks)
    address = page_at(scenario=scenario.pk)
    mine, theirs = form_of(agent, scenario=scenario.pk), form_of(prefet, scenario=scenario.pk)
    prefet.post(address, typed(theirs, "Rabot", **{f"amount_{pks[0]}": "7000", f"reason_{pks[0]}": "Déjà aidée"}))
    cells = {f"amount_{pks[0]}": "11000", f"amount_{pks[1]}": "12000"}

    answer = agent.post(address, typed(mine, "Rabot", **cells))

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Une autre personne a enregistré 7\u00a0000,00\u00a0€ (motif\u00a0: Déjà aidée)" in text
    assert answer.context["form"][f"amount-{pks[0]}"].value() == "11000"
    assert amounts_of(scenario) == ["7000.00", "12000.00", "10000.00", "10000.00"]

    agent.post(address, typed(answer.context["form"], "Rabot", **{f"amount_{pks[0]}": "11000"}))
    scenario.refresh_from_db()
    assert amounts_of(scenario)[0] == "11000.00"
    assert scenario.version == 4


def test_the_same_change_made_twice_is_no_conflict(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks)
    address = page_at(scenario=scenario.pk)
    entry = typed(form_of(agent, scenario=scenario.pk), "Rabot", **{f"amount_{pks[0]}": "11000"})

    codes = [client.post(address, entry).status_code for client in (agent, prefet)]

    scenario.refresh_from_db()
    assert codes == [302, 302]
    assert scenario.version == 2


def test_a_line_that_left_the_review_leaves_the_scenario_and_is_told(
    people: People, files: list[Contract], pks: list[int], agent: Client
) -> None:
    scenario = a_scenario(people, pks)
    entry = typed(form_of(agent, scenario=scenario.pk), "Rabot", **{f"amount_{pks[0]}": "11000"})
    Contract.objects.filter(pk=files[0].pk).update(state="approved", approved_at=SENT_AT)

    page = agent.post(page_at(scenario=scenario.pk), entry, follow=True)

    assert sorted(known(scenario)) == pks[2:]
    assert "Plus à l’instruction, donc non enregistré\u00a0: «\u00a0Action 1\u00a0»." in page.content.decode()
    assert "Version 2\u00a0: 2\u00a0lignes sorties de l’instruction." in page.content.decode()


def test_another_name_makes_another_scenario_and_a_taken_one_is_refused(
    people: People, pks: list[int], agent: Client
) -> None:
    first, other = a_scenario(people, pks, "9000"), a_scenario(people, pks, "8000", name="Autre")
    form = form_of(agent, scenario=first.pk)

    copied = agent.post(page_at(scenario=first.pk), typed(form, "Copie", **{f"amount_{pks[1]}": "11000"}))
    refused = agent.post(page_at(scenario=first.pk), typed(form, "Autre", **{f"amount_{pks[1]}": "11000"}))

    assert copied.status_code == 302
    assert amounts_of(Scenario.objects.get(name="Copie"))[:2] == ["9000.00", "11000.00"]
    assert refused.status_code == 422
    assert "Un scénario porte déjà ce nom" in refused.content.decode()
    assert [amounts_of(each)[:2] for each in (first, other)] == [["9000.00", "10000.00"], ["8000.00", "10000.00"]]
