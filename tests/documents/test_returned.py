"""What a returned file is worth: signed, scanned, tampered with in every way known, on real issued files."""

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.utils import timezone

from documents.defaults import ensure_templates
from documents.enums import DocumentKind, MatchedBy, Verdict
from documents.issuing import issue
from documents.rendering import render
from documents.returned import Former, Known, examine
from documents.scans import read_pages
from documents.signatures import examined
from tests.factories.documents import contract_data
from tests.factories.signing import (
    Authority,
    authority,
    encrypted,
    picture,
    postdated,
    resaved,
    scanned,
    signed,
    store,
    with_hidden_page_text,
    with_program,
    with_program_added,
    with_proofs,
    with_script,
    with_script_added,
    without_page,
)
from tests.verapdf import failures, needs_java

pytestmark = pytest.mark.once  # a file is judged by its bytes

_made: list[Known] = []


@pytest.fixture
def versions(db: None) -> list[Known]:
    """Three contracts as they are issued, made once: version 1 and 2 of a file, and that of another file."""
    now = datetime.fromisoformat("2026-06-02T10:00:00+02:00")
    if not _made:
        ensure_templates(now)
    for rank in range(len(_made), 3):
        data = contract_data(reference=f"CTAI-2026-086-000{1 + rank // 2}")
        row = issue(kind=DocumentKind.CONTRACT, contract_id=None, data=data, by=None, now=now, event=None)
        pdf = render(row)
        _made.append(Known(row.verification_code, pdf.content, pdf.page_count))
    return _made


@pytest.fixture
def issued(versions: list[Known]) -> Known:
    return versions[1]


def one_byte(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_signatures_of_two_people_verified_by_a_trusted_authority(
    issued: Known, settings: Any, tmp_path: Path
) -> None:
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    revocations = authority().revocations()
    once = signed(issued.content, authority().signer("Claire Dumont"), revocations=revocations)
    twice = signed(once, authority().signer("Paul Martin"), revocations=revocations, field_name="Signature2")

    finding = examine(twice, issued=issued)

    assert (finding.verdict, finding.matched_by) == (Verdict.VERIFIED, MatchedBy.BYTES), finding.sentences
    assert finding.label == "Conforme et vérifié"
    assert [each.signer for each in finding.signatures] == ["Claire Dumont", "Paul Martin"]
    assert "sans horodatage. Le certificat remonte à une autorité de confiance" in finding.sentences[1]


def test_signature_is_worth_what_the_trust_store_allows(issued: Known, settings: Any, tmp_path: Path) -> None:
    plain = signed(issued.content, authority().signer("Claire Dumont"))
    untrusted = examine(plain, issued=issued)
    settings.PDF_TRUST_STORE = store(tmp_path / "other", Authority("Une autre autorité"))
    stranger = examine(plain, issued=issued)
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    unproven = examine(plain, issued=issued)

    for finding, said in (
        (untrusted, "aucune autorité de confiance n’est configurée"),
        (stranger, "ne remonte à aucune des autorités"),
        (unproven, "sa révocation n’a pas pu être contrôlée"),
    ):
        assert finding.verdict == Verdict.UNVERIFIABLE
        assert finding.label == "Conforme, signature électronique dont l’émetteur n’est pas vérifié"
        assert said in finding.sentences[1]


def test_verification_writes_nothing_in_the_log(issued: Known, caplog: pytest.LogCaptureFixture) -> None:
    for content in (signed(issued.content, authority().signer("Claire Dumont")), issued.content + b"\n%%EOF"):
        examine(content, issued=issued)

    assert [each.getMessage() for each in caplog.records if each.name.startswith("pyhanko")] == []


def test_revoked_certificate_is_refused(issued: Known, settings: Any, tmp_path: Path) -> None:
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    signer = authority().signer("Claire Dumont")
    plain = signed(issued.content, signer)

    finding = examine(with_proofs(plain, authority().revocations(signer)), issued=issued)
    valid = examine(with_proofs(plain, authority().revocations()), issued=issued)

    assert finding.verdict == Verdict.REFUSED
    assert "est révoqué" in finding.sentences[0]
    assert valid.verdict == Verdict.VERIFIED


def test_timestamp_tells_the_certified_instant_and_who_certifies_it(
    issued: Known, settings: Any, tmp_path: Path
) -> None:
    at = datetime.fromisoformat("2026-06-04T15:30:00+02:00")
    signer, stamper = authority().signer("Claire Dumont"), authority().stamper("Horodatage des essais", at)
    proven = signed(issued.content, signer, revocations=authority().revocations(), stamper=stamper)
    plain = signed(issued.content, signer, stamper=stamper)
    elsewhere = signed(issued.content, signer, stamper=Authority("Une autre autorité").stamper("Inconnu", at))
    nobody_trusted = examine(proven, issued=issued)
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())

    found = {
        "par Horodatage des essais, service d’horodatage non contrôlé": nobody_trusted,
        "par Horodatage des essais, qui remonte à une autorité de confiance. ": examine(proven, issued=issued),
        "par Horodatage des essais, qui remonte à une autorité de confiance, sans preuve": examine(
            plain, issued=issued
        ),
        "par Inconnu, service d’horodatage qui ne remonte à aucune": examine(elsewhere, issued=issued),
    }

    for said, finding in found.items():
        assert f"horodatée le 4 juin 2026 à 15 h 30 {said}" in finding.sentences[1].replace("\u00a0", " ")
        assert finding.signatures[0].as_data()["timestamped_at"] == "2026-06-04T13:30:00+00:00"
    trusted = [each.signatures[0].as_data()["is_timestamp_trusted"] for each in found.values()]
    assert trusted == [False, True, False, False]


