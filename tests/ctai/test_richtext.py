"""The rich text of a section: what Word brings is cleaned, what acts is dropped, what is written stays."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctai.richtext import clean, is_rich, length_of, lines_of, plain, to_page, to_print

WORD = """<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><style>p.MsoNormal{margin:0}</style>
<!--[if gte mso 9]><xml><o:Office/></xml><![endif]--></head><body lang=FR>
<h1 style='mso-list:none'><span style='font-family:"Arial"'>Publics<o:p></o:p></span></h1>
<p class=MsoNormal><b><span style='color:red'>Une centaine</span></b> de personnes<o:p>&nbsp;</o:p></p>
<p class=MsoNormal><o:p>&nbsp;</o:p></p>
<p class=MsoListParagraphCxSpFirst style='text-indent:-18.0pt;mso-list:l0 level1 lfo1'><![if !supportLists]><span
style='font-family:Symbol'><span style='mso-list:Ignore'>·<span style='font:7.0pt "Times New Roman"'>&nbsp;&nbsp;
</span></span></span><![endif]>Des familles</p>
<p class=MsoListParagraphCxSpMiddle style='mso-list:l0 level2 lfo1'><span style='mso-list:Ignore'>o&nbsp;</span>avec
de jeunes enfants</p>
<p class=MsoListParagraphCxSpLast style='mso-list:l0 level1 lfo1'><span style='mso-list:Ignore'>·</span>Des jeunes</p>
<table class=MsoTableGrid border=1><tr><td width=200 colspan=2><p class=MsoNormal><b>Année</b></p></td></tr>
<tr><td><p class=MsoNormal>2024</p></td><td><p>44</p></td><td><p>355</p></td></tr></table>
</body></html>"""

CLEANED_WORD = (
    "<h3>Publics</h3><p><strong>Une centaine</strong> de personnes\u00a0</p>"
    "<ul><li>Des familles<ul><li>avec de jeunes enfants</li></ul></li><li>Des jeunes</li></ul>"
    "<table><tbody><tr><td><strong>Année</strong></td><td></td><td></td></tr>"
    "<tr><td>2024</td><td>44</td><td>355</td></tr></tbody></table>"
)


@pytest.mark.parametrize(
    ("brought", "kept"),
    [
        ("", ""),
        ("   \n ", ""),
        ("Un texte.", "<p>Un texte.</p>"),
        ("Un\n\n- a\n- b\nfin", "<p>Un</p><ul><li>a</li><li>b</li></ul><p>fin</p>"),
        ("3 < 5 & 7 > 2", "<p>3 &lt; 5 &amp; 7 &gt; 2</p>"),
        (WORD, CLEANED_WORD),
        ("<p>a</p><script>alert(1)</script>", "<p>a</p>"),
        ('<svg onload="alert(1)"><text>x</text></svg><p>b</p>', "<p>b</p>"),
        ('<p onclick="x()" style="color:red" class="c">c</p>', "<p>c</p>"),
        ('<a href="javascript:alert(1)">d</a>', "<p>d</p>"),
        ('<img src=x onerror="alert(1)">e', "<p>e</p>"),
        ('<a href="https://exemple.fr/?a=1&b=2" target="_blank">f</a>',
         '<p><a href="https://exemple.fr/?a=1&amp;b=2">f</a></p>'),
        ('<a href="mailto:a@exemple.fr">g</a>', '<p><a href="mailto:a@exemple.fr">g</a></p>'),
        ("<ul><li><p>h</p></li><li><p>i</p><p>j</p></li></ul>", "<ul><li>h</li><li>i<br>j</li></ul>"),
        ("<h4>k</h4><h3>l</h3><h6>m</h6>", "<h3>k</h3><h3>l</h3><h4>m</h4>"),
        ("<p>n<br><br>o</p>", "<p>n</p><p>o</p>"),
        ("<table><tr><th>p</th><th>q</th></tr><tr><td>r</td></tr></table>",
         '<table><thead><tr><th scope="col">p</th><th scope="col">q</th></tr></thead>'
         "<tbody><tr><td>r</td><td></td></tr></tbody></table>"),
        ("<p>Famille 👩‍👩‍👧 🇫🇷</p>", "<p>Famille 👩‍👩‍👧 🇫🇷</p>"),
        ("<p dir=rtl>مرحبا بكم</p>", "<p>مرحبا بكم</p>"),
        ("<p>\u202edécoiffé\u200b\x00</p>", "<p>décoiffé</p>"),
        ("<b style='font-weight:normal'><p><span style='font-weight:700'>s</span> t</p></b>",
         "<p><strong>s</strong> t</p>"),
        ("<p>•  u</p><p>•  v</p>", "<ul><li>u</li><li>v</li></ul>"),
        ("<math><mi>w</mi></math><iframe src=x></iframe>y", "<p>y</p>"),
    ],
)  # fmt: skip
def test_clean_keeps_what_people_write_and_nothing_that_acts(brought: str, kept: str) -> None:
    assert clean(brought) == kept
    assert clean(kept) == kept
    assert is_rich(kept) == bool(kept)


PIECES = st.sampled_from(
    ["<p>", "</p>", "<ul>", "</ul>", "<ol>", "<li>", "</li>", "<b>", "</b>", "<h1>", "<h4>", "</h4>", "<table>",
     "<tr>", "<td>", "<th colspan=3>", "</table>", "<br>", "<a href='https://x.fr'>", "</a>", " ", "mot", "• ",
     "&amp;", "&lt;p&gt;", "<svg onload=x>", "<script>", "</script>", "é👩‍👧", "<div>",
     "<span style='mso-list:Ignore'>", "</span>",
     "<p style='mso-list:l0 level3'>", "\n\n", "- "]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=80))
@settings(max_examples=400, deadline=None, derandomize=True)
def test_clean_holds_whatever_is_brought(brought: str) -> None:
    once = clean(brought)

    assert clean(once) == once
    assert "<script" not in once
    assert "onload" not in once.replace("onload=x&gt;", "")
    assert "<li><p>" not in once
    assert to_page(once).replace("&nbsp;", "\u00a0").count("<p>") == once.count("<p>")


def test_a_long_text_is_cleaned_whole_and_fast() -> None:
    brought = "".join(f"<p>Paragraphe {index} : {'mot ' * 40}</p>" for index in range(230))
    started = time.process_time()

    kept = clean(brought)

    assert length_of(kept) > 38_000
    assert kept.count("<p>") == 230
    assert time.process_time() - started < 5


def test_print_lowers_headings_and_writes_addresses() -> None:
    text = (
        '<h3>a</h3><h4>b</h4><p>Lire <a href="https://exemple.fr">ici</a> ou <a href="mailto:a@b.fr">a@b.fr</a> ?</p>'
    )

    assert to_print(text) == (
        "<h4>a</h4><h5>b</h5><p>Lire ici (https://exemple.fr) ou a@b.fr\u00a0?</p>"
    )  # fmt: skip


def test_lines_are_what_is_read_and_compared() -> None:
    text = (
        "<h3>a</h3><ul><li>b<ul><li>c</li></ul></li></ul><table><tbody><tr><td>d</td><td>e</td></tr></tbody></table>"
    )

    assert plain(text) == "a\n– b\n  – c\nd | e"
    assert [line.kind for line in lines_of(text)] == ["h3", "item", "item", "row"]
    assert lines_of("") == []
