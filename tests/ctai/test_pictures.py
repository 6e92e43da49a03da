"""Pictures that people send: redrawn small and plain, or refused with a reason."""

import io
import re
import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from ctai.pictures import BOX, HEAVIEST, MAX_BYTES, PictureRefused, redrawn
from tests.factories.pictures import drawn, encoded, png

RED, WHITE = (200, 0, 0), (255, 255, 255)


def image_of(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def bomb(side: int) -> bytes:
    """Return a PNG of a few bytes that says it unpacks to a square of this side."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 64)) + chunk(b"IEND", b"")
    )


def animated() -> bytes:
    frames = [drawn((200, 200), colour=colour) for colour in ("#aa0000", "#00aa00")]
    return encoded(frames[0], "PNG", save_all=True, append_images=frames[1:])


def photograph() -> Image.Image:
    return Image.effect_noise((1_500, 900), 90).convert("RGB")


def test_a_picture_is_bounded_opaque_and_says_nothing_of_its_file() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Author", "Éloïse Lefèvre")
    content = png((1_600, 400), pnginfo=told, dpi=(72, 72))

    picture = redrawn(content)

    image = image_of(picture.content)
    assert (image.format, image.mode, image.size) == ("PNG", "RGB", (600, 150))
    assert (picture.width, picture.height) == image.size
    assert image.info == {}
    assert "Lefèvre".encode() not in picture.content
    assert redrawn(content) == picture == redrawn(picture.content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_photograph_is_lightened_until_it_fits(kind: str) -> None:
    content = encoded(photograph().resize((800, 480)) if kind == "PNG" else photograph(), kind)

    picture = redrawn(content)

    assert len(picture.content) <= HEAVIEST
    assert picture.width <= BOX[0]
    assert picture.height <= BOX[1]
    assert image_of(picture.content).format == "PNG"


@pytest.mark.parametrize(
    ("mode", "colour"),
    [("RGBA", (200, 0, 0, 255)), ("LA", (90, 255)), ("L", 90), ("1", 0), ("P", 7), ("I;16", 900)],
)
def test_every_mode_of_png_becomes_plain(mode: str, colour: Any) -> None:
    image = Image.new(mode, (200, 120))
    image.paste(colour, (0, 0, 200, 120))

    picture = redrawn(encoded(image, "PNG"))

    assert image_of(picture.content).mode == "RGB"
    assert (picture.width, picture.height) == (200, 120)


def test_what_is_transparent_becomes_paper_and_margins_go() -> None:
    image = Image.new("RGBA", (900, 500), (0, 0, 0, 0))
    image.paste((*RED, 255), (300, 200, 500, 300))
    image.paste((0, 0, 0, 0), (340, 220, 380, 280))

    picture = redrawn(encoded(image, "PNG"))

    redrawn_image = image_of(picture.content)
    assert redrawn_image.size == (200, 100)
    assert redrawn_image.getpixel((0, 0)) == RED
    assert redrawn_image.getpixel((60, 50)) == WHITE


def test_photograph_held_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    picture = redrawn(encoded(drawn((400, 200)), "JPEG", exif=exif.tobytes()))

    assert (picture.width, picture.height) == (150, 300)


def test_profile_of_colours_is_applied_and_a_wrong_one_left_aside() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    image = Image.new("RGB", (200, 100), RED)
    plain = redrawn(encoded(image, "PNG"))

    for profile in (srgb, lab, b"not a profile", srgb[:100]):
        assert redrawn(encoded(image, "PNG", icc_profile=profile)) == plain
    cmyk = redrawn(encoded(Image.new("CMYK", (200, 100), (0, 255, 255, 60)), "JPEG"))
    assert image_of(cmyk.content).mode == "RGB"


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_file_that_is_cut_is_refused_whatever_other_libraries_ask(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as WeasyPrint does
    content = encoded(photograph(), kind)[:9_000]

    with pytest.raises(PictureRefused, match="endommagée"):
        redrawn(content)

    assert ImageFile.LOAD_TRUNCATED_IMAGES is True


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "n’est pas une image PNG ou JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "n’est pas une image PNG ou JPEG"),
        (b"%PDF-1.7", "n’est pas une image PNG ou JPEG"),
        (encoded(drawn((200, 200)), "GIF"), "n’est pas une image PNG ou JPEG"),
        (encoded(drawn((200, 200)), "WEBP"), "n’est pas une image PNG ou JPEG"),
        (png((200, 100))[:400], "endommagée"),
        (encoded(photograph(), "JPEG")[:5_000], "endommagée"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 60, "endommagée"),
        (b"\xff\xd8\xff\xe0 rien", "endommagée"),
        (bomb(200), "endommagée"),
        (bomb(5_000), "trop grande : 5000 × 5000 pixels"),
        (bomb(60_000), "trop grande"),
        (png((99, 60)), "trop petite .* 99 × 60 pixels"),
        (png((900, 100)), "trop allongée : 900 × 100 pixels"),
        (png((60, 700)), "trop allongée"),
        (encoded(Image.new("RGB", (300, 300), "white"), "PNG"), "blanche"),
        (encoded(Image.new("RGBA", (300, 300), (255, 255, 255, 90)), "PNG"), "blanche"),
        (animated(), "animée"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * MAX_BYTES, r"pèse 2 Mo\. La limite est de 2 Mo"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{len(value)} bytes",
)
def test_what_cannot_be_printed_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(PictureRefused) as refusal:
        redrawn(content)

    assert re.search(reason, str(refusal.value).replace("\u00a0", " ")), str(refusal.value)