@pytest.mark.parametrize(
    ("valid", "stamped", "revoked", "listed", "verdict", "said"),
    [
        pytest.param((-30, -10), -20, None, -15, Verdict.VERIFIED, "il était valable et", id="expired since"),
        pytest.param((-30, -10), None, None, -15, Verdict.UNVERIFIABLE, "Le certificat a expiré le", id="expired"),
        pytest.param((-30, -10), -5, None, -15, Verdict.UNVERIFIABLE, "n’était pas valable", id="stamped too late"),
        pytest.param((-10, 30), -20, None, -15, Verdict.UNVERIFIABLE, "n’était pas valable", id="stamped before"),
        pytest.param((-30, -10), -20, None, -5, Verdict.UNVERIFIABLE, "faute de preuve", id="listed after its end"),
        pytest.param((-30, 30), -20, -15, -10, Verdict.VERIFIED, "il était valable et", id="revoked since"),
        pytest.param((-30, 30), -20, -25, -10, Verdict.REFUSED, "est révoqué", id="revoked before"),
        pytest.param((-30, 30), None, -15, -10, Verdict.REFUSED, "est révoqué", id="revoked, without timestamp"),
        pytest.param((1, 30), None, None, -1, Verdict.UNVERIFIABLE, "valable qu’à compter du", id="not begun"),
    ],
)
def test_certificate_is_judged_at_the_instant_that_a_trusted_timestamp_certifies(
    valid: tuple[int, int],
    stamped: int | None,
    revoked: int | None,
    listed: int,
    verdict: Verdict,
    said: str,
    issued: Known,
    settings: Any,
    tmp_path: Path,
) -> None:
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    signer = authority().signer("Claire Dumont", valid)
    at = None if stamped is None else timezone.now().replace(microsecond=0) + timedelta(days=stamped)
    stamper = authority().stamper("Horodatage des essais", at) if at else None
    plain = signed(issued.content, signer, stamper=stamper)
    revocations = authority().revocations(*([signer] if revoked else []), since=revoked or 0, listed=listed)

    finding = examine(with_proofs(plain, revocations), issued=issued)

    assert (finding.verdict, said in " ".join(finding.sentences)) == (verdict, True), finding.sentences


def test_timestamp_of_an_authority_that_is_not_trusted_proves_nothing(
    issued: Known, settings: Any, tmp_path: Path
) -> None:
    settings.PDF_TRUST_STORE = store(tmp_path / "trusted", authority())
    at = timezone.now().replace(microsecond=0) - timedelta(days=20)
    stamper = Authority("Une autre autorité").stamper("Inconnu", at)
    plain = signed(issued.content, authority().signer("Claire Dumont", (-30, -10)), stamper=stamper)

    finding = examine(with_proofs(plain, authority().revocations(listed=-15)), issued=issued)

    assert finding.verdict == Verdict.UNVERIFIABLE
    assert "aucun horodatage de confiance ne prouve qu’il a servi avant" in finding.sentences[1]


def test_broken_timestamp_is_refused(issued: Known) -> None:
    at, after = (datetime.fromisoformat(f"2026-06-0{day}T15:30:00+02:00") for day in (4, 9))
    stamped = signed(issued.content, authority().signer("Claire Dumont"), stamper=authority().stamper("Horloge", at))

    finding = examine(postdated(stamped, at, after), issued=issued)

    assert finding.verdict == Verdict.REFUSED
    assert "L’horodatage ne correspond pas à la signature" in finding.sentences[0]


