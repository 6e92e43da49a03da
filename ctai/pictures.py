"""A picture that somebody sends, drawn again: a small opaque sRGB PNG, with nothing else of the file that came."""

from __future__ import annotations

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from PIL import Image, ImageChops, ImageCms, ImageFile, ImageOps

from ctai.text import NBSP, file_size

MAX_BYTES = 2 * 1024 * 1024
MOST_PIXELS = 16_000_000  # a photograph of a telephone passes; a bomb of a few kilobytes does not
LEAST_SIDE = 100  # in pixels, of the longer side: below, a print shows the dots
LONGEST_SHAPE = 8  # how many times longer than high, or the reverse
BOX = (600, 300)
HEAVIEST = 100_000  # bytes of the PNG that is kept
FORMATS = {b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff": "JPEG"}
MEDIA_TYPE: Final = "image/png"
_FAINT = 12  # out of 255: what differs less from white is paper
_loading = threading.Lock()
_UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError)


class PictureRefused(Exception):
    """The picture cannot be used; the message says why, in French, to the person who sent it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG of at most `BOX` pixels and `HEAVIEST` bytes; the same file always gives the same bytes."""

    content: bytes
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def redrawn(content: bytes) -> Picture:
    """Return the picture on white paper, without its margins, in the colours of a screen, bounded.

    Args:
        content: the bytes of the file, whatever its name says.

    Raises:
        PictureRefused: not a PNG nor a JPEG, too heavy, too large, too small, too long, animated, damaged, or white.
    """
    image = _without_margins(_on_paper(_opened(content)))
    width, height = image.size
    if max(width, height) < LEAST_SIDE:
        raise PictureRefused(
            f"Cette image est trop petite pour être imprimée\u00a0: {_size(image)} sans ses marges blanches. "
            f"Son plus grand côté doit mesurer au moins {LEAST_SIDE}{NBSP}pixels."
        )
    if max(width, height) > LONGEST_SHAPE * min(width, height):
        raise PictureRefused(
            f"Cette image est trop allongée\u00a0: {_size(image)}. "
            f"Un côté ne peut pas dépasser {LONGEST_SHAPE}{NBSP}fois l’autre."
        )
    return _bounded(image)


def _opened(content: bytes) -> Image.Image:
    """Return the picture decoded, once its size, its type and its dimensions were checked."""
    if len(content) > MAX_BYTES:
        raise PictureRefused(f"Cette image pèse {file_size(len(content))}. La limite est de {file_size(MAX_BYTES)}.")
    kind = next((name for mark, name in FORMATS.items() if content.startswith(mark)), None)
    if kind is None:
        raise PictureRefused(
            "Ce fichier n’est pas une image PNG ou JPEG. Enregistrez le logo dans l’un de ces formats."
        )
    try:
        image: Image.Image = Image.open(io.BytesIO(content), formats=(kind,))
        if image.width * image.height > MOST_PIXELS:
            raise PictureRefused(_too_large(_size(image)))
        if kind == "PNG" and getattr(image, "is_animated", False):
            raise PictureRefused("Cette image est animée. Déposez une image fixe.")
        with _nothing_missing():
            image.load()
    except Image.DecompressionBombError as error:
        raise PictureRefused(_too_large("")) from error
    except _UNREADABLE as error:
        raise PictureRefused("Cette image est endommagée\u00a0: elle ne peut pas être lue.") from error
    return image


@contextmanager
def _nothing_missing() -> Iterator[None]:
    """Refuse a file that is cut: WeasyPrint, once imported, asks Pillow to fill what is missing, for the process."""
    with _loading:
        before = ImageFile.LOAD_TRUNCATED_IMAGES
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        try:
            yield
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before


def _too_large(size: str) -> str:
    limit = f"{MOST_PIXELS // 1_000_000}{NBSP}millions de pixels"
    measured = f"\u00a0: {size}" if size else ""
    return f"Cette image est trop grande{measured}. La limite est de {limit}."


def _size(image: Image.Image) -> str:
    return f"{image.width}{NBSP}×{NBSP}{image.height}{NBSP}pixels"


def _on_paper(image: Image.Image) -> Image.Image:
    """Return the picture upright, in sRGB, what is transparent being white."""
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    paper = Image.new("RGB", upright.size, "white")
    if upright.has_transparency_data:
        whole = upright.convert("RGBA")
        paper.paste(_in_srgb(whole.convert("RGB"), profile), mask=whole.getchannel("A"))
    else:
        paper.paste(_in_srgb(_in_eight_bits(upright), profile))
    return paper


def _in_eight_bits(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        return image.convert("I").point(lambda value: value / 256).convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _in_srgb(image: Image.Image, profile: Any) -> Image.Image:
    """Convert from the profile of the file; one that is wrong is left aside, as browsers do."""
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            found = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, *_UNREADABLE):
            found = None
        if found is not None:
            return found
    return image.convert("RGB")


def _without_margins(image: Image.Image) -> Image.Image:
    paper = Image.new("RGB", image.size, "white")
    drawn = (
        ImageChops.difference(image, paper).convert("L").point(lambda value: 255 if value > _FAINT else 0).getbbox()
    )
    if drawn is None:
        raise PictureRefused(
            "Cette image est blanche\u00a0: elle ne se verrait pas sur le papier. "
            "Déposez la version du logo prévue pour un fond clair."
        )
    return image.crop(drawn)


def _bounded(image: Image.Image) -> Picture:
    """Reduce to the box; then the number of colours, then the size again, until the file is light enough."""
    scale = min(1.0, BOX[0] / image.width, BOX[1] / image.height)
    while True:
        size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
        drawn = image if size == image.size else image.resize(size, Image.Resampling.LANCZOS)
        content = _png(drawn)
        if len(content) > HEAVIEST:
            content = _png(drawn.quantize(256))
        if len(content) <= HEAVIEST:
            return Picture(content, *size)
        scale *= 0.8


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue()
