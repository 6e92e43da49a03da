"""People’s text as documents hold it: every string normalised, then drawn as paragraphs and lists."""

import re
from typing import Any

import nh3
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from ctai.printable import ITEM, normalise

BLOCKS = re.compile(r"\n\s*\n")
RICH = re.compile(r"<(?:p|h[45]|ul|ol|table)>")
PRINTED_TAGS = {"p", "h4", "h5", "ul", "ol", "li", "strong", "br", "table", "thead", "tbody", "tr", "th", "td"}


def normalise_all(value: Any) -> Any:
    """Return the same JSON value with every string normalised."""
    if isinstance(value, str):
        return normalise(value)
    if isinstance(value, dict):
        return {key: normalise_all(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normalise_all(item) for item in value]
    return value


def as_html(text: str) -> SafeString:
    """Return plain text as HTML: paragraphs at blank lines, lists from lines that start with `- `."""
    return mark_safe("".join(_block(block) for block in BLOCKS.split(text.strip()) if block.strip()))  # noqa: S308


def rich_html(text: str) -> SafeString:
    """Return a rich text with nothing in it but what documents print: headings, paragraphs, lists, bold and tables."""
    if RICH.match(text) is None:
        return as_html(text)
    return mark_safe(nh3.clean(text, tags=PRINTED_TAGS, attributes={"th": {"scope"}}))  # noqa: S308


def in_lines(text: str) -> SafeString:
    """Return the lines of a postal address, escaped and broken."""
    return format_html_join(mark_safe("<br>"), "{}", ((line.strip(),) for line in text.splitlines() if line.strip()))


def _block(block: str) -> SafeString:
    parts: list[SafeString] = []
    for is_list, lines in _runs(block.splitlines()):
        if is_list:
            items = format_html_join("", "<li>{}</li>", ((line.removeprefix(ITEM),) for line in lines))
            parts.append(format_html("<ul>{}</ul>", items))
        else:
            parts.append(format_html("<p>{}</p>", mark_safe("<br>".join(map(conditional_escape, lines)))))  # noqa: S308
    return mark_safe("".join(parts))  # noqa: S308


def _runs(lines: list[str]) -> list[tuple[bool, list[str]]]:
    """Group consecutive lines by whether they are items of a list."""
    runs: list[tuple[bool, list[str]]] = []
    for line in lines:
        is_item = line.startswith(ITEM)
        if runs and runs[-1][0] == is_item:
            runs[-1][1].append(line)
        else:
            runs.append((is_item, [line]))
    return runs
