"""Pictures drawn for the tests."""

import io
from typing import Any

from PIL import Image, ImageDraw


def drawn(size: tuple[int, int], mode: str = "RGB", colour: Any = "#1f3a5f") -> Image.Image:
    """Return an ellipse that touches the four sides, on white."""
    image = Image.new(mode, size, 255 if mode in ("L", "P") else (255,) * len(Image.new(mode, (1, 1)).getbands()))
    ImageDraw.Draw(image).ellipse((0, 0, size[0] - 1, size[1] - 1), fill=colour)
    return image


def png(size: tuple[int, int], **options: Any) -> bytes:
    return encoded(drawn(size), "PNG", **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()
