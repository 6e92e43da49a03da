"""Whatever is distributed, asked and granted, what the State steers by is the sum of the rows, to the cent."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.models import Contract
from contracts.snapshot import View, contract_data, request_acknowledgement_data
from ctai.text import euros_short, signed_euros
from documents.enums import DocumentKind
from documents.issuing import issue
from documents.rendering import html_of
from funding.enums import Stage
from funding.models import Action, Allocation, BudgetLine, Envelope, Movement, YearAmount
from funding.services.distribution import allot
from funding.services.requests import freeze_requests, prepare_request
from funding.services.review import propose
from tests.factories.funding import CampaignFactory, a_file, a_signed_file, an_action, an_event
from tests.people import People

ZERO = Decimal(0)
AMOUNTS = st.integers(1, 9_999_999).map(lambda cents: Decimal(cents) / 100)
EXAMPLES = settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # an example is a whole country: shrinking one would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class _Undo(Exception):
    """Ends an example."""


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def _written(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",") + " €"


def _read(cell: str) -> Decimal:
    return Decimal(_plain(cell).replace(" ", "").replace("€", "").replace("\u2212", "-").replace(",", ".") or "0")


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((each or ZERO for each in amounts), ZERO)


def _moved(**wanted: Any) -> Decimal:
    """Return the sum of the movements that answer, added here and not by the database."""
    return _sum(Movement.objects.filter(**wanted).values_list("amount", flat=True))


@EXAMPLES
@given(
    shares=st.tuples(st.integers(1, 99), st.integers(1, 99), st.integers(0, 100)),
    granted=st.lists(AMOUNTS, min_size=1, max_size=3),
    asked=st.lists(st.tuples(AMOUNTS, st.integers(0, 120), st.booleans()), min_size=1, max_size=3),
)
def test_what_the_state_steers_by_is_the_sum_of_the_rows(
    people: People, now: datetime, shares: tuple[int, int, int], granted: list[Decimal], asked: list[Any]
) -> None:
    try:
        with transaction.atomic():
            _distribute(people, now, shares)
            signed = a_signed_file(people, now, *map(str, granted), last=2027)
            freeze_requests(signed.pk, an_event(signed), now)
            asking = _a_request(people, now, asked)
            ministry, region, agent = (
                people.client_for(each) for each in (people.dgef, people.sgar, people.vienne_agent)
            )
            for client, count in ((ministry, 3), (region, 2), (agent, 1)):
                _check_envelopes(client, count)
            for client in (region, agent):
                _check_home(client)
            _check_national(ministry)
            _check_public(Client(), signed)
            for contract in (signed, asking):
                _check_file(agent, contract)
                _check_lists(agent, contract)
                _check_documents(contract, people, now)
            raise _Undo
    except _Undo:
        pass


def _distribute(people: People, now: datetime, shares: tuple[int, int, int]) -> None:
    """Open credits by the law, give some to the région, which gives the préfecture enough for what follows."""
    campaign, law = CampaignFactory.create(year=2026), Decimal("2000000.07")
    regional = (law * (50 + shares[0] // 2) / 100).quantize(Decimal("0.01"))
    local = (regional * (50 + shares[1] // 2) / 100).quantize(Decimal("0.01"))
    steps = (
        (people.dgef, people.dgef.organisation, law),
        (people.dgef, people.sgar.organisation, regional),
        (people.sgar, people.vienne_agent.organisation, local),
    )
    for by, receiver, amount in steps:
        own = Envelope.objects.filter(organisation=by.organisation).first()
        allot(
            campaign=campaign,
            organisation=receiver,
            amount=amount,
            cp_amount=(amount * shares[2] / 100).quantize(Decimal("0.01")),
            source=None if receiver == by.organisation else own,
            reason="Notification",
            by=by,
            now=now,
        )


def _a_request(people: People, now: datetime, asked: list[Any]) -> Contract:
    """Return a file under review, each action proposed a part of what it asks, or set aside."""
    contract = a_file(people, "under_review")
    prepare_request(contract_id=contract.pk, year=2026, comment="", by=people.poitiers_agent, now=now)
    for place, (amount, _, _) in enumerate(asked, start=1):
        an_action(contract, people.poitiers_agent, state=str(amount), title=f"Demande {place}")
    freeze_requests(contract.pk, an_event(contract), now)
    for place, (amount, part, kept) in enumerate(asked, start=1):
        offered = (amount * part / 100).quantize(Decimal("0.01"))
        propose(
            action=Action.objects.get(contract=contract, number=place),
            decision="retained" if kept else "rejected",
            rejection_reason="Double emploi",
            amounts={2026: (offered, "Enveloppe contrainte")} if kept else {},
            by=people.vienne_agent,
            now=now,
        )
    return contract


def _check_envelopes(client: Client, count: int) -> None:
    for address in (
        "?annee=2026",
        f"?annee=2026&au={timezone.localdate()}",
    ):  # the rows of envelopes, then the sums of the ledger
        page = client.get(reverse("funding:envelopes") + address)
        rows = {row.envelope.organisation.name: row.envelope for row in page.context["rows"]}
        assert len(rows) == count
        for table, field, stage in zip(
            page.context["tables"], ("amount", "cp_amount"), ("granted", "paid"), strict=True
        ):
            whole = [ZERO] * 4
            for name, *cells in table["rows"]:
                pk = rows[name].pk
                received = _sum(Allocation.objects.filter(envelope=pk).values_list(field, flat=True))
                given_ = _sum(Allocation.objects.filter(source=pk).values_list(field, flat=True))
                used = _moved(envelope=pk, stage=stage)
                expected = [received, given_, used, received - given_ - used]
                assert [_read(cell) for cell in cells] == expected
                whole = [before + more for before, more in zip(whole, expected, strict=True)]
            if count > 1:
                outside = whole[0] - whole[1]
                assert [_read(cell) for cell in table["total"][1:]] == [outside, ZERO, whole[2], whole[3]]
        for name, *cells in page.context["stages"]:
            holder = rows[name].organisation_id
            assert [_read(cell) for cell in cells] == [
                _moved(contract__lead_service=holder, year=2026, stage=stage) for stage in Stage
            ]
        assert [_read(cell) for cell in page.context["stages_total"][1:]] == [
            _moved(year=2026, stage=stage) for stage in Stage
        ]


def _check_home(client: Client) -> None:
    texts = [_plain(bar.text) for bar in client.get(reverse("dashboard")).context["bars"]]
    envelope = Envelope.objects.get(organisation__kind="prefecture")
    received = _sum(Allocation.objects.filter(envelope=envelope).values_list("amount", flat=True))
    taken = _moved(envelope=envelope, stage=Stage.GRANTED)
    asked = _moved(contract__state="under_review", stage=Stage.REQUESTED, year=2026)
    words = (taken, asked, received - taken, received)
    expected = "{} retenus, {} demandés en instruction, reste {} sur {}.".format(*map(euros_short, words))
    assert _plain(expected) in texts


def _check_national(ministry: Client) -> None:
    figures = ministry.get(reverse("monitoring:national")).context["figures"]
    by_label = dict(figures.money.rows)
    for year in (2026, 2027):
        assert [cell.value or ZERO for cell in by_label[str(year)]] == [
            _moved(year=year, stage=each) for each in Stage
        ]
    assert [cell.value or ZERO for cell in by_label["Toutes les tranches"]] == [_moved(stage=each) for each in Stage]
    (headline,) = [each for each in figures.headlines if each.label == "montant retenu"]
    assert headline.cell.value == _moved(stage=Stage.GRANTED)


def _check_public(visitor: Client, signed: Contract) -> None:
    firm = _moved(contract=signed, stage=Stage.GRANTED)
    promised = _moved(contract=signed, stage=Stage.INDICATIVE)
    assert _plain(euros_short(firm)) in _plain(visitor.get(reverse("monitoring:home")).text)
    assert _plain(euros_short(firm + promised)) in _plain(visitor.get(reverse("monitoring:signed")).text)


def _check_file(agent: Client, contract: Contract) -> None:
    page = agent.get(reverse("contracts:file", args=[contract.reference]))
    sums = {stage.label: _moved(contract=contract, stage=stage) for stage in Stage}
    assert {label: _read(amount) for label, amount in page.context["money"]} == {
        label: amount for label, amount in sums.items() if amount
    }
    review = agent.get(reverse("contracts:review", args=[contract.reference])).context
    rows = list(YearAmount.objects.filter(action__contract=contract).select_related("action"))
    kept = [row for row in rows if row.action.decision == "retained"]
    charges = list(BudgetLine.objects.filter(action__contract=contract, side="charge"))
    for year, cost, requested, proposed, difference, _ in review["summary"]:
        mine = [row for row in rows if str(row.year) == year]
        offered = _sum(row.proposed for row in kept if str(row.year) == year)
        asked = _sum(row.requested for row in mine)
        assert _read(cost) == _sum(line.amount for line in charges if str(line.year) == year)
        assert [_read(requested), _read(proposed)] == [asked, offered]
        assert difference == signed_euros(offered - asked)
    for action, year, cells in review["stages"]:
        number = int(action.split(".")[0])
        of = {"contract": contract, "action__number": number, "year": year}
        assert [_read(cell) for cell in cells] == [_moved(stage=stage, **of) for stage in Stage]
    for row in review["actions"]:
        of_action = [each for each in rows if each.action_id == row["action"].pk]
        assert _read(row["asked"]) == _sum(each.requested for each in of_action)
        offered = _sum(each.proposed for each in of_action)
        assert _read(row["proposed"]) == (offered if row["action"].decision == "retained" else ZERO)
    (envelope,) = review["envelopes"]
    of_others = _moved(envelope__isnull=False, stage=Stage.GRANTED) - _moved(
        contract=contract, envelope__isnull=False, stage=Stage.GRANTED
    )
    needed = _sum(row.proposed for row in kept if row.year == 2026)
    left = Envelope.objects.get(organisation=contract.lead_service).allotted - of_others - needed
    assert [_read(envelope["others"]), _read(envelope["needed"])] == [of_others, needed]
    assert _read(envelope["left"]) - _read(envelope["short"]) == left


def _check_lists(agent: Client, contract: Contract) -> None:
    address = reverse("contracts:list")
    (row,) = [each for each in agent.get(address).context["rows"] if each.reference == contract.reference]
    asked = _moved(contract=contract, stage=Stage.REQUESTED)
    given_ = _moved(contract=contract, stage__in=(Stage.GRANTED, Stage.INDICATIVE))
    assert (_read(row.requested), _read(row.granted.replace("—", ""))) == (asked, given_)
    sentence = agent.get(address, {"montant": "requested", "tranche": "2026"}).context["sentence"]
    assert _written(_moved(stage=Stage.REQUESTED, year=2026)) in _plain(sentence)


def _check_documents(contract: Contract, people: People, now: datetime) -> None:
    """The contract and the accusé de réception: each printed total is the sum of the rows."""
    rows = list(YearAmount.objects.filter(action__contract=contract))
    charges = _sum(
        BudgetLine.objects.filter(action__contract=contract, side="charge").values_list("amount", flat=True)
    )
    view = View(contract=Contract.objects.with_places().get(pk=contract.pk), now=now, by=people.vienne_agent)
    acknowledged = request_acknowledgement_data(view)
    assert Decimal(acknowledged["requested"]) == _sum(row.requested for row in rows)
    for year in acknowledged["by_year"]:
        assert Decimal(year["requested"]) == _sum(row.requested for row in rows if row.year == year["year"])
    data = contract_data(view)
    totals = data["totals"]
    assert Decimal(totals["requested"]) == _sum(row.requested for row in rows)
    assert Decimal(totals["total_cost"]) == charges
    if contract.state == "signed":
        assert Decimal(totals["granted"]) == _sum(row.granted for row in rows)
    for part in ("by_year", "by_axis", "by_beneficiary"):
        for column in ("total_cost", "requested", "granted"):
            if totals[column] is not None:
                assert _sum(Decimal(each[column]) for each in totals[part]) == Decimal(totals[column])
    for kind, frozen in ((DocumentKind.CONTRACT, data), (DocumentKind.REQUEST_ACKNOWLEDGEMENT, acknowledged)):
        document = issue(
            kind=kind, contract_id=contract.pk, data=frozen, by=people.vienne_agent, now=now, event=None, is_draft=True
        )
        assert _written(_sum(row.requested for row in rows)) in _plain(html_of(document))
