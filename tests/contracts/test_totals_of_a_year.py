"""Whatever is asked, granted, committed and paid, each total of a year is the sum of the rows, to the cent."""

from __future__ import annotations

import csv
import io
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
from odf.opendocument import load
from odf.table import TableCell, TableRow
from openpyxl import load_workbook

from contracts.models import Contract
from contracts.services.expenditure import record_expenditure
from funding.enums import Decision, ExpenditureKind
from funding.models import Action, Envelope, Expenditure, YearAmount
from funding.services.expenditure import Entry
from funding.services.requests import freeze_requests
from tests.factories.collective import page_at
from tests.factories.funding import POITIERS_SIREN, a_file, a_signed_file, an_action, an_envelope, an_event
from tests.people import People

ZERO = Decimal(0)
CENT = Decimal("0.01")
EJ = "2104567890"
AMOUNTS = st.integers(1, 9_999_999).map(lambda cents: Decimal(cents) / 100)
PARTS = st.integers(0, 100)
EXAMPLES = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],  # an example is a whole file: shrinking one would take minutes
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class _Undo(Exception):
    """Ends an example."""


def _written(amount: Decimal) -> str:
    return f"{amount:,.2f}".replace(",", " ").replace(".", ",") + " €"


def _plain(text: str) -> str:
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("&nbsp;", " ")


def _read(cell: str) -> Decimal:
    return Decimal(_plain(cell).replace(" ", "").replace("€", "").replace(",", ".") or "0")


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((each or ZERO for each in amounts), ZERO)


@EXAMPLES
@given(
    granted=st.lists(AMOUNTS, min_size=2, max_size=3),
    proposed=st.lists(st.tuples(AMOUNTS, PARTS, st.booleans()), min_size=1, max_size=3),
    committed=PARTS,
    paid=PARTS,
)
def test_every_total_of_a_year_is_the_sum_of_the_rows(
    people: People, now: datetime, granted: list[Decimal], proposed: list[Any], committed: int, paid: int
) -> None:
    try:
        with transaction.atomic():
            signed = _a_signed_contract(people, now, granted, committed, paid)
            asking = _a_request_under_review(people, now, proposed)
            _check_tranches(people.client_for(people.vienne_agent), signed)
            _check_requests(people.client_for(people.vienne_prefet))
            _check_exports(people.client_for(people.dgef), [signed, asking])
            raise _Undo
    except _Undo:
        pass


def _a_signed_contract(people: People, now: datetime, granted: list[Decimal], committed: int, paid: int) -> Contract:
    """Return a contract of two years, the first one committed and paid in part."""
    envelope = an_envelope(people.vienne_agent.organisation, "1000000.00")
    Envelope.objects.filter(pk=envelope.pk).update(cp_allotted=envelope.allotted)
    contract = a_signed_file(people, now, *(str(each) for each in granted), last=2027)
    freeze_requests(contract.pk, an_event(contract), now)
    upon = _part(sum(granted, ZERO), committed)
    for kind, amount in ((ExpenditureKind.COMMITMENT, upon), (ExpenditureKind.ADVANCE, _part(upon, paid))):
        if amount:
            entry = Entry(kind, POITIERS_SIREN, EJ, amount, timezone.localdate(now))
            record_expenditure(contract.pk, 2026, entry, by=people.vienne_agent, now=now)
    return contract


def _part(amount: Decimal, hundredths: int) -> Decimal:
    return (amount * hundredths / 100).quantize(CENT)


def _a_request_under_review(people: People, now: datetime, proposed: list[Any]) -> Contract:
    """Return a file whose actions are each proposed a part of what they ask, or set aside."""
    contract = a_file(people, "under_review")
    for number, (asked, part, kept) in enumerate(proposed, start=1):
        action = an_action(
            contract, people.poitiers_agent, requested=True, state=str(asked), title=f"Demande {number}"
        )
        YearAmount.objects.filter(action=action).update(proposed=_part(asked, part))
        if not kept:
            Action.objects.filter(pk=action.pk).update(decision=Decision.REJECTED, rejection_reason="Double emploi")
    freeze_requests(contract.pk, an_event(contract), now)
    return contract


