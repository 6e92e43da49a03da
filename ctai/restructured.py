"""What cleaning changes of the structure of a rich text, told to its author in a few words."""

from __future__ import annotations

from ctai.htmlreader import MAX_COLUMNS, Block, Change, Item, Run, read_noticing
from ctai.richtext import looks_like_html

TOLD = {
    Change.LEVEL: "Les titres ont été ramenés à un niveau autorisé.",
    Change.UNEVEN: "Un tableau irrégulier a été complété par des cellules vides.",
    Change.COLUMNS: f"Un tableau a été limité à {MAX_COLUMNS} colonnes : le texte des suivantes a été retiré.",
    Change.DEPTH: "Les listes ont été ramenées à six niveaux.",
    Change.LOOK: "L’italique, le souligné, les indices et les exposants n’ont pas été gardés.",
    Change.PICTURE: "Les images ont été retirées.",
}
BOLDED = "Les titres sont devenus des paragraphes en gras."
UNROLLED = "Chaque ligne d’un tableau est devenue un paragraphe."
SPELLED = "L’adresse d’un lien est écrite après ses mots."
#: What means nothing where headings and tables are not kept at all.
_OF_WHOLE_TEXTS = {Change.LEVEL, Change.UNEVEN, Change.COLUMNS}


def restructured(source: str, *, simple: bool = False) -> str:
    """Return what tells an author how the structure of a text was changed; empty when it was kept.

    Args:
        source: the text as it was typed or pasted.
        simple: it is kept by `richtext.simple`, rather than by `richtext.clean`.
    """
    if not looks_like_html(source):
        return ""
    blocks, changes = read_noticing(source)
    if simple:
        sentences = [TOLD[each] for each in Change if each in changes - _OF_WHOLE_TEXTS]
        return " ".join(sentences + _simplified(blocks))
    headings = [block.kind for block in blocks if block.kind in ("h3", "h4")]
    if headings[:1] == ["h4"]:
        changes.add(Change.LEVEL)
    return " ".join(TOLD[each] for each in Change if each in changes)


def _simplified(blocks: list[Block]) -> list[str]:
    kinds = {block.kind for block in blocks}
    found = {
        BOLDED: bool(kinds & {"h3", "h4"}),
        UNROLLED: "table" in kinds,
        SPELLED: any(_is_spelled(run) for block in blocks for run in _runs(block)),
    }
    return [sentence for sentence, is_so in found.items() if is_so]


def _is_spelled(run: Run) -> bool:
    return bool(run.href) and run.href.removeprefix("mailto:") not in run.text


def _runs(block: Block) -> list[Run]:
    cells = [run for row in block.rows for cell in row for run in cell.runs]
    return [*block.runs, *cells, *(run for item in block.items for run in _runs_of(item))]


def _runs_of(item: Item) -> list[Run]:
    return [*item.runs, *(run for each in item.lists for run in _runs(each))]
