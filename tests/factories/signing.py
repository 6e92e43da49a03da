"""An authority of the tests, the signatures it allows, and what people do to a PDF."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pikepdf
import pypdfium2
from asn1crypto.crl import CertificateList
from asn1crypto.keys import PrivateKeyInfo
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils import embed, generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator import ValidationContext

DAY = timedelta(days=1)
Days = tuple[int, int]
USUAL: Days = (-400, 365)  # the days before and after this one between which a certificate is valid
PASSWORD = b"test"


@dataclass
class Authority:
    """A certificate authority with its list of revoked certificates."""

    name: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def __post_init__(self) -> None:
        self.certificate = self._certificate(self.name, self.key.public_key(), authority=True)

    def _certificate(
        self,
        name: str,
        key: ec.EllipticCurvePublicKey | rsa.RSAPublicKey,
        *,
        authority: bool,
        use: x509.ObjectIdentifier | None = None,
        valid: Days = USUAL,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        usage = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        builder = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
            .issuer_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)]))
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + valid[0] * DAY)
            .not_valid_after(now + valid[1] * DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True,
                    content_commitment=not authority,
                    key_cert_sign=authority,
                    crl_sign=authority,
                    **usage,
                ),
                critical=True,
            )
        )
        where = x509.UniformResourceIdentifier("http://ac.example/liste.crl")
        point = x509.DistributionPoint([where], relative_name=None, reasons=None, crl_issuer=None)
        if use is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=True)
        return builder.add_extension(x509.CRLDistributionPoints([point]), critical=False).sign(
            self.key, hashes.SHA256()
        )

    def pem(self) -> bytes:
        """Return the certificate that a trust store holds."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def pkcs12(self, name: str, valid: Days = USUAL) -> bytes:
        """Issue a certificate, with its key and this authority's own."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._certificate(name, key.public_key(), authority=False, valid=valid)
        lock = serialization.BestAvailableEncryption(PASSWORD)
        return pkcs12.serialize_key_and_certificates(name.encode(), key, certificate, [self.certificate], lock)

    def signer(self, name: str, valid: Days = USUAL) -> SimpleSigner:
        """Return somebody who can sign."""
        found = SimpleSigner.load_pkcs12_data(self.pkcs12(name, valid), other_certs=[], passphrase=PASSWORD)
        assert found is not None
        return found

    def stamper(self, name: str, at: datetime | None = None) -> DummyTimeStamper:
        """Return a service that certifies an instant (RFC 3161): now, unless another is given."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        usage = ExtendedKeyUsageOID.TIME_STAMPING
        certificate = self._certificate(name, key.public_key(), authority=False, use=usage)
        der = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        (shown,) = load_certs_from_pemder_data(certificate.public_bytes(serialization.Encoding.PEM))
        return DummyTimeStamper(shown, PrivateKeyInfo.load(key.private_bytes(*der)), fixed_dt=at)

    def revocations(self, *revoked: SimpleSigner, since: float = -0.5, listed: float = -1) -> bytes:
        """Return a list of revoked certificates: since when they are, and when it was made, in days from now."""
        now = datetime.now(UTC)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self.certificate.subject)
            .last_update(now + listed * DAY)
            .next_update(now + 30 * DAY)
        )
        for each in revoked:
            assert each.signing_cert is not None
            entry = x509.RevokedCertificateBuilder().serial_number(each.signing_cert.serial_number)
            builder = builder.add_revoked_certificate(entry.revocation_date(now + since * DAY).build())
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


@cache
def authority() -> Authority:
    """Return the authority that most tests share."""
    return Authority("Autorité de certification des essais")


