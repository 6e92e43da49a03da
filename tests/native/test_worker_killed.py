"""No effect is lost when the worker is killed or the broker is gone, and none is done twice."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from contracts.enums import State
from contracts.models import Contract
from ctai.demo_data.journey import Journey
from documents.canonical import sha256_of
from documents.enums import DocumentKind, DocumentStatus
from documents.models import IssuedDocument, TemplateVersion
from exchanges.enums import MailStatus
from exchanges.models import Mail
from journal.enums import EffectStatus
from journal.models import Effect
from journal.tasks import sweep_effects
from tests.factories.journeys import journey_of_poitiers
from tests.native.processes import Stack, wait_until
from tests.people import People

pytestmark = pytest.mark.postgres

READY = r"celery@\S+ ready"
RENDER = "render_document"
LEASE = timedelta(seconds=3)


@pytest.fixture
def journey(stack: Stack, people: People) -> Journey:
    """A letter written, not sent yet."""
    stack.environment["EFFECT_LEASE_SECONDS"] = str(LEASE.total_seconds())
    return journey_of_poitiers(people, timezone.now() - timedelta(days=30)).open().write_letter()


def _all_done() -> bool:
    return not Effect.objects.exclude(status=EffectStatus.DONE).exists()


def _render_under_way() -> Effect | None:
    if not IssuedDocument.objects.filter(status=DocumentStatus.RENDERING).exists():
        return None
    return Effect.objects.filter(kind=RENDER, status=EffectStatus.RUNNING).first()


def _assert_each_document_is_kept_once() -> None:
    documents = list(IssuedDocument.objects.order_by("kind"))
    files = [path for path in (Path(settings.MEDIA_ROOT) / "issued").rglob("*") if path.is_file()]

    assert [each.kind for each in documents] == sorted([DocumentKind.LETTER, DocumentKind.REGISTRATION_RECEIPT])
    assert {each.status for each in documents} == {DocumentStatus.READY}
    assert {path.name for path in files} == {Path(each.content.name).name for each in documents}
    for each in documents:
        assert sha256_of(each.content.read()) == each.sha256


def test_effect_of_a_killed_worker_is_done_once_by_the_next(stack: Stack, journey: Journey) -> None:
    journey.send_letter()

    # The worker takes a document, and waits for a table that this transaction keeps to itself: it is under way.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {TemplateVersion._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        worker = stack.run("worker")
        effect = wait_until(_render_under_way, "a rendering is under way")
        worker.kill()

    effect.refresh_from_db()
    assert (effect.status, effect.attempts) == (EffectStatus.RUNNING, 1)

    # The next worker does the rest, and not what the dead one still holds.
    stack.run("worker").says(READY)
    wait_until(lambda: not Effect.objects.filter(status=EffectStatus.PENDING).exists(), "the rest is done")
    effect.refresh_from_db()
    assert effect.status == EffectStatus.RUNNING

    # The lease over, the sweeper hands it to the worker.
    wait_until(lambda: effect.lease_until < timezone.now(), "the lease is over")
    assert sweep_effects() == 1
    wait_until(_all_done, "every effect is done")
    effect.refresh_from_db()
    assert effect.attempts == 2
    _assert_each_document_is_kept_once()


def test_transition_is_done_without_the_broker_and_its_effects_follow(stack: Stack, journey: Journey) -> None:
    worker = stack.run("worker")
    worker.says(READY)
    stack.broker.stop()

    began = time.monotonic()
    journey.send_letter()
    waited = time.monotonic() - began

    assert waited < 5  # nobody waits for a broker that is gone
    contract = Contract.objects.get(pk=journey.contract.pk)
    assert contract.state == State.LETTER_SENT
    assert set(Effect.objects.values_list("status", flat=True)) == {EffectStatus.PENDING}
    assert not IssuedDocument.objects.exclude(status=DocumentStatus.PENDING).exists()

    stack.start_broker()
    pending = Effect.objects.count()
    assert sweep_effects() == pending
    wait_until(_all_done, "every effect is done", seconds=40)
    assert set(Effect.objects.values_list("attempts", flat=True)) == {1}
    assert set(Mail.objects.values_list("status", flat=True)) == {MailStatus.SENT}
    _assert_each_document_is_kept_once()
