"""What is understood of the HTML that people bring, from Word or elsewhere: blocks of words, and nothing that acts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from html.parser import HTMLParser

import nh3

#: Seen while reading; what is kept is decided by the blocks alone.
_READ = {
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "b", "a", "br", "span", "table", "tr",
    "th", "td", "thead", "tbody", "tfoot", "blockquote", "section", "article", "dt", "dd", "pre", "caption", "hr",
}  # fmt: skip
#: Looks that are not kept, and pictures: seen to tell their author, then left.
_LOOKS = {"em", "i", "u", "s", "strike", "del", "ins", "sub", "sup", "mark"}
_PICTURES = {"img"}
_DROPPED = {
    "script", "style", "svg", "math", "title", "template", "noscript", "iframe", "object", "embed", "select",
    "textarea", "head", "xml",
}  # fmt: skip
_STYLED = {"p", "span", "b", "strong", "div", "li"}
_HEADINGS = {"h1": "h3", "h2": "h3", "h3": "h3", "h4": "h4", "h5": "h4", "h6": "h4"}
_BREAKS = {"p", "div", "blockquote", "section", "article", "dt", "dd", "pre", "caption", "hr"}
#: Control characters, soft hyphens, zero-width spaces and the marks that turn the writing over in secret. The joiners
#: of emojis and the direction marks of Arabic or Hebrew stay.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u200b\u202a-\u202e\u2060\u2066-\u2069\ufeff\ufffe\uffff]"
)
_SURROGATES = re.compile("[\ud800-\udfff]")
_SPACES = re.compile(r"[ \t\r\n]+")
_LEVEL = re.compile(r"mso-list:\s*l\d+\s+level(\d)")
_NUMBERED = re.compile(r"^\(?(?:\d+|[a-z]|[ivxlc]+)[.)°]", re.IGNORECASE)
_BULLET = re.compile(r"^[ \u00a0]*[·•▪●○‣◦➢§\uf0a7\uf0b7][ \u00a0]+")
BREAK = "\n"
MAX_DEPTH = 6
MAX_COLUMNS = 20


class Change(Enum):
    """What is not kept as it was brought, though people see it."""

    LEVEL = auto()
    UNEVEN = auto()
    COLUMNS = auto()
    DEPTH = auto()
    LOOK = auto()
    PICTURE = auto()


@dataclass(frozen=True, slots=True)
class Run:
    """Words of one look: bold or not, leading somewhere or not; a line end is a break."""

    text: str
    bold: bool = False
    href: str = ""


@dataclass(slots=True)
class Item:
    runs: list[Run] = field(default_factory=list)
    lists: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class Cell:
    runs: list[Run] = field(default_factory=list)
    header: bool = False
    width: int = 1


@dataclass(slots=True)
class Block:
    """A paragraph or heading (``runs``), a list (``items``) or a table (``rows``)."""

    kind: str
    runs: list[Run] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    rows: list[list[Cell]] = field(default_factory=list)


def read(html: str) -> list[Block]:
    """Return the blocks of some HTML: never empty ones, tables squared, breaks doubled made paragraphs."""
    return read_noticing(html)[0]


def read_noticing(html: str) -> tuple[list[Block], set[Change]]:
    """Return the blocks of some HTML, as `read` does, and what they do not keep of it."""
    safe = nh3.clean(
        _INVISIBLE.sub("", _SURROGATES.sub("", html)),
        tags=_READ | _LOOKS | _PICTURES,
        clean_content_tags=_DROPPED,
        attributes={tag: {"style", "class"} for tag in _STYLED}
        | {"a": {"href"}, "td": {"colspan"}, "th": {"colspan"}},
        url_schemes={"http", "https", "mailto"},
        link_rel=None,
        strip_comments=True,
    )
    reader = _Reader()
    reader.feed(safe)
    reader.close()
    return reader.finished(), reader.changes


class _Reader(HTMLParser):
    """Reads HTML that is well formed already, one block at a time."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[Block] = []
        self.kind = "p"
        self.runs: list[Run] = []
        self.lists: list[Block] = []  # those open, the outermost first
        self.table: Block | None = None
        self.bold: list[bool] = []
        self.links: list[str] = []
        self.marker: list[str] = []  # of an item of Word: what its bullet says
        self.spans: list[bool] = []  # whether each open span is such a bullet
        self.level = 0  # of an item of Word
        self.looks = 0  # those open that are not kept
        self.is_moved = False  # a heading of another level than the one that it is given
        self.changes: set[Change] = set()

    # --- what the parser calls

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        style = values.get("style", "").lower()
        if tag == "br":
            self.runs.append(Run(BREAK))
        elif tag == "a":
            self.links.append(values.get("href", "").strip())
        elif tag in ("b", "strong", "span"):
            self._look(tag, style)
        elif tag in ("ul", "ol"):
            self._open_list(tag)
        elif tag == "li":
            self._end_block()
            self._item()
        elif tag in ("table", "tr", "td", "th"):
            self._open_table(tag, values)
        elif tag in _LOOKS:
            self.looks += 1
        elif tag in _PICTURES:
            self.changes.add(Change.PICTURE)
        elif tag in _HEADINGS or tag in _BREAKS:
            self._end_block()
            self.kind = _HEADINGS.get(tag, "p")
            self.is_moved = self.kind != "p" and self.kind != tag
            found = _LEVEL.search(style)
            named = "msolistparagraph" in values.get("class", "").lower()
            self.level = int(found[1]) if found else int(named and "mso-list" in style)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self.links:
            self.links.pop()
        elif tag in ("b", "strong", "span"):
            if self.bold:
                self.bold.pop()
            if tag == "span" and self.spans:
                self.spans.pop()
        elif tag in _LOOKS:
            self.looks -= 1
        elif tag in ("ul", "ol"):
            self._end_block()
            if self.lists:
                self.lists.pop()
        elif tag == "table":
            self._end_block()
            self.table = None
        elif tag in ("li", "td", "th") or tag in _HEADINGS or tag in _BREAKS:
            self._end_block()

    def handle_data(self, data: str) -> None:
        if any(self.spans):
            self.marker.append(data)
            return
        words = _SPACES.sub(" ", data)
        if words:
            bold = bool(self.bold and self.bold[-1])
            if self.looks and not self.links and words.strip():  # links are underlined everywhere
                self.changes.add(Change.LOOK)
            self.runs.append(Run(words, bold, self.links[-1] if self.links else ""))

    def finished(self) -> list[Block]:
        """Return the blocks, without those that hold nothing."""
        self._end_block()
        for block in self.blocks:
            if block.kind == "table":
                self.changes |= _mended(block.rows)
        found = [each for block in self.blocks if (each := _kept(block)) is not None]
        return _joined(found)

    # --- what they do

    def _look(self, tag: str, style: str) -> None:
        bold = self.bold[-1] if self.bold else False
        weight = re.search(r"font-weight:\s*(\w+)", style)
        if weight:
            bold = weight[1] in ("bold", "bolder") or (weight[1].isdigit() and int(weight[1]) >= 600)
        elif tag != "span":
            bold = True
        self.bold.append(bold)
        if tag == "span":
            self.spans.append("mso-list:ignore" in style.replace(" ", ""))

    def _open_list(self, tag: str) -> None:
        self._end_block()
        new = Block(tag)
        if self.table is None and len(self.lists) >= MAX_DEPTH:
            self.changes.add(Change.DEPTH)
        if self.table is not None or len(self.lists) >= MAX_DEPTH:
            self.lists.append(self.lists[-1] if self.lists else new)
        elif self.lists:
            if not self.lists[-1].items:
                self.lists[-1].items.append(Item())
            self.lists[-1].items[-1].lists.append(new)
            self.lists.append(new)
        else:
            self.blocks.append(new)
            self.lists.append(new)

    def _item(self) -> None:
        if self.table is not None:
            self.runs.append(Run("– "))
        elif self.lists:
            self.lists[-1].items.append(Item())

    def _open_table(self, tag: str, values: dict[str, str]) -> None:
        self._end_block()
        if tag == "table":
            if self.table is None:
                self.lists.clear()
                self.table = Block("table")
                self.blocks.append(self.table)
        elif self.table is not None and tag == "tr":
            self.table.rows.append([])
        elif self.table is not None:
            if not self.table.rows:
                self.table.rows.append([])
            width = values.get("colspan", "1")
            span = min(int(width), MAX_COLUMNS) if width.isdigit() and len(width) < 4 else 1
            self.table.rows[-1].append(Cell(header=tag == "th", width=max(span, 1)))

    def _end_block(self) -> None:
        runs, kind, level, is_moved = self.runs, self.kind, self.level, self.is_moved
        self.is_moved = False
        marker, self.runs, self.kind, self.level, self.marker = "".join(self.marker), [], "p", 0, []
        if not "".join(run.text for run in runs).strip(" \n\u00a0"):
            return
        if is_moved or (kind != "p" and (self.table is not None or self.lists)):
            self.changes.add(Change.LEVEL)
        if self.table is not None:
            if self.table.rows and self.table.rows[-1]:
                _add(self.table.rows[-1][-1].runs, runs)
        elif self.lists:
            if not self.lists[-1].items:
                self.lists[-1].items.append(Item())
            _add(self.lists[-1].items[-1].runs, runs)
        elif level:
            self._word_item(runs, level, "ol" if _NUMBERED.match(marker.strip(" \u00a0")) else "ul")
        else:
            self.blocks += _paragraphs(kind, runs)

    def _word_item(self, runs: list[Run], level: int, tag: str) -> None:
        """Lay an item of Word, a paragraph with a level, in the list that it continues."""
        last = self.blocks[-1] if self.blocks else None
        if last is None or last.kind not in ("ul", "ol") or (level == 1 and last.kind != tag):
            last = Block(tag)
            self.blocks.append(last)
        for _ in range(min(level, MAX_DEPTH) - 1):
            if not last.items:
                break
            if not last.items[-1].lists:
                last.items[-1].lists.append(Block(tag))
            last = last.items[-1].lists[-1]
        last.items.append(Item(_strip_bullet(runs)))