def test_scan_is_matched_by_its_code_or_declared(issued: Known) -> None:
    clear = examine(scanned(issued.content), issued=issued)
    unreadable = scanned(issued.content, blur=True)

    asked = examine(unreadable, issued=issued)
    declared = examine(unreadable, issued=issued, declared=True)

    assert (clear.verdict, clear.matched_by) == (Verdict.UNVERIFIABLE, MatchedBy.QR_CODE)
    assert clear.label == "Conforme, signature manuscrite non vérifiable"
    assert (asked.verdict, asked.asks_declaration) == (Verdict.REFUSED, True)
    assert (declared.verdict, declared.matched_by) == (Verdict.UNVERIFIABLE, MatchedBy.DECLARATION)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        pytest.param(lambda content: content, "sans aucune signature", id="never signed"),
        pytest.param(one_byte, "réenregistré ou modifié", id="one byte"),
        pytest.param(resaved, "réenregistré ou modifié", id="saved again"),
        pytest.param(lambda content: without_page(content, 3), "réenregistré ou modifié", id="page removed"),
        pytest.param(with_hidden_page_text, "modifié après son émission", id="update before any signature"),
        pytest.param(
            lambda content: with_hidden_page_text(signed(content, authority().signer("Claire Dumont"))),
            "modifié après son émission",
            id="malicious update after a signature",
        ),
        pytest.param(
            lambda content: signed(with_hidden_page_text(content), authority().signer("Claire Dumont")),
            "modifié après son émission",
            id="signature after a malicious update",
        ),
        pytest.param(
            lambda content: one_byte(signed(content, authority().signer("Claire Dumont"))),
            "ne commence pas par la version émise",
            id="one byte under a signature",
        ),
        pytest.param(
            lambda content: signed(resaved(content), authority().signer("Claire Dumont")),
            "ne commence pas par la version émise",
            id="saved again, then signed",
        ),
        pytest.param(lambda content: scanned(content, pages=1), "déposez toutes les pages", id="screenshot"),
        pytest.param(lambda content: content + b"\n% note", "sans porter de signature", id="bytes added"),
        pytest.param(encrypted, "chiffré", id="encrypted"),
        pytest.param(with_script, "un script (JavaScript)", id="script"),
        pytest.param(with_program, "un fichier embarqué", id="program"),
        pytest.param(
            lambda content: signed(with_script_added(content), authority().signer("Claire Dumont")),
            "un script (JavaScript)",
            id="script added, then signed",
        ),
        pytest.param(
            lambda content: signed(with_program_added(content), authority().signer("Claire Dumont")),
            "un fichier embarqué qui ne vient pas du portail",
            id="program added, then signed",
        ),
        pytest.param(lambda content: picture(), "déposez toutes les pages", id="a picture of something else"),
        pytest.param(lambda content: b"%PDF-1.7 rien", "pas un PDF lisible", id="no PDF at all"),
    ],
)
def test_tampered_file_is_refused_with_its_reason(tamper: Callable[[bytes], bytes], said: str, issued: Known) -> None:
    finding = examine(tamper(issued.content), issued=issued)

    assert finding.verdict == Verdict.REFUSED, finding.sentences
    assert said in " ".join(finding.sentences)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param(b"2A864886F70D010702", b"2A864886F70D01077F", id="TypeError"),
        pytest.param(b"/Length", b"/Lenght", id="KeyError"),
        pytest.param(b"/Rect [ 0 0 0 0 ]", b"/Rect [ 0 0 0 -. ]", id="InvalidOperation"),
        pytest.param(b"/ByteRange [", b"/ByteRanje [", id="PdfReadError"),
    ],
)
def test_update_that_breaks_readers_is_refused(old: bytes, new: bytes, issued: Known) -> None:
    start = len(issued.content)
    added = signed(issued.content, authority().signer("Claire Dumont"))[start:]
    assert added.count(old) == 1

    finding = examine(issued.content + added.replace(old, new), issued=issued)

    assert finding.verdict == Verdict.REFUSED
    assert finding.sentences[0].startswith("La structure du fichier")


def spoilt(content: bytes, change: Callable[[pikepdf.Pdf], None]) -> bytes:
    """Return a PDF that opens, yet holds something that cannot be decoded."""
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(output)
    return output.getvalue()


def _unreadable_file(pdf: pikepdf.Pdf) -> None:
    stream = pdf.make_stream(b"no deflate")
    stream.write(b"no deflate", filter=pikepdf.Name.FlateDecode)
    pdf.Root.Hidden = pikepdf.Dictionary(EF=pikepdf.Dictionary(F=stream))