def signed(
    content: bytes,
    signer: SimpleSigner,
    *,
    revocations: bytes = b"",
    field_name: str = "Signature1",
    stamper: DummyTimeStamper | None = None,
) -> bytes:
    """Sign as a parapheur does, invisibly; with the proofs of validity when revocations are given."""
    context = None
    if revocations:
        roots = list(load_certs_from_pemder_data(authority().pem()))
        context = ValidationContext(trust_roots=roots, crls=[revocations], revocation_mode="soft-fail")
    metadata = PdfSignatureMetadata(
        field_name=field_name,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=context is not None,
        validation_context=context,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    return bytes(sign_pdf(writer, metadata, signer=signer, timestamper=stamper).getvalue())


def postdated(content: bytes, before: datetime, after: datetime) -> bytes:
    """Write another instant in the timestamp of a signature, as someone who wants to have signed in time would."""
    first, second = (f"{each.astimezone(UTC):%Y%m%d%H%M%SZ}".encode().hex().upper() for each in (before, after))
    assert content.count(first.encode()) == 1
    return content.replace(first.encode(), second.encode())


def with_proofs(content: bytes, revocations: bytes) -> bytes:
    """Add to a signed file a list of revoked certificates, as services of long-term validation do."""
    out = io.BytesIO(content)
    contents = PdfFileReader(io.BytesIO(content)).embedded_signatures[0].pkcs7_content
    DocumentSecurityStore.add_dss(out, contents, crls=[CertificateList.load(revocations)])
    return out.getvalue()


def scanned(
    content: bytes,
    *,
    resolution: int = 110,
    pages: int | None = None,
    blur: bool = False,
    replaced: Mapping[int, bytes] | None = None,
) -> bytes:
    """Print and scan: every page a grey picture; blurred, no code can be read.

    Args:
        content: the document.
        resolution: in dots per inch.
        pages: how many, from the first again after the last; all of them by default.
        blur: let no code be read.
        replaced: by rank, the document whose page takes the place of this one’s.
    """
    document = pypdfium2.PdfDocument(content)
    others = {rank: pypdfium2.PdfDocument(other) for rank, other in (replaced or {}).items()}
    ranks = range(len(document) if pages is None else pages)
    drawn = [
        others.get(rank, document)[rank % len(document)].render(scale=resolution / 72, grayscale=True).to_pil()
        for rank in ranks
    ]
    if blur:
        drawn = [each.resize((120, 170)).resize(each.size) for each in drawn]
    out = io.BytesIO()
    first, *rest = [each.convert("L") for each in drawn]
    first.save(out, "PDF", resolution=resolution, save_all=True, append_images=rest)
    return out.getvalue()


def resaved(content: bytes) -> bytes:
    """Open the file and save it, as a reader does."""
    return _saved(pikepdf.open(io.BytesIO(content)))


def without_page(content: bytes, rank: int) -> bytes:
    """Remove a page."""
    pdf = pikepdf.open(io.BytesIO(content))
    del pdf.pages[rank]
    return _saved(pdf)


def with_script(content: bytes) -> bytes:
    """Add a script that runs at opening."""
    pdf = pikepdf.open(io.BytesIO(content))
    pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("app.alert(1)"))
    return _saved(pdf)


def with_program(content: bytes) -> bytes:
    """Embed a program."""
    pdf = pikepdf.open(io.BytesIO(content))
    pdf.attachments["facture.exe"] = b"MZ\x90\x00"
    return _saved(pdf)


def with_script_added(content: bytes) -> bytes:
    """Append an update that runs a script at opening: the issued bytes stay as they are."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    kind, code = generic.pdf_name("/JavaScript"), generic.pdf_string("app.alert(1)")
    action = {generic.pdf_name("/S"): kind, generic.pdf_name("/JS"): code}
    writer.root["/OpenAction"] = generic.DictionaryObject(action)
    writer.update_root()
    return _written(writer)


def with_program_added(content: bytes) -> bytes:
    """Append an update that embeds a program: the issued bytes stay as they are."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    program = embed.EmbeddedFileObject.from_file_data(writer, data=b"MZ\x90\x00")
    embed.embed_file(writer, embed.FileSpec("facture.exe", embedded_data=program))
    return _written(writer)


def encrypted(content: bytes) -> bytes:
    """Protect the file with passwords; anybody may open it."""
    out = io.BytesIO()
    pikepdf.open(io.BytesIO(content)).save(out, encryption=pikepdf.Encryption(owner="secret", user=""))
    return out.getvalue()


def with_hidden_page_text(content: bytes) -> bytes:
    """Append an update that replaces what the first page draws, as an attacker would after a signature."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    page = writer.root["/Pages"]["/Kids"].raw_get(0)
    replaced = page.get_object()
    stream = generic.StreamObject(stream_data=b"BT /F1 12 Tf (Montant : 999 999 euros) Tj ET")
    replaced["/Contents"] = writer.add_object(stream)
    writer.mark_update(page)
    return _written(writer)


def picture(size: tuple[int, int] = (800, 600)) -> bytes:
    """Return a picture that has nothing to do with any document, as a PDF."""
    out = io.BytesIO()
    Image.new("L", size, 200).save(out, "PDF")
    return out.getvalue()


def store(folder: Path, *authorities: Authority) -> str:
    """Write a trust store; return where."""
    folder.mkdir(exist_ok=True)
    for rank, each in enumerate(authorities):
        (folder / f"{rank}.pem").write_bytes(each.pem())
    return str(folder)


def _written(writer: IncrementalPdfFileWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _saved(pdf: pikepdf.Pdf) -> bytes:
    out = io.BytesIO()
    pdf.save(out)
    return out.getvalue()