def _add(target: list[Run], runs: list[Run]) -> None:
    """Add words to an item or a cell that may already hold a paragraph."""
    if target and target[-1].text != "– ":
        target.append(Run(BREAK))
    target += runs


def _paragraphs(kind: str, runs: list[Run]) -> list[Block]:
    """Split at doubled breaks."""
    parts: list[list[Run]] = [[]]
    for run in runs:
        if run.text == BREAK and parts[-1] and parts[-1][-1].text == BREAK:
            parts[-1].pop()
            parts.append([])
        else:
            parts[-1].append(run)
    return [_bulleted(kind, part) for part in parts]


def _bulleted(kind: str, runs: list[Run]) -> Block:
    """Return an item for a paragraph that begins with a typed bullet."""
    if kind == "p" and runs and _BULLET.match("".join(run.text for run in runs[:3])):
        return Block("ul", items=[Item(_strip_bullet(runs))])
    return Block(kind, runs)


def _strip_bullet(runs: list[Run]) -> list[Run]:
    text = "".join(run.text for run in runs)
    found = _BULLET.match(text)
    left, kept = found.end() if found else 0, []
    for run in runs:
        cut = min(left, len(run.text))
        left -= cut
        kept.append(replace(run, text=run.text[cut:]))
    return kept


def _joined(blocks: list[Block]) -> list[Block]:
    """Make one list of neighbours of the same kind."""
    found: list[Block] = []
    for block in blocks:
        if found and block.kind in ("ul", "ol") and found[-1].kind == block.kind:
            found[-1].items += block.items
        else:
            found.append(block)
    return found


