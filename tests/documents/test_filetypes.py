"""What is accepted as a deposited file, and with what words the rest is refused."""

import io
import zipfile
from collections.abc import Callable

import pikepdf
import pytest
from django import forms
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.datastructures import MultiValueDict

from documents.filetypes import CSV, DOCX, JPEG, ODS, ODT, PDF, PNG, XLSX, FileType, UploadRefused, recognise
from documents.forms import DepositField

MEGABYTE = 1024 * 1024


def pdf_bytes(*, password: str | None = None) -> bytes:
    output = io.BytesIO()
    document = pikepdf.new()
    document.add_blank_page()
    encryption = pikepdf.Encryption(owner="owner", user=password) if password is not None else None
    # Two calls give the same bytes; an encrypted file draws its identity at random.
    document.save(output, encryption=encryption or False, deterministic_id=encryption is None)
    return output.getvalue()


def archive(entries: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", compression) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return output.getvalue()


def office(part: str, **more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", part: b"<document/>"} | more)


def open_document(mime: str) -> bytes:
    return archive({"mimetype": mime.encode(), "content.xml": b"<content/>"})


def altered(entry: bytes, after: int, put: bytes) -> bytes:
    """Return an archive whose entry no longer unpacks."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr(entry.decode(), bytes(range(256)) * 4)
    content = output.getvalue()
    start = content.index(entry) + after
    return content[:start] + put + content[start + len(put) :]


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("délibération.PDF", pdf_bytes(), PDF),
        ("scan.png", b"\x89PNG\r\n\x1a\n" + bytes(64), PNG),
        ("scan.jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64), JPEG),
        ("lettre.docx", office("word/document.xml"), DOCX),
        ("budget.xlsx", office("xl/workbook.xml"), XLSX),
        ("lettre.odt", open_document(ODT.content_type), ODT),
        ("budget.ods", open_document(ODS.content_type), ODS),
        ("budget.csv", "année;montant\n2026;12 345,67 €\n".encode("cp1252"), CSV),
    ],
)
def test_accepted_types_are_recognised_by_their_bytes(name: str, content: bytes, expected: FileType) -> None:
    file = ContentFile(content, name=name)

    assert recognise(file) is expected
    assert file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("vide.pdf", b"", "Ce fichier est vide"),
        ("lettre.pdf", b"<!DOCTYPE html><html><body>bonjour</body></html>", "page web"),
        ("lettre.pdf", b"\xef\xbb\xbf  <HTML>", "page web"),
        ("logo.png", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "dessin vectoriel"),
        ("logo.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', "dessin vectoriel"),
        ("outil.pdf", b"MZ" + bytes(500), "n’est pas accepté"),
        ("outil.exe", b"MZ" + bytes(500), "n’est pas accepté"),
        ("lettre.pdf", b"bonjour %PDF-1.7", "n’est pas accepté"),
        ("lettre.pdf", b"%PDF-1.7\nrien", "endommagé"),
        ("lettre.pdf", pdf_bytes(password="secret"), "mot de passe"),
        ("scan.pdf", b"\x89PNG\r\n\x1a\n" + bytes(64), "son contenu est un fichier image PNG"),
        ("lettre.pdf", office("word/document.xml"), "son contenu est un fichier Word"),
        ("sans-extension", pdf_bytes(), "son contenu est un fichier PDF"),
        ("tout.zip", archive({"a.txt": b"a"}), "archives"),
        ("tout.docx", archive({"a.txt": b"a"}), "archives"),
        ("bombe.docx", office("word/document.xml", bomb=bytes(30 * MEGABYTE)), "place anormale"),
        ("macro.docx", office("word/document.xml", **{"word/vbaProject.bin": b"x"}), "macros"),
        ("coupé.docx", office("word/document.xml")[:-30], "endommagé"),
        ("abîmé.odt", altered(b"mimetype", 8, b"\xff" * 6), "endommagé"),
        ("nom.docx", archive({"é.xml": b"a"}).replace("é".encode(), b"\xff\xff"), "endommagé"),
        ("binaire.csv", b"a;b\n\x00\x01", "CSV"),
    ],
)
def test_the_rest_is_refused_in_plain_french(name: str, content: bytes, reason: str) -> None:
    with pytest.raises(UploadRefused, match=reason):
        recognise(ContentFile(content, name=name))


def test_a_file_of_21_megabytes_is_refused() -> None:
    with pytest.raises(UploadRefused, match=r"21\sMo\. La limite est de 20\sMo"):
        recognise(ContentFile(pdf_bytes() + bytes(21 * MEGABYTE), name="scan.pdf"))


@pytest.mark.parametrize(
    ("make", "name", "reason"),
    [
        (lambda: pdf_bytes(password=""), "contrat.pdf", "chiffré"),
        (lambda: b"\x89PNG\r\n\x1a\n" + bytes(64), "contrat.png", "Déposez un fichier PDF"),
    ],
)
def test_a_signed_act_must_be_a_plain_pdf(make: Callable[[], bytes], name: str, reason: str) -> None:
    content = make()

    recognise(ContentFile(content, name=name))
    with pytest.raises(UploadRefused, match=reason):
        recognise(ContentFile(content, name=name), must_be_plain_pdf=True)


def test_the_field_refuses_beside_the_file_and_returns_it_whole() -> None:
    class Deposit(forms.Form):
        file = DepositField()

    page = SimpleUploadedFile("lettre.pdf", b"<html></html>", content_type="application/pdf")
    letter = SimpleUploadedFile("lettre.pdf", pdf_bytes(), content_type="text/html")
    refused, accepted = (Deposit(files=MultiValueDict({"file": [file]})) for file in (page, letter))

    assert not refused.is_valid()
    assert "page web" in refused.errors["file"][0]
    assert accepted.is_valid()
    assert accepted.cleaned_data["file"].read() == pdf_bytes()
