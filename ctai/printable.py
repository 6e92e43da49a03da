"""The characters that documents can print: what typed text becomes, and what its author is told of it."""

from __future__ import annotations

import re
import unicodedata

from ctai.text import NBSP, join_and

REPLACEMENT = "?"

# What both Marianne and Spectral can draw (end of each range excluded).
DRAWABLE_RANGES = (
    (0x0020, 0x007F),
    (0x00A0, 0x00AD),
    (0x00AE, 0x00B5),
    (0x00B6, 0x0149),
    (0x014A, 0x017F),
    (0x01A0, 0x01A2),
    (0x01AF, 0x01B1),
    (0x01E6, 0x01E8),
    (0x01FA, 0x0200),
    (0x0218, 0x021C),
    (0x0232, 0x0234),
    (0x1E0C, 0x1E10),
    (0x1E20, 0x1E22),
    (0x1E24, 0x1E26),
    (0x1E80, 0x1E86),
    (0x1E92, 0x1E94),
    (0x1EA0, 0x1EFA),
    (0x2013, 0x2015),
    (0x2018, 0x201B),
    (0x201C, 0x201F),
    (0x2020, 0x2023),
    (0x2030, 0x2031),
    (0x2039, 0x203B),
    (0x2074, 0x207A),
)
DRAWABLE = frozenset(
    {chr(point) for start, end in DRAWABLE_RANGES for point in range(start, end)} | set("…€№™←↑→↓−√≈≤≥")
)

# Characters with a faithful equivalent.
EQUIVALENTS = str.maketrans(
    {
        "\u2028": "\n",
        "\u2029": "\n\n",
        "\u0085": "\n",
        "\u000b": "\n",
        "\u000c": "\n\n",
        "\t": " ",
        "\u2010": "-",
        "\u2011": "-",
        "\u2012": "–",
        "\u2015": "—",
        "\u2007": "\u00a0",
        "\u202f": "\u00a0",
        "µ": "u",
        "\u2032": "’",
        "\u2033": "”",
        "☐": "[ ]",
        "☑": "[x]",
        "☒": "[x]",
        "✓": "[x]",
        "✔": "[x]",
        "≠": "différent de",
        "\uf0b7": "•",
        "\uf0a7": "•",
        "\uf0d8": "•",
        "\uf0fc": "•",
        "▪": "•",
        "■": "•",
        "●": "•",
        "○": "•",
        "‣": "•",
        "◦": "•",
        "➢": "•",
        "➤": "•",
    }
)
QUIET = frozenset("µ\u2010\u2011\u2012\u2015\u2032\u2033▪■●○‣◦➢➤\ufe0f")
MOST_TOLD = 6
BULLET = re.compile(r"^[ \u00a0]*[•·*–—-][ \u00a0]+", re.MULTILINE)
TRAILING_SPACE = re.compile(r"[ \u00a0]+$", re.MULTILINE)
BLANK_LINES = re.compile(r"\n{3,}")
ITEM = "- "
BEFORE_HIGH_MARK = re.compile(r" (?=[;:?!»%€](?:\s|$))")
AFTER_OPENING = re.compile(r"(?<=«) |(?<=\bn°) ")


def normalise(text: str) -> str:
    """Return the text as it can be printed: composed accents, plain line ends, `- ` lists, no glyph missing.

    Spaces that French typography does not break become no-break spaces.
    """
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).translate(EQUIVALENTS)
    text = "".join(map(_drawable, text))
    text = TRAILING_SPACE.sub("", BULLET.sub(ITEM, text))
    text = AFTER_OPENING.sub(NBSP, BEFORE_HIGH_MARK.sub(NBSP, text))
    return BLANK_LINES.sub("\n\n", text).strip()


def told(*texts: str) -> str:
    """Return the sentence that tells an author which characters will not be printed as typed; empty when all will."""
    typed = unicodedata.normalize("NFC", "\n".join(texts))
    changes = [f"« {char} » {_becomes(char)}" for char in dict.fromkeys(typed) if _is_changed(char)]
    if not changes:
        return ""
    shown = join_and([*changes[:MOST_TOLD], *(["d’autres encore"] if len(changes) > MOST_TOLD else [])])
    return f"Dans les documents, {shown} : ces caractères ne peuvent pas y être imprimés tels quels."


def lost_characters(text: str) -> list[str]:
    """Return the characters that cannot be printed, each once, so that the author is told."""
    return list(
        dict.fromkeys(
            char
            for char in text.translate(EQUIVALENTS)
            if _drawable(char) in ("", REPLACEMENT) and char not in (REPLACEMENT, "\r", "\u00ad", "\u200b")
        )
    )


def _is_changed(char: str) -> bool:
    """Tell a visible character that is not printed as it is; dashes, bullets and spaces keep their sense."""
    if char == "\n" or char in DRAWABLE or unicodedata.category(char)[0] in "ZC" or char in QUIET:
        return False
    return normalise(char) != char


def _becomes(char: str) -> str:
    printed = normalise(char)
    return f"est remplacé par « {printed} »" if printed else "est retiré"


def _drawable(char: str) -> str:
    if char == "\n" or char in DRAWABLE:
        return char
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if category[0] == "C" or category in ("So", "Sk", "Mn", "Me"):
        return ""
    plain = "".join(part for part in unicodedata.normalize("NFKD", char) if unicodedata.category(part) != "Mn")
    return plain if plain and DRAWABLE.issuperset(plain) else REPLACEMENT
