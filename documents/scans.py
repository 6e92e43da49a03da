"""What can be read on the pages of a PDF: whether they are pictures, and the verification codes they bear."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic
from typing import Any

from documents.active_content import Unreadable
from documents.models import CODE_ALPHABET, CODE_GROUP_LENGTH, CODE_GROUPS

#: How long the codes of a scan are looked for: 200 pages take 10 to 15 s on two busy cores.
READ_SECONDS = 30.0
ENDS = 3  # the first and the last pages are read before the others: the cover and the signatures are there
PICTURE_SHARE = 0.6  # of the page, from which a picture is a scan of it
RESOLUTION = 150
MAX_PIXELS = 4000  # of a side: a page declared a kilometre wide is drawn no larger
_GROUP = f"[{CODE_ALPHABET}]{{{CODE_GROUP_LENGTH}}}"
CODE = re.compile(rf"(?<![A-Z0-9]){_GROUP}(?:-{_GROUP}){{{CODE_GROUPS - 1}}}(?![A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a file: how many, whether every one is a picture, the codes printed on them.

    ``bearing`` gives, for each code, the numbers of the pages that bear it; ``unread`` counts the pages whose code was
    not looked for, the time being over.
    """

    count: int
    are_pictures: bool
    bearing: Mapping[str, tuple[int, ...]]
    unread: int = 0

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(self.bearing)


def read_pages(content: bytes, *, seconds: float = READ_SECONDS) -> Pages:
    """Look at every page of a PDF.

    Args:
        content: the file.
        seconds: after which no further page is read for its code; the first and the last ones always are.

    Raises:
        Unreadable: the pages cannot be drawn.
    """
    import pypdfium2  # noqa: PLC0415 (heavy engine, only where files are examined)

    try:
        document = pypdfium2.PdfDocument(content)
        return _read(document, monotonic() + seconds)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("Les pages de ce fichier ne peuvent pas être lues.") from error


def _read(document: Any, until: float) -> Pages:
    bearing: dict[str, list[int]] = {}
    unread = 0
    try:
        count = len(document)
        pictures = all(_with_page(document, rank, _is_picture) for rank in range(count))
        codes_of = _codes_drawn if pictures else _codes_written
        for place, rank in enumerate(_in_order(count)):
            if place >= 2 * ENDS and monotonic() > until:
                unread += 1
                continue
            for code in sorted(_with_page(document, rank, codes_of)):
                bearing.setdefault(code, []).append(rank + 1)
    finally:
        document.close()
    return Pages(count, pictures, {code: tuple(sorted(pages)) for code, pages in bearing.items()}, unread)


def _with_page(document: Any, rank: int, read: Callable[[Any], Any]) -> Any:
    """Read a page and let it go: two hundred pictures would fill the memory."""
    page = document[rank]
    try:
        return read(page)
    finally:
        page.close()


def _in_order(count: int) -> list[int]:
    """Return the ranks of the pages: the first ones, the last ones, then the others."""
    ends = [*range(min(ENDS, count)), *range(max(count - ENDS, ENDS), count)]
    return ends + [rank for rank in range(count) if rank not in ends]


def _is_picture(page: Any) -> bool:
    import pypdfium2.raw as raw  # noqa: PLC0415

    width, height = page.get_size()
    for each in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = each.get_bounds()
        if abs(right - left) * abs(top - bottom) >= PICTURE_SHARE * width * height:
            return True
    return False


def _codes_written(page: Any) -> set[str]:
    text = page.get_textpage()
    try:
        return set(CODE.findall(text.get_text_bounded()))
    finally:
        text.close()


def _codes_drawn(page: Any) -> set[str]:
    import zxingcpp  # noqa: PLC0415

    longest = max(page.get_size())
    scale = min(RESOLUTION / 72, MAX_PIXELS / max(longest, 1))
    picture = page.render(scale=scale, grayscale=True).to_pil()
    read = zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode"))
    return {code for each in read for code in CODE.findall(each.text)}
