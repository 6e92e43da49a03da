"""The file of a contract as a ZIP: whole, verifiable, readable, and nothing but what its reader may read."""

import hashlib
import io
import json
import tracemalloc
import zipfile
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.urls import reverse

from accounts.actors import Actor
from contracts.archive import archive
from ctai.demo_data.journey import Journey
from documents.effects import render_document
from documents.enums import UploadKind, Visibility
from documents.models import IssuedDocument, Upload
from documents.uploads import accept
from tests.contracts.stage import to_review
from tests.people import People

pytestmark = pytest.mark.django_db
MEBIBYTE = 1024 * 1024


@pytest.fixture
def approved(journey: Journey) -> Journey:
    """A file with its contract drawn; the documents before it are still to be."""
    to_review(journey).adopt().approve()
    render_document({"document": IssuedDocument.objects.get(kind="contract").pk})
    return journey


def deposit(journey: Journey, by: Actor, name: str, kind: UploadKind = UploadKind.ATTACHMENT, **more: Any) -> Upload:
    return accept(
        ContentFile(name.encode() + b";b\n", name=name),
        kind=kind,
        contract_id=journey.contract.pk,
        organisation=by.organisation,
        by=by,
        now=journey.now,
        **more,
    )


def opened(journey: Journey, by: Actor) -> tuple[zipfile.ZipFile, dict[str, Any]]:
    found = zipfile.ZipFile(io.BytesIO(b"".join(archive(journey.contract, by=by, now=journey.now))))
    return found, json.loads(found.read("manifest.json"))


def test_archive_holds_every_file_with_its_hash_and_says_what_is_missing(approved: Journey) -> None:
    contract = IssuedDocument.objects.get(kind="contract")
    letter = IssuedDocument.objects.get(kind="letter")

    found, manifest = opened(approved, approved.local.agent)

    assert {each["nom"] for each in manifest["fichiers"]} | {"manifest.json"} == set(found.namelist())
    for each in manifest["fichiers"]:
        content = found.read(each["nom"])
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (each["sha256"], each["taille"])
        assert "alerte" not in each
    by_nature = {each["nature"]: each for each in manifest["fichiers"]}
    line = by_nature["Contrat territorial d’accueil et d’intégration"]
    reference = approved.contract.reference
    assert line["nom"].endswith(f"-{reference}-contrat-1.pdf")
    assert found.read(line["nom"]) == contract.content.read()
    data = json.loads(found.read(line["nom"].replace("documents/", "donnees/").replace(".pdf", ".json")))
    assert data == contract.data
    assert manifest["etabli_pour"] == approved.local.agent.organisation.name
    absent = {each["nature"]: each for each in manifest["absents"]}
    assert absent["Lettre d’intention"]["raison"] == "Document en attente : ses données sont jointes."
    assert json.loads(found.read(absent["Lettre d’intention"]["nom"].replace("documents/", "donnees/")[:-4] + ".json"))
    assert letter.data_sha256 == by_nature["Données : Lettre d’intention"]["sha256"]
    assert "Contrat approuvé" in found.read("historique.csv").decode("utf-8-sig")
    assert "manifest.json" in found.read("LISEZ-MOI.txt").decode()


def test_names_in_an_archive_are_readable_safe_and_used_once(approved: Journey) -> None:
    for name in ("RIB été.csv", "rib ÉTÉ.csv", "../../etc/passwd.csv", "CON:.csv"):
        deposit(approved, approved.state.agent, name)

    found, _ = opened(approved, approved.state.agent)

    names = [each for each in found.namelist() if each.startswith("pieces/") and each.endswith(".csv")]
    day = names[0].removeprefix("pieces/")[:10]
    assert names == [f"pieces/{day}-{each}" for each in ("RIB été.csv", "rib ÉTÉ-2.csv", "passwd.csv", "CON-.csv")]
    assert len({each.casefold() for each in found.namelist()}) == len(found.namelist())


def test_archive_keeps_own_pieces_and_bank_details_from_whoever_may_not_read_them(
    approved: Journey, people: People
) -> None:
    deposit(approved, approved.state.agent, "interne.csv", visibility=Visibility.OWN_SIDE)
    deposit(approved, approved.local.agent, "coordonnees.csv", kind=UploadKind.IBAN)

    read = {
        who: {name[len("pieces/2026-01-01-") :] for name in opened(approved, actor)[0].namelist() if "pieces/" in name}
        for who, actor in (
            ("local", approved.local.agent),
            ("state", approved.state.agent),
            ("national", people.diair),
        )
    }

    assert ["interne.csv" in each for each in read.values()] == [False, True, False]
    assert ["coordonnees.csv" in each for each in read.values()] == [True, True, False]


def test_bytes_lost_or_altered_are_told_in_the_manifest(approved: Journey) -> None:
    lost, altered = (deposit(approved, approved.state.agent, name) for name in ("perdue.csv", "changée.csv"))
    lost.file.storage.delete(str(lost.file.name))
    with altered.file.storage.open(str(altered.file.name), "wb") as stored:
        stored.write(b"autre chose")

    found, manifest = opened(approved, approved.state.agent)

    absent = {each["nom"][len("pieces/2026-01-01-") :]: each["raison"] for each in manifest["absents"]}
    assert absent["perdue.csv"] == "Fichier introuvable."
    line = next(each for each in manifest["fichiers"] if each["nom"].endswith("changée.csv"))
    assert (line["sha256"], "ne correspond plus" in line["alerte"]) == (altered.sha256, True)
    assert found.testzip() is None


def test_archive_is_streamed_without_being_held_in_memory(approved: Journey) -> None:
    heavy = deposit(approved, approved.state.agent, "lourde.csv")
    with heavy.file.storage.open(str(heavy.file.name), "wb") as stored:
        for _ in range(40):
            stored.write(bytes(MEBIBYTE))

    tracemalloc.start()
    sent = sum(len(piece) for piece in archive(approved.contract, by=approved.state.agent, now=approved.now))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert sent > 40 * MEBIBYTE
    assert peak < 12 * MEBIBYTE


def test_archive_is_found_by_those_who_see_the_file_alone(approved: Journey, people: People) -> None:
    address = reverse("contracts:archive", args=[approved.contract.reference])

    served = people.client_for(people.diair).get(address)

    assert served.headers["Content-Disposition"] == f'attachment; filename="{approved.contract.reference}.zip"'
    assert served.streaming
    assert zipfile.ZipFile(io.BytesIO(served.getvalue())).testzip() is None
    assert people.client_for(people.gironde_agent).get(address).status_code == 404
