"""What can be read on the pages of a PDF: whether they are pictures, and the verification codes they bear."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from documents.active_content import Unreadable
from documents.models import CODE_ALPHABET, CODE_GROUP_LENGTH, CODE_GROUPS

READ_PAGES = 6  # the code is at the foot of every page: a few of the first and of the last are enough
PICTURE_SHARE = 0.6  # of the page, from which a picture is a scan of it
RESOLUTION = 150
MAX_PIXELS = 4000  # of a side: a page declared a kilometre wide is drawn no larger
_GROUP = f"[{CODE_ALPHABET}]{{{CODE_GROUP_LENGTH}}}"
CODE = re.compile(rf"(?<![A-Z0-9]){_GROUP}(?:-{_GROUP}){{{CODE_GROUPS - 1}}}(?![A-Z0-9])")


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages of a file: how many, whether every one is a picture, the codes printed on them."""

    count: int
    are_pictures: bool
    codes: frozenset[str]
    pages_with_code: int


def read_pages(content: bytes) -> Pages:
    """Look at the pages of a PDF.

    Raises:
        Unreadable: the pages cannot be drawn.
    """
    import pypdfium2  # noqa: PLC0415 (heavy engine, only where files are examined)

    try:
        document = pypdfium2.PdfDocument(content)
        return _read(document)
    except pypdfium2.PdfiumError as error:
        raise Unreadable("Les pages de ce fichier ne peuvent pas être lues.") from error


def _read(document: Any) -> Pages:
    try:
        count = len(document)
        pictures = all(_is_picture(document[rank]) for rank in range(count))
        found = [_codes_of(document[rank], pictures=pictures) for rank in _ranks(count)]
    finally:
        document.close()
    return Pages(count, pictures, frozenset().union(*found), sum(1 for codes in found if codes))


def _ranks(count: int) -> list[int]:
    half = READ_PAGES // 2
    return sorted({*range(min(half, count)), *range(max(count - half, 0), count)})


def _is_picture(page: Any) -> bool:
    import pypdfium2.raw as raw  # noqa: PLC0415

    width, height = page.get_size()
    for each in page.get_objects(filter=(raw.FPDF_PAGEOBJ_IMAGE,), max_depth=3):
        left, bottom, right, top = each.get_bounds()
        if abs(right - left) * abs(top - bottom) >= PICTURE_SHARE * width * height:
            return True
    return False


def _codes_of(page: Any, *, pictures: bool) -> set[str]:
    if not pictures:
        text = page.get_textpage()
        try:
            return set(CODE.findall(text.get_text_bounded()))
        finally:
            text.close()
    return set(_codes_drawn(page))


def _codes_drawn(page: Any) -> Iterator[str]:
    import zxingcpp  # noqa: PLC0415

    longest = max(page.get_size())
    scale = min(RESOLUTION / 72, MAX_PIXELS / max(longest, 1))
    picture = page.render(scale=scale, grayscale=True).to_pil()
    for each in zxingcpp.read_barcodes(picture, formats=zxingcpp.barcode_formats_from_str("QRCode")):
        yield from CODE.findall(each.text)
