"""What-if scenarios: they change no file, lose nobody's amounts, and the signatory of the State applies one once."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from contracts.collective import Change
from contracts.models import Contract, Scenario
from contracts.services.scenarios import known, save_scenario
from funding.enums import Decision, Stage
from funding.models import Action, Movement, YearAmount
from funding.queries import ledger_totals
from journal.models import Event
from tests.contracts.test_collective import page_at
from tests.factories.collective import many_requests, typed
from tests.factories.funding import SENT_AT, an_envelope
from tests.people import People

APPLY = {"act": "apply", "version": "1"}


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


def a_scenario(people: People, pks: list[int], *amounts: str, name: str = "Rabot", reason: str = "Rabot") -> Scenario:
    """Save a scenario as the agent of the Vienne, with these amounts for the first actions."""
    changes = {pk: Change(Decimal(amount), reason) for pk, amount in zip(pks, amounts, strict=False)}
    return save_scenario(year=2026, name=name, changes=changes, by=people.vienne_agent, now=SENT_AT).scenario


def form_of(client: Client, **query: Any) -> Any:
    return client.get(page_at(**query)).context["form"]


def amounts_of(scenario: Scenario) -> list[str]:
    return [str(amount) for _, (amount, _) in sorted(known(scenario).items())]


def proposed() -> list[Decimal | None]:
    return list(YearAmount.objects.order_by("action").values_list("proposed", flat=True))


# --- saving ----------------------------------------------------------------------------------------------------------


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


def test_a_reduction_without_reason_comes_back_beside_its_cell(pks: list[int], agent: Client) -> None:
    entry = typed(form_of(agent), "Rabot", **{f"amount_{pks[0]}": "9999,99", f"amount_{pks[1]}": "12000"})

    answer = agent.post(page_at(), entry)

    assert answer.status_code == 422
    form = answer.context["form"]
    assert form.errors == {f"reason-{pks[0]}": ["Indiquez pourquoi le montant est inférieur à la demande."]}
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


# --- applying --------------------------------------------------------------------------------------------------------


def test_the_signatory_alone_applies_a_scenario_and_once(
    people: People, files: list[Contract], pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000", "5999.99")
    address, before = page_at(scenario=scenario.pk), Event.objects.count()

    refused = [client.post(address, APPLY).status_code for client in (agent, people.client_for(people.sgar))]
    done = [prefet.post(address, APPLY, follow=True) for _ in range(2)]

    assert refused == [403, 404]
    assert proposed() == [Decimal("9000.00"), Decimal("5999.99"), Decimal("10000.00"), Decimal("10000.00")]
    assert "Montants proposés dans 2\u00a0dossiers." in done[0].content.decode()
    assert "il ne change plus" in done[1].content.decode()
    sums = ledger_totals(Movement.objects.all())
    assert (sums[Stage.PROPOSED], sums[Stage.GRANTED]) == (Decimal("34999.99"), Decimal("0.00"))
    events = Event.objects.order_by("pk")[before:]
    assert [(each.kind, each.contract_id) for each in events] == [
        *(("scenario_applied", each.pk) for each in files),
        ("scenario_applied", None),
    ]
    scenario.refresh_from_db()
    assert scenario.applied_by == people.vienne_prefet.user


def test_an_applied_scenario_keeps_its_amounts_and_its_mark(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000")
    address = page_at(scenario=scenario.pk)
    stale = form_of(agent, scenario=scenario.pk)
    prefet.post(address, APPLY)

    entry = typed(stale, "Rabot", **{f"amount_{pks[0]}": "11000"})
    refused = [agent.post(place, entry) for place in (address, page_at())]
    removed = agent.post(address, {"act": "remove"})
    other = agent.post(address, typed(stale, "Suite", **{f"amount_{pks[1]}": "11000"}))

    assert [each.status_code for each in (*refused, removed, other)] == [422, 422, 409, 302]
    assert "il ne change plus" in refused[0].content.decode()
    scenario.refresh_from_db()
    assert scenario.applied_at is not None
    assert scenario.removed_at is None
    assert amounts_of(scenario)[:2] == ["9000.00", "10000.00"]
    assert amounts_of(Scenario.objects.get(name="Suite"))[:2] == ["9000.00", "11000.00"]


def test_a_scenario_applies_in_the_version_that_was_read(people: People, pks: list[int], prefet: Client) -> None:
    scenario = a_scenario(people, pks)
    save_scenario(
        year=2026,
        name="Rabot",
        changes={pks[0]: Change(Decimal("12000.00"))},
        base=scenario,
        by=people.vienne_agent,
        now=SENT_AT,
    )

    codes = [
        prefet.post(page_at(scenario=scenario.pk), {"act": "apply", "version": each}).status_code
        for each in ("1", "", "x", "2")
    ]

    assert codes == [409, 409, 409, 302]


def test_a_scenario_applies_whole_or_says_what_moved(
    people: People, files: list[Contract], pks: list[int], prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "12000")
    address = page_at(scenario=scenario.pk)
    Contract.objects.filter(pk=files[1].pk).update(state="approved", approved_at=SENT_AT)
    Action.objects.filter(pk=pks[0]).update(decision=Decision.REJECTED, rejection_reason="Hors champ")

    refused = prefet.post(address, APPLY)

    assert refused.status_code == 422
    assert refused.context["refused"] == [
        f"Poitiers ({files[0].reference})\u00a0: l’action «\u00a0Action 1\u00a0» n’est pas retenue.",
        f"Poitiers ({files[1].reference})\u00a0: le dossier est maintenant à l’état «\u00a0Contrat à signer\u00a0».",
    ]
    assert proposed() == [None] * 4
    assert Action.objects.get(pk=pks[0]).decision == Decision.REJECTED
    assert not Event.objects.filter(kind="scenario_applied").exists()

    saved = prefet.post(address, typed(form_of(prefet, scenario=scenario.pk), "Rabot"))
    prefet.post(saved["Location"], {"act": "apply", "version": "2"})
    assert proposed() == [None, Decimal("10000.00"), None, None]


def test_a_scenario_for_which_a_reason_is_missing_is_not_applied(
    people: People, pks: list[int], prefet: Client
) -> None:
    scenario = a_scenario(people, pks)
    YearAmount.objects.filter(action=pks[2]).update(requested=Decimal("10000.01"))

    refused = prefet.post(page_at(scenario=scenario.pk), APPLY)

    assert refused.status_code == 422
    assert "Indiquez pourquoi le montant 2026 est inférieur à la demande." in refused.context["refused"][0]
    assert proposed() == [None] * 4


def test_a_region_works_on_its_own_copy_and_applies_nothing_that_a_prefecture_leads(
    people: People, pks: list[int]
) -> None:
    scenario, client = a_scenario(people, pks, "9000"), people.client_for(people.sgar)
    address = page_at(departement="86", scenario=scenario.pk)

    page = client.get(address)
    saved = client.post(address, typed(page.context["form"], "Rabot", **{f"amount_{pks[1]}": "11000"}))

    assert saved.status_code == 302
    own = Scenario.objects.get(organisation=people.sgar.organisation)
    assert amounts_of(own)[:2] == ["9000.00", "11000.00"]
    assert amounts_of(scenario)[:2] == ["9000.00", "10000.00"]
    assert [client.post(address, act).status_code for act in (APPLY, {"act": "remove"})] == [403, 403]
    assert not page.context["may_remove"]


# --- putting away ----------------------------------------------------------------------------------------------------


def test_a_removed_scenario_stays_readable_and_frees_its_name(
    people: People, pks: list[int], agent: Client, prefet: Client
) -> None:
    scenario = a_scenario(people, pks, "9000")
    address = page_at(scenario=scenario.pk)

    agent.post(address, {"act": "remove"})
    again = agent.post(address, {"act": "remove"})
    applied = prefet.post(address, APPLY)
    saved = agent.post(address, typed(form_of(agent, scenario=scenario.pk), "Rabot"))

    scenario.refresh_from_db()
    assert (scenario.removed_by, again.status_code, applied.status_code) == (people.vienne_agent.user, 302, 422)
    assert saved.status_code == 302
    assert amounts_of(Scenario.objects.get(removed_at__isnull=True))[0] == "9000.00"
    page = agent.get(address).content.decode()
    assert "<strong>retiré le" in page
    assert page.index("<strong>Scénario retiré</strong>") < page.index("<strong>Scénario enregistré</strong>")
    assert Event.objects.filter(kind="scenario_removed").count() == 1


def test_an_act_without_scenario_does_not_exist(pks: list[int], prefet: Client) -> None:
    assert [prefet.post(reverse("contracts:collective"), {"act": act}).status_code for act in ("apply", "remove")] == [
        404,
        404,
    ]
