"""No effect is lost when the worker is killed or the broker is gone, and none is done twice."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import Settings

from contracts.enums import State
from contracts.models import Contract
from contracts.queries import current_contract_document
from contracts.sealing import EFFECT as SEAL
from ctai.demo_data.journey import Journey
from documents.canonical import sha256_of
from documents.effects import render_document
from documents.enums import DocumentKind, DocumentStatus
from documents.models import CopyCheck, IssuedDocument, Seal, TemplateVersion
from exchanges.enums import MailStatus
from exchanges.models import Mail
from journal.enums import EffectStatus
from journal.models import Effect
from journal.tasks import sweep_effects
from tests.factories.journeys import journey_of_poitiers
from tests.factories.signing import PASSWORD, authority
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
    files = [path for path in (Path(django_settings.MEDIA_ROOT) / "issued").rglob("*") if path.is_file()]

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


def test_seal_of_a_killed_worker_is_made_once_by_the_next(stack: Stack, journey: Journey, settings: Settings) -> None:
    document = _signed_by_all(stack, journey, settings)
    planned = Effect.objects.filter(kind=SEAL)

    # The worker seals, and waits for a table that this transaction keeps to itself: it is under way.
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {CopyCheck._meta.db_table} IN ACCESS EXCLUSIVE MODE")
        worker = stack.run("worker")
        wait_until(
            lambda: Effect.objects.filter(kind=SEAL, status=EffectStatus.RUNNING).exists(), "it is being sealed"
        )
        worker.kill()
    effect = planned.get()
    lease = effect.lease_until
    assert lease is not None
    assert (effect.status, effect.attempts, Seal.objects.count()) == (EffectStatus.RUNNING, 1, 0)

    stack.run("worker").says(READY)
    wait_until(lambda: lease < timezone.now(), "the lease is over")
    sweep_effects()
    sweep_effects()  # asked twice, done once
    wait_until(lambda: planned.filter(status=EffectStatus.DONE).exists(), "it is sealed")
    effect.refresh_from_db()
    seal = Seal.objects.get(document=document)
    content = seal.content.read()
    assert (effect.attempts, sha256_of(content)) == (2, seal.sha256)
    assert content.startswith(document.content.read())


def _signed_by_all(stack: Stack, journey: Journey, settings: Settings) -> IssuedDocument:
    """Carry a file until every party signed, its contract drawn; the seal alone remains to be made."""
    certificate = stack.folder / "portail.p12"
    certificate.write_bytes(authority().pkcs12("Portail CTAI"))
    settings.SEAL_PKCS12, settings.SEAL_PASSWORD = str(certificate), PASSWORD.decode()
    stack.environment |= {"SEAL_PKCS12": settings.SEAL_PKCS12, "SEAL_PASSWORD": settings.SEAL_PASSWORD}
    journey.send_letter().acknowledge().meet().conclude_exchange().write_diagnostic().approve_sections()
    journey.conclude_diagnostic().propose().submit().adopt().approve()
    document = current_contract_document(journey.contract)
    assert document is not None
    render_document({"document": document.pk})
    journey.deliberate().sign("local").sign("state")
    Effect.objects.filter(kind=SEAL).update(not_before=timezone.now())  # the journey may end in the future
    Effect.objects.exclude(kind=SEAL).update(status=EffectStatus.DONE, done_at=timezone.now(), lease_until=None)
    document.refresh_from_db()
    return document


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
