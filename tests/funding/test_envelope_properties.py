"""Whatever is proposed, taken, given back and distributed, an envelope is the sum of its rows and never below zero."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funding.enums import Stage
from funding.models import Movement
from funding.queries import exact_sum, ledger_totals
from tests.factories.funding import a_file, an_event
from tests.funding.world import World, check, check_signed
from tests.people import People

AMOUNTS = st.integers(0, 2_500_000).map(lambda cents: Decimal(cents) / 100)
SIGNED = st.integers(-3_000_000, 3_000_000).map(lambda cents: Decimal(cents) / 100)
PLACES = st.integers(0, 1)
OPERATIONS = st.one_of(
    st.tuples(st.just("propose"), PLACES, PLACES, AMOUNTS),
    st.tuples(st.just("reject"), PLACES, PLACES),
    st.tuples(st.just("adopt"), PLACES),
    st.tuples(st.just("take"), PLACES),
    st.tuples(st.just("release"), PLACES),
    st.tuples(st.just("retake"), PLACES),
    st.tuples(st.just("allot"), SIGNED, SIGNED),
    st.tuples(st.just("redeploy"), st.booleans(), AMOUNTS, AMOUNTS),
)
YEARS = st.sampled_from((2026, 2027))
EJ = st.sampled_from(("2104567890", "2104567891"))
LIFE = st.one_of(
    st.tuples(st.just("confirm"), st.integers(0, 100)),
    st.tuples(st.just("withdraw")),
    st.tuples(st.just("commit"), YEARS, EJ, st.integers(1, 120)),
    st.tuples(st.just("pay"), YEARS, EJ, st.integers(1, 120)),
    st.tuples(st.just("correct"), st.integers(0, 9)),
    st.tuples(st.just("terminate")),
    st.tuples(st.just("take"), st.just(1)),
    st.tuples(st.just("allot"), SIGNED, SIGNED),
)


def _walks(examples: int) -> settings:
    return settings(
        derandomize=True, deadline=None, max_examples=examples, suppress_health_check=[HealthCheck.too_slow]
    )


def test_envelope_is_the_sum_of_its_rows_and_never_below_zero(people: People, now: datetime) -> None:
    world = World(people, now)

    @_walks(25)
    @given(operations=st.lists(OPERATIONS, min_size=5, max_size=15))
    def walk(operations: list[tuple[Any, ...]]) -> None:
        with transaction.atomic():
            for operation in operations:
                world.do(*operation)
                check(world)
            transaction.set_rollback(True)

    walk()


def test_a_signed_contract_never_pays_above_what_it_commits_nor_commits_above_what_it_took(
    people: People, now: datetime
) -> None:
    world = World(people, now)
    world.sign()

    @_walks(15)
    @given(operations=st.lists(LIFE, min_size=5, max_size=15))
    def walk(operations: list[tuple[Any, ...]]) -> None:
        with transaction.atomic():
            for operation in operations:
                world.do(*operation)
                check(world)
                check_signed(world.files[0])
            transaction.set_rollback(True)

    walk()


@given(amounts=st.lists(st.integers(-(10**13), 10**13).filter(bool), min_size=1, max_size=40))
@settings(
    derandomize=True, deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_ledger_sums_are_exact(people: People, now: datetime, amounts: list[int]) -> None:
    with transaction.atomic():
        contract, event = a_file(people), an_event()
        Movement.objects.bulk_create(
            Movement(
                contract=contract,
                year=2026,
                stage=Stage.PAID,
                amount=Decimal(cents) / 100,
                recorded_at=now,
                effective_on=now.date(),
                event=event,
            )
            for cents in amounts
        )

        assert ledger_totals()[Stage.PAID] == Decimal(sum(amounts)) / 100
        assert exact_sum(Movement.objects.all()) == Decimal(sum(amounts)) / 100
        transaction.set_rollback(True)
