"""A logo for the demonstration: a bridge of three arches on two waves, drawn here, that is nobody's."""

from __future__ import annotations

import io
import math
from datetime import datetime

from PIL import Image, ImageDraw

from accounts.actors import Actor
from accounts.queries import logo_of
from accounts.services import logos
from ctai.pictures import redrawn

GREEN, OCHRE, WHITE = "#2f5d50", "#c98a2b", "#ffffff"
WIDTH, HEIGHT, THICKNESS = 1600, 900, 50


def give_logo(by: Actor, now: datetime) -> None:
    """Deposit the logo for the collectivité of this person, unless it has one."""
    if logo_of(by.organisation) is None:
        logos.deposit(picture=redrawn(bridge()), by=by, now=now)


def bridge() -> bytes:
    """Return the drawing as a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 60, WIDTH - 1, 560), radius=40, fill=GREEN)
    for left in (100, 600, 1100):
        draw.pieslice((left, 200, left + 400, 600), 180, 360, fill=WHITE)
        draw.rectangle((left, 400, left + 400, 561), fill=WHITE)
    for height in (670, 810):
        wave = [(x, height + 35 * math.sin(x * math.tau / 400)) for x in range(0, WIDTH + 1, 4)]
        draw.polygon([*wave, *((x, y + THICKNESS) for x, y in reversed(wave))], fill=OCHRE)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
