"""What a rich text may hold: headings, paragraphs, lists, bold, links and tables; nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape
from itertools import groupby

import nh3

from ctai.htmlreader import Block, Cell, Item, Run, read

#: The longest text of a section, counted in characters that people read.
TEXT_LENGTH = 60_000
#: Nothing longer is even looked at: markup may weigh, not that much.
SOURCE_LENGTH = 1_500_000
TAGS = {"p", "h3", "h4", "ul", "ol", "li", "strong", "a", "br", "table", "thead", "tbody", "tr", "th", "td"}
SCHEMES = {"http", "https", "mailto"}
_MARKUP = re.compile(r"\s*<(?:p|h[34]|ul|ol|table)[ >]")
_BULLET = re.compile(r"^[ \u00a0]*(?:[•·▪●○‣◦➢*–—-])[ \u00a0]+")
_HIGH_MARKS = re.compile(r" (?=[;:?!»%€](?:<|\s|$))")
NBSP = "\u00a0"


@dataclass(slots=True)
class Line:
    """A block to compare: what it is, what it says, and its markup, to notice what words do not show."""

    kind: str
    text: str
    markup: str = field(compare=False)


def clean(source: str) -> str:
    """Return the text as it is kept; cleaning it again changes nothing, and plain text becomes paragraphs."""
    html = source if looks_like_html(source) else _from_plain(source)
    return _written(_levelled(read(html)))


def looks_like_html(source: str) -> bool:
    """Tell HTML from plain text, which may hold a lone `<`."""
    return re.search(r"<[a-zA-Z!/][^<]*>", source) is not None


def is_rich(text: str) -> bool:
    """Tell a kept rich text from the plain text that older versions hold."""
    return _MARKUP.match(text) is not None


def to_page(text: str) -> str:
    """Return the HTML to show: safe whatever was kept, tables in a frame that scrolls."""
    safe = nh3.clean(clean(text), tags=TAGS, attributes={"a": {"href"}, "th": {"scope"}}, url_schemes=SCHEMES)
    opening = (
        '<div class="ctai-table ctai-table--text" role="region" aria-label="Tableau du texte" tabindex="0"><table>'
    )
    return safe.replace("<table>", opening).replace("</table>", "</table></div>")


def to_print(text: str) -> str:
    """Return the HTML to print: headings one level down, the address of a link written after its words."""
    blocks = _levelled(read(clean(text)))
    for block in blocks:
        block.kind = {"h3": "h4", "h4": "h5"}.get(block.kind, block.kind)
    return _HIGH_MARKS.sub(NBSP, _written(blocks, links=False))


def simple(source: str) -> str:
    """Return paragraphs, lists and bold alone: a heading becomes bold, a row a line, a link its words and address."""
    html = source if looks_like_html(source) else _from_plain(source)
    written = _written([each for block in read(html) for each in _simple(block)], links=False)
    return _HIGH_MARKS.sub(NBSP, written)


def plain(text: str) -> str:
    """Return what people read of a rich text, a line for each block."""
    return "\n".join(line.text for line in lines_of(text))


def length_of(text: str) -> int:
    """Count the characters that people read, line ends aside."""
    return sum(len(line.text) for line in lines_of(text))


def lines_of(text: str) -> list[Line]:
    """Return the blocks to compare, a line for each paragraph, heading, item and row of a table."""
    return [line for block in read(clean(text)) for line in _lines(block)] if text else []


def _from_plain(source: str) -> str:
    """Write plain text as HTML: paragraphs at blank lines, lists from lines that start with a dash."""
    parts: list[str] = []
    for block in re.split(r"\n[ \t]*\n", source.replace("\r\n", "\n").replace("\r", "\n")):
        for is_item, group in groupby(block.split("\n"), key=lambda line: _BULLET.match(line) is not None):
            lines = [escape(_BULLET.sub("", line), quote=False) for line in group]
            items = "".join(f"<li>{line}</li>" for line in lines)
            parts.append(f"<ul>{items}</ul>" if is_item else f"<p>{'<br>'.join(lines)}</p>")
    return "".join(parts)


def _simple(block: Block) -> list[Block]:
    if block.kind == "table":
        rows = [[cell.runs for cell in row if cell.runs] for row in block.rows]
        return [Block("p", [run for rank, runs in enumerate(row) for run in _after(rank, runs)]) for row in rows]
    if block.kind in ("h3", "h4"):
        return [Block("p", [Run(run.text, bold=True) for run in block.runs])]
    return [block]


def _after(rank: int, runs: list[Run]) -> list[Run]:
    return [Run(" – "), *runs] if rank else runs


def _levelled(blocks: list[Block]) -> list[Block]:
    """Make the first heading, and each that would skip a level, one of level 3."""
    opened = False
    for block in blocks:
        if block.kind == "h4" and not opened:
            block.kind = "h3"
        opened = opened or block.kind == "h3"
    return blocks


def _written(blocks: Sequence[Block], *, links: bool = True) -> str:
    return "".join(_block(block, links) for block in blocks)


def _block(block: Block, links: bool) -> str:
    if block.kind == "table":
        return _table(block.rows, links)
    if block.kind in ("ul", "ol"):
        return _list(block, links)
    return f"<{block.kind}>{_runs(block.runs, links)}</{block.kind}>"


def _list(block: Block, links: bool) -> str:
    items = "".join(_item(item, links) for item in block.items)
    return f"<{block.kind}>{items}</{block.kind}>"


def _item(item: Item, links: bool) -> str:
    return f"<li>{_runs(item.runs, links)}{''.join(_list(each, links) for each in item.lists)}</li>"


def _table(rows: Sequence[Sequence[Cell]], links: bool) -> str:
    headed = all(cell.header for cell in rows[0])
    head = "".join(f'<th scope="col">{_runs(cell.runs, links)}</th>' for cell in rows[0]) if headed else ""
    body = "".join(f"<tr>{''.join(_cell(cell, links) for cell in row)}</tr>" for row in rows[1 if headed else 0 :])
    head = f"<thead><tr>{head}</tr></thead>" if headed else ""
    return f"<table>{head}{f'<tbody>{body}</tbody>' if body else ''}</table>"


def _cell(cell: Cell, links: bool) -> str:
    inside = _runs(cell.runs, links)
    return f'<th scope="row">{inside}</th>' if cell.header else f"<td>{inside}</td>"


def _runs(runs: Sequence[Run], links: bool) -> str:
    return "".join(_link(href, list(group), links) for href, group in groupby(runs, key=lambda run: run.href))


def _link(href: str, runs: list[Run], links: bool) -> str:
    inside = "".join(_words(run) for run in runs)
    if not href:
        return inside
    if links:
        return f'<a href="{escape(href)}">{inside}</a>'
    address = href.removeprefix("mailto:")
    return inside if address in "".join(run.text for run in runs) else f"{inside} ({escape(address, quote=False)})"


def _words(run: Run) -> str:
    words = escape(run.text, quote=False).replace("\n", "<br>")
    return f"<strong>{words}</strong>" if run.bold else words


def _lines(block: Block, depth: int = 0) -> Iterator[Line]:
    if block.kind == "table":
        for row in block.rows:
            markup = "".join(_cell(cell, links=True) for cell in row)
            yield Line("row", " | ".join(_said(cell.runs) for cell in row), markup)
    elif block.kind in ("ul", "ol"):
        for item in block.items:
            yield Line("item", "  " * depth + "– " + _said(item.runs), block.kind + _runs(item.runs, links=True))
            for each in item.lists:
                yield from _lines(each, depth + 1)
    else:
        yield Line(block.kind, _said(block.runs), block.kind + _runs(block.runs, links=True))


def _said(runs: Sequence[Run]) -> str:
    return "".join(run.text for run in runs).replace("\n", " ")
