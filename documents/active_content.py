"""What a PDF must not bring: scripts, programs to launch, files hidden inside."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager

import pikepdf

NESTED = 20  # deeper than any honest dictionary
ACTIONS = {
    "/JavaScript": "un script (JavaScript)",
    "/Launch": "une action qui lance un programme",
    "/ImportData": "une action qui importe des données",
    "/SubmitForm": "une action qui envoie des données",
    "/Rendition": "un contenu multimédia",
    "/RichMediaExecute": "un contenu multimédia",
}


class Unreadable(Exception):
    """The file is not a PDF that can be read; the message says why, in French."""


def scripts(content: bytes) -> list[str]:
    """Return, in words, what the file would do by itself; empty when nothing.

    Raises:
        Unreadable: encrypted or damaged.
    """
    with _reading():
        return list(dict.fromkeys(_actions(opened(content))))


def hides_files(content: bytes, *, issued: bytes) -> bool:
    """Tell whether the file embeds another file than those of the issued document.

    Raises:
        Unreadable: encrypted or damaged.
    """
    allowed = set(_embedded(opened(issued)))
    with _reading():
        return any(each not in allowed for each in _embedded(opened(content)))


def opened(content: bytes) -> pikepdf.Pdf:
    """Open a PDF.

    Raises:
        Unreadable: encrypted or damaged.
    """
    try:
        pdf = pikepdf.open(io.BytesIO(content))
    except pikepdf.PasswordError as error:
        raise Unreadable("Ce PDF est protégé par un mot de passe : il ne peut pas être vérifié.") from error
    except pikepdf.PdfError as error:
        raise Unreadable("Ce fichier n’est pas un PDF lisible.") from error
    if pdf.is_encrypted:
        raise Unreadable("Ce PDF est chiffré : il ne peut pas être vérifié. Déposez-le sans chiffrement.")
    if not len(pdf.pages):
        raise Unreadable("Ce PDF ne contient aucune page.")
    return pdf


@contextmanager
def _reading() -> Iterator[None]:
    """Refuse a file that opens, but holds a name or a stream that cannot be decoded."""
    try:
        yield
    except (pikepdf.PdfError, ValueError) as error:
        raise Unreadable("Ce PDF est endommagé : il ne peut pas être vérifié.") from error


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[pikepdf.Object]:
    """Yield every dictionary, those nested in others included."""
    for each in pdf.objects:
        yield from _nested(each, 0)


def _nested(item: pikepdf.Object, depth: int) -> Iterator[pikepdf.Object]:
    if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
        yield item
        children = [child for _, child in item.items()]
    elif isinstance(item, pikepdf.Array):
        children = list(item)
    else:
        return
    for child in children:
        if not getattr(child, "is_indirect", True) and depth < NESTED:
            yield from _nested(child, depth + 1)


def _actions(pdf: pikepdf.Pdf) -> Iterator[str]:
    for each in _dictionaries(pdf):
        kind = each.get("/S")
        if isinstance(kind, pikepdf.Name) and str(kind) in ACTIONS:
            yield ACTIONS[str(kind)]
        elif "/JS" in each:
            yield ACTIONS["/JavaScript"]


def _embedded(pdf: pikepdf.Pdf) -> Iterator[str]:
    for each in _dictionaries(pdf):
        files = each.get("/EF")
        if isinstance(files, pikepdf.Dictionary):
            for _, stream in files.items():  # noqa: PERF102 (an object of the PDF, not a dict)
                if isinstance(stream, pikepdf.Stream):
                    yield hashlib.sha256(stream.read_bytes()).hexdigest()
