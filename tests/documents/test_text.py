"""What becomes of people's text before it is printed."""

import pytest

from ctai.printable import lost_characters, normalise, told
from documents.text import as_html, normalise_all


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("L'Haÿ-les-Roses, Œuilly, Le Mêle-sur-Sarthe", "L'Haÿ-les-Roses, Œuilly, Le Mêle-sur-Sarthe"),
        ("e\u0301cole", "école"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("un\n\n\n\ndeux  ", "un\n\ndeux"),
        ("\uf0b7\tpremier\n• second\n– troisième", "- premier\n- second\n- troisième"),
        ("zéro\u0000\u0007\u200b\u00adfin", "zérofin"),
        ("bravo 🎉 à tous 👩‍👧", "bravo  à tous"),
        ("M. 王 et Ș̌tefan", "M.\u00a0? et Ștefan"),
        ("12\u202f345 € et 3\u2011D", "12\u00a0345\u00a0€ et 3-D"),
        ("Pourquoi ? « oui » ; n° 3", "Pourquoi\u00a0? «\u00a0oui\u00a0»\u00a0; n°\u00a03"),
    ],
)
def test_normalise_keeps_french_and_drops_what_fonts_cannot_draw(typed: str, printed: str) -> None:
    assert normalise(typed) == printed
    assert normalise(printed) == printed


def test_normalise_all_reaches_every_string_and_nothing_else() -> None:
    data = {"a": ["x\u200b", {"b": "y\r\n"}], "n": 3, "none": None, "yes": True}

    assert normalise_all(data) == {"a": ["x", {"b": "y"}], "n": 3, "none": None, "yes": True}


def test_lost_characters_are_told_once() -> None:
    assert lost_characters("王 et 王, 🎉, é, ?") == ["王", "🎉"]


def test_plain_text_becomes_paragraphs_and_lists_and_nothing_else() -> None:
    assert as_html("a <b>\nc\n\n- un\n- deux\nfin") == (
        "<p>a &lt;b&gt;<br>c</p><ul><li>un</li><li>deux</li></ul><p>fin</p>"
    )
    assert as_html("  ") == ""


def test_author_is_told_of_characters_that_cannot_be_printed() -> None:
    told_of = told("Bonjour 😀 漢 ☑", "Encore 😀").replace("\u00a0", " ")

    assert told_of.startswith("Dans les documents, « 😀 » est retiré, « 漢 » est remplacé par « ? » et « ☑ »")
    assert told("L’Haÿ-les-Roses, Œuilly\u2011sur-Mer, 12\u202f€, • puce, µ") == ""
    assert "et d’autres encore" in told("①②③④⑤⑥⑦⑧ 漢字仮名交文")
