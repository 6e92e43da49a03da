"""Effects: planned once with what they follow, done by one worker at a time, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, cast

import pytest
from django.conf import settings
from django.db import transaction
from django.utils import timezone

from ctai.celery import app
from journal import leases
from journal.effects import plan
from journal.enums import EffectStatus
from journal.handlers import HANDLERS, handler
from journal.leases import FIRST_DELAY, MAX_ATTEMPTS
from journal.models import Effect
from journal.services import record
from journal.tasks import enqueue, run_effect, sweep_effects

KIND = "test_effect"
LEASE = timedelta(seconds=settings.EFFECT_LEASE_SECONDS)
Done = list[dict[str, Any]]


@pytest.fixture
def done() -> Iterator[Done]:
    """What the handler of the tests did; it fails when its payload says so."""
    did: Done = []

    @handler(KIND)
    def work(payload: dict[str, Any]) -> None:
        did.append(payload)
        if payload.get("fails"):
            raise RuntimeError("l’imprimante est en panne")

    yield did
    del HANDLERS[KIND]


@pytest.fixture
def broker_gone() -> Iterator[None]:
    """A broker that nobody answers for: nothing listens on that port."""
    before = {"task_always_eager": app.conf.task_always_eager, "broker_url": app.conf.broker_url}
    app.conf.update(task_always_eager=False, broker_url="redis://127.0.0.1:9/0")
    forget_connections = cast("Any", app)._after_fork
    forget_connections()
    yield
    app.conf.update(before)
    forget_connections()


def an_effect(payload: dict[str, Any] | None = None, **changes: Any) -> Effect:
    """Return an effect planned an hour ago, handed to nobody yet."""
    with transaction.atomic():
        effect = plan(KIND, payload=payload or {"id": 1}, now=timezone.now() - timedelta(hours=1))
    if changes:
        Effect.objects.filter(pk=effect.pk).update(**changes)
    return Effect.objects.get(pk=effect.pk)


def again(effect: Effect) -> Effect:
    return Effect.objects.get(pk=effect.pk)


# --- planned --------------------------------------------------------------------------------------------------


def test_same_effect_is_planned_once(db: None, now: datetime, done: Done) -> None:
    event, other = (record(kind=kind, by=None, now=now) for kind in ("one", "two"))

    first = plan(KIND, payload={"a": 1, "b": 2}, now=now, event=event)

    assert plan(KIND, payload={"b": 2, "a": 1}, now=now, event=event) == first
    assert plan(KIND, payload={"a": 1, "b": 3}, now=now, event=event) != first
    assert plan(KIND, payload={"a": 1, "b": 2}, now=now, event=other) != first
    assert Effect.objects.count() == 3


def test_effect_runs_after_commit_and_not_after_a_rollback(
    db: None, now: datetime, done: Done, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        plan(KIND, payload={"id": 1}, now=now)
        assert done == []
    assert done == [{"id": 1}]

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        plan(KIND, payload={"id": 2}, now=now)
        transaction.set_rollback(True)
    assert done == [{"id": 1}]
    assert Effect.objects.count() == 1


# --- done by one worker ---------------------------------------------------------------------------------------


def test_effect_is_done_once_whatever_number_of_times_it_is_asked(db: None, done: Done) -> None:
    effect = an_effect()

    run_effect(effect.pk)
    run_effect(effect.pk)

    assert done == [{"id": 1}]
    assert again(effect).status == EffectStatus.DONE
    assert again(effect).done_at is not None
    assert again(effect).lease_until is None


def test_lease_keeps_other_workers_away_until_it_ends(db: None, done: Done) -> None:
    effect, now = an_effect(), timezone.now()

    taken = leases.claim(effect.pk, now)

    assert taken is not None
    assert taken.status == EffectStatus.RUNNING
    assert taken.lease_until == now + LEASE
    assert leases.claim(effect.pk, now + LEASE) is None
    after = leases.claim(effect.pk, now + LEASE + timedelta(seconds=1))
    assert after is not None
    assert after.attempts == 2


def test_effect_is_not_begun_before_its_time(db: None, done: Done) -> None:
    effect = an_effect(not_before=timezone.now() + timedelta(minutes=5))

    run_effect(effect.pk)

    assert done == []
    assert again(effect).attempts == 0


# --- failures -------------------------------------------------------------------------------------------------


def test_failure_is_tried_again_later(db: None, done: Done) -> None:
    effect, before = an_effect({"fails": True}), timezone.now()

    run_effect(effect.pk)

    failed = again(effect)
    assert failed.status == EffectStatus.PENDING
    assert failed.last_error == "RuntimeError: l’imprimante est en panne"
    assert failed.not_before >= before + FIRST_DELAY * 2
    run_effect(effect.pk)
    assert len(done) == 1
    Effect.objects.filter(pk=effect.pk).update(not_before=before, payload={"id": 1})
    run_effect(effect.pk)
    assert again(effect).status == EffectStatus.DONE
    assert again(effect).last_error == ""


def test_delay_grows_and_the_last_attempt_gives_up(db: None, done: Done) -> None:
    effect, delays = an_effect({"fails": True}), []
    for _ in range(MAX_ATTEMPTS):
        Effect.objects.filter(pk=effect.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        run_effect(effect.pk)
        delays.append(again(effect).not_before)

    assert again(effect).status == EffectStatus.FAILED
    assert again(effect).attempts == MAX_ATTEMPTS
    assert delays == sorted(delays)
    assert leases.left_behind(timezone.now() + timedelta(days=30)) == []
    run_effect(effect.pk)
    assert len(done) == MAX_ATTEMPTS


def test_effect_that_kills_its_workers_is_given_up(db: None, done: Done) -> None:
    ended = timezone.now() - timedelta(seconds=1)
    deadly = an_effect(
        {"id": 1}, status=EffectStatus.RUNNING, lease_until=ended, not_before=ended, attempts=MAX_ATTEMPTS
    )

    run_effect(deadly.pk)

    assert (again(deadly).status, done) == (EffectStatus.FAILED, [])
    assert leases.left_behind(timezone.now() + timedelta(days=30)) == []


# --- nothing is lost ------------------------------------------------------------------------------------------


def test_sweeper_finds_what_was_left_and_nothing_else(db: None, done: Done) -> None:
    now = timezone.now()
    left = an_effect({"id": 1})
    abandoned = an_effect({"id": 2}, status=EffectStatus.RUNNING, lease_until=now - timedelta(seconds=1))
    held = an_effect({"id": 3}, status=EffectStatus.RUNNING, lease_until=now + LEASE)
    to_come = an_effect({"id": 4}, not_before=now + timedelta(hours=1))

    assert leases.left_behind(now) == [left.pk, abandoned.pk]
    assert sweep_effects() == 2

    assert done == [{"id": 1}, {"id": 2}]
    assert [again(each).status for each in (left, abandoned, held, to_come)] == ["done", "done", "running", "pending"]
    assert sweep_effects() == 0


def test_broker_gone_loses_nothing(
    db: None,
    now: datetime,
    done: Done,
    broker_gone: None,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        effect = plan(KIND, payload={"id": 1}, now=timezone.now())

    assert "The broker did not take effect" in caplog.text
    assert done == []
    assert again(effect).status == EffectStatus.PENDING
    assert leases.left_behind(timezone.now()) == [effect.pk]


def test_effect_done_when_the_broker_comes_back(db: None, done: Done) -> None:
    effect = an_effect()

    enqueue(effect.pk)

    assert done == [{"id": 1}]
    assert again(effect).status == EffectStatus.DONE
