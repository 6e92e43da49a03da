"""What the page says of a document that is under way, failed, given up or replaced; and a new try of one given up."""

from datetime import datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.effects import render_document
from documents.enums import DocumentKind, DocumentStatus, UploadKind
from documents.issuing import EFFECT, issue, prepare_again
from documents.models import GIVEN_UP, IssuedDocument
from documents.uploads import accept
from journal import leases
from journal.enums import EffectStatus
from journal.models import Effect
from tests.factories.documents import SAMPLES
from tests.factories.exchanges import file_of_poitiers
from tests.people import People

pytestmark = pytest.mark.django_db
DISMISSAL = DocumentKind.DISMISSAL


def issued(contract_id: int, now: datetime) -> IssuedDocument:
    return issue(kind=DISMISSAL, contract_id=contract_id, data=SAMPLES[DISMISSAL](), by=None, now=now, event=None)


def give_up(document: IssuedDocument) -> Effect:
    """Let its data be wrong until the last attempt; the effect that was given up is returned."""
    effect = Effect.objects.get(kind=EFFECT, payload={"document": document.pk})
    good = document.data
    IssuedDocument.objects.filter(pk=document.pk).update(data={"document": good["document"]})
    for _ in range(leases.MAX_ATTEMPTS):
        Effect.objects.filter(pk=effect.pk).update(not_before=timezone.now() - timedelta(seconds=1))
        leases.run(effect.pk)
    IssuedDocument.objects.filter(pk=document.pk).update(data=good)
    return Effect.objects.get(pk=effect.pk)


def test_document_given_up_says_so_and_is_prepared_again_when_asked(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    document = issued(contract.pk, now)
    effect = give_up(document)
    page = reverse("contracts:documents", args=[contract.reference])
    progress = reverse("contracts:progress", args=[contract.reference, document.pk])
    client = people.client_for(people.poitiers_agent)

    failed = IssuedDocument.objects.get(pk=document.pk)
    assert (effect.status, failed.status, failed.error) == (EffectStatus.FAILED, DocumentStatus.FAILED, GIVEN_UP)
    shown = client.get(page).content.decode()
    assert ("Préparer de nouveau" in shown, "automatiquement" in shown, "hx-get" in shown) == (True, False, False)
    assert people.client_for(people.gironde_agent).post(progress).status_code == 404
    assert client.post(progress).headers["Location"] == f"{page}#document-{document.pk}"

    waiting = Effect.objects.get(pk=effect.pk)
    assert (waiting.status, waiting.attempts) == (EffectStatus.PENDING, 0)
    leases.run(effect.pk)
    ready = IssuedDocument.objects.get(pk=document.pk)
    assert (ready.status, ready.data_sha256) == (DocumentStatus.READY, document.data_sha256)
    assert not prepare_again(document.pk, now=now)
    assert IssuedDocument.objects.get(pk=document.pk).sha256 == ready.sha256


def test_page_tells_each_state_of_a_document(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    replaced, current = issued(contract.pk, now), issued(contract.pk, now)
    render_document({"document": replaced.pk})
    client = people.client_for(people.poitiers_agent)

    def progress(document: IssuedDocument) -> str:
        return client.get(reverse("contracts:progress", args=[contract.reference, document.pk])).content.decode()

    page = client.get(reverse("contracts:documents", args=[contract.reference])).content.decode()
    assert page.count("Remplacé") == 1
    assert ("SHA-256" in progress(replaced), "hx-get" in progress(replaced)) == (True, False)
    assert ("En préparation" in progress(current), "hx-get" in progress(current)) == (True, True)

    shown_on = [reverse(f"contracts:{name}", args=[contract.reference]) for name in ("signature", "documents")]
    of_replaced = reverse("contracts:progress", args=[contract.reference, replaced.pk])
    asked = [client.get(of_replaced, headers={"HX-Current-URL": f"http://testserver{each}"}) for each in shown_on]
    assert [each.headers.get("HX-Refresh", "") for each in asked] == ["true", ""]  # the signature awaits the document

    IssuedDocument.objects.filter(pk=current.pk).update(
        status=DocumentStatus.FAILED, error="Un nouvel essai aura lieu."
    )
    failed = progress(current)
    assert ("Un nouvel essai" in failed, "hx-get" in failed, "Préparer de nouveau" in failed) == (True, True, False)


def test_documents_page_asks_as_much_of_the_database_for_three_as_for_one(people: People, now: datetime) -> None:
    contract = file_of_poitiers(people, now)
    client = people.client_for(people.poitiers_agent)
    page = reverse("contracts:documents", args=[contract.reference])

    def queries_with(total: int) -> int:
        while IssuedDocument.objects.count() < total:
            issued(contract.pk, now)
            accept(
                ContentFile(b"a;b\n", name="pièce.csv"),
                kind=UploadKind.ATTACHMENT,
                contract_id=contract.pk,
                organisation=people.poitiers_agent.organisation,
                by=people.poitiers_agent,
                now=now,
            )
        with CaptureQueriesContext(connection) as captured:
            shown = client.get(page).content.decode()
        assert (shown.count("Classement sans suite</strong>"), shown.count("pièce.csv<")) == (total, total)
        return len(captured)

    client.get(page)
    assert queries_with(1) == queries_with(3)