def _check_tranches(agent: Client, contract: Contract) -> None:
    page = agent.get(reverse("contracts:tranches", args=[contract.reference]))
    text = _plain(page.content.decode())
    for row in page.context["years"]:
        rows = list(YearAmount.objects.filter(action__contract=contract, year=row.year))
        entries = list(Expenditure.objects.filter(contract=contract, year=row.year))
        of_chorus = [
            _sum(each.amount for each in entries if (each.kind == ExpenditureKind.COMMITMENT) is upon)
            for upon in (True, False)
        ]
        assert row.requested == _sum(each.requested for each in rows)
        assert row.granted + row.indicative == _sum(each.granted for each in rows)
        assert [row.committed, row.paid] == [_sum(each.committed for each in rows), _sum(each.paid for each in rows)]
        assert [row.committed, row.paid] == of_chorus
        assert row.to_pay == of_chorus[0] - of_chorus[1]
        for amount in (row.requested, row.granted, row.notified):
            assert f"<dd>{_written(amount)}</dd>" in text
    first = page.context["years"][0]
    if first.to_pay:
        _check_payment(agent, contract, first.notified)


def _check_payment(agent: Client, contract: Contract, notified: Decimal) -> None:
    page = agent.get(reverse("contracts:record_payment", args=[contract.reference, 2026]))
    plan = page.context["plan"]
    assert _sum(each.amount for each in plan) == notified
    paid = Expenditure.objects.filter(contract=contract).exclude(kind=ExpenditureKind.COMMITMENT)
    assert _sum(each.paid for each in plan) == _sum(each.amount for each in paid)


def _check_requests(prefet: Client) -> None:
    page = prefet.get(page_at(annee=2026))
    rows = list(YearAmount.objects.filter(year=2026).select_related("action__contract"))
    sums = page.context["sums"]
    assert _read(sums.asked) == _sum(each.requested for each in rows)
    shown = {True: ZERO, False: ZERO}
    for file in page.context["files"]:
        lines = [each["line"] for each in file["lines"]]
        mine = [each for each in rows if each.action.contract_id == file["pk"]]
        cells = [_read(each["shown"]) for each in file["lines"]]
        assert {each.action_id for each in lines} == {each.action_id for each in mine}
        assert _read(file["sums"].asked) == _sum(each.requested for each in mine)
        assert _read(file["sums"].given) == _sum(cells)
        shown[lines[0].is_open] += _sum(cells)
    assert _read(sums.given) == shown[True] + shown[False]
    assert shown[False] == _sum(each.granted for each in rows if each.action.contract.state == "signed")
    (envelope,) = page.context["envelopes"]
    assert _read(envelope["needed"]) == shown[True]
    assert _read(envelope["others"]) == shown[False]
    left = Decimal("1000000.00") - shown[True] - shown[False]
    assert _read(envelope["left"]) - _read(envelope["short"]) == left


def _check_exports(ministry: Client, contracts: list[Contract]) -> None:
    address = reverse("monitoring:export", args=["csv"])
    lines = {each["référence"]: each for each in _csv(ministry.get(address))}
    book: Any = load_workbook(io.BytesIO(ministry.get(address.replace(".csv", ".xlsx")).content))
    head, *cells = book.active.iter_rows(values_only=True)
    workbook = {each[1]: dict(zip(head, each, strict=True)) for each in cells}
    sheet = _ods(ministry.get(address.replace(".csv", ".ods")).content)
    grants = _csv(ministry.get(reverse("monitoring:grants_csv")))
    public = {each["reference"]: each for each in _csv(ministry.get(reverse("monitoring:contracts_csv")))}
    assert sorted(lines) == sorted(workbook) == sorted(each.reference for each in contracts)
    for contract in contracts:
        rows = list(YearAmount.objects.filter(action__contract=contract))
        asked, given_ = _sum(each.requested for each in rows), _sum(each.granted for each in rows)
        found = lines[contract.reference]
        assert [_read(found["demandé"]), _read(found["retenu"])] == [asked, given_]
        assert [Decimal(str(workbook[contract.reference][name] or 0)) for name in ("demandé", "retenu")] == [
            asked,
            given_,
        ]
        assert [sheet[contract.reference][name] for name in ("demandé", "retenu")] == [asked, given_]
        firm = _sum(each.granted for each in rows if each.year == 2026)
        assert _sum(_read(each["montant"]) for each in grants if each["reference"] == contract.reference) == firm
        if contract.reference in public:
            assert _read(public[contract.reference]["montant_retenu"]) == given_
    assert list(public) == [contracts[0].reference]


def _ods(content: bytes) -> dict[str, dict[str, Decimal]]:
    """Return the amounts of an OpenDocument sheet by the reference of the file."""
    head, *rows = load(io.BytesIO(content)).getElementsByType(TableRow)
    names = [str(cell) for cell in head.getElementsByType(TableCell)]
    found = {}
    for row in rows:
        cells = dict(zip(names, row.getElementsByType(TableCell), strict=True))
        found[str(cells["référence"])] = {
            name: Decimal(cells[name].getAttribute("value") or 0) for name in ("demandé", "retenu")
        }
    return found


def _csv(answer: Any) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))