def _kept(block: Block) -> Block | None:
    if block.kind == "table":
        rows = [[cell for each in row for cell in _widened(each)] for row in block.rows]
        width = min(max((len(row) for row in rows), default=0), MAX_COLUMNS)
        block.rows = [_squared(row, width) for row in rows if any(cell.runs for cell in row)]
        return block if block.rows else None
    if block.kind in ("ul", "ol"):
        block.items = [item for item in map(_kept_item, block.items) if item.runs]
        return block if block.items else None
    block.runs = _tidy(block.runs)
    if block.kind != "p":
        block.runs = _tidy([replace(run, text=run.text.replace("\n", " "), bold=False) for run in block.runs])
    return block if block.runs else None


def _kept_item(item: Item) -> Item:
    item.runs = _tidy(item.runs)
    item.lists = _joined([each for found in item.lists if (each := _kept(found)) is not None])
    if not item.runs and item.lists:  # a list in a list without words between
        first = item.lists[0].items.pop(0)
        item.runs, item.lists = first.runs, [*first.lists, *(each for each in item.lists if each.items)]
        item.lists = _joined(item.lists)
    return item


def _mended(rows: list[list[Cell]]) -> set[Change]:
    """Return what squaring these rows changes: cells that were missing or joined, columns that are too many."""
    kept = [row for row in rows if any(run.text.strip() for cell in row for run in cell.runs)]
    widths = {sum(cell.width for cell in row) for row in kept}
    uneven = len(widths) > 1 or any(cell.width > 1 for row in kept for cell in row)
    return ({Change.UNEVEN} if uneven else set()) | (
        {Change.COLUMNS} if max(widths, default=0) > MAX_COLUMNS else set()
    )


def _widened(cell: Cell) -> list[Cell]:
    cell.runs = _tidy(cell.runs)
    return [cell, *(Cell(header=cell.header) for _ in range(cell.width - 1))]


def _squared(row: list[Cell], width: int) -> list[Cell]:
    header = bool(row) and all(cell.header for cell in row)
    return (row + [Cell(header=header) for _ in range(width - len(row))])[:width]


def _tidy(runs: list[Run]) -> list[Run]:
    """Return the words with single spaces, none at the ends nor around a break, neighbours of one look joined."""
    tidy: list[Run] = []
    for run in _split(runs):
        if run.text == BREAK:
            _trim_end(tidy)
            if tidy:
                tidy.append(run)
            continue
        text = re.sub(" +", " ", run.text)
        if not tidy or tidy[-1].text.endswith((" ", BREAK)):
            text = text.lstrip(" ")
        if text and tidy and tidy[-1].text != BREAK and (tidy[-1].bold, tidy[-1].href) == (run.bold, run.href):
            tidy[-1] = replace(tidy[-1], text=tidy[-1].text + text)
        elif text:
            tidy.append(replace(run, text=text))
    _trim_end(tidy)
    while tidy and tidy[-1].text == BREAK:
        tidy.pop()
        _trim_end(tidy)
    return tidy


def _split(runs: list[Run]) -> Iterator[Run]:
    """Yield the words and the breaks apart."""
    for run in runs:
        for position, part in enumerate(run.text.split(BREAK)):
            if position:
                yield Run(BREAK)
            if part:
                yield replace(run, text=part)


def _trim_end(runs: list[Run]) -> None:
    while runs and runs[-1].text != BREAK:
        text = runs[-1].text.rstrip(" ")
        if text:
            runs[-1] = replace(runs[-1], text=text)
            return
        runs.pop()