def _unreadable_name(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Hidden = pikepdf.Dictionary(S=pikepdf.Object.parse(b"/Java#8aScript"))


@pytest.mark.parametrize("change", [_unreadable_file, _unreadable_name])
def test_file_that_opens_but_cannot_be_read_whole_is_refused(
    change: Callable[[pikepdf.Pdf], None], issued: Known
) -> None:
    finding = examine(spoilt(issued.content, change), issued=issued, declared=True)

    assert finding.verdict == Verdict.REFUSED
    assert finding.sentences == ("Ce PDF est endommagé : il ne peut pas être vérifié.",)


def test_fault_of_our_own_is_no_fault_of_the_file(issued: Known) -> None:
    with pytest.raises(TypeError):
        examined("du texte au lieu d’octets", issued=issued.content)  # type: ignore[arg-type]  # the fault itself


def test_trust_store_that_cannot_be_read_is_no_fault_of_the_file(issued: Known, settings: Any, tmp_path: Path) -> None:
    settings.PDF_TRUST_STORE = str(tmp_path / "absent.pem")

    with pytest.raises(FileNotFoundError):
        examine(signed(issued.content, authority().signer("Claire Dumont")), issued=issued)


def test_other_documents_are_recognised(versions: list[Known]) -> None:
    old, issued, stranger = versions
    former = [Former(1, datetime.fromisoformat("2026-06-03T10:00:00+02:00"), lambda: old.content)]

    older = examine(signed(old.content, authority().signer("X")), issued=issued, former=former)
    other = examine(stranger.content, issued=issued, describe=lambda code: f"le document {code}")
    other_scan = examine(scanned(stranger.content), issued=issued)

    assert older.sentences == ("Ce fichier est la version 1, remplacée le 3 juin 2026 : elle ne se signe plus.",)
    assert f"le document {stranger.code}" in other.sentences[0]
    assert "autre document" in other_scan.sentences[0]
    assert {older.verdict, other.verdict, other_scan.verdict} == {Verdict.REFUSED}


@pytest.mark.parametrize("rank", [0, 6, 9], ids=["first page", "page in the middle", "last page"])
def test_scan_that_mixes_a_page_of_another_document_is_refused(rank: int, versions: list[Known]) -> None:
    old, issued, _ = versions
    former = [Former(1, None, lambda: old.content)]

    finding = examine(
        scanned(issued.content, replaced={rank: old.content}),
        issued=issued,
        former=former,
        describe=lambda code: f"le document {code}",
        declared=True,
    )

    assert finding.verdict == Verdict.REFUSED
    assert finding.sentences == (
        f"Ce fichier mêle plusieurs documents : la page {rank + 1} porte le code d’un autre document"
        f" (le document {old.code}).",
    )


def test_scan_tolerates_pages_whose_code_cannot_be_read(issued: Known) -> None:
    blurred = scanned(issued.content, blur=True)

    finding = examine(scanned(issued.content, replaced={5: blurred, 6: blurred}), issued=issued)

    assert finding.verdict == Verdict.UNVERIFIABLE
    assert finding.sentences[0] == f"Numérisation reconnue par le code QR lu sur {issued.page_count - 2}\u00a0pages."


def test_every_page_is_read_for_as_long_as_time_allows(versions: list[Known]) -> None:
    _, issued, stranger = versions
    scan = scanned(issued.content, replaced={4: stranger.content})

    whole, hurried = read_pages(scan), read_pages(scan, seconds=0)

    total = issued.page_count
    assert (set(whole.codes), whole.unread) == ({issued.code, stranger.code}, 0)
    assert whole.bearing[stranger.code] == (5,)
    assert (set(hurried.codes), hurried.unread) == ({issued.code}, total - 6)
    assert hurried.bearing[issued.code] == (1, 2, 3, total - 2, total - 1, total)
    said = " ".join(examine(scan, issued=issued, seconds=0).sentences)
    assert f"Le code QR de {total - 6}\u00a0pages n’a pas été cherché" in said


def test_long_scan_is_accepted_and_counted(issued: Known) -> None:
    finding = examine(scanned(issued.content, resolution=60, pages=200), issued=issued, declared=True)

    assert finding.verdict == Verdict.UNVERIFIABLE
    assert "de plus que la version émise" in " ".join(finding.sentences)


@needs_java
def test_signatures_keep_the_conformity(issued: Known, tmp_path: Path) -> None:
    revocations = authority().revocations()
    once = signed(issued.content, authority().signer("Claire Dumont"), revocations=revocations)
    twice = signed(once, authority().signer("Paul Martin"), revocations=revocations, field_name="Signature2")

    found = failures(tmp_path, {"signed twice": twice})

    assert {name: rules for name, rules in found.items() if rules} == {}
