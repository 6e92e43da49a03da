"""What a returned file is worth: is it the issued version, who signed it, was anything changed. In plain French."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ctai.text import count, instant, join_and, long_date
from documents.active_content import Unreadable, hides_files, scripts
from documents.enums import MatchedBy, Verdict
from documents.findings import Finding, SignatureFinding, refused
from documents.scans import READ_SECONDS, Pages, read_pages
from documents.signatures import Untouchable, examined, has_signature

MOST_NUMBERS = 6  # of pages, in a sentence
IDENTICAL = "Ce fichier est, octet pour octet, celui que le portail a émis."
NOT_SIGNED = "Ce fichier est la version émise par le portail, sans aucune signature. Déposez l’exemplaire signé."
FIRST_REVISION = (
    "Le fichier commence par la version émise, octet pour octet ; rien d’autre que des signatures n’y a été ajouté."
)
REWRITTEN = (
    "Ce fichier n’est pas la version émise : il a été réenregistré ou modifié. Déposez le fichier tel que le parapheur"
    " l’a rendu, ou la numérisation complète de l’exemplaire signé."
)
REWRITTEN_SIGNED = (
    "Ce fichier porte une signature électronique, mais il ne commence pas par la version émise : le texte signé n’est"
    " pas celui que le portail a émis, ou le logiciel de signature l’a réenregistré. Signez le fichier téléchargé ici,"
    " sans l’enregistrer auparavant avec un autre logiciel."
)
HIDDEN = "Ce fichier contient un fichier embarqué qui ne vient pas du portail : il n’est pas accepté."
ADDED = "Le fichier a été complété après son émission sans porter de signature électronique."
HANDWRITING = (
    "Le portail ne vérifie ni une signature manuscrite ni le texte d’une numérisation : comparez-les à l’œil."
)
TO_DECLARE = (
    "Le code QR de cette numérisation n’a pas pu être lu."
    " Cochez la déclaration, ou déposez une numérisation plus nette."
)
DECLARED = "Le code QR n’a pas pu être lu : la personne qui l’a déposé a déclaré qu’il s’agit de cette version."


@dataclass(frozen=True, slots=True)
class Known:
    """A document that the portal issued, to compare a file with."""

    code: str
    content: bytes
    page_count: int


@dataclass(frozen=True, slots=True)
class Former:
    """A replaced version of the same document."""

    number: int
    replaced_at: datetime | None
    content: Callable[[], bytes]


def examine(
    content: bytes,
    *,
    issued: Known,
    former: Sequence[Former] = (),
    describe: Callable[[str], str] = lambda _code: "le portail ne le connaît pas",
    declared: bool = False,
    must_be_signed: bool = True,
    seconds: float = READ_SECONDS,
) -> Finding:
    """Judge a file against the issued version that it should be.

    Args:
        content: the file that came back.
        issued: the version it should be.
        former: the versions that this one replaced.
        describe: names, for a refusal, the document that bears another code.
        declared: the person declares that a scan whose code cannot be read is this version.
        must_be_signed: refuse the very bytes of the issue, which nobody signed.
        seconds: how long the codes of a scan are looked for; the verdict tells how many pages were not read.
    """
    if content == issued.content:
        if must_be_signed:
            return refused(NOT_SIGNED)
        return Finding(Verdict.VERIFIED, (IDENTICAL,), MatchedBy.BYTES)
    try:
        if found := scripts(content):
            return refused(f"Ce fichier contient {join_and(found)} : il n’est pas accepté.")
        if content.startswith(issued.content):
            return _signed(content, issued)
        return _former(content, former) or _other(content, issued, describe, declared=declared, seconds=seconds)
    except (Unreadable, Untouchable) as problem:
        return refused(str(problem))


def _signed(content: bytes, issued: Known) -> Finding:
    if hides_files(content, issued=issued.content):
        return refused(HIDDEN)
    signatures = tuple(examined(content, issued=issued.content))
    if not signatures:
        return refused(ADDED)
    broken = [_sentence(each, each.alteration) for each in signatures if each.alteration]
    revoked = [_sentence(each, each.trust) for each in signatures if each.is_revoked]
    if broken or revoked:
        return refused(*broken, *revoked)
    verified = all(each.is_trusted for each in signatures)
    return Finding(
        Verdict.VERIFIED if verified else Verdict.UNVERIFIABLE,
        (FIRST_REVISION, *(_sentence(each, each.trust) for each in signatures)),
        MatchedBy.BYTES,
        signatures,
    )


def _sentence(signature: SignatureFinding, said: str) -> str:
    stamp = signature.timestamp
    if stamp is not None:
        when = f"horodatée le {instant(stamp.at)} par {stamp.authority}, {stamp.trust}"
    elif signature.declared_at is not None:
        when = f"datée du {instant(signature.declared_at)} par l’appareil de la personne, sans horodatage"
    else:
        when = "sans date"
    return f"Signature électronique de {signature.signer} (certificat délivré par {signature.issuer}), {when}. {said}"


def _former(content: bytes, former: Sequence[Former]) -> Finding | None:
    """Recognise a version that this one replaced, whatever was added to it."""
    for each in former:
        if content.startswith(each.content()):
            replaced = f", remplacée le {long_date(each.replaced_at)}" if each.replaced_at else ""
            return refused(f"Ce fichier est la version {each.number}{replaced} : elle ne se signe plus.")
    return None


def _other(
    content: bytes, issued: Known, describe: Callable[[str], str], *, declared: bool, seconds: float
) -> Finding:
    """Judge a file that does not begin with any issued bytes: a scan, or something else."""
    pages = read_pages(content, seconds=seconds)
    strangers = sorted(pages.codes - {issued.code}, key=lambda code: pages.bearing[code])
    if strangers:
        return refused(_strange(pages, issued, strangers[0], describe(strangers[0])))
    if hides_files(content, issued=issued.content):
        return refused(HIDDEN)
    if not pages.are_pictures:
        return refused(REWRITTEN_SIGNED if has_signature(content) else REWRITTEN)
    return _scanned(pages, issued, declared=declared)


def _strange(pages: Pages, issued: Known, code: str, described: str) -> str:
    """Say which pages are those of another document, alone or among those of the version."""
    if issued.code not in pages.codes:
        return f"Ce fichier porte le code de vérification d’un autre document : {described}."
    numbers = [str(each) for each in pages.bearing[code][:MOST_NUMBERS]]
    if len(pages.bearing[code]) > MOST_NUMBERS:
        numbers = [*numbers[:-1], "d’autres"]
    which = f"la page {numbers[0]} porte" if len(numbers) == 1 else f"les pages {join_and(numbers)} portent"
    return f"Ce fichier mêle plusieurs documents : {which} le code d’un autre document ({described})."


def _scanned(pages: Pages, issued: Known, *, declared: bool) -> Finding:
    if pages.count < issued.page_count:
        return refused(
            f"Cette image ou numérisation compte {count(pages.count, 'page', 'pages')}, et la version"
            f" {issued.page_count} : déposez toutes les pages."
        )
    more = pages.count - issued.page_count
    extra = [f"Elle compte {count(more, 'page', 'pages')} de plus que la version émise."] if more else []
    if pages.unread:
        extra.append(
            f"Le code QR de {count(pages.unread, 'page', 'pages')} n’a pas été cherché : le fichier est trop long."
        )
    if issued.code in pages.codes:
        read = (
            f"Numérisation reconnue par le code QR lu sur {count(len(pages.bearing[issued.code]), 'page', 'pages')}."
        )
        return Finding(Verdict.UNVERIFIABLE, (read, *extra, HANDWRITING), MatchedBy.QR_CODE)
    if declared:
        return Finding(Verdict.UNVERIFIABLE, (DECLARED, *extra, HANDWRITING), MatchedBy.DECLARATION)
    return refused(TO_DECLARE, asks_declaration=True)
