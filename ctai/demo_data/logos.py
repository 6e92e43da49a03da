"""Logos for the demonstration: a bridge of three arches on two waves, drawn here, that is nobody's."""

from __future__ import annotations

import io
import math
from datetime import datetime

from PIL import Image, ImageDraw

from accounts.actors import Actor
from accounts.queries import logo_of
from accounts.services import logos
from ctai.pictures import redrawn

#: The colours of the bridge and of the water, for the collectivités that have a logo.
COLOURS = {
    "commune:86194": ("#2f5d50", "#c98a2b"),
    "epci:200069854": ("#6a3d5c", "#3f7cac"),
    "commune:86041": ("#1f3a5f", "#7a9e3a"),
    "commune:33243": ("#8c3b2a", "#3f7cac"),
}
WHITE = "#ffffff"
WIDTH, HEIGHT, THICKNESS = 1600, 900, 50


def give_logo(by: Actor, now: datetime) -> None:
    """Deposit the logo of the collectivité of this person, where it has colours and no logo yet."""
    authority = by.organisation.local_authority
    if authority is not None and authority.uid in COLOURS and logo_of(by.organisation) is None:
        logos.deposit(picture=redrawn(bridge(*COLOURS[authority.uid])), by=by, now=now)


def bridge(stone: str, water: str) -> bytes:
    """Return the drawing in these colours, as a PNG."""
    image = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((0, 60, WIDTH - 1, 560), radius=40, fill=stone)
    for left in (100, 600, 1100):
        draw.pieslice((left, 200, left + 400, 600), 180, 360, fill=WHITE)
        draw.rectangle((left, 400, left + 400, 561), fill=WHITE)
    for height in (670, 810):
        wave = [(x, height + 35 * math.sin(x * math.tau / 400)) for x in range(0, WIDTH + 1, 4)]
        draw.polygon([*wave, *((x, y + THICKNESS) for x, y in reversed(wave))], fill=water)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
