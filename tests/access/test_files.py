"""What is deposited is what it says, is kept out of the web, and comes back as a download."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from documents.enums import Visibility
from documents.models import Upload
from journal.models import Event
from tests.access.test_matrix import FILE_ROUTES
from tests.access.world import World, address, ask, upload_name
from tests.documents.test_filetypes import pdf_bytes

HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
EXE = b"MZ\x90\x00\x03" + bytes(200)
LIMIT = 20 * 1024 * 1024


def zipped(entries: dict[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return output.getvalue()


REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "21 Mo": ("gros.pdf", lambda: pdf_bytes() + bytes(21 * 1024 * 1024), "La limite est de"),
    "HTML named PDF": ("page.pdf", lambda: HTML, "page web"),
    "SVG named PNG": ("dessin.png", lambda: SVG, "page web"),
    "SVG": ("dessin.svg", lambda: SVG, "n’est pas accepté"),
    "HTML": ("page.html", lambda: HTML, "n’est pas accepté"),
    "program named PDF": ("virus.pdf", lambda: EXE, "n’est pas accepté"),
    "program": ("virus.exe", lambda: EXE, "n’est pas accepté"),
    "two extensions": ("contrat.pdf.exe", pdf_bytes, "n’est pas accepté"),
    "empty": ("vide.pdf", lambda: b"", "vide"),
    "PDF named PNG": ("photo.png", pdf_bytes, "son contenu est un fichier PDF"),
    "archive": ("lot.docx", lambda: zipped({"a.txt": b"a"}), "archives"),
    "bomb": ("bombe.docx", lambda: zipped({"word/document.xml": bytes(60_000_000)}), "décompressé"),
    "no extension": ("fichier", pdf_bytes, "n’est pas accepté"),
}


def deposit(world: World, who: str, name: str, content: bytes, **data: Any) -> Any:
    file = SimpleUploadedFile("x", content, content_type="application/pdf")
    file._name = name  # type: ignore[attr-defined]  # as the sender wrote it, folders and all
    url = address("contracts:documents", ("reference",), world.own)
    client = world.clients[who]
    client.raise_request_exception = False
    return client.post(url, {"file": file} | data)


def stored_files() -> set[Path]:
    return {path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()}


@pytest.mark.parametrize("case", REFUSED)
def test_file_that_is_not_what_it_should_be_is_refused_with_the_reason(world: World, case: str) -> None:
    name, content, reason = REFUSED[case]
    uploads, events, files = Upload.objects.count(), Event.objects.count(), stored_files()

    response = deposit(world, "contributor", name, content())

    told = response.content.decode().replace("\xa0", " ").replace("&#x27;", "’").replace("'", "’").lower()
    assert response.status_code == 422
    assert reason.lower() in told
    assert (Upload.objects.count(), Event.objects.count(), stored_files()) == (uploads, events, files)


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/cron.d/x.pdf",
        "..\\..\\windows\\x.pdf",
        "a;X-Injected=1<script>'.pdf",
        "\u202efdp.exe.pdf",
        "n" * 140 + ".pdf",
        "C:\\fakepath\\é€.pdf",
    ],
)
def test_name_of_a_file_harms_neither_disk_nor_headers(world: World, name: str) -> None:
    response = deposit(world, "contributor", name, pdf_bytes())

    upload = Upload.objects.latest("pk")
    url = address("contracts:upload", FILE_ROUTES["contracts:upload"], world.own | {"upload": upload.pk})
    served = ask(world, "instructor", "get", url)
    assert response.status_code == 302
    assert Path(settings.MEDIA_ROOT) in Path(upload.file.path).resolve().parents
    assert not set(upload.original_name) & set('/\\\r\n\x00"<>\u202e')
    assert "X-Injected" not in served.response.headers
    assert "\n" not in served.response["Content-Disposition"]


def test_file_of_the_largest_size_is_taken(world: World) -> None:
    content = pdf_bytes()

    response = deposit(world, "contributor", "juste.pdf", content + bytes(LIMIT - len(content)))

    assert response.status_code in (302, 422)
    assert Upload.objects.latest("pk").size <= LIMIT


def test_deposited_file_is_downloaded_never_shown(world: World) -> None:
    url = address("contracts:upload", FILE_ROUTES["contracts:upload"], world.own)

    response = ask(world, "instructor", "get", url).response

    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert "sandbox" in response["Content-Security-Policy"]


def test_files_are_out_of_the_web_root(world: World) -> None:
    upload = Upload.objects.get(pk=world.own["upload"])
    paths = [f"/media/{upload.file.name}", f"/static/{upload.file.name}", f"/{upload.file.name}"]
    paths += ["/static/../ctai/settings/base.py", "/static/%2e%2e/manage.py", "/.env", "/.git/config"]

    assert {ask(world, "local_signatory", "get", path).code for path in paths} == {"404"}
    assert not str(settings.MEDIA_ROOT).startswith(str(settings.STATIC_ROOT))


def test_own_side_file_is_kept_out_of_the_history_of_the_other_side(world: World) -> None:
    name = upload_name(world.people.poitiers_agent, Visibility.OWN_SIDE)

    deposit(world, "contributor", "strategie.pdf", pdf_bytes(), own_side="on")

    url = address("contracts:documents", ("reference",), world.own)
    history = ask(world, "instructor", "get", address("contracts:history", ("reference",), world.own)).text
    assert "strategie.pdf" in ask(world, "local_signatory", "get", url).text
    assert "strategie.pdf" not in ask(world, "instructor", "get", url).text
    assert name not in history
    assert "non affichée" not in history


@pytest.mark.parametrize("who", ["regional_coordinator", "national_viewer", "administrator", "stranger", "visitor"])
def test_those_who_only_read_deposit_nothing(world: World, who: str) -> None:
    before = Upload.objects.count()

    response = deposit(world, who, "piece.pdf", pdf_bytes())

    assert response.status_code in (302, 403, 404)
    assert Upload.objects.count() == before


def test_signed_copy_must_be_a_plain_pdf(world: World) -> None:
    url = address("contracts:deliberation", ("reference",), world.own)
    data = {"organ": "assembly", "number": "1", "purpose": "x", "voted_on": "2026-03-02"}
    file = SimpleUploadedFile("deliberation.pdf", HTML, content_type="application/pdf")

    answer = ask(world, "contributor", "post", url, data=data | {"document": file})

    assert answer.code == "422"
