"""What an author is told of the structure of a text: each change that shows, nothing for what the editor makes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctai.htmlreader import MAX_COLUMNS, Change
from ctai.restructured import BOLDED, SPELLED, TOLD, UNROLLED, restructured
from ctai.richtext import clean, simple

EDITED = (
    "<h3>Publics</h3><p>Une <strong>centaine</strong>.</p><h4>Familles</h4>"
    "<ul><li><p>une</p><ul><li><p>deux</p></li></ul></li></ul>"
    '<p><a target="_blank" href="https://exemple.fr">exemple</a></p>'
    '<table style="min-width: 50px"><colgroup><col></colgroup><tbody>'
    '<tr><th colspan="1" rowspan="1"><p>Année</p></th><th colspan="1" rowspan="1"><p>Total</p></th></tr>'
    '<tr><td colspan="1" rowspan="1"><p>2026</p></td><td colspan="1" rowspan="1"><p></p></td></tr></tbody></table>'
)
SEVEN_LEVELS = "<ul><li>niveau" * 7 + "</li></ul>" * 7


@pytest.mark.parametrize(
    "quiet",
    [
        "",
        "Un texte, 3 < 5.",
        EDITED,
        "<ul><li><p>a</p></li><li><p>b</p><p>c</p></li></ul>",
        "<p class=MsoNormal>a<o:p></o:p></p><!-- <i>b</i> --><style>i { color: red }</style>",
        "<p>a <i> </i></p>",
        "<h1> </h1><p>a</p>",
        "<p><a href='https://exemple.fr'><u>a</u></a></p>",
        "<table><tr><td>a</td><td>b</td></tr><tr></tr></table>",
        "<ul><li>niveau" * 5 + "</li></ul>" * 5,
    ],
)
def test_nothing_is_told_of_what_is_kept(quiet: str) -> None:
    assert restructured(quiet) == ""


@pytest.mark.parametrize(
    ("brought", "changes"),
    [
        ("<h1>Un</h1><h3>Trois</h3>", [Change.LEVEL]),
        ("<h4>Un sous-titre d’abord</h4>", [Change.LEVEL]),
        ("<ul><li><h3>Titre</h3></li></ul>", [Change.LEVEL]),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", [Change.UNEVEN]),
        ("<table><tr><td colspan=2>a</td></tr></table>", [Change.UNEVEN]),
        ("<table><tr><td rowspan=2>a</td><td>b</td></tr><tr><td>c</td></tr></table>", [Change.UNEVEN]),
        (f"<table><tr>{'<td>a</td>' * (MAX_COLUMNS + 1)}</tr></table>", [Change.COLUMNS]),
        (SEVEN_LEVELS, [Change.DEPTH]),
        ("<p>20 m<sup>2</sup></p>", [Change.LOOK]),
        ("<p>a <em>b</em></p><p><img src=c></p>", [Change.LOOK, Change.PICTURE]),
        ("<h2>a</h2><p><u>b</u></p>", [Change.LEVEL, Change.LOOK]),
    ],
)
def test_each_change_is_told_once(brought: str, changes: list[Change]) -> None:
    assert restructured(brought) == " ".join(TOLD[each] for each in changes)
    assert restructured(brought * 2) == restructured(brought)


@pytest.mark.parametrize(
    ("brought", "said"),
    [
        ("<p>a <b>b</b></p><ul><li><p>c</p></li></ul>", ""),
        ("<h1>a</h1><p>b</p>", BOLDED),
        ("<table><tr><td>a</td></tr><tr><td>b</td><td>c</td></tr></table>", UNROLLED),
        ("<ul><li>a<ul><li><a href='https://exemple.fr'>b</a></li></ul></li></ul>", SPELLED),
        ("<p><a href='mailto:a@exemple.fr'>a@exemple.fr</a></p>", ""),
        ("<p><i>a</i></p>", TOLD[Change.LOOK]),
        (SEVEN_LEVELS, TOLD[Change.DEPTH]),
    ],
)
def test_a_simple_text_is_told_of_what_it_cannot_hold(brought: str, said: str) -> None:
    assert restructured(brought, simple=True) == said


PIECES = st.lists(
    st.sampled_from(
        ["<h1>", "<h4>", "</h4>", "<p>", "<ul>", "<li>", "</ul>", "<table>", "<tr>", "<td colspan=2>", "<td>"]
    )
    | st.sampled_from(["</table>", "<i>", "</i>", "<img>", "<a href='https://exemple.fr'>", "</a>", "mot ", "\u2028"]),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(PIECES)
def test_a_text_that_was_saved_is_never_told_of_again(pieces: list[str]) -> None:
    brought = "".join(pieces)

    assert restructured(clean(brought)) == ""
    assert restructured(simple(brought), simple=True) == ""
